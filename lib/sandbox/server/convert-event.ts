import type { Json, StoredObject } from '../json';

/** What `events.k8s.io` calls otherwise than the core group. */
const NAMES: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
];

export function eventFromCore(event: StoredObject): StoredObject {
  return renamed(event, new Map(NAMES));
}

export function eventToCore(event: StoredObject): StoredObject {
  return renamed(event, new Map(NAMES.map(([core, events]) => [events, core])));
}

function renamed(event: StoredObject, names: ReadonlyMap<string, string>): StoredObject {
  return Object.fromEntries(Object.entries(event).map(([key, value]): [string, Json] => [names.get(key) ?? key, value])) as StoredObject;
}
