import type { Cluster } from './cluster';
import { replaceCondition } from './conditions';
import type { Controller } from './controller';
import { removeFinalizer } from './garbage-collector';
import { findCondition, isEqual, isTrue, type Condition, type Kubernetes } from './objects';
import type { StoreEvent } from '../api';

interface Names {
  plural: string;
  singular?: string;
  kind: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

interface DefinitionSpec {
  group: string;
  names: Names;
  versions: { name: string; storage?: boolean }[];
}

interface DefinitionStatus {
  conditions?: Condition[];
  acceptedNames?: Partial<Names>;
  storedVersions?: string[];
}

type Definition = Kubernetes<DefinitionSpec, DefinitionStatus>;

const RESOURCE = 'customresourcedefinitions.apiextensions.k8s.io';
const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
/** These controllers are a part of the API server. */
const MANAGER = 'kube-apiserver';

/** Gives CustomResourceDefinitions their names, first come, first served, and takes their objects away before them. */
export const definitions: Controller = {
  name: 'definition',
  on: {
    [RESOURCE]: sameGroup,
    // A definition that goes waits for the last of its objects.
    '*': ({ type, resource: { plural, group } }, cluster) => {
      const name = `${plural}.${group}`;
      return type === 'DELETED' && cluster.find(RESOURCE, undefined, name)?.metadata.deletionTimestamp !== undefined ? [name] : [];
    },
  },

  reconcile(cluster, name) {
    const definition = cluster.find<Definition>(RESOURCE, undefined, name);
    if (!definition) return;
    if (definition.metadata.deletionTimestamp === undefined) acceptNames(cluster, definition);
    else if (definition.metadata.finalizers?.includes(CLEANUP)) removeInstances(cluster, definition);
  },
};

/** Its own, and those of its group that may have waited for a name of it. */
function sameGroup({ type, object }: StoreEvent, cluster: Cluster): string[] {
  const { spec: { group }, metadata: { name } } = object as unknown as Definition;
  const others = cluster.list<Definition>(RESOURCE).filter(other => other.spec.group === group && other.metadata.name !== name && !isTrue(other, 'NamesAccepted'));
  return [...type === 'DELETED' ? [] : [name], ...others.map(other => other.metadata.name)];
}

function acceptNames(cluster: Cluster, definition: Definition): void {
  const { spec, status = {} } = definition;
  const wanted = { singular: spec.names.kind.toLowerCase(), listKind: `${spec.names.kind}List`, ...spec.names };
  const accepted = { ...status.acceptedNames };
  const others = cluster.list<Definition>(RESOURCE).filter(other => other.spec.group === spec.group && other.metadata.name !== definition.metadata.name)
    .map(other => other.status?.acceptedNames ?? {});
  const resources = new Set(others.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames]));
  const kinds = new Set(others.flatMap(({ kind, listKind }) => [kind, listKind]));
  let conflict: { reason: string; message: string } | undefined;
  const claim = (field: 'plural' | 'singular' | 'kind' | 'listKind', taken: ReadonlySet<string | undefined>, reason: string) => {
    if (wanted[field] !== accepted[field] && taken.has(wanted[field])) conflict = { reason, message: `${JSON.stringify(wanted[field])} is already in use` };
    else accepted[field] = wanted[field];
  };
  claim('plural', resources, 'PluralConflict');
  claim('singular', resources, 'SingularConflict');
  const short = wanted.shortNames?.filter(name => !accepted.shortNames?.includes(name) && resources.has(name)) ?? [];
  if (short.length > 0) conflict = { reason: 'ShortNamesConflict', message: aggregate(short.map(name => `${JSON.stringify(name)} is already in use`)) };
  else setOrDelete(accepted, 'shortNames', wanted.shortNames);
  claim('kind', kinds, 'KindConflict');
  claim('listKind', kinds, 'ListKindConflict');
  setOrDelete(accepted, 'categories', wanted.categories);

  const now = cluster.timestamp;
  let conditions = replaceCondition(status.conditions, conflict
    ? { type: 'NamesAccepted', status: 'False', ...conflict }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }, now);
  if (!conflict && !isTrue(definition, 'Established')) {
    conditions = replaceCondition(conditions, {
      type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted',
    }, now);
  } else if (!findCondition(definition, 'Established')) {
    conditions = replaceCondition(conditions, { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }, now);
  }
  const storage = spec.versions.find(version => version.storage)?.name;
  const storedVersions = storage === undefined || status.storedVersions?.includes(storage) ? status.storedVersions : [...status.storedVersions ?? [], storage];
  // The kind must be there in any case.
  const acceptedNames = { kind: '', ...accepted };
  if (isEqual({ ...status, conditions: status.conditions ?? [] }, { ...status, acceptedNames, conditions, storedVersions })) return;
  cluster.updateStatus(RESOURCE, definition, { ...status, acceptedNames, conditions, storedVersions }, MANAGER);
}

function setOrDelete<K extends 'shortNames' | 'categories'>(names: Partial<Names>, field: K, value: Names[K]): void {
  if (value === undefined) delete names[field];
  else names[field] = value;
}

/** As k8s.io/apimachinery joins errors. */
function aggregate(messages: readonly string[]): string {
  return messages.length === 1 ? messages[0] : `[${[...new Set(messages)].join(', ')}]`;
}

function removeInstances(cluster: Cluster, definition: Definition): void {
  const resource = definition.metadata.name;
  const isServed = isTrue(definition, 'Established') && cluster.api.tryFindResource(resource) !== undefined;
  const set = (latest: Definition, status: string, reason: string, message: string) => cluster.updateStatus(RESOURCE, latest, {
    ...latest.status, conditions: replaceCondition(latest.status?.conditions, { type: 'Terminating', status, reason, message }, cluster.timestamp),
  }, MANAGER);
  if (!isServed) {
    removeFinalizer(cluster, RESOURCE, set(definition, 'False', 'NeverEstablished', 'resource was never established'), CLEANUP, MANAGER);
    return;
  }
  const latest = set(definition, 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress');
  for (const object of [...cluster.list(resource)]) if (object.metadata.deletionTimestamp === undefined) cluster.delete(resource, object.metadata);
  if (cluster.list(resource).length > 0) return;
  removeFinalizer(cluster, RESOURCE, set(latest, 'False', 'InstanceDeletionCompleted', 'removed all instances'), CLEANUP, MANAGER);
}
