import { Agent, request as httpsRequest } from 'node:https';
import { httpsJson, type HttpAnswer } from '../../control-plane/https-json';

export interface TargetOptions {
  readonly url: string;
  /** PEM */
  readonly ca: string;
  /** The token of a user: admin, nobody. */
  readonly tokenOf: (user: string) => string;
  /** Forgets what was before now. */
  readonly compact: () => Promise<void> | void;
}

export interface Ask {
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
  /** Whose token is sent; empty: none. @default admin */
  readonly user?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WatchOptions {
  /** How many are waited for. */
  readonly events?: number;
  /** In ms. */
  readonly timeout?: number;
  /** Called once the watch is open. */
  readonly act?: () => Promise<unknown>;
  readonly accept?: string;
}

/** An event of a watch. */
export interface WatchEvent {
  readonly type: string;
  // A test looks into objects of any kind.
  readonly object: any;
}

/** An API server, real or not: the cases do not know which. */
export class Target {
  private readonly agent: Agent;
  private namespaces = 0;

  constructor(readonly options: TargetOptions) {
    this.agent = new Agent({ keepAlive: true, ca: options.ca });
  }

  async ask(method: string, path: string, { body, type, accept, user = 'admin', headers }: Ask = {}): Promise<HttpAnswer> {
    return httpsJson(new URL(path, this.options.url), {
      method, agent: this.agent, body,
      headers: { ...user ? { authorization: `Bearer ${this.options.tokenOf(user)}` } : {}, ...type ? { 'content-type': type } : {}, ...accept ? { accept } : {}, ...headers },
    });
  }

  /** The name of a namespace of its own. */
  async makeNamespace(): Promise<string> {
    const name = `ns-${++this.namespaces}-${Math.random().toString(36).slice(2, 8)}`;
    const { status } = await this.ask('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
    if (status !== 201) throw new Error(`no namespace: ${status}`);
    return name;
  }

  /** Watches until so many events came or the time is up. `act` is called once the watch is open. */
  async watch(path: string, options: WatchOptions = {}): Promise<WatchEvent[]> {
    const { events: wanted = Infinity, timeout = 5_000, act, accept } = options;
    const found: WatchEvent[] = [];
    await new Promise<void>((resolve, reject) => {
      const req = httpsRequest(new URL(path, this.options.url), {
        agent: this.agent, headers: { authorization: `Bearer ${this.options.tokenOf('admin')}`, ...accept ? { accept } : {} },
      }, response => {
        let rest = '';
        const end = () => {
          clearTimeout(timer);
          req.destroy();
          resolve();
        };
        const timer = setTimeout(end, timeout);
        response.on('data', (chunk: Buffer) => {
          const lines = (rest + chunk.toString()).split('\n');
          rest = lines.pop()!;
          found.push(...lines.filter(line => line !== '').map(line => JSON.parse(line) as WatchEvent));
          if (found.length >= wanted) end();
        });
        response.on('end', end);
        response.on('error', () => end());
        if (act) act().catch(reject);
      });
      req.on('error', reject);
      req.end();
    });
    return found;
  }

  close(): void {
    this.agent.destroy();
  }
}
