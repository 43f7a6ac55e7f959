import type { StoreEvent } from '../api';
import type { Cluster } from './cluster';

/** The keys of the objects of a controller, `namespace/name`, that a change concerns. */
export type KeysOf = (event: StoreEvent, cluster: Cluster) => Iterable<string>;

/** One for all clusters of the process: what it must remember of one is in `Cluster`. */
export interface Controller {
  readonly name: string;
  /** By resource, `pods`; `*` for all. */
  readonly on: Readonly<Record<string, KeysOf>>;
  /** Brings one object a step nearer to what it asks for. The same call again does nothing. A StatusError is met with a retry. */
  reconcile(cluster: Cluster, key: string): void;
}

/** `shop/web` → shop, web; `web` → undefined, web. */
export function splitKey(key: string): { readonly namespace?: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
