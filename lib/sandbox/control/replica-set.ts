import { MANAGER, type Cluster } from './cluster';
import type { Controller } from './controller';
import { templateLabels, createPod } from './create-pod';
import { hasLabels, selects } from './labels';
import {
  controllerOf, controllerReference, copy, findCondition, isActive, isFinished, isReady, keyOf,
  type Condition, type Kubernetes, type Meta, type Pod, type Selector, type Template,
} from './objects';
import type { StoreEvent } from '../api';
import { StatusError } from '../status-error';

export interface ReplicaSetSpec {
  replicas?: number;
  minReadySeconds?: number;
  selector: Selector;
  template: Template;
}

export interface ReplicaSetStatus {
  replicas: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  terminatingReplicas?: number;
  observedGeneration?: number;
  conditions?: Condition[];
}

export type ReplicaSet = Kubernetes<ReplicaSetSpec, ReplicaSetStatus>;

/** Keeps as many pods as a ReplicaSet asks for. */
export const replicaSets: Controller = {
  name: 'replicaset',
  on: { 'replicasets.apps': ownKey, 'pods': podOwner('ReplicaSet', 'replicasets.apps') },

  reconcile(cluster, key) {
    const set = cluster.findKey<ReplicaSet>('replicasets.apps', key);
    if (!set) return;
    if (set.metadata.deletionTimestamp === undefined) adoptPods(cluster, set, set.spec.selector);
    const failure = set.metadata.deletionTimestamp === undefined ? scale(cluster, set) : undefined;
    writeStatus(cluster, set, failure);
    if (failure) throw failure;
  },
};

/** @returns why a pod could not be made */
function scale(cluster: Cluster, set: ReplicaSet): StatusError | undefined {
  const active = cluster.owned<Pod>(set, 'pods').filter(isActive);
  const missing = (set.spec.replicas ?? 1) - active.length;
  if (missing < 0) {
    const order = cheapestFirst(cluster, active);
    for (const pod of order.slice(0, -missing)) cluster.delete('pods', pod.metadata);
  }
  try {
    for (let i = 0; i < missing; i++) createPod(cluster, set, set.spec.template);
  } catch (e) {
    if (e instanceof StatusError) return e;
    throw e;
  }
  return undefined;
}

function writeStatus(cluster: Cluster, set: ReplicaSet, failure: StatusError | undefined): void {
  const pods = cluster.owned<Pod>(set, 'pods');
  const active = pods.filter(isActive);
  const labels = templateLabels(set.spec.template);
  const before = findCondition(set, 'ReplicaFailure');
  const conditions = (set.status?.conditions ?? []).filter(condition => condition !== before);
  if (failure) {
    conditions.push(before ?? {
      type: 'ReplicaFailure', status: 'True', lastTransitionTime: cluster.timestamp, reason: 'FailedCreate', message: failure.message,
    });
  }
  cluster.updateStatus('replicasets.apps', set, {
    replicas: active.length,
    fullyLabeledReplicas: some(active.filter(pod => hasLabels(pod.metadata.labels, labels)).length),
    readyReplicas: some(active.filter(isReady).length),
    availableReplicas: some(countAvailable(cluster, replicaSets, set, active, set.spec.minReadySeconds)),
    terminatingReplicas: pods.filter(pod => !isActive(pod) && pod.metadata.deletionTimestamp !== undefined).length,
    observedGeneration: set.metadata.generation,
    conditions: conditions.length > 0 ? conditions : undefined,
  });
}

/** A count that the API leaves out when it is 0. */
export function some(count: number): number | undefined {
  return count === 0 ? undefined : count;
}

/** How many have been ready for `minReadySeconds`; looks again when the next one will have been. */
export function countAvailable(cluster: Cluster, controller: Controller, owner: Kubernetes, pods: readonly Pod[], minReadySeconds = 0): number {
  let available = 0;
  let wait = Infinity;
  for (const pod of pods) {
    if (!isReady(pod)) continue;
    const left = minReadySeconds === 0 ? 0 : readySince(cluster, pod) + cluster.lapse(minReadySeconds) - cluster.clock.now();
    if (left <= 0) available++;
    else wait = Math.min(wait, left);
  }
  if (wait !== Infinity) cluster.enqueueAfter(controller, keyOf(owner), Math.ceil(wait));
  return available;
}

export function isAvailable(cluster: Cluster, pod: Pod, minReadySeconds = 0): boolean {
  return isReady(pod) && (minReadySeconds === 0 || readySince(cluster, pod) + cluster.lapse(minReadySeconds) <= cluster.clock.now());
}

function readySince(cluster: Cluster, pod: Pod): number {
  return cluster.readySince.get(pod.metadata.uid) ?? Date.parse(findCondition(pod, 'Ready')?.lastTransitionTime ?? '');
}

/** Which pods to give up first: without a node, not running, not ready, on the fuller node, ready for a shorter time, newer. */
function cheapestFirst(cluster: Cluster, pods: readonly Pod[]): Pod[] {
  const rank = (pod: Pod): readonly number[] => [
    pod.spec.nodeName === undefined ? 0 : 1,
    pod.status?.phase === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0),
    -pods.filter(other => other.spec.nodeName === pod.spec.nodeName).length,
    -(isReady(pod) ? readySince(cluster, pod) : 0),
    -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ];
  return pods.map(pod => ({ pod, rank: rank(pod) })).sort((a, b) => compare(a.rank, b.rank)).map(({ pod }) => pod);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

/** Takes the pods that its selector means and nobody controls, and lets go of those that it does not mean any more. */
export function adoptPods(cluster: Cluster, owner: Kubernetes, selector: Selector | undefined): void {
  const isMeant = (pod: Pod) => selects(selector, pod.metadata.labels);
  adopt<Pod>(cluster, owner, 'pods', pod => !isFinished(pod) && isMeant(pod), isMeant);
}

export function adopt<T extends Kubernetes>(
  cluster: Cluster, owner: Kubernetes, resource: string, matches: (object: T) => boolean, isOurs: (object: T) => boolean = matches,
): void {
  for (const object of cluster.owned<T>(owner, resource)) {
    if (object.metadata.deletionTimestamp !== undefined || isOurs(object)) continue;
    const { ownerReferences, ...metadata } = object.metadata;
    const left = ownerReferences?.filter(reference => reference.uid !== owner.metadata.uid) ?? [];
    cluster.update(resource, { ...object, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata }, MANAGER);
  }
  for (const name of cluster.ownership.withoutController(resource, owner.metadata.namespace)) {
    const object = cluster.find<T>(resource, owner.metadata.namespace, name);
    if (!object || object.metadata.deletionTimestamp !== undefined || controllerOf(object) || !matches(object)) continue;
    const adopted = copy(object);
    adopted.metadata.ownerReferences = [...adopted.metadata.ownerReferences ?? [], controllerReference(owner)];
    cluster.update(resource, adopted, MANAGER);
  }
}

export function ownKey(event: StoreEvent): string[] {
  return event.type === 'DELETED' ? [] : [keyOf(event.object as unknown as Kubernetes)];
}

/** The owner of a pod, or, of a pod that has none, whoever selects it. */
export function podOwner(kind: string, resource: string): (event: StoreEvent, cluster: Cluster) => string[] {
  return (event, cluster) => {
    const metadata = event.object.metadata as unknown as Meta;
    const owner = metadata.ownerReferences?.find(reference => reference.controller);
    if (owner) return owner.kind === kind ? [`${metadata.namespace}/${owner.name}`] : [];
    if (event.type === 'DELETED') return [];
    return cluster.list<ReplicaSet>(resource, metadata.namespace).filter(each => selects(each.spec.selector, metadata.labels)).map(keyOf);
  };
}
