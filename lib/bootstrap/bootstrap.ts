import { AppliedObject, applyManifests, discover, removeOldBindings, waitUntilReady, findResource } from './apply-manifests';
import { reconcilerObjects } from './reconciler-objects';
import { nameOf, namespaceOf, ReconcilerSettings, selectorOf } from './settings';
import { isForbidden } from '../kube/classify';
import type { Connection } from '../kube/connection';
import { Discovery } from '../kube/discovery';
import { getMetadata } from '../kube/metadata';
import { objectError } from '../kube/object-error';

/** What became of an agent's or a hub's objects. */
export interface BootstrapResult {
  /** URL of the API server. */
  readonly server: string;
  readonly objects: readonly AppliedObject[];
  readonly warnings: readonly string[];
}

/**
 * Applies what an agent or a hub needs; writes only what is missing or differs, and takes back rights that an earlier run gave and this one does not.
 *
 * @param waitMs how long to wait until its pods are ready, in milliseconds; absent: not at all
 * @throws FLT6050, FLT6051 for settings that cannot be, FLT50… and FLT51… when the cluster refuses, FLT7104 when the pods are not ready in time
 */
export async function bootstrapReconciler(
  connection: Connection, settings: ReconcilerSettings,
  options: { readonly discovery?: Discovery; readonly waitMs?: number; readonly signal?: AbortSignal } = {},
): Promise<BootstrapResult> {
  const { signal, waitMs } = options;
  const wanted = reconcilerObjects(settings);
  const discovery = options.discovery ?? await discover(connection);
  const objects = [
    ...await applyManifests(connection, discovery, wanted, signal),
    ...await removeOldBindings(connection, discovery, wanted, selectorOf(settings), `${namespaceOf(settings)}:${nameOf(settings)}`, signal),
  ];
  const warnings = await missingSecrets(connection, discovery, settings, signal);
  if (waitMs !== undefined) {
    await waitUntilReady(connection, discovery, wanted[wanted.length - 1], waitMs, signal);
  }
  return { server: connection.server, objects, warnings };
}

/** Pods do not start without the Secrets that they mount. Whether they are there is a hint, and no reason to fail. */
async function missingSecrets(connection: Connection, discovery: Discovery, settings: ReconcilerSettings, signal?: AbortSignal): Promise<string[]> {
  const namespace = namespaceOf(settings);
  const resource = findResource(discovery, { apiVersion: 'v1', kind: 'Secret' });
  const warnings: string[] = [];
  for (const name of [settings.gitSecret, settings.webhookSecret]) {
    if (name === undefined) {
      continue;
    }
    try {
      if (!await getMetadata(connection, resource, { namespace, name }, { signal })) {
        warnings.push(`the pods wait for the Secret ${namespace}/${name}, which does not exist yet`);
      }
    } catch (error) {
      if (!isForbidden(error)) {
        throw objectError(connection, `Secret/${namespace}/${name}`, error);
      }
    }
  }
  return warnings;
}
