import type { Command } from 'commander';
import type { Io } from './io';
import { parseCount } from './output';
import { TreeOptions, treeSource, withTree } from './tree-options';
import type { FleetRunOptions } from '../reconcile/each-cluster';

/** Options of the commands that look at clusters. */
export interface ClusterOptions extends TreeOptions {
  readonly kubeconfig?: string;
  readonly cluster?: string[];
  readonly app?: string[];
  readonly concurrency: number;
}

/** Adds the options that say which tree, which clusters and which applications. */
export function withClusters(command: Command): Command {
  return withTree(command)
    .option('--kubeconfig <file>', 'kubeconfig with the contexts of the clusters (default: KUBECONFIG, then ~/.kube/config)')
    .option('--cluster <name...>', 'only these clusters')
    .option('--app <name...>', 'only these applications')
    .option('--concurrency <n>', 'requests at a time to each cluster', parseCount, 20);
}

/** What the library needs to know of them. */
export function runOptions(io: Io, options: ClusterOptions): FleetRunOptions {
  return {
    source: treeSource(io, options), kubeconfig: options.kubeconfig, clusters: options.cluster, applications: options.app,
    concurrency: options.concurrency, signal: io.signal,
  };
}
