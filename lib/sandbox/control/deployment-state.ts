import type { Condition, Kubernetes, Selector, Template } from './objects';
import type { ReplicaSet } from './replica-set';

export interface DeploymentSpec {
  replicas?: number;
  selector: Selector;
  template: Template;
  strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  paused?: boolean;
  progressDeadlineSeconds?: number;
}

export interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  terminatingReplicas?: number;
  collisionCount?: number;
  conditions?: Condition[];
}

export type Deployment = Kubernetes<DeploymentSpec, DeploymentStatus>;

export const REVISION = 'deployment.kubernetes.io/revision';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAXIMUM = 'deployment.kubernetes.io/max-replicas';
export const HASH = 'pod-template-hash';

/** The ReplicaSets of a Deployment as one look at it finds them. */
export interface Rollout {
  readonly deployment: Deployment;
  /** Of the present template. */
  current?: ReplicaSet;
  /** The others, the oldest first. */
  old: ReplicaSet[];
}

export function allSets({ current, old }: Rollout): ReplicaSet[] {
  return current ? [...old, current] : old;
}

export function wantedReplicas({ spec }: Deployment): number {
  return spec.replicas ?? 1;
}

/** No deadline is the largest number that the field takes. */
export function hasDeadline({ spec }: Deployment): boolean {
  return (spec.progressDeadlineSeconds ?? 600) !== 2_147_483_647;
}

export function maxSurge(deployment: Deployment): number {
  return isRolling(deployment) ? bounds(deployment).surge : 0;
}

export function maxUnavailable(deployment: Deployment): number {
  if (!isRolling(deployment) || wantedReplicas(deployment) === 0) return 0;
  return Math.min(bounds(deployment).unavailable, wantedReplicas(deployment));
}

export function isRolling({ spec }: Deployment): boolean {
  return (spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

/** Both zero would never end: then one may be unavailable. */
function bounds({ spec }: Deployment): { surge: number; unavailable: number } {
  const replicas = spec.replicas ?? 1;
  const surge = share(spec.strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = share(spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** `3` or `25%` of the total. */
export function share(value: number | string, total: number, round: (x: number) => number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? round(Number.parseInt(value, 10) * total / 100) : Number(value);
}

export function sum(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number | undefined): number {
  return sets.reduce((total, set) => total + (count(set) ?? 0), 0);
}

/** What the ReplicaSets are asked for. */
export function specReplicas(sets: readonly ReplicaSet[]): number {
  return sum(sets, set => set.spec.replicas ?? 1);
}

export function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}
