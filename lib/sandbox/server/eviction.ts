import { isMap, type JsonMap } from '../json';
import { StatusError } from '../status-error';
import type { Cluster } from './cluster';
import type { deleteObject, DeleteOptions } from './deletes';
import { notFound } from './refusals';
import type { WriteRequest } from './write-request';
import { matchesLabels, type LabelRequirement, type Labels } from '../store/label-selector';

const BUDGETS = 'poddisruptionbudgets.policy';

/** Deletes a Pod as far as its disruption budgets allow. @throws StatusError 429 when one does not */
export function evictPod(cluster: Cluster, request: WriteRequest, namespace: string, name: string, options: JsonMap, remove: typeof deleteObject): void {
  const pod = cluster.store.tryFind('pods', namespace, name);
  if (!pod) throw notFound({ group: '', plural: 'pods' }, name);
  const phase = isMap(pod.status) ? pod.status.phase : undefined;
  const counts = phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending' && !pod.metadata.deletionTimestamp;
  if (counts) {
    const budgets = cluster.store.list(BUDGETS, namespace).filter(each => selects(each.spec as JsonMap, pod.metadata.labels as Labels | undefined));
    if (budgets.length > 1) throw new StatusError(500, 'InternalError', 'Internal error occurred: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
    for (const budget of budgets) {
      const status = (isMap(budget.status) ? budget.status : {}) as Record<string, number | undefined>;
      const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0, observedGeneration = 0 } = status;
      const budgetName = budget.metadata.name;
      if (observedGeneration < Number(budget.metadata.generation)) {
        throw tooMany('Cannot evict pod as it would violate the pod\'s disruption budget.', `The disruption budget ${budgetName} is still being processed by the server.`, 10);
      }
      if (disruptionsAllowed <= 0) {
        throw tooMany("Cannot evict pod as it would violate the pod's disruption budget.",
          `The disruption budget ${budgetName} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`);
      }
      if (!request.dryRun) {
        const left = { ...status as JsonMap, disruptionsAllowed: disruptionsAllowed - 1 };
        cluster.store.put(BUDGETS, { ...budget, metadata: { ...budget.metadata }, status: left });
      }
    }
  }
  const { propagationPolicy, gracePeriodSeconds, preconditions } = options as DeleteOptions;
  remove(cluster, request, name, { propagationPolicy, gracePeriodSeconds, preconditions });
}

function tooMany(message: string, cause: string, retryAfterSeconds?: number): StatusError {
  return new StatusError(429, 'TooManyRequests', message, { causes: [{ reason: 'DisruptionBudget', message: cause }], ...retryAfterSeconds === undefined ? {} : { retryAfterSeconds } });
}

function selects(spec: JsonMap, labels: Labels | undefined): boolean {
  if (!isMap(spec.selector)) return false;
  const { matchLabels, matchExpressions } = spec.selector;
  const requirements: LabelRequirement[] = Object.entries(isMap(matchLabels) ? matchLabels : {}).map(([key, value]) => ({ key, operator: 'in', values: [String(value)] }));
  const expressions = (Array.isArray(matchExpressions) ? matchExpressions : []) as { key: string; operator: string; values?: string[] }[];
  for (const { key, operator, values = [] } of expressions) {
    requirements.push({ key, operator: operator === 'In' ? 'in' : operator === 'NotIn' ? 'notin' : operator === 'Exists' ? 'exists' : '!', values });
  }
  return matchesLabels(requirements, labels);
}
