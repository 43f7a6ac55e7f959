import type { Impersonation } from './access';
import type { Resource } from './resource';
import type { WatchEvent, WatchOptions } from './watch';

/** One request to an API server. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path below the server's URL, already escaped: `/api/v1/namespaces/shop/configmaps`. */
  readonly path: string;
  /** Parameters; undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. A function is asked for it when the request's turn has come, and for every try: what waits for its turn takes no memory then. */
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  /** @default application/json */
  readonly accept?: string;
  /** For one try, until the whole reply is read, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number;
  /** Ends the request, its waits and its retries. */
  readonly signal?: AbortSignal;
  /** The request runs as this user; the connection's own user needs the verb `impersonate`. */
  readonly impersonate?: Impersonation;
}

/** A reply with a status below 300. */
export interface KubeReply<T> {
  readonly status: number;
  /** The parsed JSON; the text of a reply of another type. */
  readonly body: T;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A way to one API server. */
export interface Connection {
  /** Name of the cluster, as messages show it. */
  readonly name: string;
  /** URL of the API server, without a slash at its end. */
  readonly server: string;
  /** The kubeconfig context it was made from; absent in a cluster. */
  readonly context?: string;
  /** Whom every request runs as, where that is another than the user of the context: see `impersonating`. */
  readonly as?: Impersonation;
  /** What was sent so far, retries included. Dry runs are not writes. */
  readonly requests: { readonly total: number; readonly writes: number };

  /**
   * Sends one request; repeats it where that is safe and promises to help.
   *
   * @throws ApiError for every reply of 300 and above, and when there is no reply (status 0).
   */
  request<T = unknown>(request: KubeRequest): Promise<KubeReply<T>>;

  /**
   * Tells what changes in a collection, until the server ends it, as it does every few minutes. Takes no place of a request.
   *
   * Who stops reading from without does it by the signal: a loop that is left ends it too, but only when it gets the next event.
   *
   * @throws ApiError when the server refuses or breaks it off; with status 410 when the version is too old, and only a new list helps
   */
  watch(resource: Resource, options?: WatchOptions): AsyncIterable<WatchEvent>;

  /** Ends the requests and watches that are still running and closes the sockets. */
  close(): Promise<void>;
}
