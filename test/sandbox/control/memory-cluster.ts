import { isDeepStrictEqual } from 'node:util';
import type { ClusterApi, DeleteOptions, ObjectKey, StoreEvent } from '../../../lib/sandbox/api';
import type { Meta } from '../../../lib/sandbox/control/objects';
import type { JsonMap, StoredObject } from '../../../lib/sandbox/json';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { StatusError } from '../../../lib/sandbox/status-error';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** `plural Kind`, with `*` behind those of a cluster. */
const KINDS: Record<string, string[]> = {
  'v1': [
    'namespaces Namespace*', 'nodes Node*', 'pods Pod', 'services Service', 'endpoints Endpoints', 'configmaps ConfigMap', 'secrets Secret',
    'serviceaccounts ServiceAccount', 'persistentvolumeclaims PersistentVolumeClaim', 'persistentvolumes PersistentVolume*', 'resourcequotas ResourceQuota',
  ],
  'apps/v1': ['deployments Deployment', 'replicasets ReplicaSet', 'statefulsets StatefulSet', 'daemonsets DaemonSet', 'controllerrevisions ControllerRevision'],
  'batch/v1': ['jobs Job', 'cronjobs CronJob'],
  'policy/v1': ['poddisruptionbudgets PodDisruptionBudget'],
  'networking.k8s.io/v1': ['ingresses Ingress'],
  'storage.k8s.io/v1': ['storageclasses StorageClass*'],
  'discovery.k8s.io/v1': ['endpointslices EndpointSlice'],
  'rbac.authorization.k8s.io/v1': ['clusterroles ClusterRole*'],
  'apiregistration.k8s.io/v1': ['apiservices APIService*'],
  'apiextensions.k8s.io/v1': ['customresourcedefinitions CustomResourceDefinition*'],
};

const builtIn = Object.entries(KINDS).flatMap(([version, kinds]) => kinds.map(kind => served(version, kind)));

function served(apiVersion: string, text: string): ServedResource {
  const [plural, kind] = text.replace('*', '').split(' ');
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return {
    group, version, kind, plural, listKind: `${kind}List`, singular: kind.toLowerCase(), shortNames: [], categories: [], namespaced: !text.endsWith('*'), verbs: VERBS,
    subresources: [], storage: apiVersion, schema: {},
  };
}

/** What the server counts the templates of a DaemonSet by. */
const TEMPLATE = 'deprecated.daemonset.template.generation';

const keyOf = ({ plural, group }: ServedResource): string => (group === '' ? plural : `${plural}.${group}`);
const pathOf = ({ namespace = '', name }: ObjectKey): string => `${namespace}/${name}`;

/** A cluster that keeps the rules controllers live by: uids, versions, generations, finalizers, graceful deletion. It knows no defaults and no schemas. */
export class MemoryCluster implements ClusterApi {
  readonly now: () => Date;
  private readonly objects = new Map<string, Map<string, StoredObject>>();
  private readonly listeners = new Map<string, Set<(event: StoreEvent) => void>>();
  private version = 0;
  private uids = 0;
  /** How many writes have changed something. */
  writes = 0;

  constructor(now: () => number = Date.now) {
    this.now = () => new Date(now());
  }

  tryFind(resource: string, key: ObjectKey): StoredObject | undefined {
    return this.objects.get(resource)?.get(pathOf(key));
  }

  list(resource: string, namespace?: string): readonly StoredObject[] {
    const all = [...this.objects.get(resource)?.values() ?? []];
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  create(resource: string, object: JsonMap, _manager: string): StoredObject {
    const { metadata: given, status: _status, ...rest } = structuredClone(object) as StoredObject;
    const kind = this.findResource(resource);
    const namespace = kind.namespaced ? given.namespace : undefined;
    if (this.tryFind(resource, { namespace, name: given.name })) {
      throw new StatusError(409, 'AlreadyExists', `${resource} "${given.name}" already exists`, { name: given.name });
    }
    if (namespace !== undefined) this.admitTo(namespace, resource, given.name);
    const metadata = {
      ...given, ...namespace === undefined ? {} : { namespace }, uid: `uid-${++this.uids}`, resourceVersion: '', creationTimestamp: this.timestamp(), generation: 1,
    };
    if (resource === 'persistentvolumeclaims') Object.assign(metadata, { finalizers: ['kubernetes.io/pvc-protection'] });
    if (resource === 'daemonsets.apps') Object.assign(metadata, { annotations: { ...given.annotations as JsonMap | undefined, [TEMPLATE]: '1' } });
    if (resource === 'jobs.batch') labelJob(metadata, rest.spec as JsonMap);
    const stored = { ...rest, ...initial(resource), metadata } as unknown as StoredObject;
    return this.store(kind, stored, undefined);
  }

  update(resource: string, object: StoredObject, _manager: string, subresource?: string): StoredObject {
    const old = this.mustFind(resource, object.metadata);
    if (object.metadata.resourceVersion && object.metadata.resourceVersion !== old.metadata.resourceVersion) {
      throw new StatusError(409, 'Conflict', `${resource} "${object.metadata.name}": the object has been modified`);
    }
    const sent = structuredClone(object);
    const { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds } = old.metadata as JsonMap & StoredObject['metadata'];
    Object.assign(sent.metadata, { uid, creationTimestamp, generation });
    // Who may not set them cannot take them away either.
    for (const [key, value] of Object.entries({ deletionTimestamp, deletionGracePeriodSeconds })) {
      if (value === undefined) delete sent.metadata[key];
      else sent.metadata[key] = value;
    }
    let next: StoredObject;
    if (subresource === 'status') next = { ...old, metadata: { ...sent.metadata, labels: old.metadata.labels ?? {} }, status: sent.status };
    else if (subresource === 'finalize') next = { ...old, spec: sent.spec };
    else if (subresource === 'binding') next = { ...old, spec: sent.spec, status: sent.status };
    else next = { ...sent, ...old.status === undefined ? {} : { status: old.status } };
    if (subresource === 'status' && old.metadata.labels === undefined) delete next.metadata.labels;
    if (subresource === undefined && !isDeepStrictEqual(next.spec, old.spec)) {
      next.metadata.generation = (generation as number) + 1;
      if (resource === 'daemonsets.apps') next.metadata.annotations = { ...next.metadata.annotations as JsonMap, [TEMPLATE]: String(next.metadata.generation) };
    }
    return this.settle(resource, next, old);
  }

  delete(resource: string, key: ObjectKey, options: DeleteOptions = {}): void {
    const old = this.mustFind(resource, key);
    if (options.uid !== undefined && options.uid !== old.metadata.uid) throw new StatusError(409, 'Conflict', 'the UID in the precondition differs');
    const next = structuredClone(old) as StoredObject & { spec?: JsonMap; status?: JsonMap };
    const finalizers = new Set(next.metadata.finalizers as string[] | undefined);
    if (options.propagationPolicy === 'Foreground') finalizers.add('foregroundDeletion');
    if (options.propagationPolicy === 'Orphan') finalizers.add('orphan');
    const seconds = this.graceOf(resource, next, options);
    if (resource === 'namespaces') next.status = { ...next.status, phase: 'Terminating' };
    if (resource === 'customresourcedefinitions.apiextensions.k8s.io') finalizers.add('customresourcecleanup.apiextensions.k8s.io');
    if (finalizers.size > 0) next.metadata.finalizers = [...finalizers];
    if (old.metadata.deletionTimestamp === undefined) {
      next.metadata.deletionTimestamp = new Date(this.now().getTime() + seconds * 1_000).toISOString().replace(/\.\d+Z$/, 'Z');
      next.metadata.generation = (next.metadata.generation as number) + 1;
    }
    next.metadata.deletionGracePeriodSeconds = options.gracePeriodSeconds ?? next.metadata.deletionGracePeriodSeconds ?? seconds;
    this.settle(resource, next, old);
  }

  watch(resource: string, listener: (event: StoreEvent) => void): () => void {
    const listeners = this.listeners.get(resource) ?? new Set();
    this.listeners.set(resource, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  resources(): readonly ServedResource[] {
    const own = this.list('customresourcedefinitions.apiextensions.k8s.io').flatMap(({ spec, status }) => {
      const { group, names, scope, versions } = spec as { group: string; names: { plural: string; kind: string }; scope: string; versions: { name: string }[] };
      const established = (status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions?.some(c => c.type === 'Established' && c.status === 'True');
      return established ? [served(`${group}/${versions[0].name}`, `${names.plural} ${names.kind}${scope === 'Cluster' ? '*' : ''}`)] : [];
    });
    return [...builtIn, ...own];
  }

  tryFindResource(resource: string): ServedResource | undefined {
    return this.resources().find(each => keyOf(each) === resource);
  }

  private findResource(resource: string): ServedResource {
    const found = this.tryFindResource(resource);
    if (!found) throw new StatusError(404, 'NotFound', `nothing serves ${resource}`);
    return found;
  }

  private mustFind(resource: string, key: ObjectKey): StoredObject {
    const found = this.tryFind(resource, { name: key.name, namespace: key.namespace });
    if (!found) throw new StatusError(404, 'NotFound', `${resource} "${key.name}" not found`);
    return found;
  }

  private admitTo(namespace: string, resource: string, name: string): void {
    const { status } = this.mustFind('namespaces', { name: namespace });
    if ((status as JsonMap | undefined)?.phase !== 'Terminating') return;
    throw new StatusError(403, 'Forbidden', `${resource} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`, {
      name, causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }],
    });
  }

  private graceOf(resource: string, object: StoredObject & { spec?: JsonMap; status?: JsonMap }, options: DeleteOptions): number {
    if (resource !== 'pods' || object.spec?.nodeName === undefined || ['Succeeded', 'Failed'].includes(String(object.status?.phase))) return 0;
    return options.gracePeriodSeconds ?? Number(object.spec.terminationGracePeriodSeconds ?? 30);
  }

  /** Stores it, or removes it when nothing holds it any more. */
  private settle(resource: string, next: StoredObject, old: StoredObject): StoredObject {
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = next.metadata as unknown as Meta;
    const held = (finalizers?.length ?? 0) > 0 || (deletionGracePeriodSeconds ?? 0) > 0
      || (resource === 'namespaces' && ((next.spec as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0);
    const kind = this.findResource(resource);
    if (deletionTimestamp === undefined || held) return this.store(kind, next, old);
    this.objects.get(resource)!.delete(pathOf(old.metadata));
    const gone = { ...next, metadata: { ...next.metadata, resourceVersion: String(++this.version) } };
    this.tell({ type: 'DELETED', resource: kind, object: gone, old });
    return gone;
  }

  private store(kind: ServedResource, next: StoredObject, old: StoredObject | undefined): StoredObject {
    if (old && isDeepStrictEqual({ ...next, metadata: { ...next.metadata, resourceVersion: '' } }, { ...old, metadata: { ...old.metadata, resourceVersion: '' } })) return old;
    const stored = { ...next, metadata: { ...next.metadata, resourceVersion: String(++this.version) } };
    const objects = this.objects.get(keyOf(kind)) ?? new Map<string, StoredObject>();
    this.objects.set(keyOf(kind), objects.set(pathOf(stored.metadata), stored));
    this.writes++;
    this.tell({ type: old ? 'MODIFIED' : 'ADDED', resource: kind, object: stored, old });
    return stored;
  }

  private tell(event: StoreEvent): void {
    for (const listener of this.listeners.get(keyOf(event.resource)) ?? []) listener(event);
  }

  private timestamp(): string {
    return this.now().toISOString().replace(/\.\d+Z$/, 'Z');
  }
}

/** A Job's pods carry its uid and its name, and it looks for them by that. */
function labelJob(metadata: { uid: string; name: string }, spec: JsonMap): void {
  const { template } = spec as { template: { metadata?: JsonMap } };
  const uid = { 'batch.kubernetes.io/controller-uid': metadata.uid };
  const labels = { ...uid, 'controller-uid': metadata.uid, 'batch.kubernetes.io/job-name': metadata.name, 'job-name': metadata.name };
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels as JsonMap | undefined, ...labels } };
  Object.assign(metadata, { labels });
  Object.assign(spec, { selector: { matchLabels: uid } });
}

/** What the server itself gives a new object. */
function initial(resource: string): JsonMap {
  switch (resource) {
    case 'namespaces': return { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
    case 'pods': return { status: { phase: 'Pending', qosClass: 'BestEffort' } };
    case 'persistentvolumeclaims': return { status: { phase: 'Pending' } };
    default: return {};
  }
}
