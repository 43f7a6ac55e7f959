import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlotillaError } from '../errors';
import type { Access } from '../kube/access';
import { isForbidden, isUnauthorized } from '../kube/classify';
import { clusterError } from '../kube/cluster-error';
import { connect } from '../kube/connect';
import { GROUP } from '../tree/names';
import { emitYaml } from '../yaml/emit';

/** Where a hub reaches a cluster, and what it trusts there. */
export interface SpokeAddress {
  readonly server: string;
  /** Base64 of PEM; absent: the authorities that the hub's machine trusts. */
  readonly ca?: string;
  readonly tlsServerName?: string;
}

/**
 * A new token is known to the API server at once, and its rights a moment later. Longer than this, something is wrong.
 */
const ACCEPTED_WITHIN_MS = 15_000;

/** A kubeconfig that holds data alone. */
export function kubeconfigText(name: string, { server, ca, tlsServerName }: SpokeAddress, token: string): string {
  return emitYaml({
    'apiVersion': 'v1',
    'kind': 'Config',
    'current-context': name,
    'clusters': [{ name, cluster: { server, 'certificate-authority-data': ca, 'tls-server-name': tlsServerName } }],
    'users': [{ name, user: { token } }],
    'contexts': [{ name, context: { cluster: name, user: name } }],
  });
}

/**
 * Proves that a kubeconfig is good: the server lets it in, and it may keep Deliveries in the namespace.
 *
 * @throws FLT7106 when the token is refused or has not the rights; FLT5003, FLT5004 when the server is not reached or not trusted
 */
export async function verifyKubeconfig(name: string, text: string, namespace: string, signal?: AbortSignal): Promise<void> {
  const connection = await connect({ name, kubeconfigDocument: () => text, signal });
  const end = Date.now() + ACCEPTED_WITHIN_MS;
  try {
    for (let delay = 50; ; delay = Math.min(delay * 2, 1000)) {
      try {
        await connection.request({ method: 'GET', path: `/apis/${GROUP}/v1alpha1/namespaces/${namespace}/deliveries` });
        return;
      } catch (error) {
        if (!isUnauthorized(error) && !isForbidden(error)) {
          throw clusterError(connection, error);
        }
        if (Date.now() > end) {
          throw new FlotillaError('FLT7106', {
            what: `cluster '${name}' does not accept the token that it issued${isForbidden(error) ? ' for what a hub needs' : ''}`,
            where: { cluster: name },
            fix: 'nothing was handed over, and a former token still works; check the API server\'s authentication and authorization, and run it again',
            cause: error,
          });
        }
      }
      await sleep(delay, undefined, { signal });
    }
  } finally {
    await connection.close();
  }
}

/** What may be wrong with an address that works on this machine, and not in a hub. */
export function addressWarnings({ cluster }: Access, server: string): string[] {
  const host = new URL(server).hostname.replace(/^\[|\]$/g, '');
  const loopback = host === 'localhost' || host.endsWith('.localhost') || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  return [
    ...(loopback ? [`${server} is an address of this machine: a hub in a pod does not reach the cluster there; give the one that it does reach by --server`] : []),
    ...(cluster.proxyUrl ? ['the kubeconfig reaches the cluster through a proxy, which the hub is not told of'] : []),
    ...(cluster.insecure ? ['the kubeconfig does not check the certificate of the cluster; the hub will, by the authority that the cluster\'s pods trust'] : []),
  ];
}
