import { withSortedKeys } from './json-patch';
import { isMap, type Json, type JsonMap } from '../json';

/** Applies a JSON merge patch (RFC 7386). Gives a document of its own as far as it differs; neither argument is changed. */
export function applyMergePatch(document: Json | undefined, patch: Json): Json {
  if (!isMap(patch)) return isMap(document) ? patch : withoutNulls(patch);
  const merged: JsonMap = isMap(document) ? { ...document } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(merged[key], value);
  }
  return merged;
}

/** An API server goes beyond the RFC: where a list is new, the maps in it lose their nulls, too. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(entry => entry[1] !== null).map(([key, item]) => [key, withoutNulls(item)]));
}

/** What a merge patch made, as an API server shows it: the keys of what was merged are sorted, those of the rest are as they were. */
export function asMerged(merged: Json, document: Json | undefined, patch: Json): Json {
  if (!isMap(merged) || !isMap(patch)) return isMap(document) ? merged : withSortedKeys(merged);
  const entries = Object.entries(merged).map(([key, value]) => (
    [key, key in patch ? asMerged(value, isMap(document) ? document[key] : undefined, patch[key]) : value] as const
  ));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
