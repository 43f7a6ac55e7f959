import type { Impersonation } from './access';
import type { Connection } from './connection';
import type { KubeObject } from './health';
import { metadataOnly } from './metadata-only';
import { apiVersionOf, type Resource, resourcePath } from './resource';

export interface PagesOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Without the content of the objects. @default false */
  readonly metadataOnly?: boolean;
  /** Objects of one reply; the list is read to its end in any case. @default 1000 */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
  readonly impersonate?: Impersonation;
}

interface Page {
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
  /** Null from some servers when there is none. */
  readonly items: readonly KubeObject[] | null;
}

/**
 * Reads a collection page by page, so that only one page at a time is held; returns its `resourceVersion`, empty from some aggregated API servers.
 *
 * @throws ApiError when the server refuses, or does not answer; with status 410 when the pages took so long that the rest is of another time
 */
export async function listPages(
  connection: Connection, resource: Resource, options: PagesOptions, each: (object: KubeObject) => void,
): Promise<string> {
  // Items of a list carry neither apiVersion nor kind.
  const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  for (let token: string | undefined; ;) {
    const { body }: { body: Page } = await connection.request<Page>({
      method: 'GET',
      path: resourcePath(resource, { namespace: options.namespace }),
      query: { labelSelector: options.labelSelector, limit: String(options.pageSize ?? 1000), continue: token },
      accept: options.metadataOnly ? metadataOnly('PartialObjectMetadataList') : undefined,
      signal: options.signal,
      impersonate: options.impersonate,
    });
    for (const item of body.items ?? []) {
      each({ ...item, ...type });
    }
    token = body.metadata?.continue || undefined;
    if (token === undefined) {
      return body.metadata?.resourceVersion ?? '';
    }
  }
}
