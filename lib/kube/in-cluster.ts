import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Access } from './access';

/** Where Kubernetes mounts the ServiceAccount of a Pod. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether this process runs in a Pod with a ServiceAccount. */
export function inCluster(env: NodeJS.ProcessEnv, folder = SERVICE_ACCOUNT): boolean {
  return Boolean(env.KUBERNETES_SERVICE_HOST && env.KUBERNETES_SERVICE_PORT) && existsSync(join(folder, 'token'));
}

/** The way from a Pod to the API server of its own cluster. */
export function inClusterAccess(env: NodeJS.ProcessEnv, folder = SERVICE_ACCOUNT): Access {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  return {
    cluster: {
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT}`,
      caFile: join(folder, 'ca.crt'),
      insecure: false,
    },
    // Kubernetes renews the file about every hour.
    user: { tokenFile: join(folder, 'token') },
  };
}
