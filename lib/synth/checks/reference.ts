import { isMap, type Json, type JsonMap } from '../../schema/json';

/** The name of another object in an object. */
export interface Reference {
  /** `Secret`, `Deployment.apps` */
  readonly groupKind: string;
  /** Absent for kinds without one. */
  readonly namespace?: string;
  readonly name: string;
  /** Where it stands: `spec.tls[0].secretName`. */
  readonly path: string;
  /** A key of a ConfigMap or Secret, or the port of a Service, that it must have. */
  readonly part?: string | number;
  /** It names an object of a namespace that others may own. */
  readonly foreign?: boolean;
}

/** The reference, if there is a name. */
export function nameOf(name: Json | undefined, reference: Omit<Reference, 'name'>): Reference[] {
  return typeof name === 'string' && name !== '' ? [{ ...reference, name }] : [];
}

/** The maps in a list, with their places. */
export function items(list: unknown): [JsonMap, number][] {
  return (Array.isArray(list) ? list as Json[] : []).map((item, i): [Json, number] => [item, i]).filter((each): each is [JsonMap, number] => isMap(each[0]));
}
