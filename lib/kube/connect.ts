import type { Connection } from './connection';
import { Credentials } from './credentials';
import { HttpConnection } from './http-connection';
import { readAccess } from './kubeconfig';
import { proxyFor } from './proxy';

export interface ConnectOptions {
  /** Name of the cluster, as messages show it. */
  readonly name: string;
  /** Path of a kubeconfig, or several joined by `path.delimiter`. @default KUBECONFIG, then ~/.kube/config, then the service account of this Pod */
  readonly kubeconfig?: string;
  /** @default the kubeconfig's current-context */
  readonly context?: string;
  /** Sockets of the pool, and so requests at a time. @default 20 */
  readonly concurrency?: number;
  /** Further tries of a request that may be repeated. @default 4 */
  readonly retries?: number;
  /** For a socket, TLS included, in milliseconds. @default 5000 */
  readonly connectTimeoutMs?: number;
  /** Ends every request of the connection. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the way to a cluster; reads the kubeconfig and sends nothing yet. Close it.
 *
 * @throws FLT5001 when there is no such context
 * @throws FLT5002 when the kubeconfig cannot be read or says nothing usable
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const read = () => readAccess(options);
  const { context, cluster } = read();
  return new HttpConnection({
    name: options.name,
    server: cluster.server,
    context,
    credentials: new Credentials(read),
    proxy: proxyFor(new URL(cluster.server), cluster.proxyUrl),
    concurrency: options.concurrency ?? 20,
    retries: options.retries ?? 4,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    signal: options.signal,
  });
}
