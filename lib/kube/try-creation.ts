import { randomBytes } from 'node:crypto';
import { applicable } from './applicable';
import type { Connection } from './connection';
import { type Resource, resourcePath } from './resource';
import type { Manifest } from '../tree/manifest';

/** Groups whose objects have names that follow from their content: no other name is valid. */
const NAMED_BY_CONTENT = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);
/** What is allocated to the object that is there is free when it is gone. */
const ALLOCATED = /already allocated/;

/**
 * Asks by a dry run whether an object could be created if it were not there, which the refusal of an update does not tell: fields are validated before
 * admission controls are asked.
 *
 * @throws ApiError when it could not
 */
export async function tryCreation(connection: Connection, resource: Resource, manifest: Manifest, signal?: AbortSignal): Promise<void> {
  if (NAMED_BY_CONTENT.has(resource.group)) {
    return;
  }
  const { namespace, name } = manifest.metadata;
  // As long as a name may be, and with the beginning that some kinds ask for.
  const other = name.slice(0, Math.max(1, name.length - 6)) + randomBytes(3).toString('hex');
  try {
    await connection.request({
      method: 'POST', path: resourcePath(resource, { namespace }), query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: applicable({ ...manifest, metadata: { ...manifest.metadata, name: other } }, resource), signal,
    });
  } catch (error) {
    if (!ALLOCATED.test(String((error as Error).message))) throw error;
  }
}
