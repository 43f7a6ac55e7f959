import { setTimeout as sleep } from 'node:timers/promises';
import { FlotillaError } from '../errors';
import { applyAndTell, applyObject, LiveObject } from '../kube/apply';
import { isAlreadyGone } from '../kube/classify';
import { clusterError } from '../kube/cluster-error';
import type { Connection } from '../kube/connection';
import { deleteObject } from '../kube/delete';
import { Discovery, Resource, resourcePath } from '../kube/discovery';
import { KubeObject, waitState } from '../kube/health';
import { listMetadata } from '../kube/metadata';
import { objectError } from '../kube/object-error';
import { FIELD_MANAGER } from '../reconcile/applyset';
import { canonicalJson } from '../reconcile/canonical';
import { formatIdentity, groupOf, identityOf, Manifest } from '../tree/manifest';

/** What became of one object. */
export interface AppliedObject {
  /** `Deployment.apps/flotilla-system/flotilla-agent` */
  readonly object: string;
  readonly action: 'created' | 'configured' | 'unchanged' | 'deleted';
}

/** Kinds that others of the list need: they are waited for as soon as they are written. */
const DEFINITIONS = new Set(['Namespace', 'CustomResourceDefinition']);
const DEFINED_WITHIN_MS = 30_000;

/** The kinds that a cluster serves. @throws FLT5003 to FLT5007 when it does not answer as an API server does */
export async function discover(connection: Connection): Promise<Discovery> {
  try {
    return await Discovery.load(connection);
  } catch (error) {
    throw clusterError(connection, error);
  }
}

/**
 * Applies manifests one after the other, as our field manager; what would not change is not written.
 *
 * @throws FLT51… for the first object that the server refuses; those before it are applied
 */
export async function applyManifests(
  connection: Connection, discovery: Discovery, manifests: readonly Manifest[], signal?: AbortSignal,
): Promise<AppliedObject[]> {
  const results: AppliedObject[] = [];
  for (const manifest of manifests) {
    const object = formatIdentity(identityOf(manifest));
    try {
      results.push({ object, action: await applyChanged(connection, findResource(discovery, manifest), manifest, signal) });
    } catch (error) {
      signal?.throwIfAborted();
      throw objectError(connection, object, error);
    }
    if (DEFINITIONS.has(manifest.kind)) {
      await waitUntilReady(connection, discovery, manifest, DEFINED_WITHIN_MS, signal);
    }
  }
  return results;
}

/** Waits until an object is ready, as its kind says it. @throws FLT7104 when it is not in time, or gives up */
export async function waitUntilReady(connection: Connection, discovery: Discovery, manifest: Manifest, withinMs: number, signal?: AbortSignal): Promise<void> {
  const end = Date.now() + withinMs;
  const resource = findResource(discovery, manifest);
  for (let delay = 50; ; delay = Math.min(delay * 2, 2000)) {
    const state = waitState(await tryRead(connection, resource, manifest, signal) as KubeObject | undefined);
    if (state === 'Current') {
      return;
    }
    if (state === 'Failed' || Date.now() > end) {
      const { namespace, name } = manifest.metadata;
      const inNamespace = namespace === undefined ? '' : ` -n ${namespace}`;
      throw new FlotillaError('FLT7104', {
        what: `${formatIdentity(identityOf(manifest))} is not ready ${state === 'Failed' ? 'and will not be' : `after ${Math.round(withinMs / 1000)} s`}`,
        where: { cluster: connection.name },
        fix: `see why: \`kubectl describe ${manifest.kind.toLowerCase()} ${name}${inNamespace}\`${manifest.kind === 'Deployment' ? `, \`kubectl get events${inNamespace}\`` : ''}`,
      });
    }
    await sleep(delay, undefined, { signal });
  }
}

/**
 * Deletes the bindings of ClusterRoles that an earlier run made for the same ServiceAccount and this one does not want: rights that were taken back are gone.
 *
 * @param wanted the manifests of this run
 * @param labels of all bindings of this kind of ServiceAccount
 * @param prefix how the names of its bindings begin
 */
export async function removeOldBindings(
  connection: Connection, discovery: Discovery, wanted: readonly Manifest[], labels: Record<string, string>, prefix: string, signal?: AbortSignal,
): Promise<AppliedObject[]> {
  const kind = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' };
  const kept = new Set(wanted.filter(manifest => manifest.kind === kind.kind).map(manifest => manifest.metadata.name));
  const resource = findResource(discovery, { apiVersion: `${kind.group}/v1`, kind: kind.kind });
  const labelSelector = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
  const removed: AppliedObject[] = [];
  try {
    for (const { metadata: { name, uid } } of await listMetadata(connection, resource, { labelSelector })) {
      if ((name === prefix || name.startsWith(`${prefix}:`)) && !kept.has(name)) {
        await deleteObject(connection, resource, { name }, { uid, propagation: 'Background', signal });
        removed.push({ object: formatIdentity({ ...kind, name }), action: 'deleted' });
      }
    }
  } catch (error) {
    throw objectError(connection, `${kind.kind}.${kind.group}`, error);
  }
  return removed;
}

export function findResource(discovery: Discovery, manifest: Pick<Manifest, 'apiVersion' | 'kind'>): Resource {
  const resource = discovery.find({ group: groupOf(manifest.apiVersion), kind: manifest.kind });
  if (!resource) {
    throw new FlotillaError('FLT5104', {
      what: `the cluster does not serve ${manifest.kind} in ${manifest.apiVersion}`,
      fix: 'check that the context leads to a Kubernetes API server of version 1.29 or later',
    });
  }
  return resource;
}

async function applyChanged(connection: Connection, resource: Resource, manifest: Manifest, signal?: AbortSignal): Promise<AppliedObject['action']> {
  const options = { fieldManager: FIELD_MANAGER, force: true, signal };
  const live = await tryRead(connection, resource, manifest, signal);
  if (live) {
    const dry = await applyObject(connection, resource, manifest, { ...options, dryRun: true, accept: 'full' });
    if (comparable(live) === comparable(dry)) {
      return 'unchanged';
    }
  }
  const { created } = await applyAndTell(connection, resource, manifest, { ...options, accept: 'metadata' });
  return created ? 'created' : 'configured';
}

async function tryRead(connection: Connection, resource: Resource, manifest: Manifest, signal?: AbortSignal): Promise<LiveObject | undefined> {
  try {
    return (await connection.request<LiveObject>({ method: 'GET', path: resourcePath(resource, manifest.metadata), signal })).body;
  } catch (error) {
    if (isAlreadyGone(error)) {
      return undefined;
    }
    throw error;
  }
}

/** All but what a write that changes nothing may still move. Who owns which field counts. */
function comparable(object: LiveObject): string {
  const { managedFields, resourceVersion, ...metadata } = object.metadata as { readonly managedFields?: readonly { readonly time?: string }[] } & LiveObject['metadata'];
  return canonicalJson({ ...object, metadata: { ...metadata, managedFields: managedFields?.map(({ time, ...entry }) => entry) } });
}
