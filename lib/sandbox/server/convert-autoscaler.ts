import { isMap, type Json, type JsonMap, type StoredObject } from '../json';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';

/** As `autoscaling/v1` shows it: the target of the CPU has a field of its own, other metrics stand in an annotation. */
export function autoscalerFromV2(object: StoredObject): StoredObject {
  const { metrics, ...spec } = isMap(object.spec) ? object.spec : {} as JsonMap;
  const { currentMetrics, conditions: _, ...status } = isMap(object.status) ? object.status : {} as JsonMap;
  const all = Array.isArray(metrics) ? metrics : [];
  const cpu = all.find(isCpu);
  const others = all.filter(each => each !== cpu);
  const target = cpu === undefined ? undefined : percentOf(cpu, 'target');
  const current = Array.isArray(currentMetrics) ? currentMetrics.find(isCpu) : undefined;
  const currentPercent = current === undefined ? undefined : percentOf(current, 'current');
  return {
    ...object,
    metadata: others.length === 0 ? object.metadata
      : { ...object.metadata, annotations: { ...isMap(object.metadata.annotations) ? object.metadata.annotations : {}, [METRICS]: JSON.stringify(others) } },
    spec: { ...spec, ...target === undefined ? {} : { targetCPUUtilizationPercentage: target } },
    status: { ...status, ...currentPercent === undefined ? {} : { currentCPUUtilizationPercentage: currentPercent } },
  };
}

export function autoscalerToV2(object: StoredObject): StoredObject {
  const { targetCPUUtilizationPercentage: percent, ...spec } = isMap(object.spec) ? object.spec : {} as JsonMap;
  const { [METRICS]: others, ...annotations } = isMap(object.metadata.annotations) ? object.metadata.annotations : {} as JsonMap;
  const parsed = typeof others === 'string' ? JSON.parse(others) as Json[] : [];
  const metrics = [
    ...parsed,
    ...percent === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }],
  ];
  const { annotations: _, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, ...Object.keys(annotations).length > 0 ? { annotations } : {} } as StoredObject['metadata'],
    spec: { ...spec, ...metrics.length > 0 ? { metrics } : {} },
  };
}

function isCpu(metric: Json): boolean {
  return isMap(metric) && metric.type === 'Resource' && isMap(metric.resource) && metric.resource.name === 'cpu';
}

function percentOf(metric: Json, field: 'target' | 'current'): Json | undefined {
  const resource = isMap(metric) && isMap(metric.resource) ? metric.resource[field] : undefined;
  return isMap(resource) ? resource.averageUtilization : undefined;
}
