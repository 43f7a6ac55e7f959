import type { FlotillaError } from '../../errors';
import type { TargetResult } from '../report';

/** What the loops of an agent or a hub tell while they run; for logs and metrics. Nothing depends on who listens. */
export type AgentEvent =
  | SourceEvent
  | ConnectionEvent
  | WatchStateEvent
  | RunEvent
  | DriftEvent
  | FightEvent
  | QueueEvent
  | LeaseEvent
  | LeaseTroubleEvent
  | AuditEvent
  | EventsEvent;

/** The repository was asked. */
export interface SourceEvent {
  readonly type: 'source';
  /** `unchanged`: the commit, or all of it that concerns us, is the one that is known. */
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  /** What made us ask. */
  readonly cause: 'start' | 'poll' | 'webhook';
  readonly commit?: string;
  readonly seconds: number;
  readonly error?: FlotillaError;
}

/** The way to a cluster opened or closed. */
export interface ConnectionEvent {
  readonly type: 'connection';
  readonly cluster: string;
  readonly state: 'up' | 'down';
  /** Why it is down. */
  readonly error?: FlotillaError;
  /** When it is tried again, in milliseconds from now. */
  readonly retryMs?: number;
}

/** The watch of one kind changed its state. */
export interface WatchStateEvent {
  readonly type: 'watch';
  readonly cluster: string;
  /** `Deployment.apps`; `Deployment.apps/shop` where it is watched for a tenant, namespace by namespace. */
  readonly kind: string;
  /** `listed`: all is known again; `lost`: it ended and is opened anew; `denied`: it may not be read; `closed`: nobody needs it any more. */
  readonly state: 'listed' | 'lost' | 'denied' | 'closed';
  readonly message?: string;
}

/** One run of one application is over. */
export interface RunEvent {
  readonly type: 'run';
  readonly cluster: string;
  readonly commit?: string;
  readonly result: TargetResult;
  readonly seconds: number;
}

/** An object differed from what we had applied, and was put right. */
export interface DriftEvent {
  readonly type: 'drift';
  readonly cluster: string;
  readonly application: string;
  readonly object: string;
  /** The field manager that wrote last; absent when the object was gone. */
  readonly writer?: string;
  /** From the event of the watch to the answer of the server. */
  readonly seconds: number;
}

/** Somebody keeps taking a field back: the object is put right ever more seldom. */
export interface FightEvent {
  readonly type: 'fight';
  readonly cluster: string;
  readonly application: string;
  readonly object: string;
  readonly writer?: string;
  /** Until the next attempt, in milliseconds. */
  readonly delayMs: number;
}

/** How many applications of a cluster wait for their run. */
export interface QueueEvent {
  readonly type: 'queue';
  readonly cluster: string;
  readonly depth: number;
}

/** A cluster was taken over or given up by this process of a hub. */
export interface LeaseEvent {
  readonly type: 'lease';
  readonly cluster: string;
  readonly state: 'held' | 'lost';
}

/** The hub's own cluster does not do what is asked of it: nobody knows for long whose clusters are whose. It is tried again. */
export interface LeaseTroubleEvent {
  readonly type: 'lease-trouble';
  readonly error: FlotillaError;
}

/** The slow audit looked at an object by a dry run. */
export interface AuditEvent {
  readonly type: 'audit';
  readonly cluster: string;
  readonly object: string;
  readonly outcome: 'same' | 'drifted' | 'failed';
}

/** Events of Kubernetes about Deliveries could not be written. It is told once, and changes nothing else. */
export interface EventsEvent {
  readonly type: 'events';
  readonly cluster: string;
  readonly error: FlotillaError;
}

export type AgentListener = (event: AgentEvent) => void;

/** Where an agent stands, for probes and dashboards. */
export interface AgentState {
  /** The commit whose tree is delivered. */
  readonly commit?: string;
  /** Why the repository could not be read the last time. */
  readonly sourceError?: FlotillaError;
  readonly clusters: readonly ClusterState[];
}

export interface ClusterState {
  readonly cluster: string;
  /** `starting`: nothing is known yet; `steady`: nothing is to be done; `down`: it does not answer. */
  readonly state: 'starting' | 'working' | 'steady' | 'down';
  readonly error?: FlotillaError;
  /** Applications that wait for their run or run now. */
  readonly queued: number;
  readonly targets: readonly TargetState[];
}

export interface TargetState {
  readonly application: string;
  /** Git's id of the tree that was last applied whole. */
  readonly revision?: string;
  /** When it was, RFC 3339. */
  readonly appliedAt?: string;
  readonly objects: number;
  readonly ready: boolean;
  /** `Ready`, or why not; as the condition `Ready` of the Delivery. */
  readonly reason: string;
  readonly message?: string;
  /** Deletions that wait for an approval. */
  readonly held: number;
}
