import { defined, kinds as fieldKinds, map, podSpec, words, type Kind } from '../fields/manifests';
import type { Random } from '../fields/random';

type Data = Record<string, any>;

function template(random: Random, restartPolicy?: string): Data {
  return {
    metadata: { labels: { app: 'a', ...map(random, ['x', 'y'], 0.3) }, annotations: random.maybe(() => map(random, ['t']), 0.2) },
    spec: { ...podSpec(random), restartPolicy },
  };
}

function serviceAccount(random: Random): Data {
  return {
    automountServiceAccountToken: random.maybe(() => random.chance(0.5)),
    secrets: random.maybe(() => random.some(['s1', 's2', 's3']).map(name => ({ name }))),
    imagePullSecrets: random.maybe(() => random.some(['p1', 'p2']).map(name => ({ name }))),
  };
}

function claimTemplate(random: Random, name: string): Data {
  return { metadata: { name, labels: random.maybe(() => map(random, ['x']), 0.3) }, spec: claim(random).spec };
}

function statefulSet(random: Random): Data {
  return {
    spec: {
      serviceName: random.pick(['web', 'web', 'other']),
      replicas: random.maybe(() => random.below(3)),
      selector: { matchLabels: { app: 'a' } },
      podManagementPolicy: random.maybe(() => random.pick(['OrderedReady', 'Parallel']), 0.2),
      updateStrategy: random.maybe(() => random.pick([{ type: 'OnDelete' }, { type: 'RollingUpdate', rollingUpdate: { partition: random.below(3) } }, {}]), 0.4),
      minReadySeconds: random.maybe(() => random.below(10), 0.2),
      persistentVolumeClaimRetentionPolicy: random.maybe(() => ({ whenDeleted: random.pick(['Retain', 'Delete']) }), 0.2),
      template: template(random),
      volumeClaimTemplates: random.maybe(() => random.some(['data', 'logs'], 0.7).map(name => claimTemplate(random, name)), 0.15),
    },
  };
}

function daemonSet(random: Random): Data {
  return {
    spec: {
      selector: { matchLabels: { app: 'a' } },
      updateStrategy: random.maybe(() => random.pick([{ type: 'OnDelete' }, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: random.pick([1, 2, '30%']) } }, {}]), 0.4),
      minReadySeconds: random.maybe(() => random.below(10), 0.2),
      revisionHistoryLimit: random.maybe(() => random.below(10), 0.2),
      template: template(random),
    },
  };
}

function job(random: Random): Data {
  return {
    spec: {
      parallelism: random.maybe(() => random.below(3)),
      completions: random.maybe(() => 1 + random.below(2), 0.3),
      completionMode: random.maybe(() => random.pick(['NonIndexed', 'Indexed']), 0.2),
      backoffLimit: random.maybe(() => random.below(4), 0.4),
      suspend: random.maybe(() => random.chance(0.5), 0.4),
      ttlSecondsAfterFinished: random.maybe(() => random.below(100), 0.3),
      activeDeadlineSeconds: random.maybe(() => random.pick([60, 600]), 0.3),
      // Its Pods cannot change: most jobs are to have the same.
      template: random.chance(0.7) ? { spec: { containers: [{ name: 'a', image: 'a' }], restartPolicy: 'Never' } } : template(random, random.pick(['Never', 'OnFailure'])),
    },
  };
}

function roleBinding(random: Random): Data {
  const subject = (name: string) => (random.chance(0.5) ? { kind: 'User', name, apiGroup: random.maybe(() => 'rbac.authorization.k8s.io') } : { kind: 'ServiceAccount', name, namespace: 'default' });
  return {
    roleRef: { apiGroup: random.maybe(() => 'rbac.authorization.k8s.io', 0.7), kind: random.chance(0.9) ? 'ClusterRole' : 'Role', name: random.pick(['view', 'view', 'view', 'edit']) },
    subjects: random.maybe(() => random.some(words, 0.6).map(subject), 0.8),
  };
}

function peer(random: Random): Data {
  return random.pick<() => Data>([
    () => ({ podSelector: random.pick([{}, { matchLabels: map(random, ['app']) }]) }),
    () => ({ namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'In', values: random.some(words, 0.7).concat('four') }] } }),
    () => ({ ipBlock: { cidr: '10.1.0.0/16', except: random.maybe(() => random.some(['10.1.2.0/24'], 0.7)) } }),
  ])();
}

function networkPolicy(random: Random): Data {
  const from = () => random.maybe(() => random.some([peer(random)], 0.8));
  const ports = () => random.maybe(() => [random.pick([80, 'http', 53]), ...random.some([81, 'grpc'])].map(port => ({ port, protocol: random.maybe(() => random.pick(['TCP', 'UDP'])) })));
  return {
    spec: {
      podSelector: random.pick([{}, { matchLabels: { app: 'a' } }]),
      policyTypes: random.maybe(() => random.pick([['Ingress'], ['Ingress', 'Egress'], ['Egress']]), 0.4),
      ingress: random.maybe(() => Array.from({ length: random.below(3) }, () => ({ from: from(), ports: ports() }))),
      egress: random.maybe(() => [{ to: [peer(random), peer(random)], ports: ports() }], 0.3),
    },
  };
}

function claim(random: Random): { spec: Data } {
  return {
    spec: {
      accessModes: random.pick([['ReadWriteOnce'], ['ReadWriteOnce'], ['ReadWriteMany', 'ReadOnlyMany']]),
      selector: random.maybe(() => random.pick([{}, { matchLabels: {} }, { matchExpressions: [] }]), 0.1),
      resources: { requests: { storage: random.pick(['1Gi', '1Gi', '2Gi']) } },
      storageClassName: random.maybe(() => random.pick(['fast', 'slow']), 0.3),
      volumeMode: random.maybe(() => 'Filesystem', 0.3),
    },
  };
}

function cronJob(random: Random): Data {
  return {
    spec: {
      schedule: random.pick(['* * * * *', '@daily', '0 3 * * 1']),
      concurrencyPolicy: random.maybe(() => random.pick(['Allow', 'Forbid', 'Replace'])),
      suspend: random.maybe(() => random.chance(0.5)),
      timeZone: random.maybe(() => random.pick(['Etc/UTC', 'Europe/Berlin']), 0.2),
      successfulJobsHistoryLimit: random.maybe(() => random.below(4), 0.3),
      jobTemplate: { spec: { template: template(random, random.pick(['Never', 'OnFailure'])) } },
    },
  };
}

function disruptionBudget(random: Random): Data {
  return { spec: { ...random.pick<Data>([{ minAvailable: random.pick([1, '50%']) }, { maxUnavailable: random.pick([1, '50%']) }]), selector: random.maybe(() => ({ matchLabels: map(random, ['app', 'tier']) }), 0.9) } };
}

const conditions = (random: Random, types: readonly string[]) => random.some(types).map(type => ({ type, status: random.pick(['True', 'False']), reason: random.maybe(() => 'Because') }));

/** Content that is mostly valid, of ten kinds and more beyond those of the field cases. */
const more: readonly Kind[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', content: serviceAccount },
  {
    apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets', content: statefulSet,
    status: random => defined({ replicas: random.below(3), readyReplicas: random.maybe(() => 0), observedGeneration: random.maybe(() => random.below(3)), conditions: random.maybe(() => conditions(random, ['A', 'B'])) }),
  },
  {
    apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets', content: daemonSet,
    status: random => ({ currentNumberScheduled: random.below(2), desiredNumberScheduled: random.below(3), numberMisscheduled: 0, numberReady: random.below(2), conditions: conditions(random, ['A']) }),
  },
  { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', content: job },
  { apiVersion: 'batch/v1', kind: 'CronJob', plural: 'cronjobs', content: cronJob, status: random => defined({ lastScheduleTime: random.maybe(() => '2026-01-01T00:00:00Z') }) },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', plural: 'rolebindings', content: roleBinding },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', plural: 'networkpolicies', content: networkPolicy },
  {
    apiVersion: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', content: claim,
    status: random => defined({ phase: random.pick(['Pending', 'Bound']), capacity: random.maybe(() => ({ storage: '1Gi' })), accessModes: random.maybe(() => ['ReadWriteOnce']) }),
  },
  {
    apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', content: disruptionBudget,
    status: random => ({ currentHealthy: random.below(3), desiredHealthy: 1, disruptionsAllowed: random.below(2), expectedPods: random.below(3) }),
  },
];

/** What is written to their status beyond what the field cases write. */
const statuses: Readonly<Record<string, Kind['status']>> = {
  Service: random => ({ loadBalancer: random.pick([{}, { ingress: [{ ip: '192.0.2.1' }] }]), conditions: conditions(random, ['A', 'B']).map(each => ({ ...each, reason: 'Because', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' })) }),
  Ingress: random => ({ loadBalancer: random.pick([{}, { ingress: [{ ip: '192.0.2.1' }] }, { ingress: [{ hostname: 'a.example.com', ports: [{ port: 80, protocol: 'TCP' }] }] }]) }),
  HorizontalPodAutoscaler: random => ({ currentReplicas: random.below(3), desiredReplicas: random.below(3), conditions: conditions(random, ['AbleToScale', 'ScalingActive']) }),
};

/** Seventeen built-in kinds and two custom ones, each as likely as the other. */
export const kinds: readonly Kind[] = [...fieldKinds, ...more].map(kind => ({ ...kind, status: kind.status ?? statuses[kind.kind] }));
