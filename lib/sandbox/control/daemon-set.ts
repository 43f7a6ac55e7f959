import type { Cluster } from './cluster';
import type { Controller } from './controller';
import { createPod } from './create-pod';
import { share } from './deployment-state';
import type { Node } from './nodes';
import {
  isFinished, isReady, keyOf, type Condition, type Kubernetes, type NodeTerm, type Pod, type PodSpec, type Selector, type Template, type Toleration,
} from './objects';
import { adoptPods, countAvailable, isAvailable, ownKey, podOwner, some } from './replica-set';
import { listRevisions, syncRevision, trimRevisions } from './revisions';
import { hasSelectedLabels, toleratesAll } from './scheduler';

interface DaemonSetSpec {
  selector: Selector;
  template: Template;
  updateStrategy?: { type?: string; rollingUpdate?: { maxUnavailable?: number | string } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
}

interface DaemonSetStatus {
  currentNumberScheduled: number;
  desiredNumberScheduled: number;
  numberMisscheduled: number;
  numberReady: number;
  numberAvailable?: number;
  numberUnavailable?: number;
  updatedNumberScheduled?: number;
  observedGeneration?: number;
  collisionCount?: number;
  conditions?: Condition[];
}

type DaemonSet = Kubernetes<DaemonSetSpec, DaemonSetStatus>;

const REVISION = 'controller-revision-hash';
const GENERATION = 'deprecated.daemonset.template.generation';

/** What the pods of every DaemonSet put up with. */
const TOLERATIONS: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map(key => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute' })),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(key => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoSchedule' })),
];

/** Keeps a pod on each node that fits. `maxSurge` is taken for 0: the old pod goes first. */
export const daemonSets: Controller = {
  name: 'daemonset',
  on: {
    'daemonsets.apps': ownKey,
    'pods': podOwner('DaemonSet', 'daemonsets.apps'),
    'nodes': (_, cluster) => cluster.list<DaemonSet>('daemonsets.apps').map(keyOf),
  },

  reconcile(cluster, key) {
    const set = cluster.findKey<DaemonSet>('daemonsets.apps', key);
    if (!set) return;
    if (set.metadata.deletionTimestamp !== undefined) return;
    adoptPods(cluster, set, set.spec.selector);
    const revisions = listRevisions(cluster, set);
    const revision = syncRevision(cluster, set, revisions, REVISION, set.status?.collisionCount);
    const hash = revision.metadata.labels![REVISION];
    const spec = withTolerations(set.spec.template.spec);
    const nodes = cluster.list<Node>('nodes').filter(node => hasSelectedLabels(node, spec) && toleratesAll(node, spec));
    place(cluster, set, nodes, spec, hash);
    if (set.spec.updateStrategy?.type !== 'OnDelete') replace(cluster, set, nodes, hash);
    writeStatus(cluster, set, nodes, hash);
    const used = new Set(podsOf(cluster, set).map(pod => `${set.metadata.name}-${pod.metadata.labels?.[REVISION]}`).concat(revision.metadata.name));
    trimRevisions(cluster, set, listRevisions(cluster, set), used);
  },
};

function withTolerations(spec: PodSpec): PodSpec {
  const own = spec.tolerations ?? [];
  const hostNetwork = spec.hostNetwork ? [{ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' }] : [];
  const added = [...TOLERATIONS, ...hostNetwork].filter(wanted => !own.some(each => each.key === wanted.key && each.effect === wanted.effect));
  return { ...spec, tolerations: [...own, ...added] };
}

function place(cluster: Cluster, set: DaemonSet, nodes: readonly Node[], spec: PodSpec, hash: string): void {
  const byNode = new Map<string, Pod[]>();
  for (const pod of podsOf(cluster, set)) byNode.set(nodeOf(pod), [...byNode.get(nodeOf(pod)) ?? [], pod]);
  for (const { metadata: { name } } of nodes) {
    const pods = byNode.get(name) ?? [];
    for (const pod of pods.filter(each => each.status?.phase === 'Failed' && each.metadata.deletionTimestamp === undefined)) cluster.delete('pods', pod.metadata);
    if (pods.length > 0) continue;
    const generation = set.metadata.annotations?.[GENERATION];
    createPod(cluster, set, set.spec.template, {
      labels: { [REVISION]: hash, ...generation === undefined ? {} : { 'pod-template-generation': generation } },
      spec: { tolerations: spec.tolerations, affinity: onlyOn(spec.affinity, name) },
    });
  }
  for (const [name, pods] of byNode) {
    if (nodes.some(node => node.metadata.name === name)) continue;
    for (const pod of pods) if (pod.metadata.deletionTimestamp === undefined) cluster.delete('pods', pod.metadata);
  }
}

/** The template's affinity with its nodes replaced by this one. */
function onlyOn(affinity: PodSpec['affinity'], name: string): NonNullable<PodSpec['affinity']> {
  const nodeSelectorTerms: NodeTerm[] = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }];
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

/** The node of a pod, also of one that waits for its place there. */
function nodeOf({ spec }: Pod): string {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return spec.nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0] ?? '';
}

/** The old pods that do not work first, then as many as may be missing. */
function replace(cluster: Cluster, set: DaemonSet, nodes: readonly Node[], hash: string): void {
  const pods = podsOf(cluster, set).filter(pod => !isFinished(pod));
  const isThere = (pod: Pod) => pod.metadata.deletionTimestamp === undefined && isAvailable(cluster, pod, set.spec.minReadySeconds);
  const old = pods.filter(pod => pod.metadata.labels?.[REVISION] !== hash && pod.metadata.deletionTimestamp === undefined);
  const { maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  let room = Math.max(1, share(maxUnavailable, nodes.length, Math.ceil)) - (nodes.length - pods.filter(isThere).length);
  for (const pod of old.filter(each => !isThere(each))) cluster.delete('pods', pod.metadata);
  for (const pod of old.filter(isThere)) {
    if (room-- <= 0) return;
    cluster.delete('pods', pod.metadata);
  }
}

function writeStatus(cluster: Cluster, set: DaemonSet, nodes: readonly Node[], hash: string): void {
  const wanted = new Set(nodes.map(node => node.metadata.name));
  const pods = podsOf(cluster, set).filter(pod => pod.metadata.deletionTimestamp === undefined);
  const placed = pods.filter(pod => wanted.has(nodeOf(pod)));
  const available = countAvailable(cluster, daemonSets, set, placed, set.spec.minReadySeconds);
  cluster.updateStatus('daemonsets.apps', set, {
    currentNumberScheduled: placed.length,
    desiredNumberScheduled: nodes.length,
    numberMisscheduled: pods.length - placed.length,
    numberReady: placed.filter(isReady).length,
    numberAvailable: some(available),
    numberUnavailable: some(nodes.length - available),
    updatedNumberScheduled: some(placed.filter(pod => pod.metadata.labels?.[REVISION] === hash).length),
    observedGeneration: set.metadata.generation,
    collisionCount: set.status?.collisionCount,
    conditions: set.status?.conditions,
  });
}

function podsOf(cluster: Cluster, set: DaemonSet): Pod[] {
  return cluster.owned<Pod>(set, 'pods');
}
