import type { DesiredCluster } from './desired';
import type { Observed } from './observe';
import type { ReadinessReader } from './readiness';
import type { Connection } from '../kube/connection';
import type { Discovery } from '../kube/discovery';

/** How a run behaves. */
export interface RunOptions {
  /** Wait until every object is ready: between waves, and before pruning. */
  readonly wait: boolean;
  /** How long to wait for readiness in all, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What the steps of a run on one cluster share. */
export interface ClusterContext {
  readonly connection: Connection;
  readonly discovery: Discovery;
  readonly desired: DesiredCluster;
  readonly observed: Observed;
  readonly readiness: ReadinessReader;
  readonly options: RunOptions;
  /** When waiting ends, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Kinds that CRDs of this tree define, as `formatGroupKind`. */
  readonly definedKinds: ReadonlySet<string>;
  /** Namespaces of this tree. */
  readonly definedNamespaces: ReadonlySet<string>;
}
