import type { FieldProblems } from './field-problems';
import { internalForm } from './internal-form';
import { VOLUME_SOURCES } from './kinds';
import { unifiedDiff } from './unified-diff';
import { tryParseQuantity } from '../../schema/quantity';
import { maps } from '../admit/pod-of';
import { asSent } from '../defaults/as-sent';
import { isEqual } from '../defaults/equal';
import { isEqualTyped } from '../defaults/equal-typed';
import { isMap, type Json, type JsonMap } from '../json';

type Check = (object: JsonMap, old: JsonMap, problems: FieldProblems) => void;

function at(object: JsonMap, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((value, key) => (isMap(value) ? value[key] : undefined), object);
}

/** Fields that keep their value for as long as the object is there. */
const immutable = (...paths: readonly string[]): Check => (object, old, problems) => {
  for (const path of paths) if (!isEqual(at(object, path), at(old, path))) problems.invalid(path, at(object, path) ?? null, 'field is immutable');
};

const forbidden = (path: string, detail: string): Check => (object, old, problems) => {
  if (!isEqual(at(object, path), at(old, path))) problems.forbidden(path, detail);
};

function without(spec: Json | undefined, keys: readonly string[]): JsonMap {
  return Object.fromEntries(Object.entries(isMap(spec) ? spec : {}).filter(([key]) => !keys.includes(key)));
}

const STATEFUL_SET = ['replicas', 'template', 'updateStrategy', 'minReadySeconds', 'ordinals', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy'];

const statefulSet: Check = ({ spec }, old, problems) => {
  if (isEqualTyped('apps.v1.StatefulSet', 'spec', { spec: without(spec, STATEFUL_SET) }, { spec: without(old.spec, STATEFUL_SET) })) return;
  problems.forbidden('spec', "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
    + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
};

/** A Job that waits may still be given other resources and another place; one that runs may not. */
const job: Check = (object, old, problems) => {
  const [spec, before] = [object.spec as JsonMap, old.spec as JsonMap];
  checkCompletions(spec, before, problems);
  immutable('spec.selector')(object, old, problems);
  const waits = before.suspend === true && (old.status as JsonMap | undefined)?.startTime === undefined;
  const template = spec.template as JsonMap;
  const [now, then] = [spec, before].map(each => (waits ? withoutPlace(each.template as JsonMap) : each.template));
  if (!isEqualTyped('batch.v1.Job', 'spec.template', { spec: { template: now } }, { spec: { template: then } })) {
    const podSpec = asSent('batch.v1.Job', 'spec.template.spec', object) as JsonMap;
    if (waits) problems.invalid('spec.template.spec', internalForm('PodSpec', podSpec), 'field is immutable');
    else problems.invalid('spec.template', internalForm('PodTemplateSpec', { ...template, spec: podSpec }), 'field is immutable');
  }
  immutable('spec.completionMode', 'spec.podFailurePolicy', 'spec.backoffLimitPerIndex', 'spec.managedBy', 'spec.successPolicy')(object, old, problems);
};

/** Only with indexes the number of completions may change, and then together with that of Pods. */
function checkCompletions({ completionMode, completions, parallelism }: JsonMap, old: JsonMap, problems: FieldProblems): void {
  if (isEqual(completions, old.completions)) return;
  if (completionMode !== 'Indexed') problems.invalid('spec.completions', completions, 'field is immutable');
  else if (completions !== undefined && completions !== parallelism) problems.invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism');
}

function withoutPlace({ metadata, spec }: JsonMap): JsonMap {
  const kept = without(spec, ['nodeSelector', 'tolerations', 'schedulingGates', 'affinity']);
  const containers = (list: Json | undefined) => maps(list).map(container => without(container, ['resources']));
  return { metadata: without(metadata, ['labels', 'annotations']), spec: { ...kept, containers: containers(kept.containers), initContainers: containers(kept.initContainers) } };
}

const POD_FIELDS = '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),'
  + '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

const pod: Check = (object, old, problems) => {
  const [spec, before] = [object.spec as JsonMap, old.spec as JsonMap];
  for (const key of ['containers', 'initContainers']) {
    if (maps(spec[key]).length === maps(before[key]).length) continue;
    problems.forbidden(`spec.${key}`, 'pod updates may not add or remove containers');
    return;
  }
  const kept = (value: JsonMap) => {
    const images = (list: Json | undefined) => maps(list).map(container => without(container, ['image']));
    return { ...without(value, ['activeDeadlineSeconds', 'tolerations']), containers: images(value.containers), initContainers: images(value.initContainers) };
  };
  const had = maps(before.tolerations);
  const isLess = had.some(one => !maps(spec.tolerations).some(other => isEqual(without(one, ['tolerationSeconds']), without(other, ['tolerationSeconds']))));
  if (isLess) problems.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
  if (!isEqual(kept(spec), kept(before))) problems.forbidden('spec', `pod updates may not change fields other than ${POD_FIELDS}`);
};

const service: Check = (object, old, problems) => {
  const [spec, before] = [object.spec as JsonMap, old.spec as JsonMap];
  const [first] = (before.clusterIPs ?? []) as string[];
  const [present] = (spec.clusterIPs ?? []) as string[];
  if (spec.type === 'ExternalName' || before.type === 'ExternalName' || !first) return;
  if (present !== first) problems.invalid('spec.clusterIPs[0]', spec.clusterIPs ?? null, 'may not change once set');
};

const sealed = (...fields: readonly string[]): Check => (object, old, problems) => {
  if (old.immutable !== true) return;
  const why = 'field is immutable when `immutable` is set';
  if (object.immutable !== true) problems.forbidden('immutable', why);
  for (const field of fields) if (!isEqual(object[field], old[field])) problems.forbidden(field, why);
};

/** Messages show what the real server works with, not what it was sent. */
const internalRoleRef = ({ apiGroup = '', kind = '', name = '' }: JsonMap): JsonMap => ({ APIGroup: apiGroup, Kind: kind, Name: name });

const roleRef: Check = (object, old, problems) => {
  if (!isEqual(object.roleRef, old.roleRef)) problems.invalid('roleRef', internalRoleRef(object.roleRef as JsonMap), 'cannot change roleRef');
};

function take(to: JsonMap, from: JsonMap, key: string): void {
  if (from[key] === undefined) delete to[key];
  else to[key] = from[key];
}

const claim: Check = (object, old, problems) => {
  const [spec, before] = [object.spec as JsonMap, old.spec as JsonMap];
  const isBound = (object.status as JsonMap | undefined)?.phase === 'Bound';
  // What may change is taken to be as it was, or as it is to be.
  const [was, wanted] = [before, asSent('core.v1.PersistentVolumeClaim', 'spec', object) as JsonMap].map(each => structuredClone(each));
  if (!before.volumeName) take(was, spec, 'volumeName');
  if (before.storageClassName === undefined) take(wanted, before, 'storageClassName');
  if (isBound) {
    const requests = (wanted.resources as JsonMap | undefined)?.requests;
    if (isMap(requests)) take(requests, ((before.resources as JsonMap).requests ?? {}) as JsonMap, 'storage');
    take(wanted, before, 'volumeAttributesClassName');
  }
  if (!isEqualTyped('core.v1.PersistentVolumeClaim', 'spec', { spec: wanted }, { spec: was })) {
    const [from, to] = [was, wanted].map(each => JSON.stringify(internalForm('PersistentVolumeClaimSpec', each), undefined, 1));
    problems.forbidden('spec', `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${unifiedDiff(from, to)}`);
  }
  const size = ({ resources }: JsonMap) => tryParseQuantity(String(((resources as JsonMap | undefined)?.requests as JsonMap | undefined)?.storage ?? '0'))?.nano ?? 0n;
  const held = tryParseQuantity(String(((old.status as JsonMap | undefined)?.capacity as JsonMap | undefined)?.storage ?? '0'))?.nano ?? 0n;
  if (size(spec) < size(before) && size(spec) <= held) problems.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
  if (!isEqual(spec.volumeMode, before.volumeMode)) problems.invalid('volumeMode', spec.volumeMode, 'field is immutable');
};

const volume: Check = (object, old, problems) => {
  const [spec, before] = [object.spec as JsonMap, old.spec as JsonMap];
  const changed = VOLUME_SOURCES.filter(key => !isEqual(spec[key], before[key]));
  if (changed.length > 0) problems.forbidden('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${changed.join(', ')}`);
  if (!isEqual(spec.volumeMode, before.volumeMode)) problems.invalid('volumeMode', spec.volumeMode, 'field is immutable');
};

const node: Check = ({ spec }, old, problems) => {
  const [own, before] = [spec as JsonMap, old.spec as JsonMap];
  if (before.podCIDRs !== undefined && !isEqual(own.podCIDRs, before.podCIDRs)) {
    problems.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
  }
  if (before.providerID && own.providerID !== before.providerID) problems.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid');
};

const cidr: Check = ({ spec }, old, problems) => {
  const before = ((old.spec as JsonMap).cidrs ?? []) as string[];
  const now = ((spec as JsonMap).cidrs ?? []) as string[];
  before.forEach((one, i) => {
    if (now[i] !== one) problems.invalid(`spec.cidrs[${i}]`, now[i] ?? null, 'field is immutable');
  });
};

const definition: Check = (object, old, problems) => {
  immutable('spec.group')(object, old, problems);
  const conditions = maps((old.status as JsonMap | undefined)?.conditions);
  if (!conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return;
  immutable('spec.scope', 'spec.names.kind', 'spec.names.plural')(object, old, problems);
};

/** Without its spec's top-level field name: what the real server calls it is not always what it is called. */
const csiDriver: Check = ({ spec }, old, problems) => {
  const [own, before] = [spec as JsonMap, old.spec as JsonMap];
  if (own.attachRequired !== before.attachRequired) problems.invalid('spec.attachedRequired', own.attachRequired, 'field is immutable');
  if (!isEqual(own.volumeLifecycleModes, before.volumeLifecycleModes)) problems.invalid('spec.volumeLifecycleModes', own.volumeLifecycleModes, 'field is immutable');
};

const csiNode: Check = ({ spec }, old, problems) => {
  const now = maps((spec as JsonMap).drivers);
  for (const driver of maps((old.spec as JsonMap).drivers)) {
    const same = now.find(({ name }) => name === driver.name);
    if (same && !isEqual(without(same, ['allocatable']), without(driver, ['allocatable']))) problems.invalid('spec.drivers', same, 'field is immutable');
  }
};

/** By kind, what an update may not change. */
export const IMMUTABLE: Readonly<Record<string, readonly Check[]>> = {
  'deployments.apps': [immutable('spec.selector')],
  'replicasets.apps': [immutable('spec.selector')],
  'daemonsets.apps': [immutable('spec.selector')],
  'statefulsets.apps': [statefulSet],
  'controllerrevisions.apps': [immutable('data')],
  'jobs.batch': [job],
  'pods': [pod],
  'services': [service],
  'configmaps': [sealed('data', 'binaryData')],
  'secrets': [immutable('type'), sealed('data')],
  'rolebindings.rbac.authorization.k8s.io': [roleRef],
  'clusterrolebindings.rbac.authorization.k8s.io': [roleRef],
  'persistentvolumeclaims': [claim],
  'persistentvolumes': [volume],
  'nodes': [node],
  'storageclasses.storage.k8s.io': [immutable('parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode')],
  'volumeattributesclasses.storage.k8s.io': [
    forbidden('driverName', 'updates to driverName are forbidden.'), forbidden('parameters', 'updates to parameters are forbidden.'),
  ],
  'volumeattachments.storage.k8s.io': [immutable('spec')],
  'csidrivers.storage.k8s.io': [csiDriver],
  'csinodes.storage.k8s.io': [csiNode],
  'csistoragecapacities.storage.k8s.io': [immutable('nodeTopology', 'storageClassName')],
  'ingressclasses.networking.k8s.io': [immutable('spec.controller')],
  'servicecidrs.networking.k8s.io': [cidr],
  'priorityclasses.scheduling.k8s.io': [forbidden('value', 'may not be changed in an update.'), immutable('preemptionPolicy')],
  'endpointslices.discovery.k8s.io': [immutable('addressType')],
  'runtimeclasses.node.k8s.io': [immutable('handler')],
  'resourceclaims.resource.k8s.io': [immutable('spec')],
  'resourceclaimtemplates.resource.k8s.io': [immutable('spec')],
  'customresourcedefinitions.apiextensions.k8s.io': [definition],
};
