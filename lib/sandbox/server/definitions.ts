import type { Json, JsonMap, StoredObject } from '../json';
import { timestamp } from './object-meta';

/** What a definition calls its kind, in all ways. */
export interface Names {
  readonly uid: string;
  readonly names: readonly string[];
}

/** All names of a kind: `widgets`, `widget`, `Widget`, … */
export function namesOf(names: Json | undefined): string[] {
  const { plural, singular, kind, listKind, shortNames } = (names ?? {}) as Record<string, Json | undefined>;
  const given = [plural, singular, kind, listKind, ...Array.isArray(shortNames) ? shortNames : []].filter(name => typeof name === 'string' && name !== '');
  // A kind and a resource never share a name by chance: one is capitalized.
  return given as string[];
}

/**
 * Accepts the names of a CustomResourceDefinition and establishes it, in place in the write that brings it:
 * the real server does it within the next 40 ms. Where another definition of its group has one of its names, it is left to who looks after such conflicts.
 */
export function establish(definition: StoredObject, old: StoredObject | undefined, others: readonly Names[], now: Date): void {
  const spec = definition.spec as JsonMap;
  const status = (definition.status ?? {}) as JsonMap;
  const conditions = Array.isArray(status.conditions) ? status.conditions as JsonMap[] : [];
  if (old?.metadata.deletionTimestamp || definition.metadata.deletionTimestamp) return;
  const names = namesOf(spec.names);
  if (others.some(each => each.uid !== definition.metadata.uid && each.names.some(name => names.includes(name)))) return;
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
