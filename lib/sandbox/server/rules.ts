import type { AdmissionRequest, User } from '../api';
import type { JsonMap, StoredObject } from '../json';
import type { ServedResource } from '../served-resource';

/** What somebody wants to do, as authorization sees it. */
export interface AccessAttributes {
  readonly user: User;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, `impersonate`, …; of paths the method in lower case. */
  readonly verb: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Of what is no resource: `/healthz`. */
  readonly path?: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** What may be done, of a user in a namespace. */
export interface AccessRules {
  readonly resourceRules: readonly JsonMap[];
  readonly nonResourceRules: readonly JsonMap[];
}

export interface DecodeOptions {
  /** Whether nulls stay in a custom resource: an apply leaves them there for its schema to refuse. @default false */
  readonly keepsNulls?: boolean;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
}

/** What is found while a body is read into the shape of its kind. */
export interface Decoded {
  readonly object: JsonMap;
  /** Paths that the kind has not, as they are reported: `unknown field "spec.x"`. */
  readonly problems: readonly string[];
}

export interface ManagerOfWrite {
  readonly name: string;
  readonly time: Date;
  readonly subresource?: string;
}

/** Who knows kinds: their shape, defaults, rules, and who may touch them. One a cluster; all methods are synchronous. */
export interface Rules {
  /**
   * Brings a body into the shape of its kind: drops what the kind has not.
   *
   * @throws Error with the words of the decoder, for a value of a wrong type
   */
  decode(resource: ServedResource, body: JsonMap, options: DecodeOptions): Decoded;
  /** In place. */
  setDefaults(resource: ServedResource, object: JsonMap): void;
  /** In place, what its registry does with a new object: the status and the generation that it begins with, and the like. */
  prepareCreate(resource: ServedResource, object: StoredObject, user: User): void;
  /** The same for a replacement: a write to an object leaves its status alone, one to its status the rest; a change counts its generation. */
  prepareUpdate(resource: ServedResource, object: StoredObject, old: StoredObject, subresource?: string): void;
  /** @throws StatusError 422 */
  validate(resource: ServedResource, object: StoredObject, old: StoredObject | undefined, subresource?: string): void;
  /** What a kind warns of in what is about to be stored. */
  warnings(resource: ServedResource, object: StoredObject, old: StoredObject | undefined, subresource?: string): readonly string[];
  /** Changes of admission, in place. Returns warnings. @throws StatusError */
  admit(request: AdmissionRequest): readonly string[];
  /** What is left of admission once the object is known to be valid; it changes nothing. @throws StatusError */
  admitValid(request: AdmissionRequest): void;
  authorize(attributes: AccessAttributes): AccessDecision;
  rulesOf(user: User, namespace: string): AccessRules;
  /** managedFields of an object after an update (also: creation) by other means than apply. Gives `object` with new managedFields, or itself. */
  manageUpdate(resource: ServedResource, object: StoredObject, live: StoredObject | undefined, manager: ManagerOfWrite): StoredObject;
  /** The same for a Scale of an object. */
  manageScale(scale: StoredObject, live: StoredObject, manager: ManagerOfWrite): StoredObject;
  /** Where each version of a resource keeps its number of replicas, by apiVersion; undefined where it has no Scale. */
  replicasOf(resource: ServedResource): ReadonlyMap<string, string | undefined>;
  /**
   * What a server-side apply makes of an object, before defaults.
   *
   * @throws StatusError 409 on conflicts, 500 for what the schema has not
   */
  apply(resource: ServedResource, live: StoredObject | undefined, intent: JsonMap, manager: ManagerOfWrite, force: boolean): JsonMap;
}
