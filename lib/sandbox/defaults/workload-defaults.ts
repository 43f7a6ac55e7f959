import { fill, filling, type Defaulter } from './pod-defaults';
import { isMap, type JsonMap } from '../json';

function deployment({ spec }: JsonMap): void {
  const own = spec as JsonMap;
  fill(own, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} });
  rolling(own.strategy as JsonMap, { maxUnavailable: '25%', maxSurge: '25%' });
}

function rolling(strategy: JsonMap, defaults: JsonMap): void {
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type !== 'RollingUpdate') return;
  fill(strategy, { rollingUpdate: {} });
  fill(strategy.rollingUpdate as JsonMap, defaults);
}

function statefulSet({ spec }: JsonMap): void {
  const own = spec as JsonMap;
  fill(own, { podManagementPolicy: 'OrderedReady', updateStrategy: {}, persistentVolumeClaimRetentionPolicy: {}, replicas: 1, revisionHistoryLimit: 10 });
  const strategy = own.updateStrategy as JsonMap;
  if (!strategy.type) fill(strategy, { type: 'RollingUpdate', rollingUpdate: {} });
  if (strategy.type === 'RollingUpdate' && isMap(strategy.rollingUpdate)) fill(strategy.rollingUpdate, { partition: 0 });
  fill(own.persistentVolumeClaimRetentionPolicy as JsonMap, { whenDeleted: 'Retain', whenScaled: 'Retain' });
  for (const claim of Array.isArray(own.volumeClaimTemplates) ? own.volumeClaimTemplates.filter(isMap) : []) {
    // They are typed, and say so once they went through the server.
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
  }
}

function job(value: JsonMap): void {
  const spec = value.spec as JsonMap;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  fill(spec, {
    parallelism: 1, backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1, completionMode: 'NonIndexed', suspend: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed', manualSelector: false,
  });
  takeLabels(value, spec);
}

/** Without labels of its own it has those of its Pods: the same map, as on the real server, so that what a Job adds to one is in both. */
export function takeLabels(value: JsonMap, { template }: JsonMap): JsonMap | undefined {
  const labels = isMap(template) ? (template.metadata as JsonMap | undefined)?.labels : undefined;
  if (!isMap(labels)) return undefined;
  const metadata = value.metadata as JsonMap;
  if (!isMap(metadata.labels) || Object.keys(metadata.labels).length === 0) metadata.labels = labels;
  return labels;
}

/** Of a DaemonSet: counts its templates. */
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

export const WORKLOAD_DEFAULTS: Readonly<Record<string, Defaulter>> = {
  'apps.v1.Deployment': deployment,
  'apps.v1.ReplicaSet': ({ spec }) => fill(spec as JsonMap, { replicas: 1 }),
  'apps.v1.DaemonSet': ({ spec, metadata }) => {
    // The type of this version has no place for it, so that a conversion writes it in here, before anybody comes to own it.
    const own = metadata as JsonMap;
    own.annotations = { [TEMPLATE_GENERATION]: '0', ...own.annotations as JsonMap | undefined };
    fill(spec as JsonMap, { revisionHistoryLimit: 10, updateStrategy: {} });
    const strategy = (spec as JsonMap).updateStrategy as JsonMap;
    rolling(strategy, { maxUnavailable: 1, maxSurge: 0 });
    // With another type there is no default, but the API server itself keeps numbers that are always there.
    if (isMap(strategy.rollingUpdate)) fill(strategy.rollingUpdate, { maxUnavailable: 0, maxSurge: 0 });
  },
  'apps.v1.StatefulSet': statefulSet,
  'core.v1.ReplicationController': value => {
    const spec = value.spec as JsonMap;
    const labels = takeLabels(value, spec);
    if (labels && (!isMap(spec.selector) || Object.keys(spec.selector).length === 0)) spec.selector = { ...labels };
    fill(spec, { replicas: 1 });
  },
  'batch.v1.Job': job,
  'batch.v1.CronJob': ({ spec }) => fill(spec as JsonMap, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': filling({ status: 'True' }),
  'autoscaling.v1.HorizontalPodAutoscaler': ({ spec }) => fill(spec as JsonMap, { minReplicas: 1, targetCPUUtilizationPercentage: 80 }),
  'autoscaling.v2.HorizontalPodAutoscaler': autoscaler,
};

const ANY_SPEED = { selectPolicy: 'Max' };

function autoscaler({ spec }: JsonMap): void {
  const own = spec as JsonMap;
  fill(own, { minReplicas: 1, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] });
  if (!isMap(own.behavior)) return;
  fill(own.behavior, { scaleUp: {}, scaleDown: {} });
  fill(own.behavior.scaleUp as JsonMap, {
    ...ANY_SPEED, stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }],
  });
  fill(own.behavior.scaleDown as JsonMap, { ...ANY_SPEED, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] });
}
