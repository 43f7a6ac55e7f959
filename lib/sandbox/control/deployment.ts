import type { Cluster } from './cluster';
import type { Controller } from './controller';
import { cleanUp, rollOut, scaleInProportion, scaleSet } from './deployment-rollout';
import { findSets, syncCurrent } from './deployment-sets';
import { allSets, DESIRED, hasDeadline, specReplicas, wantedReplicas, type Deployment, type Rollout } from './deployment-state';
import { computeStatus, isComplete, withCondition, writeRolloutStatus } from './deployment-status';
import { selects } from './labels';
import { findCondition, isActive, keyOf, type Kubernetes, type Pod } from './objects';
import { ownKey, type ReplicaSet } from './replica-set';
import type { StoreEvent } from '../api';

/** Rolls out templates by ReplicaSets. */
export const deployments: Controller = {
  name: 'deployment',
  on: {
    'deployments.apps': (event, cluster) => {
      if (event.type === 'DELETED') cluster.progressAt.delete(event.object.metadata.uid);
      return ownKey(event);
    },
    'replicasets.apps': owners,
    // Recreate waits until the last of the old pods is gone.
    'pods': (event, cluster) => (event.type === 'DELETED' ? ownersOfOwner(event, cluster) : []),
  },

  reconcile(cluster, key) {
    let deployment = cluster.findKey<Deployment>('deployments.apps', key);
    if (!deployment) return;
    if (deployment.metadata.deletionTimestamp !== undefined) {
      const rollout = findSets(cluster, deployment);
      cluster.updateStatus('deployments.apps', deployment, computeStatus(cluster, rollout));
      return;
    }
    deployment = notePause(cluster, deployment);
    let rollout = findSets(cluster, deployment);
    if (deployment.spec.paused || isScaled(rollout)) {
      rollout = syncCurrent(cluster, rollout, false);
      scaleInProportion(cluster, rollout);
      rollout = findSets(cluster, rollout.deployment);
      if (deployment.spec.paused) cleanUp(cluster, rollout);
      cluster.updateStatus('deployments.apps', rollout.deployment, computeStatus(cluster, rollout));
      // The rollout itself goes on with the next look.
      if (!deployment.spec.paused) cluster.enqueue(deployments, key);
      return;
    }
    if (deployment.spec.strategy?.type === 'Recreate') recreate(cluster, rollout);
    else roll(cluster, rollout);
  },
};

function roll(cluster: Cluster, before: Rollout): void {
  const rollout = syncCurrent(cluster, before, true);
  const moved = rollOut(cluster, rollout);
  if (!moved && isComplete(rollout.deployment, rollout.deployment.status ?? {})) cleanUp(cluster, rollout);
  writeRolloutStatus(cluster, deployments, moved ? findSets(cluster, rollout.deployment) : rollout);
}

function recreate(cluster: Cluster, before: Rollout): void {
  let rollout = syncCurrent(cluster, before, false);
  const running = rollout.old.filter(set => (set.spec.replicas ?? 1) > 0);
  if (running.length > 0) {
    for (const set of running) scaleSet(cluster, rollout.deployment, set, 0);
    writeRolloutStatus(cluster, deployments, findSets(cluster, rollout.deployment));
    return;
  }
  if (rollout.old.some(set => cluster.owned<Pod>(set, 'pods').some(pod => isActive(pod) || pod.metadata.deletionTimestamp !== undefined))) {
    writeRolloutStatus(cluster, deployments, rollout);
    return;
  }
  rollout = syncCurrent(cluster, rollout, true);
  const { current, deployment } = rollout;
  if (current && specReplicas([current]) !== wantedReplicas(deployment)) scaleSet(cluster, deployment, current, wantedReplicas(deployment));
  if (isComplete(deployment, deployment.status ?? {})) cleanUp(cluster, rollout);
  writeRolloutStatus(cluster, deployments, findSets(cluster, deployment));
}

/** Pause and resumption show in the condition Progressing, so that the time between them is not taken for a lack of progress. */
function notePause(cluster: Cluster, deployment: Deployment): Deployment {
  const condition = findCondition(deployment, 'Progressing');
  if (!hasDeadline(deployment) || condition?.reason === 'ProgressDeadlineExceeded') return deployment;
  const isNoted = condition?.reason === 'DeploymentPaused';
  const { paused = false } = deployment.spec;
  if (paused === isNoted) return deployment;
  const { conditions } = deployment.status ?? {};
  cluster.progressAt.set(deployment.metadata.uid, cluster.clock.now());
  return cluster.updateStatus('deployments.apps', deployment, {
    ...deployment.status,
    conditions: paused
      ? withCondition(cluster, conditions, 'Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused')
      : withCondition(cluster, conditions, 'Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed'),
  });
}

/** Whether it was given another number of replicas than its ReplicaSets were told. */
function isScaled(rollout: Rollout): boolean {
  return allSets(rollout).some(set => {
    const desired = set.metadata.annotations?.[DESIRED];
    return (set.spec.replicas ?? 1) > 0 && desired !== undefined && Number(desired) !== wantedReplicas(rollout.deployment);
  });
}

function owners(event: StoreEvent, cluster: Cluster): string[] {
  const { metadata } = event.object as unknown as Kubernetes;
  const owner = metadata.ownerReferences?.find(reference => reference.controller);
  if (owner) return owner.kind === 'Deployment' ? [`${metadata.namespace}/${owner.name}`] : [];
  if (event.type === 'DELETED') return [];
  return cluster.list<Deployment>('deployments.apps', metadata.namespace).filter(each => selects(each.spec.selector, metadata.labels)).map(keyOf);
}

function ownersOfOwner(event: StoreEvent, cluster: Cluster): string[] {
  const { metadata } = event.object as unknown as Kubernetes;
  const owner = metadata.ownerReferences?.find(reference => reference.controller && reference.kind === 'ReplicaSet');
  const set = owner && cluster.find<ReplicaSet>('replicasets.apps', metadata.namespace, owner.name);
  const deployment = set?.metadata.ownerReferences?.find(reference => reference.controller && reference.kind === 'Deployment');
  return deployment ? [`${metadata.namespace}/${deployment.name}`] : [];
}
