import { dnsLabel } from './names';
import { fractionWarnings, podWarnings } from './pod-warnings';
import { maps } from '../admit/pod-of';
import { TEMPLATE_GENERATION } from '../defaults/workload-defaults';
import { isMap, type Json, type JsonMap } from '../json';
import { resourceName, type ServedResource } from '../served-resource';

/** @param old absent for a new object */
type Warnings = (object: JsonMap, old: JsonMap | undefined) => readonly string[];

/** What the registry of a kind warns of, in the header `Warning`, when an object is about to be stored. */
export function warningsOf(resource: ServedResource, object: JsonMap, old: JsonMap | undefined, subresource?: string): readonly string[] {
  if (subresource !== undefined || resource.definition !== undefined) return [];
  return KINDS[resourceName(resource)]?.(object, old) ?? [];
}

function at(object: JsonMap, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((value, key) => (isMap(value) ? value[key] : undefined), object);
}

const template = (object: JsonMap, path: string) => podWarnings(at(object, `${path}.spec`) as JsonMap, `${path}.spec`);

const hasGrown = (object: JsonMap, old: JsonMap | undefined) => old === undefined || at(object, 'metadata.generation') !== at(old, 'metadata.generation');

function nameWarnings({ metadata }: JsonMap, old: JsonMap | undefined): string[] {
  const wrong = old ? [] : dnsLabel(String((metadata as JsonMap).name));
  if (wrong.length === 0) return [];
  return [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${wrong.join(' ')}]`];
}

/** Its Pods are looked at when they may have changed. */
const named = (path: string): Warnings => (object, old) => [...nameWarnings(object, old), ...hasGrown(object, old) ? template(object, path) : []];

const claimWarnings = (spec: JsonMap, path: string) => {
  const resources = isMap(spec.resources) ? spec.resources : {};
  return [...fractionWarnings(resources.requests, 'storage', `${path}.resources.requests`), ...fractionWarnings(resources.limits, 'storage', `${path}.resources.limits`)];
};

const statefulSet: Warnings = (object, old) => {
  const spec = object.spec as JsonMap;
  return [
    ...hasGrown(object, old) ? template(object, 'spec.template') : [],
    ...maps(spec.volumeClaimTemplates).flatMap((claim, i) => claimWarnings(claim.spec as JsonMap, `spec.volumeClaimTemplates[${i}]${old ? '.Spec' : ''}`)),
    ...Number(spec.revisionHistoryLimit) < 0 ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'] : [],
  ];
};

const daemonSet: Warnings = (object, old) => {
  const generation = ({ metadata }: JsonMap) => ((metadata as JsonMap).annotations as JsonMap | undefined)?.[TEMPLATE_GENERATION];
  return old === undefined || generation(object) !== generation(old) ? template(object, 'spec.template') : [];
};

const service: Warnings = ({ metadata, spec }) => {
  const own = spec as JsonMap;
  const isHeadless = own.type === 'ClusterIP' && own.clusterIP === 'None';
  const hasExternal = Array.isArray(own.externalIPs) && own.externalIPs.length > 0;
  const annotations = (metadata as JsonMap).annotations as JsonMap | undefined;
  const found: readonly (readonly [unknown, string])[] = [
    [annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined, 'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead'],
    [isHeadless && own.loadBalancerIP, 'spec.loadBalancerIP is ignored for headless services'],
    [isHeadless && hasExternal, 'spec.externalIPs is ignored for headless services'],
    [isHeadless && own.sessionAffinity !== 'None', 'spec.SessionAffinity is ignored for headless services'],
    [hasExternal && !isHeadless && own.type !== 'ExternalName', 'spec.externalIPs is deprecated and may no longer be implemented in some clusters'],
    [own.type === 'ExternalName' && hasExternal, 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
    [own.type !== 'ExternalName' && own.externalName, 'spec.externalName is ignored when spec.type is not "ExternalName"'],
    [own.trafficDistribution === 'PreferClose', 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
  ];
  return found.filter(([is]) => is).map(([, text]) => text);
};

const INGRESS_CLASS = 'kubernetes.io/ingress.class';

const ingress: Warnings = (object, old) => {
  const isOld = at(object, 'metadata.annotations') as JsonMap | undefined;
  if (old || isOld?.[INGRESS_CLASS] === undefined || at(object, 'spec.ingressClassName') !== undefined) return [];
  return [`annotation ${JSON.stringify(INGRESS_CLASS)} is deprecated, please use 'spec.ingressClassName' instead`];
};

const KINDS: Readonly<Record<string, Warnings>> = {
  'pods': (object, old) => (old ? [] : podWarnings(object.spec as JsonMap, 'spec')),
  'deployments.apps': named('spec.template'),
  'daemonsets.apps': daemonSet,
  'statefulsets.apps': statefulSet,
  'jobs.batch': named('spec.template'),
  'cronjobs.batch': named('spec.jobTemplate.spec.template'),
  'services': service,
  'persistentvolumeclaims': ({ spec }) => claimWarnings(spec as JsonMap, 'spec'),
  'ingresses.networking.k8s.io': ingress,
};
