import type { Dispatcher } from 'undici';
import type { Credential } from './credentials';
import type { Dialer } from './dialer';
import { IDLE_SOCKET_MS } from './slots';

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Sockets at most. */
  readonly connections: number;
  readonly dialer: Dialer;
  readonly proxy?: string;
}

export interface RawRequest {
  readonly method: Dispatcher.HttpMethod;
  /** With its parameters. */
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body?: string;
}

/** The sockets to one API server; new ones when certificates are renewed. */
export class Transport {
  private pool?: { readonly tlsId: string; readonly dispatcher: Promise<Dispatcher> };

  constructor(private readonly options: TransportOptions) {}

  /** Sends one request; the handler is told of the whole reply, whatever its status, or of the error of undici or Node when there is none. */
  public async send(request: RawRequest, credential: Credential, handler: Dispatcher.DispatchHandler): Promise<void> {
    const dispatcher = await this.dispatcher(credential);
    const options = {
      origin: this.options.origin,
      ...request,
      // The caller bounds the whole; undici's own limits would cut it short.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    dispatcher.dispatch(options, handler);
  }

  /** Closes all sockets, those in use too. */
  public async close(): Promise<void> {
    // One that could not be opened, as with a proxy that is no URL, has nothing to close.
    const dispatcher = await this.pool?.dispatcher.catch(() => undefined);
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
    const { buildConnector, Pool, ProxyAgent } = await import('undici');
    const { origin, connections, dialer, proxy } = this.options;
    // HTTP/2 puts all requests on one connection: 408 applies a second instead of 1,466.
    const common = { connections, pipelining: 1, allowH2: false, keepAliveTimeout: IDLE_SOCKET_MS };
    if (proxy) {
      const requestTls = dialer.tlsOptions(credential);
      return new ProxyAgent({ ...common, uri: proxy, requestTls, proxyTls: { timeout: requestTls.timeout } });
    }
    return new Pool(origin, { ...common, connect: dialer.connector(buildConnector, credential) });
  }
}
