import type { Cluster } from './cluster';
import { replaceCondition } from './conditions';
import type { Controller } from './controller';
import { hasLabels, meets } from './labels';
import type { Node } from './nodes';
import { findCondition, isFinished, keyOf, type Kubernetes, type Pod, type PodSpec, type Requirement } from './objects';
import type { StoreEvent } from '../api';

const MANAGER = 'kube-scheduler';

type Claim = Kubernetes<object, { phase?: string }>;

/** Gives each pod the node with the fewest pods of those that it may run on. Knows labels, affinity to nodes, taints and claims; nothing of what is used up. */
export const scheduler: Controller = {
  name: 'scheduler',
  on: {
    pods: (event, cluster) => {
      countOnNode(cluster, event);
      const pod = event.object as unknown as Pod;
      return event.type !== 'DELETED' && isWaiting(pod) ? [keyOf(pod)] : [];
    },
    nodes: (event, cluster) => (event.type === 'DELETED' ? [] : cluster.list<Pod>('pods').filter(isWaiting).map(keyOf)),
    persistentvolumeclaims: (event, cluster) => {
      const { name, namespace } = event.object.metadata;
      return cluster.list<Pod>('pods', namespace).filter(pod => isWaiting(pod) && claimsOf(pod).includes(name)).map(keyOf);
    },
  },

  reconcile(cluster, key) {
    const pod = cluster.findKey<Pod>('pods', key);
    if (!pod || !isWaiting(pod)) return;
    const nodes = [...cluster.list<Node>('nodes')].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const obstacle = claimObstacle(cluster, pod);
    const fitting = nodes.filter(node => hasSelectedLabels(node, pod.spec));
    const open = fitting.filter(node => toleratesAll(node, pod.spec));
    if (obstacle || open.length === 0) {
      refuse(cluster, pod, obstacle ?? noNode(nodes.length, fitting.length));
      return;
    }
    const onNode = (node: Node) => cluster.podsOnNode.get(node.metadata.name) ?? 0;
    const best = open.reduce((a, b) => (onNode(b) < onNode(a) ? b : a));
    cluster.update('pods', {
      ...pod,
      spec: { ...pod.spec, nodeName: best.metadata.name },
      status: { ...pod.status, conditions: replaceCondition(withoutScheduled(pod), scheduled, cluster.timestamp) },
    }, MANAGER, 'binding');
  },
};

const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null };

function withoutScheduled(pod: Pod) {
  return pod.status?.conditions?.filter(condition => condition.type !== 'PodScheduled' || condition.status === 'True');
}

function isWaiting({ metadata, spec, status }: Pod): boolean {
  return spec.nodeName === undefined && metadata.deletionTimestamp === undefined && !isFinished({ metadata, spec, status } as Pod)
    && (spec.schedulerName ?? 'default-scheduler') === 'default-scheduler' && !spec.schedulingGates?.length;
}

function refuse(cluster: Cluster, pod: Pod, message: string): void {
  const before = findCondition(pod, 'PodScheduled');
  if (before?.message === message) return;
  cluster.updateStatus('pods', pod, {
    ...pod.status,
    phase: pod.status?.phase ?? 'Pending',
    conditions: replaceCondition(pod.status?.conditions, {
      type: 'PodScheduled', status: 'False', lastProbeTime: null, reason: 'Unschedulable', message, observedGeneration: pod.metadata.generation,
    }, cluster.timestamp),
  }, MANAGER);
}

/** In the words of the real one. */
function noNode(total: number, fitting: number): string {
  if (total === 0) return 'no nodes available to schedule pods';
  const reasons: string[] = [];
  if (total - fitting > 0) reasons.push(`${total - fitting} node(s) didn't match Pod's node affinity/selector`);
  if (fitting > 0) reasons.push(`${fitting} node(s) had untolerated taint(s)`);
  return `0/${total} nodes are available: ${reasons.sort().join(', ')}. no new claims to deallocate, preemption: 0/${total} nodes are available: `
    + `${total} Preemption is not helpful for scheduling.`;
}

function claimObstacle(cluster: Cluster, pod: Pod): string | undefined {
  const total = cluster.list('nodes').length;
  for (const name of claimsOf(pod)) {
    const claim = cluster.find<Claim>('persistentvolumeclaims', pod.metadata.namespace, name);
    if (!claim) return `0/${total} nodes are available: persistentvolumeclaim "${name}" not found. not found`;
    if (claim.status?.phase !== 'Bound') return `0/${total} nodes are available: pod has unbound immediate PersistentVolumeClaims. not found`;
  }
  return undefined;
}

export function claimsOf(pod: Pod): string[] {
  return pod.spec.volumes?.flatMap(volume => volume.persistentVolumeClaim?.claimName ?? []) ?? [];
}

export function hasSelectedLabels(node: Node, { nodeSelector, affinity }: PodSpec): boolean {
  if (!hasLabels(node.metadata.labels, nodeSelector)) return false;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const ofName = (requirement: Requirement) => meets(requirement, { [requirement.key]: node.metadata.name });
  return !terms || terms.some(({ matchExpressions = [], matchFields = [] }) => (
    matchExpressions.length + matchFields.length > 0 && matchExpressions.every(each => meets(each, node.metadata.labels)) && matchFields.every(ofName)
  ));
}

export function toleratesAll(node: Node, { tolerations = [] }: PodSpec): boolean {
  const taints = [...node.spec?.taints ?? [], ...node.spec?.unschedulable ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] : []];
  return taints.filter(taint => taint.effect !== 'PreferNoSchedule').every(taint => tolerations.some(({ key, operator = 'Equal', value = '', effect }) => (
    (effect === undefined || effect === '' || effect === taint.effect)
    && (key === undefined || key === '' ? operator === 'Exists' : key === taint.key && (operator === 'Exists' || value === ('value' in taint ? taint.value ?? '' : '')))
  )));
}

function countOnNode(cluster: Cluster, { type, object, old }: StoreEvent): void {
  const before = type === 'ADDED' ? undefined : (type === 'DELETED' ? object : old) as unknown as Pod | undefined;
  const now = type === 'DELETED' ? undefined : object as unknown as Pod;
  const count = (pod: Pod | undefined, by: number) => {
    const node = pod?.spec.nodeName;
    if (node !== undefined && pod && !isFinished(pod)) cluster.podsOnNode.set(node, (cluster.podsOnNode.get(node) ?? 0) + by);
  };
  if (type !== 'MODIFIED' || before) {
    count(before, -1);
    count(now, 1);
  }
}
