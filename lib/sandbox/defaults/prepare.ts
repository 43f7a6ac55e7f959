import { asSent } from './as-sent';
import { isEqualTyped } from './equal-typed';
import { zeroOf } from './normalize';
import { qosClass } from './qos-class';
import { takeLabels, TEMPLATE_GENERATION } from './workload-defaults';
import type { User } from '../api';
import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';
import { resourceName, type ServedResource } from '../served-resource';
import { timestamp } from '../timestamp';

export interface PrepareContext {
  readonly now: Date;
  readonly user?: User;
}

type Create = (object: JsonMap, context: PrepareContext) => void;

/** What a kind sets on a new object beyond its defaults. Status is gone by then. */
const CREATE: Readonly<Record<string, Create>> = {
  'pods': (object, { now }) => {
    object.status = { phase: 'Pending', qosClass: qosClass(object.spec as JsonMap) };
    if (Array.isArray((object.spec as JsonMap).schedulingGates)) {
      object.status.conditions = [{
        type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: timestamp(now),
        reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates',
      }];
    }
  },
  'namespaces': object => {
    object.status = { phase: 'Active' };
    const { finalizers = [] } = object.spec as { finalizers?: string[] };
    (object.spec as JsonMap).finalizers = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'];
  },
  'persistentvolumes': (object, { now }) => {
    object.status = { phase: 'Pending', lastPhaseTransitionTime: timestamp(now) };
  },
  'persistentvolumeclaims': object => {
    object.status = { phase: 'Pending' };
    shareDataSources(object.spec as JsonMap);
  },
  'serviceaccounts': object => {
    if (Array.isArray(object.secrets)) object.secrets = object.secrets.map((secret): JsonMap => (isMap(secret) && secret.name ? { name: secret.name } : {}));
  },
  'jobs.batch': selectOwnPods,
  'daemonsets.apps': object => setTemplateGeneration(object, Math.max(1, templateGeneration(object))),
  'certificatesigningrequests.certificates.k8s.io': (object, { user }) => {
    const spec = object.spec as JsonMap;
    for (const key of ['username', 'uid', 'groups', 'extra']) delete spec[key];
    if (!user) return;
    spec.username = user.name;
    if (user.uid) spec.uid = user.uid;
    if (user.groups.length > 0) spec.groups = [...user.groups];
    if (user.extra && Object.keys(user.extra).length > 0) spec.extra = structuredClone(user.extra) as JsonMap;
  },
  'customresourcedefinitions.apiextensions.k8s.io': object => {
    const stored = ((object.spec as JsonMap).versions as JsonMap[] | null ?? []).find(version => version.storage === true);
    object.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored ? [stored.name] : null };
  },
};

/** Kinds whose status counts already when they are created. */
const KEEP_STATUS: ReadonlySet<string> = new Set(['nodes']);

/** Built-in kinds with a generation, and what makes it grow. */
const GENERATION: Readonly<Record<string, readonly string[]>> = {
  'pods': ['spec'], 'replicationcontrollers': ['spec'], 'podtemplates': ['template'],
  'deployments.apps': ['spec', 'metadata.annotations'], 'replicasets.apps': ['spec'], 'statefulsets.apps': ['spec'], 'daemonsets.apps': ['spec'],
  'jobs.batch': ['spec'], 'cronjobs.batch': ['spec'],
  'ingresses.networking.k8s.io': ['spec'], 'ingressclasses.networking.k8s.io': ['spec'], 'networkpolicies.networking.k8s.io': ['spec'],
  'poddisruptionbudgets.policy': ['spec'],
  'priorityclasses.scheduling.k8s.io': [],
  'endpointslices.discovery.k8s.io': ['addressType', 'endpoints', 'ports', 'metadata.labels'],
  'validatingwebhookconfigurations.admissionregistration.k8s.io': ['webhooks'], 'mutatingwebhookconfigurations.admissionregistration.k8s.io': ['webhooks'],
  'validatingadmissionpolicies.admissionregistration.k8s.io': ['spec'], 'validatingadmissionpolicybindings.admissionregistration.k8s.io': ['spec'],
  'mutatingadmissionpolicies.admissionregistration.k8s.io': ['spec'], 'mutatingadmissionpolicybindings.admissionregistration.k8s.io': ['spec'],
  'flowschemas.flowcontrol.apiserver.k8s.io': ['spec'], 'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': ['spec'],
  'customresourcedefinitions.apiextensions.k8s.io': ['spec'],
  'deviceclasses.resource.k8s.io': ['spec'], 'resourceslices.resource.k8s.io': ['spec'],
};

/** Kinds of which an empty list or map that is written is another than none, though it is not stored. */
const TELLS_EMPTY: ReadonlySet<string> = new Set([
  'networkpolicies.networking.k8s.io', 'validatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
]);

type Kind = Pick<ServedResource, 'group' | 'plural' | 'subresources' | 'definition' | 'schema'>;

/**
 * What the real server does to a new object of a kind beside its defaults: no status but the first one, generation 1, the selector of a Job and the like.
 * In place, on an object that has its name and uid.
 */
export function prepareForCreate(resource: Kind, object: JsonMap, context: PrepareContext): void {
  const name = resourceName(resource);
  if (hasStatus(resource) && !KEEP_STATUS.has(name)) resetStatus(resource, object);
  const metadata = object.metadata as JsonMap;
  if (resource.definition !== undefined || GENERATION[name]) metadata.generation = 1;
  CREATE[name]?.(object, context);
}

/**
 * The same for a change: status stays as it was unless `subresource` is `status`, and then all else does; generation grows when what it follows has changed.
 */
export function prepareForUpdate(resource: Kind, object: JsonMap, old: JsonMap, subresource?: string): void {
  const name = resourceName(resource);
  const metadata = object.metadata as JsonMap;
  const oldMetadata = old.metadata as JsonMap;
  if (subresource === 'status') {
    keepAllButStatus(resource, object, old);
  } else {
    if (hasStatus(resource)) put(object, 'status', old.status);
    if (name === 'namespaces' && subresource !== 'finalize') put(object.spec as JsonMap, 'finalizers', (old.spec as JsonMap).finalizers);
    if (name === 'certificatesigningrequests.certificates.k8s.io') put(object, 'spec', old.spec);
    if (name === 'persistentvolumeclaims') shareDataSources(object.spec as JsonMap);
    if (name === 'daemonsets.apps') {
      const changed = !isEqualTyped(resource.schema.name, 'spec.template', object, old);
      setTemplateGeneration(object, templateGeneration(old) + (changed ? 1 : 0));
    }
  }
  const grows = subresource !== 'status' && (resource.definition !== undefined ? hasGrownCustom(resource, object, old)
    : GENERATION[name]?.some(path => isOther(resource, path, object, old)) ?? false);
  put(metadata, 'generation', grows ? Number(oldMetadata.generation ?? 0) + 1 : oldMetadata.generation);
}

function isOther(resource: Kind, path: string, object: JsonMap, old: JsonMap): boolean {
  const { name } = resource.schema;
  return !isEqualTyped(name, path, object, old) || (TELLS_EMPTY.has(resourceName(resource)) && asSent(name, path, object) !== object[path]);
}

function hasStatus({ subresources }: Kind): boolean {
  return subresources.some(({ name }) => name === 'status');
}

/** Structs are there even when empty; a custom resource has none then. */
function resetStatus({ definition, schema }: Kind, object: JsonMap): void {
  put(object, 'status', definition !== undefined || schema.name === undefined ? undefined : zeroOf(schema.name, 'status'));
}

/** On its way through the status subresource a custom resource keeps its metadata too, managed fields aside; some kinds keep labels or owners. */
function keepAllButStatus(resource: Kind, object: JsonMap, old: JsonMap): void {
  const metadata = object.metadata as JsonMap;
  const oldMetadata = old.metadata as JsonMap;
  if (resource.definition !== undefined) {
    for (const key of new Set([...Object.keys(object), ...Object.keys(old)])) {
      if (key !== 'status' && key !== 'metadata') put(object, key, old[key]);
    }
    object.metadata = keepMetadata(metadata, oldMetadata);
    return;
  }
  put(object, 'spec', old.spec);
  const name = resourceName(resource);
  if (name === 'pods') {
    put(metadata, 'ownerReferences', oldMetadata.ownerReferences);
    if (isMap(object.status) && isMap(old.status)) object.status.qosClass ??= old.status.qosClass;
  }
  if (/^(deployments|replicasets)\.apps$/.test(name)) put(metadata, 'labels', oldMetadata.labels);
  if (name === 'customresourcedefinitions.apiextensions.k8s.io') object.metadata = keepMetadata(metadata, oldMetadata);
}

function keepMetadata({ managedFields, resourceVersion }: JsonMap, old: JsonMap): JsonMap {
  return { ...old, ...(managedFields === undefined ? {} : { managedFields }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}

function hasGrownCustom(resource: Kind, object: JsonMap, old: JsonMap): boolean {
  const aside = hasStatus(resource) ? ['metadata', 'status'] : ['metadata'];
  return [...new Set([...Object.keys(object), ...Object.keys(old)])].some(key => !aside.includes(key) && !equalJson(object[key], old[key]));
}

function put(holder: JsonMap, key: string, value: Json | undefined): void {
  if (value === undefined) delete holder[key];
  else holder[key] = value;
}

const LABELS = ['batch.kubernetes.io/controller-uid', 'controller-uid', 'batch.kubernetes.io/job-name', 'job-name'];

/** A Job selects its Pods by its own uid, which they bear as a label. */
function selectOwnPods(object: JsonMap): void {
  const spec = object.spec as JsonMap;
  if (spec.manualSelector === true) return;
  const { name, uid } = object.metadata as JsonMap;
  const template = spec.template as JsonMap;
  const metadata = template.metadata as JsonMap;
  const labels = (metadata.labels ??= {}) as JsonMap;
  for (const label of LABELS) labels[label] ??= label.includes('uid') ? uid : name;
  const selector = { ...spec.selector as JsonMap | undefined };
  spec.selector = { ...selector, matchLabels: { [LABELS[0]]: uid, ...selector.matchLabels as JsonMap | undefined } };
  // The defaults are set anew whenever the real server reads an object.
  takeLabels(object, spec);
  metadata.labels = { ...labels };
}

function templateGeneration({ metadata }: JsonMap): number {
  return Number(((metadata as JsonMap).annotations as JsonMap | undefined)?.[TEMPLATE_GENERATION] ?? 0) || 0;
}

function setTemplateGeneration({ metadata }: JsonMap, generation: number): void {
  const own = metadata as JsonMap;
  own.annotations = { ...own.annotations as JsonMap | undefined, [TEMPLATE_GENERATION]: String(generation) };
}

/** The old field and the new one say the same where both can. */
function shareDataSources(spec: JsonMap): void {
  const [old, reference] = [spec.dataSource, spec.dataSourceRef];
  if (isMap(old) && !isMap(reference)) spec.dataSourceRef = { ...old };
  if (!isMap(old) && isMap(reference) && !reference.namespace) {
    spec.dataSource = { apiGroup: reference.apiGroup ?? null, kind: reference.kind, name: reference.name };
  }
}
