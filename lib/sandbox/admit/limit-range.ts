import { forbidden } from './forbidden';
import { containersOf, maps } from './pod-of';
import { tryParseQuantity } from '../../schema/quantity';
import type { AdmissionRequest, ClusterApi } from '../api';
import { ofContainers } from '../defaults/pod-defaults';
import { qosClass } from '../defaults/qos-class';
import { isMap, type JsonMap, type StoredObject } from '../json';

type List = Record<string, string>;

/** Gives the containers of a new Pod the requests and limits that the LimitRanges of its namespace set, and refuses what is out of their range. */
export function applyLimitRanges(request: AdmissionRequest, api: ClusterApi): void {
  const { operation, resource, subresource, object, old, namespace, name } = request;
  if (resource.group !== '' || subresource || !object || operation === 'DELETE' || old?.metadata.deletionTimestamp) return;
  const isPod = resource.plural === 'pods' && operation === 'CREATE';
  if (!isPod && resource.plural !== 'persistentvolumeclaims') return;
  const ranges = api.list('limitranges', namespace).map(({ spec }) => maps((spec as JsonMap).limits));
  const problems: string[] = [];
  if (isPod) for (const limits of ranges) setLimits(object, limits);
  for (const limits of ranges) {
    problems.push(...limits.flatMap(limit => (isPod ? podProblems(object.spec as JsonMap, limit) : claimProblems(object.spec as JsonMap, limit))));
    if (problems.length > 0) throw forbidden(resource, name, problems.length === 1 ? problems[0] : `[${[...new Set(problems)].join(', ')}]`);
  }
}

function setLimits(pod: StoredObject, limits: readonly JsonMap[]): void {
  const own = limits.filter(({ type }) => type === 'Container');
  const requests: List = Object.assign({}, ...own.map(limit => limit.defaultRequest ?? {}));
  const most: List = Object.assign({}, ...own.map(limit => limit.default ?? {}));
  const spec = pod.spec as JsonMap;
  const set = [['container', maps(spec.containers)], ['init container', maps(spec.initContainers)]] as const;
  const told = set.flatMap(([what, containers]) => containers.flatMap(container => {
    const resources = container.resources as JsonMap;
    return [['request', 'requests', requests] as const, ['limit', 'limits', most] as const].flatMap(([word, key, defaults]) => {
      const had = (resources[key] ?? {}) as List;
      const added = Object.keys(defaults).filter(item => had[item] === undefined).sort();
      if (added.length === 0) return [];
      resources[key] = { ...had, ...Object.fromEntries(added.map(item => [item, defaults[item]])) };
      return [`${added.join(', ')} ${word} for ${what} ${String(container.name)}`];
    });
  }));
  if (told.length === 0) return;
  if (isMap(pod.status)) pod.status.qosClass = qosClass(spec);
  const annotations = pod.metadata.annotations as JsonMap | undefined;
  pod.metadata.annotations = { ...annotations, 'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${told.join('; ')}` };
}

function podProblems(spec: JsonMap, limit: JsonMap): string[] {
  if (limit.type === 'Pod') return problemsOf(limit, ofContainers(spec, 'requests'), ofContainers(spec, 'limits'));
  if (limit.type !== 'Container') return [];
  const ordered = [...maps(spec.containers), ...containersOf({ initContainers: spec.initContainers ?? null })];
  return ordered.flatMap(({ resources }) => problemsOf(limit, ((resources as JsonMap).requests ?? {}) as List, ((resources as JsonMap).limits ?? {}) as List));
}

function claimProblems(spec: JsonMap, limit: JsonMap): string[] {
  if (limit.type !== 'PersistentVolumeClaim') return [];
  const requests = ((spec.resources as JsonMap | undefined)?.requests ?? {}) as List;
  return [...Object.entries((limit.min ?? {}) as List).flatMap(([key, least]) => tooLittle('PersistentVolumeClaim', key, least, requests, {})),
    ...Object.entries((limit.max ?? {}) as List).flatMap(([key, most]) => {
      if (requests[key] === undefined) return [`maximum ${key} usage per PersistentVolumeClaim is ${most}.  No request is specified`];
      return amount(requests[key]) > amount(most) ? [`maximum ${key} usage per PersistentVolumeClaim is ${most}, but request is ${requests[key]}`] : [];
    })];
}

function problemsOf(limit: JsonMap, requests: List, limits: List): string[] {
  const type = String(limit.type);
  return [
    ...Object.entries((limit.min ?? {}) as List).flatMap(([key, least]) => tooLittle(type, key, least, requests, limits)),
    ...Object.entries((limit.max ?? {}) as List).flatMap(([key, most]) => tooMuch(type, key, most, requests, limits)),
    ...Object.entries((limit.maxLimitRequestRatio ?? {}) as List).flatMap(([key, ratio]) => tooFar(type, key, ratio, requests, limits)),
  ];
}

function tooLittle(type: string, key: string, least: string, requests: List, limits: List): string[] {
  const what = `minimum ${key} usage per ${type} is ${least}`;
  if (requests[key] === undefined) return [`${what}.  No request is specified`];
  if (amount(requests[key]) < amount(least)) return [`${what}, but request is ${requests[key]}`];
  return limits[key] !== undefined && amount(limits[key]) < amount(least) ? [`${what}, but limit is ${limits[key]}`] : [];
}

function tooMuch(type: string, key: string, most: string, requests: List, limits: List): string[] {
  const what = `maximum ${key} usage per ${type} is ${most}`;
  if (limits[key] === undefined) return [`${what}.  No limit is specified`];
  if (amount(limits[key]) > amount(most)) return [`${what}, but limit is ${limits[key]}`];
  return requests[key] !== undefined && amount(requests[key]) > amount(most) ? [`${what}, but request is ${requests[key]}`] : [];
}

function tooFar(type: string, key: string, most: string, requests: List, limits: List): string[] {
  const what = `${key} max limit to request ratio per ${type} is ${most}`;
  if (!amount(requests[key] ?? '0')) return [`${what}, but no request is specified or request is 0`];
  if (!amount(limits[key] ?? '0')) return [`${what}, but no limit is specified or limit is 0`];
  const ratio = amount(limits[key]) / amount(requests[key]);
  return ratio > amount(most) ? [`${what}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}

function amount(text: string): number {
  return Number(tryParseQuantity(text)?.nano ?? 0n) / 1e9;
}
