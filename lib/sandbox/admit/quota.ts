import { forbidden } from './forbidden';
import { maps, containersOf } from './pod-of';
import { addQuantities, formatQuantity, tryParseQuantity, type Quantity } from '../../schema/quantity';
import type { AdmissionRequest, ClusterApi } from '../api';
import { ofContainers } from '../defaults/pod-defaults';
import { isMap, type JsonMap, type StoredObject } from '../json';
import { resourceName } from '../served-resource';

/** What an object uses of what a quota counts: `pods`, `requests.cpu`, `count/deployments.apps`. */
export type Usage = ReadonlyMap<string, Quantity>;

const ONE: Quantity = { nano: 1_000_000_000n, format: 'decimal' };
/** Kinds that a quota counts by their name alone. */
const COUNTED: ReadonlySet<string> = new Set(['configmaps', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas', 'secrets', 'services']);
/** What each container has to say when a quota counts it. */
const DEMANDED = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/** What an object uses. A Pod that has ended uses no more than its place in the store. */
export function usageOf(resource: string, object: StoredObject): Usage {
  const usage = new Map<string, Quantity>([[`count/${resource}`, ONE]]);
  if (COUNTED.has(resource)) usage.set(resource, ONE);
  const spec = isMap(object.spec) ? object.spec : {};
  if (resource === 'services') {
    const ports = BigInt(maps(spec.ports).length) * ONE.nano;
    usage.set('services.loadbalancers', { ...ONE, nano: spec.type === 'LoadBalancer' ? ONE.nano : 0n });
    usage.set('services.nodeports', { ...ONE, nano: spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false) ? ports : 0n });
  }
  if (resource === 'persistentvolumeclaims') {
    const storage = ((isMap(spec.resources) ? spec.resources.requests : undefined) as JsonMap | undefined)?.storage;
    const amount = typeof storage === 'string' ? tryParseQuantity(storage) : undefined;
    const name = spec.storageClassName;
    if (amount) usage.set('requests.storage', amount);
    if (name) usage.set(`${String(name)}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE);
    if (name && amount) usage.set(`${String(name)}.storageclass.storage.k8s.io/requests.storage`, amount);
  }
  if (resource === 'pods' && !/^(Succeeded|Failed)$/.test(String((object.status as JsonMap | undefined)?.phase))) addPod(usage, spec);
  return usage;
}

function addPod(usage: Map<string, Quantity>, spec: JsonMap): void {
  usage.set('pods', ONE);
  const own = isMap(spec.resources) ? spec.resources : {};
  for (const list of ['requests', 'limits'] as const) {
    for (const [key, text] of Object.entries({ ...ofContainers(spec, list), ...own[list] as JsonMap | undefined })) {
      const amount = tryParseQuantity(String(text))!;
      usage.set(`${list}.${key}`, amount);
      if (list === 'requests' && /^(cpu|memory|ephemeral-storage|hugepages-.*)$/.test(key)) usage.set(key, amount);
    }
  }
}

/** Refuses what a ResourceQuota of the namespace leaves no room for. What is used is counted anew from what is stored. */
export function checkQuota(request: AdmissionRequest, api: ClusterApi): void {
  const { operation, resource, subresource, object, old, namespace, name } = request;
  if (operation === 'DELETE' || subresource || !namespace || !object) return;
  const quotas = api.list('resourcequotas', namespace);
  if (quotas.length === 0) return;
  const kind = resourceName(resource);
  const usage = usageOf(kind, object);
  const before = old ? usageOf(kind, old) : undefined;
  for (const quota of quotas) {
    if (!isInScope(quota, kind, object)) continue;
    const hard = ((quota.spec as JsonMap).hard ?? {}) as Record<string, string>;
    const asked = Object.keys(hard).filter(key => usage.has(key) || (kind === 'pods' && DEMANDED.includes(key)));
    if (kind === 'pods' && !old) demandResources(request, quota.metadata.name, asked);
    const grown = asked.map(key => [key, growth(key, usage, before)] as const).filter(([, { nano }]) => nano > 0n);
    if (grown.length === 0) continue;
    const used = new Map(grown.map(([key]) => [key, usedOf(key, kind, quota, api)]));
    const exceeded = grown.filter(([key, more]) => used.get(key)!.nano + more.nano > tryParseQuantity(hard[key])!.nano).sort(([a], [b]) => (a < b ? -1 : 1));
    if (exceeded.length === 0) continue;
    const list = (value: (key: string, more: Quantity) => string) => exceeded.map(([key, more]) => `${key}=${value(key, more)}`).join(',');
    throw forbidden(resource, name, `exceeded quota: ${quota.metadata.name}, requested: ${list((_, more) => formatQuantity(more))}, `
      + `used: ${list(key => formatQuantity(used.get(key)!))}, limited: ${list(key => hard[key])}`);
  }
}

function growth(key: string, usage: Usage, before: Usage | undefined): Quantity {
  const now = usage.get(key) ?? { ...ONE, nano: 0n };
  return { ...now, nano: now.nano - (before?.get(key)?.nano ?? 0n) };
}

function usedOf(key: string, kind: string, quota: StoredObject, api: ClusterApi): Quantity {
  const objects = api.list(kind, quota.metadata.namespace).filter(object => isInScope(quota, kind, object));
  return objects.map(object => usageOf(kind, object).get(key)).filter(amount => amount !== undefined).reduce(addQuantities, { nano: 0n, format: 'decimal' });
}

function demandResources({ resource, name, object }: AdmissionRequest, quota: string, asked: readonly string[]): void {
  const spec = object!.spec as JsonMap;
  if (isMap(spec.resources)) return;
  const missing = DEMANDED.filter(key => asked.includes(key)).sort().flatMap(key => {
    const [list, item] = key.startsWith('limits.') ? ['limits', key.slice(7)] : ['requests', key.replace(/^requests\./, '')];
    const names = containersOf(spec).filter(({ resources }) => ((isMap(resources) ? resources[list] : undefined) as JsonMap | undefined)?.[item] === undefined);
    return names.length > 0 ? [`${key} for: ${[...new Set(names.map(container => String(container.name)))].sort().join(',')}`] : [];
  });
  if (missing.length > 0) throw forbidden(resource, name, `failed quota: ${quota}: must specify ${missing.join('; ')}`);
}

/** Scopes are about Pods. */
function isInScope({ spec }: StoredObject, kind: string, object: StoredObject): boolean {
  const { scopes, scopeSelector } = spec as JsonMap;
  const selected = maps((isMap(scopeSelector) ? scopeSelector.matchExpressions : undefined));
  if (!Array.isArray(scopes) && selected.length === 0) return true;
  if (kind !== 'pods') return false;
  const pod = object.spec as JsonMap;
  const isBestEffort = containersOf(pod).every(({ resources }) => !isMap(resources) || Object.keys(resources).length === 0);
  const has = (scope: string) => {
    switch (scope) {
      case 'Terminating': return pod.activeDeadlineSeconds !== undefined;
      case 'NotTerminating': return pod.activeDeadlineSeconds === undefined;
      case 'BestEffort': return isBestEffort;
      case 'NotBestEffort': return !isBestEffort;
      case 'PriorityClass': return pod.priorityClassName !== undefined;
      default: return false;
    }
  };
  return ((scopes ?? []) as string[]).every(has) && selected.every(({ scopeName, operator, values }) => {
    if (scopeName !== 'PriorityClass' || operator === 'Exists') return has(String(scopeName));
    if (operator === 'DoesNotExist') return !has('PriorityClass');
    return ((values ?? []) as string[]).includes(String(pod.priorityClassName)) === (operator === 'In');
  });
}
