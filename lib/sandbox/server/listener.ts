import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttps, type Server as HttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { Authority } from './authority';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What all clusters of a process share: the authority, the key of the servers, and one HTTPS server that speaks for every port. */
class SharedTls {
  readonly authority = new Authority();
  private readonly answers = new Map<number, Answer>();
  private readonly server: HttpsServer;

  constructor() {
    const { cert, key } = this.authority.issueServer('kube-apiserver', ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'], ['127.0.0.1']);
    this.server = createHttps({ cert, key, ca: this.authority.cert, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }, (request, response) => {
      const answer = this.answers.get(request.socket.localPort ?? 0);
      if (answer) answer(request, response);
      else request.socket.destroy();
    });
    // A watch lasts as long as its client wants.
    this.server.timeout = 0;
    this.server.keepAliveTimeout = 0;
    this.server.requestTimeout = 0;
    this.server.headersTimeout = 0;
    this.server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  serve(port: number, answer: Answer): void {
    this.answers.set(port, answer);
  }

  forget(port: number): void {
    this.answers.delete(port);
  }

  accept(socket: Socket): void {
    this.server.emit('connection', socket);
  }
}

let shared: SharedTls | undefined;
export function sharedTls(): SharedTls {
  return shared ??= new SharedTls();
}

/** One port of the loopback interface. It does not keep the process alive. */
export class Listener {
  /** @param port 0: any that is free */
  static async listen(port: number, answer: Answer): Promise<Listener> {
    const tls = sharedTls();
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    server.unref();
    const address = server.address();
    const listener = new Listener(server, typeof address === 'object' && address ? address.port : port);
    tls.serve(listener.port, answer);
    server.on('connection', socket => listener.accept(socket));
    return listener;
  }

  private readonly sockets = new Set<Socket>();
  private isAway = false;

  private constructor(private readonly server: Server, readonly port: number) {}

  /** Ends all connections, and each that comes, until it is back. The port stays taken: another program may not get it meanwhile. */
  goAway(): void {
    this.isAway = true;
    for (const socket of this.sockets) socket.destroy();
  }

  comeBack(): void {
    this.isAway = false;
  }

  /** Ends it with all its connections. */
  async close(): Promise<void> {
    sharedTls().forget(this.port);
    const closed = new Promise<void>(resolve => {
      this.server.close(() => resolve());
    });
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private accept(socket: Socket): void {
    socket.unref();
    if (this.isAway) {
      socket.on('error', () => undefined);
      socket.resetAndDestroy();
      return;
    }
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    sharedTls().accept(socket);
  }
}
