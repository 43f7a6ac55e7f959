import { offAbort, onAbort } from './abort-callbacks';
import { ApiError } from './api-error';
import type { Connection, KubeReply, KubeRequest } from './connection';
import type { Credential, Credentials } from './credentials';
import { Deadline } from './deadline';
import { Dialer } from './dialer';
import { Exchange } from './exchange';
import { LineStream } from './line-stream';
import { aborted, noReply, timedOut } from './no-reply';
import { readReply } from './reply';
import type { Resource } from './resource';
import { pauseBefore } from './retry';
import { Slots } from './slots';
import { type RawRequest, Transport, type TransportOptions } from './transport';
import { readEvent, type WatchEvent, type WatchOptions, watchRequest } from './watch';

export interface HttpConnectionOptions {
  readonly name: string;
  /** URL without a slash at its end. */
  readonly server: string;
  readonly context?: string;
  readonly credentials: Credentials;
  readonly proxy?: string;
  readonly concurrency: number;
  readonly retries: number;
  readonly connectTimeoutMs: number;
  readonly signal?: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 30_000;

/** A connection over HTTP/1.1 with a pool of sockets. */
export class HttpConnection implements Connection {
  public readonly name: string;
  public readonly server: string;
  public readonly context?: string;
  public readonly requests = { total: 0, writes: 0 };
  private readonly credentials: Credentials;
  private readonly retries: number;
  private readonly transport: Transport;
  private readonly way: Omit<TransportOptions, 'connections'>;
  private readonly slots: Slots;
  /** What a server's path has before `/api`, behind some gateways. */
  private readonly prefix: string;
  private readonly end = new AbortController();
  private readonly signals: readonly (AbortSignal | undefined)[];
  private answered = false;

  constructor(options: HttpConnectionOptions) {
    const url = new URL(options.server);
    this.name = options.name;
    this.server = options.server;
    this.context = options.context;
    this.credentials = options.credentials;
    this.retries = options.retries;
    this.prefix = url.pathname.replace(/\/+$/, '');
    this.slots = new Slots(options.concurrency);
    this.way = { origin: url.origin, dialer: new Dialer(options.connectTimeoutMs), proxy: options.proxy };
    this.transport = new Transport({ ...this.way, connections: options.concurrency });
    this.signals = [this.end.signal, options.signal];
  }

  public async request<T = unknown>(request: KubeRequest): Promise<KubeReply<T>> {
    const signals = [...this.signals, request.signal];
    let started: number | undefined;
    for (let tries = 1; ; tries++) {
      if (!await this.slots.take(signals)) {
        throw aborted(request);
      }
      started ??= Date.now();
      let error: ApiError;
      try {
        return await this.withCredentials(request, async credential => this.send<T>(request, credential, signals));
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown;
        error = thrown;
      } finally {
        // The pool uses a socket again one turn of the event loop after its reply, and would open another one for who comes sooner.
        setImmediate(() => this.slots.release());
      }
      const attempt = { tries, spentMs: Date.now() - started, retries: this.retries, answered: this.answered };
      const pause = pauseBefore(request, error, attempt);
      if (pause === undefined) {
        throw error;
      }
      await sleep(pause, request, signals);
    }
  }

  public async *watch(resource: Resource, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void> {
    const signals = [...this.signals, options.signal];
    const { request, silenceMs } = watchRequest(resource, options);
    // A socket of its own. In the pool of the requests, each watch would hold one for minutes, and twenty would let no apply through. And a pool opens a
    // new socket in place of one whose request was cut, though nobody needs it: it goes with the watch.
    const transport = new Transport({ ...this.way, connections: 1 });
    const stop = (): void => {
      stream?.cancel(aborted(request));
      void transport.close();
    };
    let stream: LineStream | undefined;
    signals.forEach(signal => onAbort(signal, stop));
    try {
      stream = await this.withCredentials(request, async credential => this.openStream(request, transport, credential, signals, silenceMs));
      for await (const line of stream.read()) {
        yield readEvent(request, line);
      }
    } catch (error) {
      throw error instanceof ApiError ? error : noReply(request, error);
    } finally {
      signals.forEach(signal => offAbort(signal, stop));
      // Also when the reader has left, or a line was no event.
      stop();
    }
  }

  public async close(): Promise<void> {
    this.end.abort();
    await this.transport.close();
  }

  /** Sends with the credentials there are, and once more with newer ones when these are refused. */
  private async withCredentials<T>(request: KubeRequest, send: (credential: Credential) => Promise<T>): Promise<T> {
    const credential = await this.credentials.current().catch(error => { throw noReply(request, error); });
    try {
      return await send(credential);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) {
        throw error;
      }
      // When the renewal fails too, the refusal is what happened.
      const renewed = await this.credentials.renew(credential).catch(() => undefined);
      if (!renewed) {
        throw error;
      }
      return send(renewed);
    }
  }

  private async send<T>(request: KubeRequest, credential: Credential, signals: readonly (AbortSignal | undefined)[]): Promise<KubeReply<T>> {
    if (signals.some(signal => signal?.aborted)) {
      throw aborted(request);
    }
    const timeoutMs = request.timeoutMs ?? REQUEST_TIMEOUT_MS;
    const exchange = new Exchange();
    const deadline = new Deadline(timeoutMs, signals, why => exchange.cancel(why === 'time' ? timedOut(request, timeoutMs) : aborted(request)));
    this.requests.total++;
    if (request.method !== 'GET' && request.query?.dryRun === undefined) {
      this.requests.writes++;
    }
    let reply;
    try {
      await this.transport.send(this.rawOf(request, credential), credential, exchange);
      reply = await exchange.reply;
    } catch (error) {
      throw error instanceof ApiError ? error : noReply(request, error);
    } finally {
      deadline.clear();
    }
    this.answered = true;
    return readReply<T>(request, reply);
  }

  /** Resolves as soon as the server has accepted the watch. */
  private async openStream(
    request: KubeRequest, transport: Transport, credential: Credential, signals: readonly (AbortSignal | undefined)[], silenceMs: number,
  ): Promise<LineStream> {
    if (signals.some(signal => signal?.aborted)) {
      throw aborted(request);
    }
    const stream = new LineStream({ silenceMs, silent: () => timedOut(request, silenceMs) });
    const opening = new Deadline(REQUEST_TIMEOUT_MS, signals, why => stream.cancel(why === 'time' ? timedOut(request, REQUEST_TIMEOUT_MS) : aborted(request)));
    this.requests.total++;
    try {
      await transport.send(this.rawOf(request, credential), credential, stream);
      const refused = await stream.opened;
      this.answered = true;
      if (refused) {
        readReply(request, refused);
      }
      return stream;
    } catch (error) {
      const known = error instanceof ApiError ? error : noReply(request, error);
      stream.cancel(known);
      throw known;
    } finally {
      opening.clear();
    }
  }

  private rawOf(request: KubeRequest, credential: Credential): RawRequest {
    return {
      method: request.method,
      path: this.prefix + request.path + queryOf(request),
      headers: headersOf(request, credential),
      body: request.body === undefined ? undefined : JSON.stringify(typeof request.body === 'function' ? request.body() : request.body),
    };
  }
}

/** Waits before the next try. */
async function sleep(milliseconds: number, request: KubeRequest, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  if (signals.some(signal => signal?.aborted)) {
    throw aborted(request);
  }
  await new Promise<void>((resolve, reject) => {
    new Deadline(milliseconds, signals, why => why === 'time' ? resolve() : reject(aborted(request)));
  });
}

function queryOf(request: KubeRequest): string {
  const given: string[] = [];
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) given.push(`${key}=${encodeURIComponent(value)}`);
  }
  return given.length > 0 ? `?${given.join('&')}` : '';
}

function headersOf(request: KubeRequest, credential: Credential): Record<string, string | string[]> {
  const as = request.impersonate ?? credential.impersonate;
  return {
    'accept': request.accept ?? 'application/json',
    'user-agent': 'cdk8s-flotilla',
    ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    ...(credential.authorization === undefined ? {} : { authorization: credential.authorization }),
    ...(as ? { 'impersonate-user': as.user } : {}),
    ...(as?.groups?.length ? { 'impersonate-group': [...as.groups] } : {}),
  };
}
