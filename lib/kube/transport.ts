import type { Dispatcher } from 'undici';
import type { Credential } from './credentials';

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Sockets. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly proxy?: string;
}

export interface RawRequest {
  readonly method: Dispatcher.HttpMethod;
  /** With its parameters. */
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** The sockets to one API server; new ones when certificates are renewed. */
export class Transport {
  private pool?: { readonly tlsId: string; readonly dispatcher: Promise<Dispatcher> };

  constructor(private readonly options: TransportOptions) {}

  /** Sends one request and reads the whole reply, whatever its status. Rejects with the error of undici or Node when there is none. */
  public async send(request: RawRequest, credential: Credential): Promise<RawReply> {
    const dispatcher = await this.dispatcher(credential);
    const { statusCode, headers, body } = await dispatcher.request({
      origin: this.options.origin,
      ...request,
      // The caller's signal bounds the whole; undici's own limits would cut it short.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { status: statusCode, headers, text: await body.text() };
  }

  /** Closes all sockets, those in use too. */
  public async close(): Promise<void> {
    const dispatcher = await this.pool?.dispatcher;
    await dispatcher?.destroy();
  }

  private async dispatcher(credential: Credential): Promise<Dispatcher> {
    if (this.pool?.tlsId !== credential.tlsId) {
      // What runs on the old sockets may end there.
      this.pool?.dispatcher.then(old => old.close()).catch(() => undefined);
      this.pool = { tlsId: credential.tlsId, dispatcher: this.open(credential) };
    }
    return this.pool.dispatcher;
  }

  private async open(credential: Credential): Promise<Dispatcher> {
    // A command that reaches no cluster need not load an HTTP client: 80 ms.
    const { Pool, ProxyAgent } = await import('undici');
    const { origin, connections, connectTimeoutMs, proxy } = this.options;
    const connect = { ...credential.tls, timeout: connectTimeoutMs };
    // HTTP/2 puts all requests on one connection: 408 applies a second instead of 1,466.
    const common = { connections, pipelining: 1, allowH2: false };
    return proxy
      ? new ProxyAgent({ ...common, uri: proxy, requestTls: connect, proxyTls: { timeout: connectTimeoutMs } })
      : new Pool(origin, { ...common, connect });
  }
}
