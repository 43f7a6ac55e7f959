import { readHealthCases } from './corpus';
import { assessHealth, KubeObject } from '../../../lib/kube/health';

const CASES = readHealthCases('builtin.json');

(CASES.length > 0 ? describe : describe.skip)('built-in kinds have the health that Argo CD says', () => {
  test.each(CASES.map(({ title, status, object }) => [title, status, object] as const))('%s is %s', (_, status, object) => {
    expect(assessHealth(object).status).toBe(status);
  });
});

const of = (apiVersion: string, kind: string, rest: object = {}): KubeObject => ({ apiVersion, kind, metadata: { name: 'x', generation: 2 }, ...rest });
const established = [{ type: 'NamesAccepted', status: 'True' }, { type: 'Established', status: 'True' }];

test.each<[string, KubeObject | undefined, string]>([
  ['an object that is not there', undefined, 'Missing'],
  ['a ConfigMap', of('v1', 'ConfigMap'), 'Healthy'],
  ['a Role', of('rbac.authorization.k8s.io/v1', 'Role'), 'Healthy'],
  ['anything that is being deleted', { ...of('v1', 'ConfigMap'), metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, 'Progressing'],
  ['a Deployment without status', of('apps/v1', 'Deployment', { spec: {} }), 'Progressing'],
  ['a Deployment whose status is of an earlier spec', of('apps/v1', 'Deployment', { spec: {}, status: { observedGeneration: 1, updatedReplicas: 1, availableReplicas: 1 } }), 'Progressing'],
  ['a Deployment of nothing', of('apps/v1', 'Deployment', { spec: { replicas: 0 }, status: { observedGeneration: 2 } }), 'Healthy'],
  ['a ReplicaSet that cannot create pods', of('apps/v1', 'ReplicaSet', { status: { observedGeneration: 2, conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'quota' }] } }), 'Degraded'],
  ['a StatefulSet whose partition is updated', of('apps/v1', 'StatefulSet', {
    spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
    status: { observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
  }), 'Healthy'],
  ['a StatefulSet that is being updated', of('apps/v1', 'StatefulSet', {
    spec: { replicas: 3 }, status: { observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
  }), 'Progressing'],
  ['a DaemonSet on no node', of('apps/v1', 'DaemonSet', { status: { observedGeneration: 2, desiredNumberScheduled: 0 } }), 'Healthy'],
  ['a definition that is served', of('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { status: { conditions: established } }), 'Healthy'],
  ['a definition that is new', of('apiextensions.k8s.io/v1', 'CustomResourceDefinition'), 'Progressing'],
  ['a definition whose names are taken', of('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { status: { conditions: [{ type: 'NamesAccepted', status: 'False' }] } }), 'Degraded'],
  ['a lost volume claim', of('v1', 'PersistentVolumeClaim', { status: { phase: 'Lost' } }), 'Degraded'],
  ['an autoscaler with an annotation that is no JSON', { ...of('autoscaling/v1', 'HorizontalPodAutoscaler'), metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/conditions': '{' } } }, 'Progressing'],
])('%s is as expected', (_, object, status) => {
  expect(assessHealth(object).status).toBe(status);
});

test('a message says what is missing', () => {
  const object = of('apps/v1', 'Deployment', { spec: { replicas: 3 }, status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 1 } });
  expect(assessHealth(object)).toEqual({ status: 'Progressing', message: '1 of 3 updated replicas are available' });
});
