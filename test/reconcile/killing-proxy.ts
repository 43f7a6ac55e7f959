import { readFileSync } from 'node:fs';
import { createServer, IncomingMessage, Server } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Plane } from '../control-plane/plane';

/** A request that went through. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
}

/** When the proxy calls `strike`: when a request has come, or when the server has answered and the client has not heard of it yet. */
export type Moment = 'before' | 'after';

/**
 * Stands between a client and an API server, sees every request, and strikes at one of them.
 *
 * It speaks plain HTTP to the client, so that a kubeconfig with its URL and a token is all that the client needs.
 */
export class KillingProxy {
  public static async start(plane: Plane): Promise<KillingProxy> {
    const proxy = new KillingProxy(plane);
    await new Promise<void>(resolve => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  public readonly seen: SeenRequest[] = [];
  private readonly server: Server;
  private readonly agent: Agent;
  private target: { readonly number: number; readonly moment: Moment; strike(): void } | undefined;

  private constructor(private readonly plane: Plane) {
    this.agent = new Agent({ keepAlive: true, ca: readFileSync(plane.caFile) });
    this.server = createServer((incoming, outgoing) => {
      const number = this.seen.push({ method: incoming.method ?? '', url: incoming.url ?? '' });
      if (this.isStruck(number, 'before')) {
        return;
      }
      void this.forward(incoming).then(({ status, headers, body }) => {
        if (!this.isStruck(number, 'after')) {
          outgoing.writeHead(status, headers);
          outgoing.end(body);
        }
      }, () => outgoing.destroy());
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was seen, and strikes at the request of that number (from 1) when there is one. */
  public arm(target?: { readonly number: number; readonly moment: Moment; strike(): void }): void {
    this.seen.length = 0;
    this.target = target;
  }

  public async stop(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private isStruck(number: number, moment: Moment): boolean {
    if (this.target?.number !== number || this.target.moment !== moment) {
      return false;
    }
    this.target.strike();
    return true;
  }

  private async forward(incoming: IncomingMessage): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
    const sent = await readAll(incoming);
    return new Promise((resolve, reject) => {
      const { host: _host, ...headers } = incoming.headers;
      const outgoing = request(new URL(incoming.url ?? '/', this.plane.url), { method: incoming.method, agent: this.agent, headers }, answer => {
        const { 'transfer-encoding': _chunked, ...rest } = answer.headers;
        readAll(answer).then(body => resolve({ status: answer.statusCode ?? 0, headers: rest, body }), reject);
      });
      outgoing.on('error', reject);
      outgoing.end(sent);
    });
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
