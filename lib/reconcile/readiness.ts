import { setTimeout as sleep } from 'node:timers/promises';
import { belongsTo, PART_OF_LABEL } from './applyset';
import { isForbidden } from '../kube/classify';
import type { Connection } from '../kube/connection';
import { Discovery, Resource, resourcePath } from '../kube/discovery';
import { assessHealth, KubeObject, waitState } from '../kube/health';
import { formatGroupKind, formatIdentity, ObjectIdentity } from '../tree/manifest';

/** What an object is waited for. */
export interface ObjectState {
  readonly key: string;
  readonly ready: boolean;
  /** It will not become ready without a change. */
  readonly failed: boolean;
  /** It may not be read, so nobody can wait for it. */
  readonly unreadable?: boolean;
  readonly message?: string;
}

/** The objects of a kind by identity, or that they may not be listed. */
type Listed = ReadonlyMap<string, KubeObject> | 'forbidden';

/** Kinds that are ready as soon as they are stored: they are not read again. */
const READY_AT_ONCE = new Set([
  'ConfigMap', 'Secret', 'ServiceAccount', 'ResourceQuota', 'LimitRange', 'Endpoints',
  'Role.rbac.authorization.k8s.io', 'RoleBinding.rbac.authorization.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io', 'ClusterRoleBinding.rbac.authorization.k8s.io',
  'NetworkPolicy.networking.k8s.io', 'IngressClass.networking.k8s.io', 'StorageClass.storage.k8s.io',
  'PriorityClass.scheduling.k8s.io', 'RuntimeClass.node.k8s.io', 'CSIDriver.storage.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io', 'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
]);

/** Reads objects whole, one list a kind, and joins those who ask for the same kind at the same time. */
export class ReadinessReader {
  private readonly running = new Map<string, Promise<unknown>>();
  private readonly waiting = new Map<string, Promise<Listed>>();

  constructor(private readonly connection: Connection, private readonly discovery: Discovery, private readonly signal?: AbortSignal) {}

  /** How ready the objects of a set are, now. */
  public async read(ids: readonly ObjectIdentity[], setId: string): Promise<ObjectState[]> {
    const kinds = new Map<string, ObjectIdentity>();
    for (const id of ids.filter(each => !READY_AT_ONCE.has(formatGroupKind(each)))) {
      kinds.set(formatGroupKind(id), id);
    }
    const objects = new Map<string, Listed>();
    await Promise.all([...kinds].map(async ([name, kind]) => objects.set(name, await this.list(name, kind))));
    return ids.map(id => {
      const key = formatIdentity(id);
      const kind = formatGroupKind(id);
      if (!kinds.has(kind)) {
        return { key, ready: true, failed: false };
      }
      const listed = objects.get(kind);
      return listed === 'forbidden'
        ? { key, ready: false, failed: false, unreadable: true, message: 'it may not be read' }
        : stateOf(key, listed?.get(key), setId);
    });
  }

  /**
   * A list that starts after the call: an answer that was already under way may be older than what the caller has
   * just written.
   */
  private list(name: string, kind: ObjectIdentity): Promise<Listed> {
    const next = this.waiting.get(name);
    if (next) {
      return next;
    }
    const former = this.running.get(name) ?? Promise.resolve();
    const started = former.catch(() => undefined).then(() => {
      this.waiting.delete(name);
      const reply = this.request(kind);
      this.running.set(name, reply);
      return reply;
    });
    this.waiting.set(name, started);
    return started;
  }

  private async request(kind: ObjectIdentity): Promise<Listed> {
    const resource = this.discovery.find(kind);
    if (!resource) {
      return new Map();
    }
    try {
      return await this.requestItems(resource, kind);
    } catch (error) {
      if (isForbidden(error)) {
        return 'forbidden';
      }
      throw error;
    }
  }

  private async requestItems(resource: Resource, kind: ObjectIdentity): Promise<Map<string, KubeObject>> {
    const { body } = await this.connection.request<{ items: KubeObject[] }>({
      method: 'GET', path: resourcePath(resource, {}), query: { labelSelector: PART_OF_LABEL }, signal: this.signal,
    });
    // Items of a list carry neither apiVersion nor kind.
    const apiVersion = resource.group ? `${resource.group}/${resource.version}` : resource.version;
    return new Map(body.items.map(item => [
      formatIdentity({ ...kind, namespace: item.metadata?.namespace, name: item.metadata?.name ?? '' }), { ...item, apiVersion, kind: kind.kind },
    ]));
  }
}

/** Reads until every object is ready, one of them has failed for good, or time is up; returns the last states. */
export async function waitUntilReady(
  reader: ReadinessReader, ids: readonly ObjectIdentity[], setId: string, deadline: number, signal?: AbortSignal,
): Promise<ObjectState[]> {
  for (let delay = 100; ; delay = Math.min(delay * 1.5, 2000)) {
    const states = await reader.read(ids, setId);
    if (states.every(state => state.ready || state.unreadable) || states.some(state => state.failed) || Date.now() >= deadline) {
      return states;
    }
    await sleep(Math.min(delay, Math.max(0, deadline - Date.now())), undefined, { signal });
  }
}

function stateOf(key: string, object: KubeObject | undefined, setId: string): ObjectState {
  if (!object || !belongsTo(object.metadata as { labels?: Record<string, string> } | undefined, setId)) {
    return { key, ready: false, failed: false, message: 'is missing' };
  }
  const state = waitState(object);
  return { key, ready: state === 'Current', failed: state === 'Failed', message: assessHealth(object).message };
}

/** One sentence on what is not ready yet; undefined when all is. */
export function describeUnready(states: readonly ObjectState[]): string | undefined {
  const first = states.find(state => state.failed) ?? states.find(state => !state.ready);
  if (!first) {
    return undefined;
  }
  const others = states.filter(state => !state.ready).length - 1;
  return `${first.key} is not ready${first.message ? ` (${first.message})` : ''}${others > 0 ? `, nor are ${others} others` : ''}`;
}
