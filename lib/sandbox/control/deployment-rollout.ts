import type { Cluster } from './cluster';
import { activeSets } from './deployment-sets';
import {
  allSets, DESIRED, isRolling, MAXIMUM, maxSurge, maxUnavailable, revisionOf, specReplicas, sum, wantedReplicas, type Deployment, type Rollout,
} from './deployment-state';
import type { ReplicaSet } from './replica-set';

/** One step: more of the new, else less of the old. @returns whether there was one */
export function rollOut(cluster: Cluster, rollout: Rollout): boolean {
  return growCurrent(cluster, rollout) || shrinkOld(cluster, rollout);
}

function growCurrent(cluster: Cluster, rollout: Rollout): boolean {
  const { deployment, current } = rollout;
  if (!current) return false;
  const wanted = wantedReplicas(deployment);
  const has = replicasOf(current);
  if (has >= wanted) return scaleSet(cluster, deployment, current, wanted);
  const room = wanted + maxSurge(deployment) - specReplicas(allSets(rollout));
  return room > 0 && scaleSet(cluster, deployment, current, has + Math.min(room, wanted - has));
}

/** First what is not healthy anyway, then as many as may be missing. */
function shrinkOld(cluster: Cluster, rollout: Rollout): boolean {
  const { deployment, current } = rollout;
  let old = rollout.old.filter(set => replicasOf(set) > 0);
  if (old.length === 0 || !current) return false;
  const least = wantedReplicas(deployment) - maxUnavailable(deployment);
  const notYet = replicasOf(current) - (current.status?.availableReplicas ?? 0);
  let unhealthy = specReplicas(allSets(rollout)) - least - notYet;
  if (unhealthy <= 0) return false;
  let moved = false;
  old = old.map(set => {
    const less = Math.min(Math.max(0, unhealthy), replicasOf(set) - (set.status?.availableReplicas ?? 0));
    if (less <= 0) return set;
    unhealthy -= less;
    moved = true;
    return setReplicas(cluster, deployment, set, replicasOf(set) - less);
  });
  let spare = sum([...old, current], set => set.status?.availableReplicas) - least;
  for (const set of old) {
    const less = Math.min(spare, replicasOf(set));
    if (less <= 0) continue;
    spare -= less;
    moved = scaleSet(cluster, deployment, set, replicasOf(set) - less) || moved;
  }
  return moved;
}

/** Spreads another number of replicas over the ReplicaSets of a rollout that is paused or under way. */
export function scaleInProportion(cluster: Cluster, rollout: Rollout): void {
  const { deployment, current, old } = rollout;
  const wanted = wantedReplicas(deployment);
  const active = activeSets(rollout);
  if (active.length <= 1) {
    const only = active[0] ?? current ?? [...old].sort((a, b) => revisionOf(b) - revisionOf(a))[0] as ReplicaSet | undefined;
    if (only) scaleSet(cluster, deployment, only, wanted);
    return;
  }
  if (current && isSaturated(deployment, current)) {
    for (const set of old) if (replicasOf(set) > 0) scaleSet(cluster, deployment, set, 0);
    return;
  }
  if (!isRolling(deployment)) return;
  const add = (wanted > 0 ? wanted + maxSurge(deployment) : 0) - specReplicas(active);
  const bySize = [...active].sort((a, b) => replicasOf(b) - replicasOf(a) || (add > 0 ? -1 : 1) * (active.indexOf(a) - active.indexOf(b)));
  let added = 0;
  const sizes = bySize.map(set => {
    const part = add === 0 ? 0 : partOf(deployment, set, add, add - added);
    added += part;
    return replicasOf(set) + part;
  });
  sizes[0] = Math.max(0, sizes[0] + add - added);
  bySize.forEach((set, i) => setReplicas(cluster, deployment, set, sizes[i]));
}

function partOf(deployment: Deployment, set: ReplicaSet, add: number, allowed: number): number {
  const size = replicasOf(set);
  const before = Number(set.metadata.annotations?.[MAXIMUM] ?? deployment.status?.replicas ?? 0);
  const wanted = wantedReplicas(deployment);
  const part = wanted === 0 ? -size : before === 0 ? 0 : Math.round(size * (wanted + maxSurge(deployment)) / before) - size;
  return add > 0 ? Math.min(part, allowed) : Math.max(part, allowed);
}

function isSaturated(deployment: Deployment, set: ReplicaSet): boolean {
  const wanted = wantedReplicas(deployment);
  return replicasOf(set) === wanted && Number(set.metadata.annotations?.[DESIRED]) === wanted && set.status?.availableReplicas === wanted;
}

/** Removes old ReplicaSets beyond the limit of the history. */
export function cleanUp(cluster: Cluster, { deployment, old }: Rollout): void {
  const alive = old.filter(set => set.metadata.deletionTimestamp === undefined).sort((a, b) => revisionOf(a) - revisionOf(b));
  const beyond = alive.length - (deployment.spec.revisionHistoryLimit ?? 10);
  for (const set of alive.slice(0, Math.max(0, beyond))) {
    const isSeen = (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
    if (replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && isSeen) cluster.delete('replicasets.apps', set.metadata);
  }
}

/** @returns whether the number differs */
export function scaleSet(cluster: Cluster, deployment: Deployment, set: ReplicaSet, replicas: number): boolean {
  if (replicasOf(set) === replicas) return false;
  setReplicas(cluster, deployment, set, replicas);
  return true;
}

function setReplicas(cluster: Cluster, deployment: Deployment, set: ReplicaSet, replicas: number): ReplicaSet {
  const wanted = wantedReplicas(deployment);
  const told = { [DESIRED]: String(wanted), [MAXIMUM]: String(wanted + maxSurge(deployment)) };
  const { annotations = {} } = set.metadata;
  if (replicasOf(set) === replicas && annotations[DESIRED] === told[DESIRED] && annotations[MAXIMUM] === told[MAXIMUM]) return set;
  return cluster.update('replicasets.apps', { ...set, metadata: { ...set.metadata, annotations: { ...annotations, ...told } }, spec: { ...set.spec, replicas } });
}

function replicasOf(set: ReplicaSet): number {
  return set.spec.replicas ?? 1;
}
