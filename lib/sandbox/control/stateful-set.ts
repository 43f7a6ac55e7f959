import type { Cluster } from './cluster';
import type { Controller } from './controller';
import { createPod } from './create-pod';
import { share } from './deployment-state';
import { controllerReference, isFinished, isReady, type Condition, type Kubernetes, type Meta, type Pod, type Selector, type Template } from './objects';
import { adoptPods, countAvailable, isAvailable, ownKey, podOwner, some } from './replica-set';
import { listRevisions, syncRevision, templateOf, trimRevisions, type Revision } from './revisions';

interface ClaimTemplate {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: object;
}

interface StatefulSetSpec {
  replicas?: number;
  serviceName?: string;
  selector: Selector;
  template: Template;
  volumeClaimTemplates?: ClaimTemplate[];
  podManagementPolicy?: string;
  updateStrategy?: { type?: string; rollingUpdate?: { partition?: number; maxUnavailable?: number | string } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  ordinals?: { start?: number };
  persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
}

interface StatefulSetStatus {
  observedGeneration?: number;
  replicas: number;
  readyReplicas?: number;
  availableReplicas: number;
  currentReplicas?: number;
  updatedReplicas?: number;
  currentRevision?: string;
  updateRevision?: string;
  collisionCount: number;
  conditions?: Condition[];
}

type StatefulSet = Kubernetes<StatefulSetSpec, StatefulSetStatus>;

const REVISION = 'controller-revision-hash';

/** Keeps pods with numbers and claims of their own, one after the other. */
export const statefulSets: Controller = {
  name: 'statefulset',
  on: { 'statefulsets.apps': ownKey, 'pods': podOwner('StatefulSet', 'statefulsets.apps') },

  reconcile(cluster, key) {
    const set = cluster.findKey<StatefulSet>('statefulsets.apps', key);
    if (!set) return;
    const isLiving = set.metadata.deletionTimestamp === undefined;
    if (isLiving) adoptPods(cluster, set, set.spec.selector);
    const before = listRevisions(cluster, set);
    const update = isLiving ? syncRevision(cluster, set, before, 'controller.kubernetes.io/hash', set.status?.collisionCount) : before.at(-1);
    if (!update) return;
    const current = before.find(revision => revision.metadata.name === set.status?.currentRevision) ?? update;
    const state: State = { set, current, update };
    try {
      if (isLiving) step(cluster, state);
    } finally {
      writeStatus(cluster, state);
    }
    const used = new Set([current, update].map(revision => revision.metadata.name).concat(podsOf(cluster, set).map(revisionOf)));
    trimRevisions(cluster, set, listRevisions(cluster, set), used);
  },
};

interface State {
  readonly set: StatefulSet;
  readonly current: Revision;
  readonly update: Revision;
}

/** One step at a time where pods have an order, all at once where they have none. */
function step(cluster: Cluster, state: State): void {
  const { set, update } = state;
  const { start, end } = range(set);
  const inOrder = set.spec.podManagementPolicy !== 'Parallel';
  const pods = podsOf(cluster, set);
  const isThere = (pod: Pod) => isReady(pod) && pod.status?.phase === 'Running' && isAvailable(cluster, pod, set.spec.minReadySeconds);
  for (let ordinal = start; ordinal < end; ordinal++) {
    const pod = pods.find(each => ordinalOf(each) === ordinal);
    if (!pod) {
      create(cluster, state, ordinal);
      if (inOrder) return;
    } else if (isFinished(pod)) {
      if (pod.metadata.deletionTimestamp === undefined) cluster.delete('pods', pod.metadata);
      return;
    } else {
      if (pod.status?.phase === 'Pending') createClaims(cluster, set, ordinal);
      if (inOrder && (pod.metadata.deletionTimestamp !== undefined || !isThere(pod))) return;
    }
  }
  const beyond = pods.filter(pod => ordinalOf(pod) < start || ordinalOf(pod) >= end).sort((a, b) => ordinalOf(b) - ordinalOf(a));
  const firstUnhealthy = [...beyond].reverse().find(pod => !isThere(pod));
  for (const pod of beyond) {
    if (pod.metadata.deletionTimestamp === undefined) {
      if (inOrder && !isThere(pod) && pod !== firstUnhealthy) return;
      giveClaimsTo(cluster, set, pod);
      cluster.delete('pods', pod.metadata);
    }
    if (inOrder) return;
  }
  if (set.spec.updateStrategy?.type !== 'OnDelete') replace(cluster, state, pods.filter(pod => !beyond.includes(pod)), update.metadata.name, isThere);
}

/** From the last to the first, down to the partition; the next one when the one before is there again. */
function replace(cluster: Cluster, { set }: State, pods: Pod[], wanted: string, isThere: (pod: Pod) => boolean): void {
  const { partition = 0, maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  let room = Math.max(1, share(maxUnavailable, set.spec.replicas ?? 1, Math.ceil)) - pods.filter(pod => !isThere(pod)).length;
  for (const pod of pods.sort((a, b) => ordinalOf(b) - ordinalOf(a))) {
    if (ordinalOf(pod) < partition || revisionOf(pod) === wanted || pod.metadata.deletionTimestamp !== undefined) continue;
    if (room <= 0) return;
    cluster.delete('pods', pod.metadata);
    room--;
  }
}

function create(cluster: Cluster, { set, current, update }: State, ordinal: number): void {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  const { start } = range(set);
  const isOld = rollingUpdate ? ordinal < start + (rollingUpdate.partition ?? 0)
    : type === 'RollingUpdate' && ordinal < start + (set.status?.currentReplicas ?? 0);
  const revision = isOld ? current : update;
  const template = templateOf(revision);
  const name = `${set.metadata.name}-${ordinal}`;
  createClaims(cluster, set, ordinal);
  const own = set.spec.volumeClaimTemplates ?? [];
  const volumes = [
    ...own.map(claim => ({ name: claim.metadata.name, persistentVolumeClaim: { claimName: claimName(set, claim, ordinal) } })),
    ...template.spec.volumes?.filter(volume => !own.some(claim => claim.metadata.name === volume.name)) ?? [],
  ];
  createPod(cluster, set, template, {
    name,
    generateName: `${set.metadata.name}-`,
    labels: { 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': String(ordinal), [REVISION]: revision.metadata.name },
    spec: { hostname: name, ...set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}, ...volumes.length > 0 ? { volumes } : {} },
  });
}

function createClaims(cluster: Cluster, set: StatefulSet, ordinal: number): void {
  for (const claim of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(set, claim, ordinal);
    if (cluster.find('persistentvolumeclaims', set.metadata.namespace, name)) continue;
    cluster.create('persistentvolumeclaims', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...structuredClone(claim.metadata),
        name,
        namespace: set.metadata.namespace!,
        labels: { ...claim.metadata.labels, ...set.spec.selector.matchLabels },
        ...set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete' ? { ownerReferences: [controllerReference(set)] } : {},
      },
      spec: structuredClone(claim.spec),
    });
  }
}

/** Where the claims of a pod that is given up shall go with it. */
function giveClaimsTo(cluster: Cluster, set: StatefulSet, pod: Pod): void {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return;
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const claim = cluster.find('persistentvolumeclaims', set.metadata.namespace, claimName(set, template, ordinalOf(pod)));
    if (!claim) continue;
    const { controller, blockOwnerDeletion, ...reference } = controllerReference({ ...pod, apiVersion: 'v1', kind: 'Pod' });
    cluster.update('persistentvolumeclaims', { ...claim, metadata: { ...claim.metadata, ownerReferences: [reference] } });
  }
}

function writeStatus(cluster: Cluster, { set, current, update }: State): void {
  const pods = podsOf(cluster, set);
  const living = pods.filter(pod => pod.metadata.deletionTimestamp === undefined);
  const running = pods.filter(pod => pod.status?.phase === 'Running');
  const count = (revision: Revision) => living.filter(pod => revisionOf(pod) === revision.metadata.name).length;
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    readyReplicas: some(running.filter(isReady).length),
    availableReplicas: countAvailable(cluster, statefulSets, set, running, set.spec.minReadySeconds),
    currentReplicas: some(count(current)),
    updatedReplicas: some(count(update)),
    currentRevision: current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
    conditions: set.status?.conditions,
  };
  const isRolling = (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
  if (isRolling && (status.updatedReplicas ?? 0) === status.replicas && (status.readyReplicas ?? 0) === status.replicas) {
    status.currentReplicas = status.updatedReplicas;
    status.currentRevision = status.updateRevision;
  }
  cluster.updateStatus('statefulsets.apps', set, status);
}

function range({ spec }: StatefulSet): { start: number; end: number } {
  const start = spec.ordinals?.start ?? 0;
  return { start, end: start + (spec.replicas ?? 1) };
}

function podsOf(cluster: Cluster, set: StatefulSet): Pod[] {
  return cluster.owned<Pod>(set, 'pods').filter(pod => ordinalOf(pod) >= 0).sort((a, b) => ordinalOf(a) - ordinalOf(b));
}

function ordinalOf({ metadata }: { metadata: Meta }): number {
  const digits = /-(\d+)$/.exec(metadata.name);
  return digits ? Number(digits[1]) : -1;
}

function revisionOf({ metadata }: Pod): string {
  return metadata.labels?.[REVISION] ?? '';
}

function claimName(set: StatefulSet, claim: ClaimTemplate, ordinal: number): string {
  return `${claim.metadata.name}-${set.metadata.name}-${ordinal}`;
}
