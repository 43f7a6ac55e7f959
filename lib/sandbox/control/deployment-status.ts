import type { Cluster } from './cluster';
import { setCondition } from './conditions';
import type { Controller } from './controller';
import { allSets, hasDeadline, maxUnavailable, specReplicas, sum, wantedReplicas, type Deployment, type DeploymentStatus, type Rollout } from './deployment-state';
import { findCondition, keyOf, type Condition } from './objects';
import { some } from './replica-set';

/** With the time of the update, which of all conditions only those of a Deployment have. */
export function withCondition(
  cluster: Cluster, conditions: readonly Condition[] | undefined, type: string, status: string, reason: string, message: string,
): Condition[] {
  const before = conditions?.find(condition => condition.type === type);
  if (before?.status === status && before.reason === reason) return [...conditions!];
  const now = cluster.timestamp;
  return setCondition(conditions?.filter(each => each !== before || before.status === status), { type, status, reason, message, lastUpdateTime: now }, now);
}

/** The counts, and the condition Available. */
export function computeStatus(cluster: Cluster, rollout: Rollout): DeploymentStatus {
  const { deployment, current } = rollout;
  const sets = allSets(rollout);
  const available = sum(sets, set => set.status?.availableReplicas);
  const enough = available >= wantedReplicas(deployment) - maxUnavailable(deployment);
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: some(sum(sets, set => set.status?.replicas)),
    updatedReplicas: some(current?.status?.replicas ?? 0),
    readyReplicas: some(sum(sets, set => set.status?.readyReplicas)),
    availableReplicas: some(available),
    unavailableReplicas: some(Math.max(0, specReplicas(sets) - available)),
    terminatingReplicas: sum(sets, set => set.status?.terminatingReplicas),
    collisionCount: deployment.status?.collisionCount,
    conditions: enough
      ? withCondition(cluster, deployment.status?.conditions, 'Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
      : withCondition(cluster, deployment.status?.conditions, 'Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'),
  };
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedReplicas(deployment);
  return (status.updatedReplicas ?? 0) === wanted && (status.replicas ?? 0) === wanted && (status.availableReplicas ?? 0) === wanted
    && (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);
}

/** Writes the status in a rollout: also whether it makes progress. */
export function writeRolloutStatus(cluster: Cluster, controller: Controller, rollout: Rollout): void {
  const { deployment } = rollout;
  const status = computeStatus(cluster, rollout);
  const before = findCondition(deployment, 'Progressing');
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && before?.reason === 'NewReplicaSetAvailable';
  if (!hasDeadline(deployment)) status.conditions = status.conditions?.filter(condition => condition.type !== 'Progressing');
  else if (!settled) status.conditions = judgeProgress(cluster, rollout, status);
  status.conditions = withFailure(cluster, rollout, status.conditions);
  const written = cluster.updateStatus('deployments.apps', deployment, status);
  if (hasDeadline(deployment)) lookAtDeadline(cluster, controller, written);
}

function judgeProgress(cluster: Cluster, { deployment, current }: Rollout, status: DeploymentStatus): Condition[] | undefined {
  const who = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const before = findCondition(deployment, 'Progressing');
  if (isComplete(deployment, status)) {
    return withCondition(cluster, status.conditions, 'Progressing', 'True', 'NewReplicaSetAvailable', `${who} has successfully progressed.`);
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    cluster.progressAt.set(deployment.metadata.uid, cluster.clock.now());
    const now = cluster.timestamp;
    return [
      ...status.conditions?.filter(condition => condition.type !== 'Progressing') ?? [],
      {
        type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${who} is progressing.`, lastUpdateTime: now,
        lastTransitionTime: before?.status === 'True' ? before.lastTransitionTime : now,
      },
    ];
  }
  if (deadlineIn(cluster, deployment) <= 0) {
    return withCondition(cluster, status.conditions, 'Progressing', 'False', 'ProgressDeadlineExceeded', `${who} has timed out progressing.`);
  }
  return status.conditions;
}

function hasProgressed(before: DeploymentStatus, now: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  return (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) || old(now) < old(before)
    || (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) || (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0);
}

/** In ms of the clock; Infinity when nothing is expected of it. */
function deadlineIn(cluster: Cluster, deployment: Deployment): number {
  const condition = findCondition(deployment, 'Progressing');
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return Infinity;
  if (condition.reason === 'ProgressDeadlineExceeded') return 0;
  const since = cluster.progressAt.get(deployment.metadata.uid) ?? Date.parse(condition.lastUpdateTime ?? '');
  return since + cluster.lapse(deployment.spec.progressDeadlineSeconds ?? 600) - cluster.clock.now();
}

function lookAtDeadline(cluster: Cluster, controller: Controller, deployment: Deployment): void {
  const left = deadlineIn(cluster, deployment);
  if (left > 0 && left !== Infinity) cluster.enqueueAfter(controller, keyOf(deployment), Math.ceil(left), true);
}

/** What keeps a ReplicaSet from making pods, the present one's first. */
function withFailure(cluster: Cluster, { current, old }: Rollout, conditions: Condition[] | undefined): Condition[] | undefined {
  const failure = [...current ? [current] : [], ...old].map(set => findCondition(set, 'ReplicaFailure')).find(found => found);
  if (!failure) return conditions?.filter(condition => condition.type !== 'ReplicaFailure');
  const before = conditions?.find(condition => condition.type === 'ReplicaFailure');
  if (before?.status === failure.status && before.reason === failure.reason) return conditions;
  return [...conditions ?? [], { ...failure, lastUpdateTime: failure.lastTransitionTime ?? cluster.timestamp }];
}
