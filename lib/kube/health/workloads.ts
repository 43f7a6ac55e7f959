import { messageOf, tryFindCondition } from './conditions';
import { at, numberAt, textAt } from './fields';
import { degraded, Health, healthy, KubeObject, progressing, suspended } from './health';

const WAITING_FOR_SPEC = 'the newest spec has not been observed yet';

/** Rules: `kubectl rollout status`, which Argo CD follows too. */
export function assessDeployment(object: KubeObject): Health {
  if (at(object, 'spec', 'paused') === true) {
    return suspended('the rollout is paused');
  }
  if (!isObserved(object)) {
    return progressing(WAITING_FOR_SPEC);
  }
  const rollout = tryFindCondition(object, 'Progressing');
  if (rollout?.reason === 'ProgressDeadlineExceeded') {
    return degraded(messageOf(rollout));
  }
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const replicas = numberAt(object, 'status', 'replicas') ?? 0;
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0;
  const available = numberAt(object, 'status', 'availableReplicas') ?? 0;
  if (updated < wanted) {
    return progressing(`${updated} of ${wanted} replicas are updated`);
  }
  if (replicas > updated) {
    return progressing(`${replicas - updated} old replicas are still there`);
  }
  return available < updated ? progressing(`${available} of ${updated} updated replicas are available`) : healthy();
}

export function assessReplicaSet(object: KubeObject): Health {
  if (!isObserved(object)) {
    return progressing(WAITING_FOR_SPEC);
  }
  const failure = tryFindCondition(object, 'ReplicaFailure');
  if (failure?.status === 'True') {
    return degraded(messageOf(failure));
  }
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const available = numberAt(object, 'status', 'availableReplicas') ?? 0;
  return available < wanted ? progressing(`${available} of ${wanted} replicas are available`) : healthy();
}

export function assessStatefulSet(object: KubeObject): Health {
  if (!isObserved(object)) {
    return progressing(WAITING_FOR_SPEC);
  }
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const ready = numberAt(object, 'status', 'readyReplicas') ?? 0;
  if (ready < wanted) {
    return progressing(`${ready} of ${wanted} replicas are ready`);
  }
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return healthy('pods are updated when they are deleted');
  }
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0;
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  if (partition > 0) {
    const share = Math.max(0, wanted - partition);
    return updated < share ? progressing(`${updated} of ${share} replicas of the partition are updated`) : healthy();
  }
  if (at(object, 'status', 'updateRevision') !== at(object, 'status', 'currentRevision')) {
    return progressing(`${updated} of ${wanted} replicas are updated`);
  }
  return healthy();
}

export function assessDaemonSet(object: KubeObject): Health {
  if (!isObserved(object)) {
    return progressing(WAITING_FOR_SPEC);
  }
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return healthy('pods are updated when they are deleted');
  }
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled') ?? 0;
  const updated = numberAt(object, 'status', 'updatedNumberScheduled') ?? 0;
  const available = numberAt(object, 'status', 'numberAvailable') ?? 0;
  if (updated < wanted) {
    return progressing(`${updated} of ${wanted} pods are updated`);
  }
  return available < wanted ? progressing(`${available} of ${wanted} pods are available`) : healthy();
}

/** Whether the controller has seen this spec; one that has not reported at all has not. */
function isObserved(object: KubeObject): boolean {
  const observed = numberAt(object, 'status', 'observedGeneration');
  return object.metadata?.generation === undefined
    ? at(object, 'status') !== undefined
    : observed !== undefined && observed >= object.metadata?.generation;
}
