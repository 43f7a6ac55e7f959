import type { Connection } from './connection';
import type { KubeObject } from './health';
import { apiVersionOf, type Resource, resourcePath } from './resource';
import { formatIdentity } from '../tree/manifest';

/** A collection at one point in time. */
export interface ObjectList {
  /** `resourceVersion` of the collection; empty from some aggregated API servers. */
  readonly version: string;
  /** By `formatIdentity`. */
  readonly objects: ReadonlyMap<string, KubeObject>;
}

/**
 * The whole objects of a collection, over all namespaces unless one is named, in one request.
 *
 * @throws ApiError when the server refuses, or does not answer
 */
export async function listObjects(
  connection: Connection, resource: Resource, options: { readonly namespace?: string; readonly labelSelector?: string; readonly signal?: AbortSignal },
): Promise<ObjectList> {
  const { body } = await connection.request<{ metadata?: { resourceVersion?: string }; items: KubeObject[] | null }>({
    method: 'GET', path: resourcePath(resource, { namespace: options.namespace }), query: { labelSelector: options.labelSelector }, signal: options.signal,
  });
  // Items of a list carry neither apiVersion nor kind.
  const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  const objects = new Map((body.items ?? []).map(item => [keyOf(resource, item), { ...item, ...type }]));
  return { version: body.metadata?.resourceVersion ?? '', objects };
}

/** What an object of a collection is called. */
export function keyOf(resource: Resource, object: KubeObject): string {
  return formatIdentity({ group: resource.group, kind: resource.kind, namespace: object.metadata?.namespace, name: object.metadata?.name ?? '' });
}
