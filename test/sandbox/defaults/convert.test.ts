import { collectionPath, readServedKinds } from './served-kinds';
import { convert } from '../../../lib/sandbox/defaults/convert';
import type { JsonMap } from '../../../lib/sandbox/json';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { describeWithCluster } from '../../control-plane/describe-cluster';

const scaled = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }, maxReplicas: 3 };
const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } };
const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } };
const involvedObject = { kind: 'Pod', namespace: 'default', name: 'x' };

const table: [apiVersion: string, other: string, kind: string, more: object][] = [
  ['autoscaling/v1', 'autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { ...scaled, targetCPUUtilizationPercentage: 50 } }],
  ['autoscaling/v1', 'autoscaling/v2', 'HorizontalPodAutoscaler', { spec: scaled }],
  ['autoscaling/v2', 'autoscaling/v1', 'HorizontalPodAutoscaler', { spec: { ...scaled, metrics: [cpu] } }],
  ['autoscaling/v2', 'autoscaling/v1', 'HorizontalPodAutoscaler', { spec: { ...scaled, metrics: [memory, cpu], behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } } }],
  ['v1', 'events.k8s.io/v1', 'Event', { involvedObject, reason: 'A', message: 'm', source: { component: 'c' }, firstTimestamp: '2024-01-01T00:00:00Z', count: 2, type: 'Normal' }],
];

describeWithCluster('an object in another version', {}, context => {
  let kinds: Map<string, ServedResource>;
  beforeAll(async () => {
    kinds = await readServedKinds(context.kube);
  });

  test.each(table.map(([apiVersion, other, kind], i) => [i, kind, apiVersion, other] as const))('%i: %s %s as %s, and back', async i => {
    const [apiVersion, other, kind, more] = table[i];
    const [from, to] = [apiVersion, other].map(version => kinds.get(`${version} ${kind}`) as ServedResource);
    const { status, body } = await context.kube.request('POST', collectionPath(from), { apiVersion, kind, metadata: { name: `a${i}` }, ...more });
    expect(status).toBe(201);
    const shown = await context.kube.get(`${collectionPath(to)}/a${i}`) as unknown as JsonMap;
    const parsed = ({ metadata, ...rest }: JsonMap) => {
      const { annotations, ...others } = metadata as JsonMap;
      const entries = Object.entries(annotations as Record<string, string> | undefined ?? {}).map(([key, text]) => [key, JSON.parse(text) as unknown]).sort();
      return { ...rest, metadata: others, annotations: entries };
    };
    expect(parsed(convert(body as JsonMap, from, to))).toEqual(parsed(shown));
    expect(convert(shown, to, from)).toEqual(body);
  });
});
