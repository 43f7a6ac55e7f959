import type { StoryCluster } from './story-cluster';
import type { KubeObject } from '../../control-plane/client';

/** What is compared: every kind that controllers write. Of claims the binder is not among the real controllers here. */
const COMPARED = [
  'deployments.apps', 'replicasets.apps', 'pods', 'statefulsets.apps', 'controllerrevisions.apps', 'daemonsets.apps', 'jobs.batch', 'configmaps', 'serviceaccounts',
  'persistentvolumeclaims', 'poddisruptionbudgets.policy', 'resourcequotas', 'endpointslices.discovery.k8s.io', 'secrets',
];

/** All objects of a story's namespace, without what differs from run to run: uids, versions, times, hashes and the ends of names. */
export async function stateOf(cluster: StoryCluster): Promise<unknown> {
  const objects = (await Promise.all(COMPARED.map(resource => cluster.list(resource)))).flat();
  return normalize(objects);
}

export function normalize(objects: readonly KubeObject[]): unknown[] {
  const text = JSON.stringify(objects.map(pick));
  const plain = objects.flatMap(object => [...Object.values(object.metadata.labels ?? {}), object.status?.updateRevision, object.status?.currentRevision])
    .filter((value): value is string => value !== undefined && HASH.test(value)).map(value => HASH.exec(value)![1]);
  let replaced = text;
  for (const hash of new Set(plain)) replaced = replaced.replaceAll(hash, 'HASH');
  const named = objects.filter(object => object.metadata.generateName && object.metadata.name!.startsWith(object.metadata.generateName)
    && /[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(object.metadata.name!));
  for (const { metadata } of named) replaced = replaced.replaceAll(metadata.name!.replace(/.*-/, ''), 'SUFFIX');
  // Of a pod that was refused there is nothing but its name.
  replaced = replaced.replaceAll(/HASH-[a-z0-9]{5}(?=\\")/g, 'HASH-SUFFIX');
  return (JSON.parse(replaced) as object[]).map(each => JSON.stringify(sorted(each))).sort().map(each => JSON.parse(each) as unknown);
}

/** The letters of Kubernetes' hashes, behind the last hyphen. */
const HASH = /(?:^|-)([bcdfghjklmnpqrstvwxz2456789]{6,10})$/;
const TIMES = new Set([
  'lastTransitionTime', 'lastUpdateTime', 'lastProbeTime', 'startTime', 'completionTime', 'startedAt', 'finishedAt', 'creationTimestamp', 'deletionTimestamp',
  'endpoints.kubernetes.io/last-change-trigger-time',
]);
const UIDS = new Set(['uid', 'controller-uid', 'batch.kubernetes.io/controller-uid']);
/** Of a node's network. */
const PLACES = new Set(['podIP', 'podIPs', 'hostIP', 'hostIPs', 'nodeName', 'addresses']);

function pick(object: KubeObject): object {
  const { kind, apiVersion, metadata, spec, status, data, revision, endpoints, ports, addressType } = object;
  const { name, generateName, labels, annotations, ownerReferences, finalizers, generation } = metadata;
  const isCertificate = name === 'kube-root-ca.crt';
  return clean({
    kind, apiVersion,
    name, generateName, labels, annotations, ownerReferences, finalizers,
    // How many steps a ReplicaSet goes depends on how fast its pods are.
    generation: ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind) ? generation : undefined,
    replicas: spec?.replicas,
    claims: kind === 'Pod' ? claimsOf(spec) : undefined,
    hostname: spec?.hostname, subdomain: spec?.subdomain, tolerations: owner(object) === 'DaemonSet' ? spec?.tolerations : undefined,
    status: kind === 'Pod' ? podStatus(status) : statusOf(kind === 'ReplicaSet' ? { ...status, observedGeneration: undefined } : status),
    data: isCertificate || kind === 'ControllerRevision' ? undefined : data, revision, endpoints, addressType,
    // The real controller sorts them by a hash.
    ports: ports && [...ports].sort((a: any, b: any) => (a.name < b.name ? -1 : 1)),
  }) as object;
}

function claimsOf(spec: any): unknown {
  const claims = spec.volumes?.filter((v: any) => v.persistentVolumeClaim).map((v: any) => [v.name, v.persistentVolumeClaim.claimName]);
  return claims?.length > 0 ? claims : undefined;
}

function owner({ metadata }: KubeObject): unknown {
  return metadata.ownerReferences?.[0]?.kind;
}

/** kwok and a kubelet write their conditions in another order, and only the latter says when the sandbox of a pod is there. */
function podStatus(status: any): unknown {
  const { phase, conditions = [] } = status ?? {};
  return {
    phase,
    conditions: Object.fromEntries(conditions.filter((c: any) => ['Ready', 'ContainersReady', 'Initialized', 'PodScheduled'].includes(c.type))
      .filter(() => phase === 'Running').map((c: any) => [c.type, [c.status, c.reason]])),
  };
}

function statusOf(status: any): unknown {
  if (!status) return undefined;
  return { ...status, ...status.conditions ? { conditions: [...status.conditions].sort((a: any, b: any) => (a.type < b.type ? -1 : 1)) } : {} };
}

function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  const isCompared = (key: string) => !UIDS.has(key) && !TIMES.has(key) && !PLACES.has(key);
  return Object.fromEntries(Object.entries(value).filter(([key, field]) => field !== undefined && field !== null && isCompared(key))
    .map(([key, field]) => [key, clean(field)]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, sorted(field)]));
}

