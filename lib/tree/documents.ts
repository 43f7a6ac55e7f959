import type { HealthRule } from '../rules/health-rule';
import type { IgnoreRule } from '../rules/ignore-rule';

/**
 * The three kinds of description in the committed tree. They are plain data: what synth writes, every reader of
 * the tree (ours, of this version or a later one) relies on.
 */

/** `fleet.yaml`. */
export interface FleetDocument {
  apiVersion: string;
  kind: 'Fleet';
  metadata: { name: string };
  spec: {
    /** Version of the layout. */
    treeVersion: number;
    /** Namespace, in every cluster, that holds the Deliveries of this fleet. */
    namespace: string;
    /** Environments, in the order of promotion. */
    environments: string[];
    /** Names of the clusters, sorted. */
    clusters: string[];
  };
}

/** `clusters/NAME.yaml`. */
export interface ClusterDocument {
  apiVersion: string;
  kind: 'Cluster';
  metadata: { name: string };
  spec: {
    environment: string;
    /** All labels but the environment. */
    labels: Record<string, string>;
    /** The way in: a reference, never a credential. */
    access: ClusterAccess;
  };
}

/** How a reconciler that is not in the cluster reaches it: by a context or by a Secret, not both. */
export interface ClusterAccess {
  /** Name of a context in the reader's kubeconfig. Default: the cluster's name. */
  context?: string;
  /** A Secret in the cluster of the hub, as `flotilla cluster add` writes it. */
  secret?: ClusterSecretReference;
}

/** A Secret that holds the kubeconfig of a cluster. The tree holds its name, never its content. */
export interface ClusterSecretReference {
  name: string;
  /** Default: the namespace of the hub. */
  namespace?: string;
  /** Key of the Secret whose value is the kubeconfig. Default: `kubeconfig`. */
  key?: string;
}

/** `clusters/NAME/APPLICATION.yaml`. */
export interface DeliveryDocument {
  apiVersion: string;
  kind: 'Delivery';
  metadata: { name: string };
  spec: DeliverySpec;
}

export interface DeliverySpec {
  fleet: string;
  cluster: string;
  application: string;
  /** Namespace of the application's objects, where it has one. */
  namespace?: string;
  /** Applications of the same cluster that must be Ready before this one is applied. Sorted. */
  dependsOn?: string[];
  prune?: PrunePolicy;
  /** How to tell the health of custom kinds. Sorted, one a kind. */
  health?: readonly HealthRule[];
  /** Fields that somebody else owns by design. Sorted. */
  ignore?: readonly IgnoreRule[];
  /** The ServiceAccount as which its objects are read, written and deleted. Default: whoever reconciles. */
  serviceAccount?: ServiceAccountRef;
}

/** A ServiceAccount of the cluster. */
export interface ServiceAccountRef {
  /** Its name. */
  name: string;
  /** Namespace that it is in. */
  namespace: string;
}

export interface PrunePolicy {
  /** `false`: objects that leave the tree stay in the cluster. Default: true. */
  enabled?: boolean;
  /** Share of the inventory, in per cent, that one revision may delete. Default: 25. All of it needs 100. */
  budget?: number;
}
