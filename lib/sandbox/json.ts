import type { JsonMap } from '../schema/json';

export { isMap, type Json, type JsonMap } from '../schema/json';

/** An object as it is stored and sent. Never changed in place once it is stored: who changes it copies what it changes. */
export interface StoredObject extends JsonMap {
  apiVersion: string;
  kind: string;
  metadata: JsonMap & { name: string; namespace?: string; uid: string; resourceVersion: string };
}
