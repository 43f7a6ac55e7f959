import type { Impersonation } from './access';
import { isAlreadyGone, isMissingNamespace, isStale } from './classify';
import type { Connection } from './connection';
import { type Resource, resourcePath } from './resource';

export interface DeleteOptions {
  /** Only the object with this uid is deleted. */
  readonly uid: string;
  /** Only in this version. */
  readonly resourceVersion?: string;
  readonly propagation: 'Background' | 'Foreground';
  /** @default false */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly impersonate?: Impersonation;
}

/**
 * Deletes one object, if it is still the one that was meant.
 *
 * @returns `deleted`, at once or when its finalizers are through; `gone` when there was none; `changed` when its uid or version is another: nothing happened
 * @throws ApiError when the server refuses, does not serve the kind, or does not answer
 */
export async function deleteObject(
  connection: Connection, resource: Resource, at: { readonly namespace?: string; readonly name: string }, options: DeleteOptions,
): Promise<'deleted' | 'gone' | 'changed'> {
  const { uid, resourceVersion, propagation, dryRun, signal, impersonate } = options;
  try {
    await connection.request({
      method: 'DELETE',
      path: resourcePath(resource, at),
      query: { dryRun: dryRun ? 'All' : undefined },
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid, resourceVersion },
        propagationPolicy: propagation,
        // With options in the body the server ignores those of the query: a dry run that is asked for there alone deletes.
        dryRun: dryRun ? ['All'] : undefined,
      },
      signal,
      impersonate,
    });
    return 'deleted';
  } catch (error) {
    if (isAlreadyGone(error) || isMissingNamespace(error) !== undefined) return 'gone';
    if (isStale(error)) return 'changed';
    throw error;
  }
}
