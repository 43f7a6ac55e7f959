import { DEFAULT_NAMESPACE } from './settings';
import { FlotillaError } from '../errors';
import { findResource } from './apply-manifests';
import { applyObject } from '../kube/apply';
import type { Connection } from '../kube/connection';
import type { Discovery } from '../kube/discovery';
import { getMetadata } from '../kube/metadata';
import { objectError } from '../kube/object-error';
import { FIELD_MANAGER } from '../reconcile/applyset';
import { KUBECONFIG_KEY } from '../reconcile/cluster-secret';
import type { ClusterSecretReference } from '../tree/documents';
import type { Manifest } from '../tree/manifest';
import { GROUP } from '../tree/names';

/** On the Secret of a cluster: which one. */
export const CLUSTER_LABEL = `${GROUP}/cluster`;

/** The Secret of a cluster, as the model names it: without a namespace where that is the usual one of a hub. */
export function secretReference(cluster: string, namespace: string): ClusterSecretReference {
  return { name: `flotilla-cluster-${cluster}`, ...(namespace === DEFAULT_NAMESPACE ? {} : { namespace }) };
}

/**
 * Writes the Secret of a cluster to the hub; `dryRun` finds out whether that would work.
 *
 * @throws FLT7111 when there is a Secret of the name that is none of ours; FLT5101 and others when the server refuses
 */
export async function writeClusterSecret(
  connection: Connection, discovery: Discovery, cluster: string, namespace: string, kubeconfig: string,
  options: { readonly dryRun?: boolean; readonly signal?: AbortSignal },
): Promise<void> {
  const { name } = secretReference(cluster, namespace);
  const manifest: Manifest = {
    apiVersion: 'v1', kind: 'Secret', type: 'Opaque',
    metadata: { name, namespace, labels: { [CLUSTER_LABEL]: cluster, 'app.kubernetes.io/managed-by': 'cdk8s-flotilla' } },
    stringData: { [KUBECONFIG_KEY]: kubeconfig },
  };
  const resource = findResource(discovery, manifest);
  try {
    const live = await getMetadata(connection, resource, { namespace, name }, { signal: options.signal });
    if (live && live.metadata.labels?.[CLUSTER_LABEL] !== cluster) {
      throw new FlotillaError('FLT7111', {
        what: `the hub has a Secret ${namespace}/${name} that \`flotilla cluster add\` did not write`, where: { cluster: connection.name },
        fix: `delete it, label it \`${CLUSTER_LABEL}=${cluster}\` if it may be overwritten, or give the cluster another name`,
      });
    }
    await applyObject(connection, resource, manifest, { fieldManager: FIELD_MANAGER, force: true, accept: 'metadata', ...options });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw objectError(connection, `Secret/${namespace}/${name}`, error);
  }
}
