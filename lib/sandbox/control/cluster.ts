import { machineClock, type Clock } from './clock';
import { splitKey, type Controller } from './controller';
import { asStored, controllerOf, copy, isEqual, type Kubernetes, type Meta } from './objects';
import { timestamp } from '../timestamp';
import { DEFAULT_IMAGES, type ControllerOptions } from './options';
import { Ownership } from './ownership';
import { workQueue } from './work-queue';
import type { ClusterApi, DeleteOptions, StoreEvent } from '../api';
import { Random } from '../faults/random';
import type { JsonMap } from '../json';
import { randomLetters } from '../name-letters';
import { resourceName } from '../served-resource';
import { StatusError } from '../status-error';

export const MANAGER = 'kube-controller-manager';

/** What a controller may adopt when nobody owns it. */
const ADOPTABLE = new Set(['pods', 'replicasets.apps', 'controllerrevisions.apps']);

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 10_000;

/** One cluster as its controllers see it: what there is, what is to be done, and what they remember. */
export class Cluster {
  readonly ownership = new Ownership();
  /** Since when pods are ready, by uid: objects say it in whole seconds. */
  readonly readySince = new Map<string, number>();
  /** The latest progress of Deployments, the start of Jobs and then their end, by uid, for the same reason. */
  readonly progressAt = new Map<string, number>();
  /** The latest failure of a Job's pods. */
  readonly failedAt = new Map<string, number>();
  /** How many pods each node has. */
  readonly podsOnNode = new Map<string, number>();
  /** The group and kind of owners that are gone while something names them, by uid: the kind may be gone, too. */
  readonly absentOwners = new Map<string, string>();
  readonly terminatingNamespaces = new Set<string>();
  readonly namespacesWithQuota = new Set<string>();
  /** The number behind the next address, by what it is for. */
  readonly addresses = { pod: 0, loadBalancer: 0 };
  readonly clock: Clock;
  readonly options: Required<Omit<ControllerOptions, 'issueToken'>> & Pick<ControllerOptions, 'issueToken'>;
  private readonly random: Random;
  private readonly queued = new Set<string>();
  private readonly retries = new Map<string, number>();
  private readonly timers = new Map<string, { readonly time: number; readonly callOff: () => void }>();
  private readonly waiters: (() => void)[] = [];
  private near = 0;
  private stopped = false;

  constructor(readonly api: ClusterApi, options: ControllerOptions) {
    this.options = {
      readyAfterMs: 200, completeAfterMs: 200, terminateAfterMs: 50, timeLapse: 60, images: DEFAULT_IMAGES, nodes: 3, loadBalancers: true, ingresses: false,
      apiServerOnly: false, issueToken: undefined,
      rootCertificate: 'this sandbox has no certificate authority\n', seed: '', clock: machineClock, onError: warn, ...withoutUndefined(options),
    };
    this.clock = this.options.clock;
    this.random = new Random(`${this.options.seed}/names`);
  }

  find<T extends Kubernetes>(resource: string, namespace: string | undefined, name: string): T | undefined {
    return this.api.tryFind(resource, { namespace, name }) as unknown as T | undefined;
  }

  findKey<T extends Kubernetes>(resource: string, key: string): T | undefined {
    return this.api.tryFind(resource, splitKey(key)) as unknown as T | undefined;
  }

  list<T extends Kubernetes>(resource: string, namespace?: string): readonly T[] {
    return this.api.list(resource, namespace) as unknown as readonly T[];
  }

  /** Of this resource, those whose controller it is. */
  owned<T extends Kubernetes>(owner: Kubernetes, resource: string): T[] {
    const found: T[] = [];
    for (const place of this.ownership.dependents(owner.metadata.uid)) {
      if (place.resource !== resource || place.namespace !== owner.metadata.namespace) continue;
      const object = this.find<T>(resource, place.namespace, place.name);
      if (object && controllerOf(object)?.uid === owner.metadata.uid) found.push(object);
    }
    return found;
  }

  create<T extends Kubernetes>(resource: string, object: unknown, manager = MANAGER): T {
    return this.api.create(resource, object as JsonMap, manager) as unknown as T;
  }

  update<T extends Kubernetes>(resource: string, object: T, manager = MANAGER, subresource?: string): T {
    return this.api.update(resource, asStored(object), manager, subresource) as unknown as T;
  }

  /** @returns the object as it is now; the same when the status was as it is to be */
  updateStatus<T extends Kubernetes>(resource: string, object: T, status: T['status'], manager = MANAGER): T {
    const tidy = withoutUndefined(status ?? {});
    if (isEqual(object.status ?? {}, tidy)) return object;
    return this.update(resource, { ...object, status: copy(tidy) }, manager, 'status');
  }

  /** No error when it is gone already. */
  delete(resource: string, { name, namespace, uid }: Pick<Meta, 'name' | 'namespace' | 'uid'>, options: DeleteOptions = {}): void {
    try {
      this.api.delete(resource, { name, namespace }, { uid, ...options });
    } catch (e) {
      if (!(e instanceof StatusError) || (e.code !== 404 && e.code !== 409)) throw e;
    }
  }

  /** Now, as it is written into objects. */
  get timestamp(): string {
    return timestamp(this.api.now());
  }

  /** So many of Kubernetes' seconds in ms of the clock. */
  lapse(seconds: number): number {
    return seconds * 1_000 / this.options.timeLapse;
  }

  generateName(prefix: string): string {
    return prefix + randomLetters(5, end => this.random.below(end));
  }

  enqueue(controller: Controller, key: string): void {
    const id = `${controller.name}/${key}`;
    if (this.stopped || this.queued.has(id)) return;
    this.queued.add(id);
    workQueue.add(() => this.work(controller, key, id));
  }

  /**
   * Looks again after so many ms; a call replaces the one before when it is earlier or that has passed.
   *
   * @param far not awaited by `idle`: what only happens when nothing else does, as the end of a deadline
   */
  enqueueAfter(controller: Controller, key: string, ms: number, far = false): void {
    const id = `${controller.name}/${key}`;
    const time = this.clock.now() + Math.max(0, ms);
    const before = this.timers.get(id);
    if (before && before.time <= time) return;
    before?.callOff();
    if (!far) this.near++;
    const end = () => {
      this.timers.delete(id);
      if (!far) this.near--;
    };
    const callOff = this.clock.at(time, () => {
      end();
      this.enqueue(controller, key);
    });
    this.timers.set(id, { time, callOff: () => { end(); callOff(); } });
  }

  /** Resolves when nothing is to be done, and nothing will be but by a change from outside or a deadline. */
  idle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise(resolve => this.waiters.push(resolve));
  }

  isIdle(): boolean {
    return this.stopped || (this.queued.size === 0 && this.near === 0);
  }

  stop(): void {
    this.stopped = true;
    for (const { callOff } of [...this.timers.values()]) callOff();
    this.queued.clear();
    this.tellIdle();
  }

  /** Keeps what all controllers need of a change. */
  note(event: StoreEvent): void {
    const resource = resourceName(event.resource);
    const metadata = event.object.metadata as unknown as Meta;
    if (event.type === 'DELETED') this.ownership.forget(metadata.uid);
    else this.ownership.note(resource, metadata, ADOPTABLE.has(resource));
  }

  private work(controller: Controller, key: string, id: string): void {
    if (this.stopped) return;
    this.queued.delete(id);
    try {
      controller.reconcile(this, key);
      this.retries.delete(id);
    } catch (e) {
      if (!(e instanceof StatusError)) this.options.onError(e);
      else if (!isFinal(e)) this.retry(controller, key, id);
    }
    this.tellIdle();
  }

  private retry(controller: Controller, key: string, id: string): void {
    const count = this.retries.get(id) ?? 0;
    this.retries.set(id, count + 1);
    this.enqueueAfter(controller, key, Math.min(FIRST_RETRY_MS * 2 ** count, LAST_RETRY_MS), count > 3);
  }

  private tellIdle(): void {
    if (this.waiters.length === 0 || !this.isIdle()) return;
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}

/** Where no repetition helps: a namespace that goes away takes nothing new. */
function isFinal(error: StatusError): boolean {
  return error.details?.causes?.some(cause => cause.reason === 'NamespaceTerminating') ?? false;
}

export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
