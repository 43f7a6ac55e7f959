import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Plane } from '../control-plane/plane';
import { temporaryFolder } from '../temporary-folder';

/** What a client gets instead of the server's answer: a Status with this code, no answer at all, or the end of the connection. */
export type Fault = number | 'silence' | 'reset';

export interface ProxiedRequest {
  readonly method: string;
  readonly url: string;
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
}

/** Stands between a client and an API server, passes on requests and watches, and answers some of them itself. Plain HTTP to the client. */
export class FaultyProxy {
  public static async start(plane: Plane, user = 'admin'): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(plane);
    await new Promise<void>(resolve => proxy.server.listen(0, '127.0.0.1', resolve));
    writeFileSync(proxy.kubeconfig, JSON.stringify({
      'apiVersion': 'v1', 'kind': 'Config', 'current-context': plane.name,
      'clusters': [{ name: plane.name, cluster: { server: `http://127.0.0.1:${(proxy.server.address() as AddressInfo).port}` } }],
      'users': [{ name: user, user: { token: plane.user(user).token } }],
      'contexts': [{ name: plane.name, context: { cluster: plane.name, user } }],
    }));
    return proxy;
  }

  /** Leads through the proxy; its one context is named after the cluster. */
  public readonly kubeconfig = join(temporaryFolder(), 'kubeconfig');
  public readonly seen: ProxiedRequest[] = [];
  /** What happens to a request; undefined: it is passed on. */
  public fault?: (method: string, url: string) => Fault | undefined;
  private readonly server: Server;
  private readonly agent: Agent;

  private constructor(private readonly plane: Plane) {
    this.agent = new Agent({ keepAlive: true, ca: readFileSync(plane.caFile) });
    this.server = createServer((incoming, outgoing) => {
      const [method, url] = [incoming.method ?? '', incoming.url ?? ''];
      this.seen.push({ method, url, at: Date.now() });
      const fault = this.fault?.(method, url);
      if (fault === undefined) {
        this.forward(incoming, outgoing);
      } else if (fault === 'reset') {
        incoming.socket.destroy();
      } else if (fault !== 'silence') {
        incoming.resume();
        outgoing.writeHead(fault, { 'content-type': 'application/json', ...fault === 429 ? { 'retry-after': '1' } : {} });
        outgoing.end(JSON.stringify({ apiVersion: 'v1', kind: 'Status', status: 'Failure', code: fault, message: `fault ${fault}`, reason: REASONS[fault] }));
      }
    });
  }

  /** The requests that change something, dry runs aside; of a path that contains the text. */
  public writes(path = ''): readonly ProxiedRequest[] {
    return this.seen.filter(({ method, url }) => method !== 'GET' && !url.includes('dryRun') && url.includes(path));
  }

  /** Breaks the connections that are open, watches too. */
  public breakOff(): void {
    this.server.closeAllConnections();
  }

  public async stop(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { host: _host, ...headers } = incoming.headers;
    const passed = request(new URL(incoming.url ?? '/', this.plane.url), { method: incoming.method, agent: this.agent, headers }, answer => {
      const { 'transfer-encoding': _chunked, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 0, rest);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  }
}

const REASONS: Readonly<Record<number, string | undefined>> = { 403: 'Forbidden', 500: 'InternalError', 503: 'ServiceUnavailable', 429: 'TooManyRequests' };
