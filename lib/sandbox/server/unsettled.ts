import { isMap, type Json, type JsonMap, type StoredObject } from '../json';

/**
 * Objects that are read as something else than they were stored as: custom resources as an apply stored them, with empty maps and lists in their metadata, and
 * kinds of which reading makes something else. What is read and written again is not what is stored then, so that no write to them is without effect.
 */
const unsettled = new WeakSet<StoredObject>();

export function isUnsettled(stored: StoredObject): boolean {
  return unsettled.has(stored);
}

export function markUnsettled(stored: StoredObject): void {
  unsettled.add(stored);
}

/** The same once more, to be stored with a version of its own. */
export function copyOf(stored: StoredObject): StoredObject {
  return { ...stored, metadata: { ...stored.metadata } };
}

/** What an apply made of a custom resource's metadata and no reader sees: what is empty or null. What the server sets itself is none of it. */
export function unseenOf(metadata: Json | undefined): JsonMap {
  return Object.fromEntries(Object.entries(isMap(metadata) ? metadata : {}).filter(([key, value]) => KEPT_EMPTY.has(key) && isEmpty(value)));
}

/** Whether such metadata are stored otherwise than they are read. */
export function isReadOtherwise(metadata: Json | undefined): boolean {
  return Object.keys(unseenOf(metadata)).some(key => key !== 'selfLink') || (isMap(metadata) && ['labels', 'annotations', 'ownerReferences'].some(key => holdsNull(metadata[key])));
}

const KEPT_EMPTY: ReadonlySet<string> = new Set(['labels', 'annotations', 'finalizers', 'ownerReferences', 'generateName', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds']);

function isEmpty(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function holdsNull(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).some(each => each === null || holdsNull(each));
}
