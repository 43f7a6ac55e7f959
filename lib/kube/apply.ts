import type { Impersonation } from './access';
import { applicable } from './applicable';
import type { Connection } from './connection';
import { partialObject, type PartialObject } from './metadata';
import { metadataOnly } from './metadata-only';
import { type Resource, resourcePath } from './resource';
import type { Manifest } from '../tree/manifest';

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take the fields that others own. */
  readonly force: boolean;
  /** @default false */
  readonly dryRun?: boolean;
  /** What to return: the metadata alone, or the whole object. */
  readonly accept: 'metadata' | 'full';
  readonly signal?: AbortSignal;
  readonly impersonate?: Impersonation;
}

/** A manifest that is made when its turn has come: thousands that wait take no memory. */
export interface PendingManifest {
  readonly id: { readonly namespace?: string; readonly name: string };
  /** Makes it; for every try of a request anew. */
  readonly make: () => Manifest;
}

/** A whole object, as the server keeps it. */
export type LiveObject = PartialObject & { readonly [key: string]: unknown };

/** What an apply came to. */
export interface ApplyReply {
  readonly object: PartialObject;
  /** The apply made the object. */
  readonly created: boolean;
}

/**
 * Server-side apply of one object; returns it as the server now has it, or would have it.
 *
 * What the server sets itself is left out of the manifest, and a Secret's `stringData` is turned into `data`.
 *
 * @throws ApiError when the server refuses, or does not answer
 */
export async function applyObject(
  connection: Connection, resource: Resource, manifest: Manifest, options: ApplyOptions & { readonly accept: 'full' },
): Promise<LiveObject>;
export async function applyObject(connection: Connection, resource: Resource, manifest: Manifest, options: ApplyOptions): Promise<PartialObject>;
export async function applyObject(connection: Connection, resource: Resource, manifest: Manifest, options: ApplyOptions): Promise<PartialObject> {
  return (await applyAndTell(connection, resource, manifest, options)).object;
}

/** Like `applyObject`, and tells whether the apply made the object: the server answers 201 then, and 200 otherwise. */
export async function applyAndTell(connection: Connection, resource: Resource, manifest: Manifest, options: ApplyOptions): Promise<ApplyReply> {
  return applyPending(connection, resource, { id: manifest.metadata, make: () => manifest }, options);
}

/** Like `applyAndTell`, of a manifest that is made when its turn has come. */
export async function applyPending(
  connection: Connection, resource: Resource, { id, make }: PendingManifest, options: ApplyOptions,
): Promise<ApplyReply> {
  const { status, body } = await connection.request<LiveObject>({
    method: 'PATCH',
    path: resourcePath(resource, { namespace: id.namespace, name: id.name }),
    query: { fieldManager: options.fieldManager, force: String(options.force), dryRun: options.dryRun ? 'All' : undefined },
    // JSON is YAML, and is parsed faster.
    contentType: 'application/apply-patch+yaml',
    body: () => applicable(make(), resource),
    accept: options.accept === 'metadata' ? metadataOnly('PartialObjectMetadata') : undefined,
    signal: options.signal,
    impersonate: options.impersonate,
  });
  return { object: options.accept === 'metadata' ? partialObject(resource, body) : body, created: status === 201 };
}
