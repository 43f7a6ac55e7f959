import type { DeliveredObjects } from './tree-rules';
import { FlotillaError } from '../errors';
import { loadCluster } from '../reconcile/load';
import { Snapshot } from '../reconcile/snapshot';
import { readFleetTree } from '../tree/read';
import type { TreeSource } from '../tree/source';

/** What the tree delivers to one cluster. */
export interface ClusterDeliveries {
  readonly fleet: string;
  /** Namespace of the Deliveries. */
  readonly namespace: string;
  readonly deliveries: readonly DeliveredObjects[];
}

/**
 * Reads the part of the tree that one cluster gets; closes the source.
 *
 * @throws FLT3… when it cannot be read, wholly or in part: rules that were made of a part would lack the rest; FLT6007 when there is no such cluster
 */
export async function readDeliveries(source: TreeSource, cluster: string): Promise<ClusterDeliveries> {
  const snapshot = new Snapshot(source);
  try {
    const tree = await readFleetTree(snapshot, { clusters: [cluster] });
    const fleet = tree.fleet.metadata.name;
    const entry = tree.fleet.spec.clusters.includes(cluster) ? tree.tryFindCluster(cluster) : undefined;
    if (!entry) {
      throw new FlotillaError('FLT6007', {
        what: `the fleet ${fleet} has no cluster '${cluster}'`, where: { file: 'fleet.yaml', commit: tree.commit },
        fix: `name one of ${tree.fleet.spec.clusters.join(', ')}, or add it to the model and synthesize; without a tree, say what it may do by --permissions`,
      });
    }
    const { desired, errors } = await loadCluster(tree, entry);
    if (errors.length > 0) {
      throw FlotillaError.all(errors);
    }
    const deliveries = desired.targets.map(({ spec, objects }) => ({ spec, objects: objects.map(object => object.asApplied()) }));
    return { fleet, namespace: desired.namespace, deliveries };
  } finally {
    snapshot.close();
  }
}
