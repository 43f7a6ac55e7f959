import type { DeliveryPermissions } from './policy-rule';

/** What an agent or a hub is made with; `flotilla bootstrap` takes the same as options. */
export interface ReconcilerSettings {
  /** `agent`: delivers to the cluster that it runs in. `hub`: delivers from its cluster to others. */
  readonly mode: 'agent' | 'hub';
  /** Container image with `flotilla` as its entry point, as the Dockerfile of this project makes it; best with a digest. */
  readonly image: string;
  /** Repository of the committed tree: `https://…`, `ssh://…` or `git@host:path`, without credentials. */
  readonly repo: string;
  /** @default live */
  readonly branch?: string;
  /** Folder of the tree in the repository. @default its root */
  readonly folder?: string;
  /** Names of the clusters in the tree: exactly one for an agent. @default for a hub, all of the fleet */
  readonly clusters?: readonly string[];
  /** @default flotilla-system */
  readonly namespace?: string;
  /** Namespace of the fleet's Deliveries, as `new Fleet(…, { namespace })` says. @default the same */
  readonly deliveriesNamespace?: string;
  /**
   * What an agent may deliver, beside what it needs for itself. A hub may do nothing of the kind in its own cluster: `flotilla cluster add` gives it the
   * rights that it has on others.
   *
   * @default - nothing
   */
  readonly permissions?: DeliveryPermissions;
  /**
   * Secret in the same namespace with the credentials of the repository. For SSH the keys `identity` and `known_hosts`; for HTTPS `password`, which may be a
   * token, and `username`. Read anew at each fetch.
   *
   * @default - the repository is public
   */
  readonly gitSecret?: string;
  /** Secret in the same namespace whose key `secret` is what webhooks are signed with. @default - webhooks are not taken */
  readonly webhookSecret?: string;
  /** Of a hub; they share the clusters by Leases. An agent is one. @default 1 */
  readonly replicas?: number;
  /** How often the repository is asked, as `60s` or `5m`. @default that of the command */
  readonly interval?: string;
  /** @default - none: the pod may be evicted before those that have one */
  readonly priorityClass?: string;
  /** TCP ports that it may connect to, beside DNS, the repository's, 443 and 6443: those of API servers elsewhere. @default - none */
  readonly egressPorts?: readonly number[];
}

export const DEFAULT_NAMESPACE = 'flotilla-system';
export const PORT = 8080;
/** Of the user `flotilla` in the image. */
export const USER_ID = 65532;

/** Name of an agent's or hub's objects. */
export function nameOf(settings: Pick<ReconcilerSettings, 'mode'>): string {
  return `flotilla-${settings.mode}`;
}

export function namespaceOf(settings: Pick<ReconcilerSettings, 'namespace'>): string {
  return settings.namespace ?? DEFAULT_NAMESPACE;
}

/** Labels that select the pods; they never change, since a Deployment's selector cannot. */
export function selectorOf(settings: Pick<ReconcilerSettings, 'mode'>): Record<string, string> {
  return { 'app.kubernetes.io/name': 'cdk8s-flotilla', 'app.kubernetes.io/component': settings.mode };
}
