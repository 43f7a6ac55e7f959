import type { Impersonation } from './access';
import { isAlreadyGone, isExpired } from './classify';
import type { Connection } from './connection';
import { metadataOnly } from './metadata-only';
import { listPages } from './pages';
import { apiVersionOf, type Resource, resourcePath } from './resource';

/** Who wrote which fields of an object. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly apiVersion?: string;
  /** RFC 3339, in steps of one second. Absent after all entries were reset. */
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: FieldSet;
  /** Absent or empty for the main resource. */
  readonly subresource?: string;
}

/** `fieldsV1`: keys `f:name`, `k:{…}`, `v:…`, `i:0` and `.`. */
export interface FieldSet {
  readonly [key: string]: FieldSet;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** `metadata` as an API server returns it. */
export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Absent for kinds that do not count their generations. */
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  /** Absent when the object is too large for the server to keep them. */
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** An object without its content; `apiVersion` and `kind` are those of the resource that was asked. */
export interface PartialObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
}

export interface ListOptions extends ReadOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Objects of one reply; the list is read to its end in any case. @default 1000 */
  readonly pageSize?: number;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  readonly impersonate?: Impersonation;
}

/** A list this long is rarely overtaken twice by the server's compaction, which comes every five minutes. */
const RESTARTS = 3;

/**
 * The metadata of all objects of a collection, of one point in time.
 *
 * @throws ApiError when the server refuses, or does not answer
 */
export async function listMetadata(connection: Connection, resource: Resource, options: ListOptions = {}): Promise<PartialObject[]> {
  for (let restarts = 0; ; restarts++) {
    try {
      const found: PartialObject[] = [];
      await listPages(connection, resource, { ...options, metadataOnly: true }, object => {
        found.push(partialObject(resource, object as unknown as PartialObject));
      });
      return found;
    } catch (error) {
      // A page's token has expired: what was read and what is left are of different times.
      if (!isExpired(error) || restarts === RESTARTS) throw error;
    }
  }
}

/**
 * The metadata of one object; undefined only when the server says that there is no such object.
 *
 * @throws ApiError for everything else, the absence of the kind too: an error proves no absence
 */
export async function getMetadata(
  connection: Connection, resource: Resource, at: { readonly namespace?: string; readonly name: string }, options: ReadOptions = {},
): Promise<PartialObject | undefined> {
  try {
    const { body } = await connection.request<{ readonly metadata: ObjectMetadata }>({
      method: 'GET', path: resourcePath(resource, at), accept: metadataOnly('PartialObjectMetadata'), ...options,
    });
    return partialObject(resource, body);
  } catch (error) {
    if (isAlreadyGone(error)) return undefined;
    throw error;
  }
}

/** The reply calls itself a PartialObjectMetadata: it gets the kind back that was asked for. */
export function partialObject(resource: Resource, object: { readonly metadata: ObjectMetadata }): PartialObject {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: object.metadata };
}
