import type { DesiredCluster, DesiredTarget } from './desired';
import type { Grants } from './grants';
import type { Observed } from './observe';
import type { ObjectState } from './readiness';
import type { DeliveryRecord, Fight } from './record';
import type { SeenObject } from './seen';
import type { RecordContent } from './write-record';
import type { LiveObject } from '../kube/apply';
import type { Connection } from '../kube/connection';
import type { Discovery, Resource } from '../kube/discovery';
import type { PartialObject } from '../kube/metadata';
import type { ObjectIdentity } from '../tree/manifest';

/** How a run behaves. */
export interface RunOptions {
  /** Wait until every object is ready: between waves, and before pruning. */
  readonly wait: boolean;
  /** What is not ready yet is no failure: the run ends, and another one goes on when it is. What only mends drift does not wait. */
  readonly resumed?: boolean;
  readonly signal?: AbortSignal;
}

/** Whose objects are looked at, and as whom. */
export type ReadinessTarget = Pick<DesiredTarget, 'setId' | 'spec'>;

/** How ready objects are. */
export interface Readiness {
  /** Now. */
  read(ids: readonly ObjectIdentity[], target: ReadinessTarget): Promise<readonly ObjectState[]>;
  /** When all are ready, one has failed for good, or nobody waits any longer. */
  wait(ids: readonly ObjectIdentity[], target: ReadinessTarget): Promise<readonly ObjectState[]>;
}

/**
 * How much a record says that the cluster does not know yet.
 *
 * - `now`: what somebody waits for: a revision, a condition, a failure, a name in the inventory
 * - `soon`: fingerprints after drift was healed: without them the next run applies these objects once more, and changes nothing
 * - `later`: marks of others' writes that were looked at: without them the next run looks once more
 */
export type RecordUrgency = 'now' | 'soon' | 'later';

/** Keeps the records of the deliveries. */
export interface RecordKeeper {
  /** @throws ApiError, FLT5208 when it cannot be written */
  save(former: DeliveryRecord | undefined, content: RecordContent, urgency: RecordUrgency): Promise<void>;
  /** The delivery is gone. */
  forget(application: string): void;
}

/** What the steps of a run on one cluster share. */
export interface ClusterContext {
  /** For what is done to objects it runs as their tenant: see `runningAs`. */
  readonly connection: Connection;
  readonly discovery: Discovery;
  readonly desired: DesiredCluster;
  readonly observed: Observed;
  readonly readiness: Readiness;
  readonly records: RecordKeeper;
  readonly options: RunOptions;
  /** Objects that another writer keeps changing back, and that are left alone for a while. */
  readonly fights?: readonly Fight[];
  /** Told of each answer to an apply, before anybody else sees it; returns what it keeps of it. */
  readonly wrote?: (resource: Resource, object: PartialObject | LiveObject) => SeenObject | undefined;
  /** Whether the tree has changed since, for this application, or, before anything is deleted, at all: what is left to do is planned anew. */
  readonly superseded?: (next: 'apply' | 'prune') => boolean;
  readonly grants: Grants;
  /** Kinds that CRDs of this tree define, as `formatGroupKind`. */
  readonly definedKinds: ReadonlySet<string>;
  /** Namespaces of this tree. */
  readonly definedNamespaces: ReadonlySet<string>;
}
