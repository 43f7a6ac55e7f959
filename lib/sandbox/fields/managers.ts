import type { Json, JsonMap } from '../json';
import { equalSets, isEmpty, type FieldSet } from './field-set';
import { decodeSet, encodeSet } from './fields-v1';
import { compareText } from './path-element';

/** Who owns what: an entry of `metadata.managedFields`. */
export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly set: FieldSet;
  /** RFC 3339 in seconds. Absent where a manager came to own what others had written already. */
  readonly time?: string;
}

/** By `identify`. Appliers are the same manager in every version of a kind, updaters are another one in each. */
export type Owners = Map<string, Owner>;

/** The text by which the real server tells managers apart, and sorts them: an entry of managedFields without its fields. */
export function identify({ manager, operation, apiVersion, subresource }: Pick<Owner, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const name = manager ? `"manager":${JSON.stringify(manager)},` : '';
  const version = operation === 'Update' ? `,"apiVersion":${JSON.stringify(apiVersion)}` : '';
  return `{${name}"operation":"${operation}"${version}${subresource ? `,"subresource":${JSON.stringify(subresource)}` : ''}}`;
}

/** The owners of an object. @throws Error when an entry is malformed */
export function decodeOwners(managedFields: Json | undefined): Owners {
  const owners: Owners = new Map();
  for (const [i, entry] of (Array.isArray(managedFields) ? managedFields as JsonMap[] : []).entries()) {
    const { id, owner } = decodeOwner(entry, i);
    owners.set(id, owner);
  }
  return owners;
}

interface Decoded {
  readonly id: string;
  readonly owner: Owner;
}

/** By the entry, which nobody changes. */
const decoded = new WeakMap<object, Decoded>();

function decodeOwner(entry: JsonMap, index: number): Decoded {
  const known = decoded.get(entry);
  if (known) return known;
  const { manager, operation, apiVersion, subresource, time, fieldsType, fieldsV1 } = entry;
  if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
  if (typeof apiVersion !== 'string' || apiVersion === '') throw new Error('apiVersion must not be empty');
  if (!fieldsType) throw new Error(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1') throw new Error(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`);
  const owner: Owner = {
    manager: manager as string | undefined ?? '', operation, apiVersion, subresource: subresource as string | undefined ?? '',
    set: decodeSet((fieldsV1 ?? {}) as JsonMap), ...typeof time === 'string' ? { time } : {},
  };
  return keep(entry, identify(owner), owner);
}

function keep(entry: JsonMap, id: string, owner: Owner): Decoded {
  const kept = { id, owner };
  decoded.set(entry, kept);
  return kept;
}

/** `metadata.managedFields`, in the real server's order; undefined when nobody owns anything. Entries of `before` that say the same are taken over. */
export function encodeOwners(owners: Owners, before?: Json): Json[] | undefined {
  const all = [...owners.values()];
  if (all.length === 0) return undefined;
  if (all.length > 1) all.sort(compareOwners);
  return all.map(owner => encodeOwner(owner, before));
}

function encodeOwner(owner: Owner, before: Json | undefined): JsonMap {
  const { manager, operation, apiVersion, subresource, set, time } = owner;
  for (const entry of Array.isArray(before) ? before as JsonMap[] : []) {
    if (decoded.get(entry)?.owner === owner) return entry;
  }
  const fieldsV1 = encodeSet(set);
  const entry: JsonMap = {
    manager, operation, apiVersion, ...time === undefined ? {} : { time }, fieldsType: 'FieldsV1', fieldsV1, ...subresource ? { subresource } : {},
  };
  // What is kept with a stored object is the set that all such objects have.
  const shared = decodeSet(fieldsV1);
  keep(entry, identify(owner), shared === set ? owner : { ...owner, set: shared });
  return entry;
}

/** Appliers first, then by time, then by name. */
function compareOwners(a: Owner, b: Owner): number {
  return compareText(a.operation, b.operation) || seconds(a) - seconds(b) || compareText(a.manager, b.manager)
    || compareText(a.apiVersion, b.apiVersion) || compareText(a.subresource, b.subresource);
}

export function seconds({ time }: Owner): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000);
}

/** The owner with another set; the same one when it is the same set. Undefined when nothing is left to own. */
export function owning(owner: Owner, set: FieldSet): Owner | undefined {
  return isEmpty(set) ? undefined : equalSets(owner.set, set) ? owner : { ...owner, set };
}

/** Replaces what an owner owns, and forgets it when that is nothing. */
export function setOwner(owners: Owners, id: string, owner: Owner, set: FieldSet): void {
  const changed = owning(owner, set);
  if (changed) owners.set(id, changed);
  else owners.delete(id);
}
