import { FlotillaError } from '../errors';
import { LoadedCluster, loadCluster } from './load';
import { Snapshot } from './snapshot';
import { clusterError } from '../kube/cluster-error';
import { connect } from '../kube/connect';
import type { Connection } from '../kube/connection';
import { ClusterEntry, FleetTree, readFleetTree } from '../tree/read';
import type { TreeSource } from '../tree/source';

/** Which clusters, and how to reach them. */
export interface FleetRunOptions {
  /** Where the committed tree is. */
  readonly source: TreeSource;
  /** Path of the kubeconfig. @default KUBECONFIG, then ~/.kube/config */
  readonly kubeconfig?: string;
  /** Names of the clusters. @default all of the tree */
  readonly clusters?: readonly string[];
  /** Names of the applications. @default all */
  readonly applications?: readonly string[];
  /** Requests at a time to each cluster. @default 20 */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads the tree and does something with each of its clusters, all at the same time: one that does not answer delays no other.
 *
 * @throws FLT3003 to FLT3007 when the tree cannot be read, FLT6007 when it has no such cluster or application.
 */
export async function eachCluster<T>(
  options: FleetRunOptions,
  action: (connection: Connection, loaded: LoadedCluster, tree: FleetTree) => Promise<T>,
  failed: (cluster: string, error: FlotillaError, tree: FleetTree) => T,
): Promise<{ readonly tree: FleetTree; readonly results: T[] }> {
  const source = new Snapshot(options.source);
  try {
    const tree = await readFleetTree(source, options.clusters ? { clusters: options.clusters } : {});
    const entries = chosenClusters(tree, options);
    const results = await Promise.all(entries.map(async entry => {
      let connection: Connection | undefined;
      try {
        const loaded = await loadCluster(tree, entry);
        connection = await connect({
          name: entry.name, context: loaded.access.context ?? entry.name,
          kubeconfig: options.kubeconfig, concurrency: options.concurrency, signal: options.signal,
        });
        return await action(connection, loaded, tree);
      } catch (cause) {
        options.signal?.throwIfAborted();
        if (!(cause instanceof FlotillaError) && !connection) {
          throw cause;
        }
        return failed(entry.name, cause instanceof FlotillaError ? cause : clusterError(connection as Connection, cause), tree);
      } finally {
        await connection?.close();
      }
    }));
    return { tree, results };
  } finally {
    source.close();
  }
}

function chosenClusters(tree: FleetTree, options: FleetRunOptions): ClusterEntry[] {
  const known = tree.clusters.map(cluster => cluster.name);
  for (const name of options.clusters ?? []) {
    if (!tree.fleet.spec.clusters.includes(name)) {
      throw new FlotillaError('FLT6007', {
        what: `the fleet ${tree.fleet.metadata.name} has no cluster '${name}'`, where: { file: 'fleet.yaml', commit: tree.commit },
        fix: `name one of ${tree.fleet.spec.clusters.join(', ')}`,
      });
    }
  }
  const applications = new Set(tree.clusters.flatMap(cluster => cluster.deliveries.map(delivery => delivery.application)));
  for (const name of options.applications ?? []) {
    if (!applications.has(name)) {
      throw new FlotillaError('FLT6007', {
        what: `none of the clusters ${known.join(', ')} has an application '${name}'`, where: { commit: tree.commit },
        fix: `name one of ${[...applications].sort().join(', ')}`,
      });
    }
  }
  return [...tree.clusters];
}
