import type { JsonMap, StoredObject } from '../json';
import { timestamp } from './object-meta';

const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * Accepts the names of a CustomResourceDefinition and establishes it, in place, in the write that brings it; gives it the finalizer that keeps it until its objects are gone.
 * The real server does it within the next 40 ms.
 */
export function establish(definition: StoredObject, old: StoredObject | undefined, now: Date): void {
  const spec = definition.spec as JsonMap;
  const status = (definition.status ?? {}) as JsonMap;
  const conditions = Array.isArray(status.conditions) ? status.conditions as JsonMap[] : [];
  if (!old && !Array.isArray(definition.metadata.finalizers)) definition.metadata.finalizers = [CLEANUP];
  else if (!old) definition.metadata.finalizers = [...definition.metadata.finalizers as string[], CLEANUP];
  const at = timestamp(now);
  const add = (type: string, reason: string, message: string) => (
    conditions.some(each => each.type === type) ? [] : [{ type, status: 'True', lastTransitionTime: at, reason, message }]
  );
  const versions = (spec.versions as JsonMap[] | undefined) ?? [];
  const stored = versions.filter(version => version.storage === true).map(version => version.name as string);
  const before = Array.isArray(status.storedVersions) ? status.storedVersions as string[] : [];
  definition.status = {
    conditions: [
      ...conditions, ...add('NamesAccepted', 'NoConflicts', 'no conflicts found'), ...add('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    acceptedNames: spec.names,
    storedVersions: [...before, ...stored.filter(name => !before.includes(name))],
  };
}
