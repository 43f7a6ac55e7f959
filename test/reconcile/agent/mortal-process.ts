import { ApiError } from '../../../lib/kube/api-error';
import type { Connection, KubeReply, KubeRequest } from '../../../lib/kube/connection';
import type { Resource } from '../../../lib/kube/resource';
import { resourcePath } from '../../../lib/kube/resource';
import type { WatchEvent, WatchOptions } from '../../../lib/kube/watch';

/** Where a process dies. */
export interface Death {
  /** As `MortalProcess.points` names it. */
  readonly point: string;
  /** `before`: the request is never sent; `after`: it is, and its reply never comes. */
  readonly moment: 'before' | 'after';
}

/**
 * The connections of one agent, which all die at one request, as by SIGKILL: from then on nothing is sent, and nobody is told of anything, also not of
 * an error. What is left of the agent in this process may try what it likes.
 */
export class MortalProcess {
  /** The requests since `arm`, in their order; one that is sent again has its number behind it. */
  public readonly points: string[] = [];
  /** What it still wanted to send when it was dead. */
  public dropped = 0;
  public dead = false;
  /** Resolves when it died, and what was under way on the wire is over. */
  public readonly died: Promise<void>;
  private tellDeath!: () => void;
  private armed = false;
  private death?: Death;
  private sentAtDeath = 0;
  private readonly times = new Map<string, number>();
  private readonly inner = new Set<Connection>();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly end = new AbortController();
  private readonly buried = new AbortController();

  /** `nameOf` names a request, so that it has the same name in every run of a history. */
  constructor(private readonly nameOf: (text: string) => string) {
    this.died = new Promise(resolve => { this.tellDeath = resolve; });
  }

  /** From now on requests count. */
  public arm(death?: Death): void {
    this.armed = true;
    this.death = death;
    this.points.length = 0;
    this.times.clear();
  }

  /** Requests that went out after it died: there must be none. */
  public get sentSinceDeath(): number {
    return this.dead ? this.sent - this.sentAtDeath : 0;
  }

  /** Lets go of everything that waits for a reply, so that the agent can be stopped. */
  public bury(): void {
    this.buried.abort();
  }

  public wrap(connection: Connection): Connection {
    this.inner.add(connection);
    return {
      name: connection.name, server: connection.server, context: connection.context, requests: connection.requests,
      request: async <T>(request: KubeRequest) => this.request<T>(connection, request),
      watch: (resource, options) => this.watch(connection, resource, options),
      close: async () => this.dead ? undefined : connection.close(),
    };
  }

  private get sent(): number {
    return [...this.inner].reduce((sum, { requests }) => sum + requests.total, 0);
  }

  private async request<T>(connection: Connection, request: KubeRequest): Promise<KubeReply<T>> {
    const strike = this.strikeOf(`${request.method} ${request.path}${request.query?.dryRun ? ' dry' : ''}`);
    if (strike === 'before') {
      this.die();
    }
    if (this.dead) {
      this.dropped++;
      return this.never(request);
    }
    const reply = connection.request<T>(request);
    const settled = reply.catch(() => undefined);
    this.underWay.add(settled);
    void settled.then(() => this.underWay.delete(settled));
    if (strike === 'after') {
      await settled;
      this.die();
    }
    try {
      const answer = await reply;
      return this.dead ? await this.never(request) : answer;
    } catch (error) {
      if (this.dead) return this.never(request);
      throw error;
    }
  }

  private async *watch(connection: Connection, resource: Resource, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void> {
    const request: KubeRequest = { method: 'GET', path: resourcePath(resource, { namespace: options.namespace }), signal: options.signal };
    const strike = this.strikeOf(`WATCH ${request.path}`);
    if (strike === 'before') {
      this.die();
    }
    if (this.dead) {
      this.dropped++;
      await this.never(request);
    }
    const signals = [this.end.signal, ...options.signal ? [options.signal] : []];
    try {
      for await (const event of connection.watch(resource, { ...options, signal: AbortSignal.any(signals) })) {
        if (strike === 'after') this.die();
        if (this.dead) await this.never(request);
        yield event;
      }
    } catch (error) {
      if (this.dead) await this.never(request);
      throw error;
    }
  }

  private strikeOf(text: string): Death['moment'] | undefined {
    if (!this.armed || this.dead) {
      return undefined;
    }
    const name = this.nameOf(text);
    const times = (this.times.get(name) ?? 0) + 1;
    this.times.set(name, times);
    const point = times === 1 ? name : `${name} #${times}`;
    this.points.push(point);
    return this.death?.point === point ? this.death.moment : undefined;
  }

  private die(): void {
    if (!this.dead) {
      this.dead = true;
      this.end.abort();
      void Promise.all([...this.underWay]).then(async () => {
        this.sentAtDeath = this.sent;
        await Promise.all([...this.inner].map(connection => connection.close()));
        this.tellDeath();
      });
    }
  }

  private async never(request: KubeRequest): Promise<never> {
    return new Promise((_resolve, reject) => {
      const end = (): void => reject(new ApiError({ status: 0, request, code: 'ABORTED', message: 'buried' }));
      this.buried.signal.addEventListener('abort', end, { once: true });
      if (this.buried.signal.aborted) end();
    });
  }
}
