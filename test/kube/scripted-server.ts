import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A request that a scripted server got. */
export interface SeenRequest {
  readonly method: string;
  /** With its parameters. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Answers one request; the last step answers all that follow. */
export type Step = (response: ServerResponse, request: SeenRequest, socket: Socket) => void;

/** A real HTTP server on the loopback interface that answers by a script, and remembers what it was asked. */
export class ScriptedServer {
  static async start(steps: readonly Step[], options: { readonly tls?: ServerOptions; readonly port?: number } = {}): Promise<ScriptedServer> {
    const scripted = new ScriptedServer(steps, options.tls);
    await new Promise<void>(resolve => scripted.server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return scripted;
  }

  readonly seen: SeenRequest[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly steps: readonly Step[], private readonly tls?: ServerOptions) {
    const listener: RequestListener = (request, response) => void this.answer(request, response);
    this.server = tls ? createTlsServer(tls, listener) : createServer(listener);
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  get url(): string {
    return `${this.tls ? 'https' : 'http'}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many sockets are open. */
  get connections(): number {
    return this.sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise(resolve => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString(), at: Date.now() };
    const step = this.steps[Math.min(this.seen.length, this.steps.length - 1)];
    this.seen.push(seen);
    step(response, seen, request.socket);
  }
}

/** Answers with JSON. */
export function json(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Step {
  return response => response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers with a text. */
export function text(code: number, body: string, headers: Readonly<Record<string, string>> = {}): Step {
  return response => response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(body);
}

/** Answers as API servers refuse. */
export function status(code: number, reason: string | undefined, message: string, details: object = {}): Step {
  return json(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code });
}

/** Ends the connection without a word. */
export const reset: Step = (_response, _request, socket) => socket.resetAndDestroy();

/** Begins an answer, and ends the connection in the middle of it. */
export const resetMidReply: Step = (response, _request, socket) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"items":[', () => socket.destroy());
};

/** Says nothing. */
export const silence: Step = () => undefined;
