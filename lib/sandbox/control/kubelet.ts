import type { Cluster } from './cluster';
import { replaceCondition } from './conditions';
import { containerStatuses, failureOf, initStatuses, type Fate } from './containers';
import type { Controller } from './controller';
import type { Node } from './nodes';
import { controllerOf, findCondition, isFinished, isReady, keyOf, type Condition, type Pod, type PodStatus } from './objects';

const MANAGER = 'kubelet';

/** Between two starts of a container that crashes, in seconds: doubled each time up to five minutes. */
const FIRST_PAUSE = 10;
const LAST_PAUSE = 300;

/** Runs pods without containers: on their nodes they start, become ready, fail as their images say, end and go. */
export const kubelet: Controller = {
  name: 'kubelet',
  on: {
    pods: (event, cluster) => {
      const pod = event.object as unknown as Pod;
      noteReadiness(cluster, pod, event.type === 'DELETED');
      return event.type !== 'DELETED' && pod.spec.nodeName !== undefined && !isSettled(pod) ? [keyOf(pod)] : [];
    },
  },

  reconcile(cluster, key) {
    const pod = cluster.findKey<Pod>('pods', key);
    if (!pod || pod.spec.nodeName === undefined) return;
    const memory = memoryOf(cluster, pod);
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (isDue(cluster, memory, 'end', cluster.options.terminateAfterMs, key)) remove(cluster, pod);
      return;
    }
    if (isFinished(pod)) return;
    if (pod.status?.startTime === undefined) start(cluster, pod);
    else if (!memory.started) started(cluster, pod, memory, key);
    else if (isReady(pod) && isOfJob(pod)) complete(cluster, pod, memory, key);
    else crash(cluster, pod, memory, key);
  },
};

/** What of a pod does not stand in it. */
interface Memory {
  step?: string;
  dueAt?: number;
  started?: boolean;
  waits?: boolean;
}

const memories = new WeakMap<Cluster, Map<string, Memory>>();

function memoryOf(cluster: Cluster, { metadata, status }: Pod): Memory {
  let ofCluster = memories.get(cluster);
  if (!ofCluster) memories.set(cluster, ofCluster = new Map());
  let memory = ofCluster.get(metadata.uid);
  if (!memory) {
    // Of a pod that ran when the controllers started.
    memory = { started: status?.phase === 'Running' };
    ofCluster.set(metadata.uid, memory);
  }
  return memory;
}

/** Whether that much time has passed since the step began; asks for another look when not. */
function isDue(cluster: Cluster, memory: Memory, step: string, afterMs: number, key: string, far = false): boolean {
  if (memory.step !== step) {
    memory.step = step;
    memory.dueAt = cluster.clock.now() + afterMs;
  }
  const left = memory.dueAt! - cluster.clock.now();
  if (left <= 0) return true;
  cluster.enqueueAfter(kubelet, key, left, far);
  return false;
}

/** Nothing more will happen to it by itself. */
function isSettled(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && (isFinished(pod) || (isReady(pod) && !isOfJob(pod)));
}

function isOfJob(pod: Pod): boolean {
  return controllerOf(pod)?.kind === 'Job';
}

function remove(cluster: Cluster, pod: Pod): void {
  cluster.delete('pods', pod.metadata, { gracePeriodSeconds: 0 });
}

function start(cluster: Cluster, pod: Pod): void {
  const node = cluster.find<Node>('nodes', undefined, pod.spec.nodeName!);
  const hostIP = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  cluster.updateStatus('pods', pod, {
    ...pod.status,
    phase: 'Pending',
    startTime: cluster.timestamp,
    ...hostIP === undefined ? {} : { hostIP, hostIPs: [{ ip: hostIP }] },
    conditions: conditionsOf(cluster, pod, 'waiting'),
    ...initStatuses(pod, cluster.timestamp, 'waiting'),
    containerStatuses: containerStatuses(pod, cluster.timestamp, cluster.options.images, { fate: 'waiting' }),
  }, MANAGER);
}

function started(cluster: Cluster, pod: Pod, memory: Memory, key: string): void {
  if (!isDue(cluster, memory, 'start', cluster.options.readyAfterMs, key)) return;
  memory.started = true;
  memory.step = undefined;
  const failure = failureOf(pod, cluster.options.images);
  const fate: Fate = failure === undefined ? 'running' : failure === 'ImagePullBackOff' ? 'unpulled' : failure === 'NeverReady' ? 'unready' : 'crashed';
  write(cluster, pod, fate, 0);
}

/** A pod of a Job has done its work. */
function complete(cluster: Cluster, pod: Pod, memory: Memory, key: string): void {
  if (isDue(cluster, memory, 'work', cluster.options.completeAfterMs, key)) write(cluster, pod, 'completed', 0);
}

/** What is wrong stays wrong: an image that cannot be pulled, a container that ends at once. */
function crash(cluster: Cluster, pod: Pod, memory: Memory, key: string): void {
  const failure = failureOf(pod, cluster.options.images);
  const restarts = Math.max(0, ...pod.status?.containerStatuses?.map(status => status.restartCount) ?? []);
  if (failure === 'ImagePullBackOff') {
    if (isDue(cluster, memory, 'pull', cluster.lapse(FIRST_PAUSE), key)) write(cluster, pod, 'backOff', 0);
  } else if (failure === 'CrashLoopBackOff') {
    // Ended with an error a moment ago; now it waits for its next start.
    if (!memory.waits) {
      memory.waits = true;
      write(cluster, pod, pod.spec.restartPolicy === 'Never' ? 'failed' : 'backOff', restarts);
      return;
    }
    const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(restarts, 5), LAST_PAUSE);
    if (!isDue(cluster, memory, `wait ${restarts}`, cluster.lapse(pause), key, true)) return;
    memory.waits = false;
    write(cluster, pod, 'crashed', restarts + 1);
  }
}

function write(cluster: Cluster, pod: Pod, fate: Fate, restarts: number): void {
  const now = cluster.timestamp;
  const ready = fate === 'running';
  const podIP = pod.status?.podIP ?? address(cluster, pod);
  cluster.updateStatus('pods', pod, {
    ...pod.status,
    phase: fate === 'completed' ? 'Succeeded' : fate === 'failed' ? 'Failed' : fate === 'unpulled' || (fate === 'backOff' && pod.status?.phase === 'Pending') ? 'Pending' : 'Running',
    ...podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] },
    conditions: conditionsOf(cluster, pod, fate),
    ...initStatuses(pod, now, 'running'),
    containerStatuses: containerStatuses(pod, now, cluster.options.images, { fate, restarts }),
  } as PodStatus, MANAGER);
  if (ready) cluster.readySince.set(pod.metadata.uid, cluster.clock.now());
}

function conditionsOf(cluster: Cluster, pod: Pod, fate: Fate): Condition[] {
  const unready = containerStatuses(pod, cluster.timestamp, cluster.options.images, { fate }).filter(status => !status.ready).map(status => status.name);
  const completed = fate === 'completed' || fate === 'failed';
  const missing = completed
    ? { status: 'False', reason: fate === 'completed' ? 'PodCompleted' : 'PodFailed', message: undefined }
    : { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const ready = unready.length === 0 && !completed ? { status: 'True' } : missing;
  let conditions = [...pod.status?.conditions ?? []];
  const set = (type: string, rest: Partial<Condition> & { status: string }) => {
    const condition = { type, lastProbeTime: null, ...rest };
    for (const key of ['reason', 'message'] as const) if (condition[key] === undefined) delete condition[key];
    conditions = replaceCondition(conditions, condition, cluster.timestamp);
  };
  set('PodReadyToStartContainers', { status: fate === 'waiting' || completed ? 'False' : 'True' });
  set('Initialized', { status: 'True' });
  set('Ready', ready);
  set('ContainersReady', ready);
  if (!findCondition({ status: { conditions } }, 'PodScheduled')) set('PodScheduled', { status: 'True' });
  for (const gate of pod.spec.readinessGates ?? []) if (ready.status === 'True') set(gate.conditionType, { status: 'True' });
  return conditions;
}

function address(cluster: Cluster, pod: Pod): string | undefined {
  if (pod.spec.hostNetwork) return pod.status?.hostIP;
  const i = ++cluster.addresses.pod;
  return `10.244.${Math.floor(i / 256) % 256}.${i % 256}`;
}

function noteReadiness(cluster: Cluster, pod: Pod, gone: boolean): void {
  const { uid } = pod.metadata;
  if (gone) {
    cluster.readySince.delete(uid);
    memories.get(cluster)?.delete(uid);
  } else if (!isReady(pod)) {
    cluster.readySince.delete(uid);
  } else if (!cluster.readySince.has(uid)) {
    cluster.readySince.set(uid, Date.parse(findCondition(pod, 'Ready')?.lastTransitionTime ?? '') || cluster.clock.now());
  }
}
