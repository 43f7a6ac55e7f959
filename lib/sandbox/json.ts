export type Json = null | boolean | number | string | Json[] | JsonMap;

export interface JsonMap {
  [key: string]: Json;
}

/** An object as it is stored and sent. Never changed in place once it is stored: who changes it copies what it changes. */
export interface StoredObject extends JsonMap {
  apiVersion: string;
  kind: string;
  metadata: JsonMap & { name: string; namespace?: string; uid: string; resourceVersion: string };
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of its own, also where the value holds one map in two places. */
export function copyJson<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
