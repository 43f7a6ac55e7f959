import type { Cluster } from './cluster';
import { replaceCondition } from './conditions';
import type { Controller } from './controller';
import { share } from './deployment-state';
import { selects } from './labels';
import { controllerOf, isReady, keyOf, type Condition, type Kubernetes, type Pod, type Selector } from './objects';
import { ownKey, some, type ReplicaSet } from './replica-set';

interface BudgetSpec {
  selector?: Selector;
  minAvailable?: number | string;
  maxUnavailable?: number | string;
}

interface BudgetStatus {
  conditions?: Condition[];
  currentHealthy: number;
  desiredHealthy: number;
  disruptionsAllowed: number;
  expectedPods: number;
  observedGeneration?: number;
  disruptedPods?: Record<string, string>;
}

type Budget = Kubernetes<BudgetSpec, BudgetStatus>;

const RESOURCE = 'poddisruptionbudgets.policy';
const SCALED: Readonly<Record<string, string>> = {
  ReplicaSet: 'replicasets.apps', StatefulSet: 'statefulsets.apps', ReplicationController: 'replicationcontrollers',
};

/** Tells how many pods of a PodDisruptionBudget may go. */
export const disruptionBudgets: Controller = {
  name: 'disruption',
  on: {
    [RESOURCE]: ownKey,
    pods: ({ object, old }, cluster) => {
      const { metadata } = object as unknown as Pod;
      const before = (old as unknown as Pod | undefined)?.metadata.labels;
      return cluster.list<Budget>(RESOURCE, metadata.namespace)
        .filter(({ spec }) => selects(spec.selector, metadata.labels) || (before && selects(spec.selector, before))).map(keyOf);
    },
  },

  reconcile(cluster, key) {
    const budget = cluster.findKey<Budget>(RESOURCE, key);
    if (!budget || budget.metadata.deletionTimestamp !== undefined) return;
    const { spec, metadata, status } = budget;
    const pods = cluster.list<Pod>('pods', metadata.namespace).filter(pod => selects(spec.selector, pod.metadata.labels));
    const currentHealthy = pods.filter(pod => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length;
    const counted = expect(cluster, budget, pods);
    if (typeof counted === 'string') {
      const conditions = replaceCondition(status?.conditions, allowed('False', 'SyncFailed', counted, status?.observedGeneration), cluster.timestamp);
      cluster.updateStatus(RESOURCE, budget, {
        currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...status, disruptionsAllowed: 0, conditions,
      });
      return;
    }
    const { expectedPods, desiredHealthy } = counted;
    const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
    const condition = disruptionsAllowed > 0 ? allowed('True', 'SufficientPods', '', metadata.generation)
      : allowed('False', 'InsufficientPods', '', metadata.generation);
    cluster.updateStatus(RESOURCE, budget, {
      disruptedPods: status?.disruptedPods, currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods, observedGeneration: metadata.generation,
      conditions: replaceCondition(status?.conditions, condition, cluster.timestamp).map(each => ({ ...each, observedGeneration: metadata.generation })),
    });
  },
};

function allowed(status: string, reason: string, message: string, observedGeneration: number | undefined): Condition {
  return { type: 'DisruptionAllowed', status, reason, message, ...some(observedGeneration ?? 0) === undefined ? {} : { observedGeneration } };
}

/** @returns what is wrong, where that cannot be told */
function expect(cluster: Cluster, { spec, metadata }: Budget, pods: readonly Pod[]): { expectedPods: number; desiredHealthy: number } | string {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable === undefined && typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable };
  if (maxUnavailable === undefined && minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  const owners = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (!owner || owners.has(owner.uid)) continue;
    const resource = SCALED[owner.kind] as string | undefined;
    const scaled = resource === undefined ? undefined : cluster.find<ReplicaSet>(resource, metadata.namespace, owner.name);
    if (scaled?.metadata.uid !== owner.uid) return `found no controllers for pod ${JSON.stringify(pod.metadata.name)}`;
    owners.set(owner.uid, scaled.spec.replicas ?? 1);
  }
  const expectedPods = [...owners.values()].reduce((total, replicas) => total + replicas, 0);
  return {
    expectedPods,
    desiredHealthy: maxUnavailable === undefined ? share(minAvailable!, expectedPods, Math.ceil)
      : Math.max(0, expectedPods - share(maxUnavailable, expectedPods, Math.ceil)),
  };
}
