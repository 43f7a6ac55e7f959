import { isReady, KubeObject, waitState } from '../../../lib/kube/health';

const of = (apiVersion: string, kind: string, rest: object = {}): KubeObject => ({ apiVersion, kind, metadata: { name: 'x', generation: 2 }, ...rest });
const deployment = (status: object, spec: object = { replicas: 2 }) => of('apps/v1', 'Deployment', { spec, status });
const condition = (type: string, status = 'True', reason?: string) => ({ type, status, reason });

test.each<[string, KubeObject | undefined, string]>([
  ['an object that is not there yet', undefined, 'InProgress'],
  ['a ConfigMap', of('v1', 'ConfigMap'), 'Current'],
  ['a ClusterRoleBinding', of('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'), 'Current'],
  ['an object that is being deleted', { ...of('v1', 'ConfigMap'), metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, 'Terminating'],
  ['a Deployment that nobody has seen', deployment({}), 'InProgress'],
  ['a Deployment whose spec is newer than its status', deployment({ observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }), 'InProgress'],
  ['a Deployment with an old replica', deployment({ observedGeneration: 2, replicas: 3, updatedReplicas: 2, availableReplicas: 3 }), 'InProgress'],
  ['a Deployment with a replica that is not available', deployment({ observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 1 }), 'InProgress'],
  ['a Deployment that is complete', deployment({ observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }), 'Current'],
  ['a Deployment beyond its deadline', deployment({ observedGeneration: 2, conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded')] }), 'Failed'],
  ['a Deployment that is paused', deployment({}, { paused: true }), 'Current'],
  ['a definition that is new', of('apiextensions.k8s.io/v1', 'CustomResourceDefinition'), 'InProgress'],
  ['a definition that is established before its names are accepted', of('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { status: { conditions: [condition('Established')] } }), 'InProgress'],
  ['a definition that is served', of('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { status: { conditions: [condition('Established'), condition('NamesAccepted')] } }), 'Current'],
  ['a namespace that is active', of('v1', 'Namespace', { status: { phase: 'Active' } }), 'Current'],
  ['a namespace that has no status yet', of('v1', 'Namespace'), 'InProgress'],
  ['a Job that has started', of('batch/v1', 'Job', { status: { active: 1, startTime: '2026-01-01T00:00:00Z' } }), 'InProgress'],
  ['a Job that has completed', of('batch/v1', 'Job', { status: { conditions: [condition('Complete')] } }), 'Current'],
  ['a Job that failed', of('batch/v1', 'Job', { status: { conditions: [condition('Failed')] } }), 'Failed'],
  ['a Job that is suspended', of('batch/v1', 'Job', { status: { conditions: [condition('Suspended')] } }), 'Current'],
  ['a CronJob whose last run failed', of('batch/v1', 'CronJob', { status: { lastScheduleTime: '2026-01-02T00:00:00Z', lastSuccessfulTime: '2026-01-01T00:00:00Z' } }), 'Current'],
  ['a Service that waits for a load balancer', of('v1', 'Service', { spec: { type: 'LoadBalancer', clusterIP: '10.0.0.1' } }), 'Current'],
  ['an Ingress without address', of('networking.k8s.io/v1', 'Ingress'), 'Current'],
  ['an autoscaler without metrics', of('autoscaling/v2', 'HorizontalPodAutoscaler'), 'Current'],
  ['a volume claim that is pending', of('v1', 'PersistentVolumeClaim', { status: { phase: 'Pending' } }), 'InProgress'],
  ['an API that is not available yet', of('apiregistration.k8s.io/v1', 'APIService', { status: { conditions: [condition('Available', 'False')] } }), 'InProgress'],
  ['a custom resource that reports nothing', of('example.dev/v1', 'Thing'), 'Current'],
  ['a custom resource that reports an error, which may pass', of('example.dev/v1', 'Thing', { status: { conditions: [condition('Ready', 'False', 'BackendError')] } }), 'InProgress'],
  ['a custom resource that has given up', of('example.dev/v1', 'Thing', { status: { conditions: [condition('Stalled')] } }), 'Failed'],
  ['a custom resource named as a built-in kind', of('networking.istio.io/v1', 'Ingress', { status: { conditions: [condition('Ready', 'Unknown')] } }), 'InProgress'],
])('%s: %#', (_, object, state) => {
  expect(waitState(object)).toBe(state);
  expect(isReady(object)).toBe(state === 'Current');
});
