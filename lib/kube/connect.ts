import type { Connection } from './connection';
import { Credentials } from './credentials';
import { HttpConnection } from './http-connection';
import { parseAccess, readAccess } from './kubeconfig';
import { proxyFor } from './proxy';

export interface ConnectOptions {
  /** Name of the cluster, as messages show it. */
  readonly name: string;
  /** Path of a kubeconfig, or several joined by `path.delimiter`. @default KUBECONFIG, then ~/.kube/config, then the service account of this Pod */
  readonly kubeconfig?: string;
  /**
   * The text of a kubeconfig that does not lie in a file; instead of `kubeconfig`. Asked at the start, again when credentials are half a minute old, and when
   * the server refuses them: a renewed token is taken up while the connection stays open, a new server is not. It may hold data alone: no files, no programs.
   */
  readonly kubeconfigDocument?: () => string | Promise<string>;
  /** @default the kubeconfig's current-context */
  readonly context?: string;
  /** Sockets of the pool, and so requests at a time, at most: there are as many as the work needs. @default 20 */
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
  const { kubeconfigDocument } = options;
  const read = kubeconfigDocument
    ? async () => parseAccess(`the kubeconfig of cluster '${options.name}'`, await kubeconfigDocument(), options.context)
    : () => readAccess(options);
  const { context, cluster } = await read();
  return new HttpConnection({
    name: options.name,
    server: cluster.server,
    // A context that is in no file of the reader's helps in no message.
    context: kubeconfigDocument ? undefined : context,
    credentials: new Credentials(read),
    proxy: proxyFor(new URL(cluster.server), cluster.proxyUrl),
    concurrency: options.concurrency ?? 20,
    retries: options.retries ?? 4,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    signal: options.signal,
  });
}
