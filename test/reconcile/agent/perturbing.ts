import { ApiError } from '../../../lib/kube/api-error';
import type { Connection, KubeReply, KubeRequest } from '../../../lib/kube/connection';
import type { KubeObject } from '../../../lib/kube/health';
import { type Resource, resourcePath } from '../../../lib/kube/resource';
import { isInitialEnd, type WatchEvent, type WatchOptions } from '../../../lib/kube/watch';

/** What may go wrong with what is seen. Reads of one object are always true: an API server answers them from etcd. */
export const PERTURBATIONS = [
  'lists in pages', 'stale list', 'empty list', 'list that fails', 'list that is cut off', 'lost relist', 'time travel',
  'skipped events', 'repeated events', 'reordered events', 'false deletions', 'expired', 'silence', 'end after each event', 'no bookmarks', 'event that is cut off',
] as const;
export type Perturbation = typeof PERTURBATIONS[number];

interface Snapshot {
  readonly version: string;
  readonly objects: readonly KubeObject[];
}

/** Stands between an agent and its cluster, and shows it another one than there is, until it is ended. */
export class Perturbing {
  /** How often each thing was done. */
  public readonly done = new Map<Perturbation, number>();
  private on = false;
  private state: number;
  private readonly past = new Map<string, Snapshot[]>();
  private readonly pages = new Map<string, unknown[]>();

  constructor(private readonly kinds: ReadonlySet<Perturbation>, seed: number) {
    this.state = seed % 2_147_483_646 + 1;
  }

  public begin(): void {
    this.on = true;
  }

  public end(): void {
    this.on = false;
  }

  public wrap(connection: Connection): Connection {
    return {
      name: connection.name, server: connection.server, context: connection.context, requests: connection.requests,
      request: async <T>(request: KubeRequest) => this.request<T>(connection, request),
      watch: (resource, options) => this.watch(connection, resource, options),
      close: async () => connection.close(),
    };
  }

  private async request<T>(connection: Connection, request: KubeRequest): Promise<KubeReply<T>> {
    if (request.query?.limit === undefined) {
      return connection.request<T>(request);
    }
    if (this.does('list that fails')) throw new ApiError({ status: 503, request, message: 'not now' });
    if (this.does('list that is cut off')) throw new ApiError({ status: 200, code: 'INVALID_REPLY', request, message: 'the reply is cut off or no JSON' });
    const reply = await connection.request<T>(request);
    const known = this.pages.get(request.path) ?? [];
    this.pages.set(request.path, [...known, reply.body]);
    if (known.length > 0 && this.does('stale list')) return { ...reply, body: known[this.random(known.length)] as T };
    if (this.does('empty list')) return { ...reply, body: { ...reply.body, items: [] } };
    return reply;
  }

  private async *watch(connection: Connection, resource: Resource, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void> {
    const path = resourcePath(resource, { namespace: options.namespace });
    const request: KubeRequest = { method: 'GET', path };
    if (options.initialEvents) {
      // As a server that cannot do it: from then on there are lists.
      if (this.kinds.has('lists in pages')) throw new ApiError({ status: 422, request, message: 'sendInitialEvents is forbidden' });
      if (this.does('lost relist')) throw new ApiError({ status: 0, code: 'TIMEOUT', request, message: 'no reply' });
      const past = this.past.get(path);
      if (past?.length && this.does('time travel')) {
        yield* this.travel(connection, resource, options, past[this.random(past.length)]);
        return;
      }
    }
    const blind = options.initialEvents === true && this.does('empty list');
    const initial: KubeObject[] = [];
    let isInitial = options.initialEvents === true;
    let held: WatchEvent | undefined;
    for await (const event of connection.watch(resource, options)) {
      if (isInitial) {
        if (isInitialEnd(event)) {
          isInitial = false;
          this.past.set(path, [...this.past.get(path) ?? [], { version: event.object.metadata?.resourceVersion ?? '', objects: initial }]);
          yield event;
        } else {
          initial.push(event.object);
          if (!blind) yield event;
        }
        continue;
      }
      if (event.type === 'BOOKMARK' && this.does('no bookmarks')) continue;
      if (this.does('skipped events')) continue;
      if (this.does('expired')) throw new ApiError({ status: 410, reason: 'Expired', request, message: 'too old' });
      if (this.does('event that is cut off')) throw new ApiError({ status: 200, code: 'INVALID_REPLY', request, message: 'an event of the watch is cut off or no JSON' });
      if (this.does('silence')) await silence(request, options.signal);
      if (!held && this.does('reordered events')) {
        held = event;
        continue;
      }
      yield event;
      if (this.does('repeated events')) yield event;
      if (held) {
        yield held;
        held = undefined;
      }
      if (event.type !== 'BOOKMARK' && event.type !== 'DELETED' && this.does('false deletions')) yield { type: 'DELETED', object: later(event.object, this.random(2)) };
      if (this.does('end after each event')) return;
    }
  }

  /** What there was, and from there on what happened since. */
  private async *travel(connection: Connection, resource: Resource, options: WatchOptions, { version, objects }: Snapshot): AsyncGenerator<WatchEvent, void> {
    for (const object of objects) yield { type: 'ADDED', object };
    yield { type: 'BOOKMARK', object: { metadata: { resourceVersion: version, annotations: { 'k8s.io/initial-events-end': 'true' } } } as unknown as KubeObject };
    yield* connection.watch(resource, { ...options, initialEvents: false, resourceVersion: version });
  }

  private does(kind: Perturbation): boolean {
    // Always what is about the end of every event, else half of the times.
    if (!this.on || !this.kinds.has(kind) || kind !== 'end after each event' && kind !== 'no bookmarks' && this.random(2) === 0) {
      return false;
    }
    this.done.set(kind, (this.done.get(kind) ?? 0) + 1);
    return true;
  }

  /** The minimal standard generator of Park and Miller; its low digits are the poor ones. */
  private random(below: number): number {
    this.state = this.state * 48_271 % 2_147_483_647;
    return Math.floor(this.state / 2_147_483_647 * below);
  }
}

/** The object as a later deletion would show it. */
function later(object: KubeObject, by: number): KubeObject {
  const version = String(BigInt(object.metadata?.resourceVersion ?? '1') + BigInt(by));
  return { ...object, metadata: { ...object.metadata, resourceVersion: version } } as KubeObject;
}

async function silence(request: KubeRequest, signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(new ApiError({ status: 0, code: 'ABORTED', request, message: 'the request was given up' }));
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
  });
}
