import type { Json, JsonMap } from '../schema/json';

export { isMap, type Json, type JsonMap } from '../schema/json';

/** An object as it is stored and sent. Never changed in place once it is stored: who changes it copies what it changes. */
export interface StoredObject extends JsonMap {
  apiVersion: string;
  kind: string;
  metadata: JsonMap & { name: string; namespace?: string; uid: string; resourceVersion: string };
}

/** A copy of its own, also where the value holds one map in two places. */
export function copyJson<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
