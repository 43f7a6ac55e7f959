import { createHash } from 'node:crypto';
import type { FieldSet, ManagedFieldsEntry, ObjectMetadata } from './metadata';

/** The fields that one manager applied. */
export interface OwnedFields {
  /** Canonical JSON of `fieldsV1`: keys sorted. */
  readonly fields: string;
  /** RFC 3339. Absent after somebody reset all managers and equal values were applied again. */
  readonly time?: string;
  /** The version in which the fields are named. */
  readonly apiVersion: string;
}

/** What a manager owns of an object by server-side apply; undefined when it owns nothing, or the object is too large for the server to say. */
export function ownedFields(metadata: ObjectMetadata, manager: string): OwnedFields | undefined {
  const entry = metadata.managedFields?.find(candidate => isApplied(candidate, manager));
  return entry && { fields: canonical(entry.fieldsV1 ?? {}), time: entry.time, apiVersion: entry.apiVersion ?? '' };
}

/**
 * A mark of 12 characters over an object's uid and a manager's fields and time: equal as long as the object is the same and nobody
 * changed or removed a value that the manager applied, as far as metadata tell.
 */
export function fingerprint(metadata: ObjectMetadata, manager: string): string {
  const owned = ownedFields(metadata, manager);
  return hash([metadata.uid, owned?.fields ?? '', owned?.time ?? '']);
}

/**
 * A mark of 12 characters that moves when somebody else wrote the object itself, not its status, though `fingerprint` stayed: values may differ
 * from ours all the same, by an admission control or in the order of a list. One dry run tells.
 */
export function lookMark(metadata: ObjectMetadata, manager: string): string {
  const entries = (metadata.managedFields ?? []).filter(entry => entry.subresource !== 'status' && !isApplied(entry, manager));
  const others = entries.map(entry => canonical([entry.manager, entry.operation, entry.subresource, entry.time, entry.fieldsV1] as Json[])).sort();
  // Where no generation is counted, the version alone tells of a new order in a list. It moves with every status, too: not where somebody keeps one.
  const hasStatus = metadata.managedFields?.some(entry => entry.subresource === 'status');
  const last = metadata.generation === undefined && !hasStatus ? metadata.resourceVersion : '';
  return hash([String(metadata.generation ?? ''), last, ...others]);
}

function isApplied(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply' && !entry.subresource;
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 12);
}

type Json = string | undefined | FieldSet | readonly Json[];

/** JSON with the keys of every object sorted: servers and proxies may write them in any order. */
function canonical(value: Json): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  if (typeof value !== 'object') {
    return JSON.stringify(value ?? null);
  }
  const set = value as FieldSet;
  return `{${Object.keys(set).sort().map(key => `${JSON.stringify(key)}:${canonical(set[key])}`).join(',')}}`;
}
