import { FlotillaError } from '../errors';
import { isAlreadyGone, isMissingNamespace } from '../kube/classify';
import type { Connection } from '../kube/connection';
import { objectError } from '../kube/object-error';
import type { ClusterSecretReference } from '../tree/documents';

/** Key of a cluster's Secret whose value is its kubeconfig. */
export const KUBECONFIG_KEY = 'kubeconfig';

/**
 * Reads the kubeconfig of a cluster from its Secret: one GET each time it is asked, so that `connect({ kubeconfigDocument })` sees a renewed token.
 *
 * @param connection to the cluster that holds the Secret, that of the hub
 * @param secret as the tree names it in `spec.access.secret`
 * @param namespace of the hub: that of a Secret which names none
 * @throws FLT7110 when there is no such Secret, or it has no such key; FLT5101 when it may not be read, FLT5003 when the hub's API server does not answer
 */
export async function readClusterSecret(connection: Connection, secret: ClusterSecretReference, namespace: string, signal?: AbortSignal): Promise<string> {
  const at = secret.namespace ?? namespace;
  const key = secret.key ?? KUBECONFIG_KEY;
  const path = `/api/v1/namespaces/${encodeURIComponent(at)}/secrets/${encodeURIComponent(secret.name)}`;
  let data: Readonly<Record<string, string>> | undefined;
  try {
    const { body } = await connection.request<{ readonly data?: Readonly<Record<string, string>> }>({ method: 'GET', path, signal });
    data = body.data;
  } catch (error) {
    if (isAlreadyGone(error) || isMissingNamespace(error) !== undefined) {
      throw notThere(`there is no Secret ${at}/${secret.name}`);
    }
    throw objectError(connection, `Secret/${at}/${secret.name}`, error);
  }
  const value = data && Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined) {
    throw notThere(`the Secret ${at}/${secret.name} has no key '${key}'`);
  }
  return Buffer.from(value, 'base64').toString('utf8');
}

function notThere(what: string): FlotillaError {
  return new FlotillaError('FLT7110', {
    what: `${what}, which is to hold the kubeconfig of a cluster`,
    fix: 'write it with `flotilla cluster add`, or correct `access.secret` of the cluster in the model',
  });
}
