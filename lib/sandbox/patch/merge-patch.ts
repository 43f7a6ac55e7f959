import { isMap, type Json, type JsonMap } from '../json';

/** Applies a JSON merge patch (RFC 7386). Gives a document of its own as far as it differs; neither argument is changed. */
export function applyMergePatch(document: Json | undefined, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const merged: JsonMap = isMap(document) ? { ...document } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(merged[key], value);
  }
  return merged;
}
