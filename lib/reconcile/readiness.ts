import { belongsTo, PART_OF_LABEL } from './applyset';
import { connectionOf } from './run-as';
import { byScope, formatScope, Tenant } from './tenant';
import { isForbidden } from '../kube/classify';
import { Collection } from '../kube/collection';
import type { Connection } from '../kube/connection';
import type { Discovery } from '../kube/discovery';
import { assessByRules, KubeObject } from '../kube/health';
import type { ObjectList } from '../kube/list';
import type { HealthRule } from '../rules/health-rule';
import type { DeliverySpec } from '../tree/documents';
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

/** Of a kind that is not served. */
const NOTHING: ObjectList = { version: '', objects: new Map() };

/** Kinds that are ready as soon as they are stored: they are not read again. */
const READY_AT_ONCE = new Set([
  'ConfigMap', 'Secret', 'ServiceAccount', 'ResourceQuota', 'LimitRange', 'Endpoints',
  'Role.rbac.authorization.k8s.io', 'RoleBinding.rbac.authorization.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io', 'ClusterRoleBinding.rbac.authorization.k8s.io',
  'NetworkPolicy.networking.k8s.io', 'IngressClass.networking.k8s.io', 'StorageClass.storage.k8s.io',
  'PriorityClass.scheduling.k8s.io', 'RuntimeClass.node.k8s.io', 'CSIDriver.storage.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io', 'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
]);

/** The health rules of applications, by the ids of their sets. */
export type HealthRules = ReadonlyMap<string, readonly HealthRule[]>;

/** Those of all applications that a cluster wants. */
export function healthRules(targets: readonly { readonly setId: string; readonly spec: DeliverySpec }[]): HealthRules {
  return new Map(targets.flatMap(({ setId, spec }) => spec.health ? [[setId, spec.health] as const] : []));
}

/** The objects of one kind that somebody asks for, and what was read of them. */
export interface KindReading {
  readonly ids: readonly ObjectIdentity[];
  /** Absent when the kind is not served. */
  readonly collection?: Collection;
  readonly list: ObjectList | 'forbidden';
}

/** Reads objects whole, one list a kind for all who ask for it at the same time. */
export class ReadinessReader {
  private readonly collections = new Map<string, Collection>();
  private readonly tenants = new Map<Tenant, ReadinessReader>();

  /** @param tenant As whom: it lists namespace by namespace. */
  constructor(
    private readonly connection: Connection, private readonly discovery: Discovery, private readonly signal?: AbortSignal,
    private readonly rules: HealthRules = new Map(), private readonly tenant?: Tenant,
  ) {}

  /** The reader that reads as a tenant, always the same. */
  public as(tenant: Tenant): ReadinessReader {
    if (tenant === this.tenant) {
      return this;
    }
    const known = this.tenants.get(tenant) ?? new ReadinessReader(connectionOf(this.connection, tenant), this.discovery, this.signal, this.rules, tenant);
    this.tenants.set(tenant, known);
    return known;
  }

  /** How the application of a set tells the health of custom kinds. */
  public rulesOf(setId: string): readonly HealthRule[] {
    return this.rules.get(setId) ?? [];
  }

  /** How ready the objects of a set are, now. */
  public async read(ids: readonly ObjectIdentity[], setId: string): Promise<ObjectState[]> {
    return statesOf(ids, setId, await this.readKinds(ids), this.rulesOf(setId));
  }

  /** The kinds of the objects, as `formatScope`, without those that are ready as soon as they are stored. */
  public async readKinds(ids: readonly ObjectIdentity[]): Promise<ReadonlyMap<string, KindReading>> {
    const kinds = new Map<string, ObjectIdentity[]>();
    for (const id of ids) {
      if (!READY_AT_ONCE.has(formatGroupKind(id))) {
        const scope = this.tenant === undefined ? formatGroupKind(id) : formatScope(id);
        kinds.set(scope, [...kinds.get(scope) ?? [], id]);
      }
    }
    return new Map(await Promise.all([...kinds].map(async ([name, ofKind]): Promise<[string, KindReading]> => [name, await this.readKind(name, ofKind)])));
  }

  private async readKind(name: string, ids: readonly ObjectIdentity[]): Promise<KindReading> {
    const collection = this.collections.get(name) ?? this.open(name, ids[0]);
    try {
      return { ids, collection, list: await collection?.list() ?? NOTHING };
    } catch (error) {
      if (isForbidden(error)) {
        return { ids, collection, list: 'forbidden' };
      }
      throw error;
    }
  }

  private open(name: string, id: ObjectIdentity): Collection | undefined {
    const resource = this.discovery.find({ group: id.group, kind: id.kind });
    if (!resource) {
      return undefined;
    }
    const collection = new Collection(this.connection, resource, {
      namespace: this.tenant === undefined ? undefined : id.namespace, labelSelector: PART_OF_LABEL, signal: this.signal,
    });
    this.collections.set(name, collection);
    return collection;
  }
}

/** How ready objects are by what was read, in the order of the identities. */
export function statesOf(
  ids: readonly ObjectIdentity[], setId: string, kinds: ReadonlyMap<string, KindReading>, rules: readonly HealthRule[] = [],
): ObjectState[] {
  return ids.map(id => {
    const key = formatIdentity(id);
    const list = byScope(id, scope => kinds.get(scope))?.list;
    if (list === undefined) {
      return { key, ready: true, failed: false };
    }
    return list === 'forbidden'
      ? { key, ready: false, failed: false, unreadable: true, message: 'it may not be read' }
      : stateOf(key, list.objects.get(key), setId, rules);
  });
}

/** How ready one object is; undefined: it is not there. */
export function stateOf(key: string, object: KubeObject | undefined, setId: string, rules: readonly HealthRule[] = []): ObjectState {
  if (!object || !belongsTo(object.metadata as { labels?: Record<string, string> } | undefined, setId)) {
    return { key, ready: false, failed: false, message: 'is missing' };
  }
  const { wait, message } = assessByRules(object, rules);
  return { key, ready: wait === 'Current', failed: wait === 'Failed', message };
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

/** Whether objects of a kind, as `formatGroupKind`, are ready as soon as they are stored: nobody has to read their content. */
export function isReadyAtOnce(kind: string): boolean {
  return READY_AT_ONCE.has(kind);
}
