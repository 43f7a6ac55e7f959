import type { JsonMap } from '../../../lib/sandbox/json';
import { convertObject } from '../../../lib/sandbox/schema/conversion';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';

const selector = { matchLabels: { a: 'b' } };
const described = { kind: 'Service', name: 's', apiVersion: 'v1' };
const metrics: JsonMap[] = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
  { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
  { type: 'Pods', pods: { metric: { name: 'pods', selector }, target: { type: 'AverageValue', averageValue: '2' } } },
  { type: 'Object', object: { describedObject: described, metric: { name: 'object' }, target: { type: 'Value', value: '10' } } },
  { type: 'Object', object: { describedObject: described, metric: { name: 'average', selector }, target: { type: 'AverageValue', averageValue: '10' } } },
  { type: 'External', external: { metric: { name: 'external' }, target: { type: 'Value', value: '3' } } },
  { type: 'External', external: { metric: { name: 'external-average', selector }, target: { type: 'AverageValue', averageValue: '3' } } },
  { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 60 } } },
];
const behavior = { scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } };
const status: JsonMap = {
  currentReplicas: 1, desiredReplicas: 2, lastScaleTime: '2026-01-01T00:00:00Z', observedGeneration: 3,
  currentMetrics: [
    { type: 'Resource', resource: { name: 'cpu', current: { averageValue: '5m', averageUtilization: 44 } } },
    { type: 'Pods', pods: { metric: { name: 'pods' }, current: { averageValue: '2' } } },
    { type: 'Object', object: { describedObject: described, metric: { name: 'object', selector }, current: { value: '1', averageValue: '10' } } },
    { type: 'External', external: { metric: { name: 'external' }, current: { value: '3' } } },
    { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', current: { averageValue: '1' } } },
  ] as JsonMap[],
  conditions: [{ type: 'AbleToScale', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'R', message: 'M' }],
};

describeWithCluster('an object in another version is what the real server shows', {}, context => {
  const autoscalers = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' };

  test.each<[string, JsonMap, JsonMap | undefined]>([
    ['without anything', {}, undefined],
    ['with an annotation', { metadata: { annotations: { a: 'b' } } }, undefined],
    ['for the CPU', { spec: { metrics: [metrics[0]] } }, undefined],
    ['for all else', { metadata: { annotations: { a: 'b' } }, spec: { metrics } }, undefined],
    ['with a behavior', { spec: { metrics: [metrics[1]], behavior } }, undefined],
    ['with a status', { spec: { metrics } }, status],
  ])('a HorizontalPodAutoscaler %s', async (title, { metadata, spec }, written) => {
    const name = `a-${title.replaceAll(' ', '-').toLowerCase()}`;
    await context.kube.create({
      apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace: 'default', ...metadata as JsonMap | undefined },
      spec: { scaleTargetRef: target, maxReplicas: 3, ...spec as JsonMap | undefined },
    } as unknown as KubeObject);
    if (written) await context.kube.patch(`${autoscalers('v2')}/${name}/status`, { status: written });
    const v2 = await context.kube.get(`${autoscalers('v2')}/${name}`) as unknown as JsonMap;
    const v1 = await context.kube.get(`${autoscalers('v1')}/${name}`) as unknown as JsonMap;
    expect(convertObject(v2, 'autoscaling/v1')).toEqual(v1);
    const back = convertObject(v1, 'autoscaling/v2');
    // What v1 does not tell is the order: the CPU comes last.
    expect(sorted(back)).toEqual(sorted(v2));
  });

  test('an Event', async () => {
    await context.kube.create({
      apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'default' }, involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      reason: 'R', message: 'M', source: { component: 'c' }, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:00Z', count: 2, type: 'Normal',
    } as KubeObject);
    const core = await context.kube.get('/api/v1/namespaces/default/events/e') as unknown as JsonMap;
    const events = await context.kube.get('/apis/events.k8s.io/v1/namespaces/default/events/e') as unknown as JsonMap;
    // The core group writes these though they are empty.
    expect(withoutEmpty(convertObject(core, 'events.k8s.io/v1'))).toEqual(events);
    expect(convertObject(events, 'v1')).toEqual(withoutEmpty(core));
  });
});

function sorted(object: JsonMap): JsonMap {
  const { metrics: found, ...spec } = object.spec as JsonMap;
  return { ...object, spec: { ...spec, metrics: (found as JsonMap[]).map(each => JSON.stringify(sortedKeys(each))).sort() } };
}

function sortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, each]) => [key, sortedKeys(each)]));
}

function withoutEmpty(object: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== ''));
}
