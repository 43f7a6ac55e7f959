import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Plane } from '../control-plane/plane';
import { certificate, type Certificate } from '../kube/certificate';

/** A write that went through to the API server. */
export interface SeenWrite {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** The token that was presented: it tells the processes apart. */
  readonly token: string;
  readonly hash: string;
}

/** What it does with requests: pass them on, answer each with a status, or answer each after 30 seconds, as a server does that is close to its end. */
export type GatewayMode = 'pass' | 'slow' | 401 | 403 | 429;

const SLOW_MS = 30_000;
const REASONS = { 401: 'Unauthorized', 403: 'Forbidden', 429: 'TooManyRequests' } as const;

/** An HTTPS server in front of a real API server, or instead of one, that can be made a bad one at any time and remembers what was written through it. */
export class Gateway {
  /** @param plane none: it is never good */
  static async start(plane?: Plane, options: { readonly clientAuthority?: Certificate } = {}): Promise<Gateway> {
    const gateway = new Gateway(plane, options.clientAuthority);
    await new Promise<void>(resolve => gateway.server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  readonly writes: SeenWrite[] = [];
  /** Common names of the client certificates that were presented. */
  readonly clients = new Set<string>();
  requests = 0;
  private readonly authority = certificate({ name: 'gateway authority' });
  private readonly server: Server;
  private readonly agent?: Agent;
  private readonly sockets = new Set<Socket>();
  private mode: GatewayMode = 'pass';

  private constructor(private readonly plane: Plane | undefined, private readonly clientAuthority?: Certificate) {
    this.agent = plane && new Agent({ keepAlive: true, ca: readFileSync(plane.caFile) });
    const { cert, key } = certificate({ name: 'gateway', issuer: this.authority });
    const clients = clientAuthority ? { requestCert: true, rejectUnauthorized: false, ca: clientAuthority.cert } : {};
    this.server = createServer({ cert, key, ...clients }, (incoming, outgoing) => void this.answer(incoming, outgoing).catch(() => outgoing.destroy()));
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** PEM of the authority that clients should trust. */
  get ca(): string {
    return this.authority.cert;
  }

  /** From now on; connections that are open are cut. */
  set(mode: GatewayMode): void {
    this.mode = mode;
    this.cut();
  }

  /** Shows a certificate of an authority that nobody knows, or the right one again. */
  lie(lies: boolean): void {
    const { cert, key } = certificate({ name: 'gateway', issuer: lies ? certificate({ name: 'another authority' }) : this.authority });
    this.server.setSecureContext({ cert, key });
    this.cut();
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.agent?.destroy();
    this.cut();
    await new Promise(resolve => this.server.close(resolve));
  }

  private async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.requests++;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (typeof this.mode === 'number') return refuse(outgoing, this.mode);
    if (this.mode === 'slow' || !this.plane) {
      await new Promise(resolve => setTimeout(resolve, SLOW_MS).unref());
      return refuse(outgoing, 429);
    }
    if (this.clientAuthority) {
      const socket = incoming.socket as TLSSocket;
      if (!socket.authorized) return refuse(outgoing, 401);
      this.clients.add(socket.getPeerCertificate().subject.CN as string);
    }
    this.forward(incoming, body, outgoing);
  }

  private forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
    const { host: _host, connection: _connection, 'transfer-encoding': _chunked, ...headers } = incoming.headers;
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (this.clientAuthority) headers.authorization = `Bearer ${this.plane!.token}`;
    const { method = '', url = '/' } = incoming;
    if (method !== 'GET' && !url.includes('dryRun=')) {
      this.writes.push({ at: Date.now(), method, path: url.split('?')[0], token, hash: createHash('sha256').update(body).digest('hex').slice(0, 12) });
    }
    const onward = request(new URL(url, this.plane!.url), { method, agent: this.agent, headers: { ...headers, 'content-length': body.length } }, reply => {
      const { connection: _hop, 'transfer-encoding': _length, ...rest } = reply.headers;
      outgoing.writeHead(reply.statusCode ?? 0, rest);
      outgoing.flushHeaders();
      reply.pipe(outgoing);
      reply.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    onward.end(body);
  }
}

function refuse(outgoing: ServerResponse, code: 401 | 403 | 429): void {
  const retry = code === 429 ? { 'retry-after': '1' } : {};
  outgoing.writeHead(code, { 'content-type': 'application/json', ...retry });
  outgoing.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: REASONS[code], message: `the gateway says ${code}`, code }));
}
