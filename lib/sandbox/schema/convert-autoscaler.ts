import { isMap, type Json, type JsonMap } from '../json';
import { currentMetricToV1, currentMetricToV2, metricToV1, metricToV2 } from './convert-metrics';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const METRICS = `${PREFIX}metrics`;
const BEHAVIOR = `${PREFIX}behavior`;
const CURRENT_METRICS = `${PREFIX}current-metrics`;
const CONDITIONS = `${PREFIX}conditions`;
const OWN = [METRICS, BEHAVIOR, CURRENT_METRICS, CONDITIONS, `${PREFIX}scale-down-tolerance`, `${PREFIX}scale-up-tolerance`];
/** In percent, where neither the CPU nor anything else has a target. */
const DEFAULT_CPU = 80;

/** A HorizontalPodAutoscaler of `autoscaling/v2` in v1: the target of the CPU has a field there, and all else that v1 does not know stands in annotations. */
export function autoscalerToV1(object: JsonMap): JsonMap {
  const { metrics, behavior, ...spec } = mapAt(object, 'spec');
  const { currentMetrics, conditions, ...status } = mapAt(object, 'status');
  const all = listOf(metrics);
  const current = listOf(currentMetrics);
  const others = all.filter(metric => utilization(metric, 'target') === undefined);
  const target = all.map(metric => utilization(metric, 'target')).find(percent => percent !== undefined);
  const used = current.map(metric => utilization(metric, 'current')).findLast(percent => percent !== undefined);
  return {
    ...withAnnotations(object, {
      ...others.length > 0 ? { [METRICS]: goJson(others.map(metricToV1)) } : {},
      ...current.length > 0 ? { [CURRENT_METRICS]: goJson(current.map(currentMetricToV1)) } : {},
      ...isMap(behavior) ? { [BEHAVIOR]: goJson(behaviorToGo(behavior)) } : {},
      ...listOf(conditions).length > 0 ? { [CONDITIONS]: goJson(listOf(conditions)) } : {},
    }),
    apiVersion: 'autoscaling/v1',
    ...isMap(object.spec) ? { spec: { ...spec, ...target === undefined ? {} : { targetCPUUtilizationPercentage: target } } } : {},
    // Written though it is nothing, in v1 alone.
    ...isMap(object.status) ? { status: { currentReplicas: 0, ...status, ...used === undefined ? {} : { currentCPUUtilizationPercentage: used } } } : {},
  };
}

export function autoscalerToV2(object: JsonMap): JsonMap {
  const annotations = mapAt(mapAt(object, 'metadata'), 'annotations');
  const { targetCPUUtilizationPercentage: target, ...spec } = mapAt(object, 'spec');
  const { currentCPUUtilizationPercentage: used, currentReplicas, ...status } = mapAt(object, 'status');
  const metrics = [...listOf(read(annotations[METRICS])).map(metricToV2), ...isNumber(target) ? [cpu({ target: { type: 'Utilization', averageUtilization: target } })] : []];
  if (metrics.length === 0) metrics.push(cpu({ target: { type: 'Utilization', averageUtilization: DEFAULT_CPU } }));
  const said = read(annotations[CURRENT_METRICS]);
  const current = said ? listOf(said).map(currentMetricToV2) : isNumber(used) ? [cpu({ current: { averageUtilization: used } })] : undefined;
  const conditions = read(annotations[CONDITIONS]);
  const behavior = read(annotations[BEHAVIOR]);
  const shown: JsonMap = { ...currentReplicas ? { currentReplicas } : {}, currentMetrics: current ?? null, ...Array.isArray(conditions) ? { conditions } : {} };
  return {
    ...withAnnotations(object, {}),
    apiVersion: 'autoscaling/v2',
    spec: { ...spec, metrics, ...isMap(behavior) ? { behavior: behaviorFromGo(behavior) } : {} },
    ...isMap(object.status) ? { status: { ...status, ...shown } } : {},
  };
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number';
}

function mapAt(object: JsonMap, key: string): JsonMap {
  const value = object[key];
  return isMap(value) ? value : {};
}

function listOf(value: Json | undefined): JsonMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

function cpu(values: JsonMap): JsonMap {
  return { type: 'Resource', resource: { name: 'cpu', ...values } };
}

/** In percent; undefined where it is not that of the CPU. */
function utilization(metric: JsonMap, field: 'target' | 'current'): number | undefined {
  const resource = mapAt(metric, 'resource');
  const { averageUtilization } = mapAt(resource, field);
  return metric.type === 'Resource' && resource.name === 'cpu' && isNumber(averageUtilization) ? averageUtilization : undefined;
}

/** With these in the place of the annotations that stand for fields; the map of them goes when it had no other. */
function withAnnotations(object: JsonMap, own: JsonMap): JsonMap {
  const metadata = mapAt(object, 'metadata');
  const before = metadata.annotations;
  const had = isMap(before) && OWN.some(name => Object.hasOwn(before, name));
  if (!had && Object.keys(own).length === 0) return object;
  const kept = Object.fromEntries(Object.entries(isMap(before) ? before : {}).filter(([name]) => !OWN.includes(name)));
  const annotations = { ...kept, ...own };
  const { annotations: _, ...rest } = metadata;
  return { ...object, metadata: { ...rest, ...Object.keys(annotations).length > 0 ? { annotations } : {} } };
}

/** The names of Go's own fields, in their order, none left out: what the annotation has. */
const RULES = ['stabilizationWindowSeconds', 'selectPolicy', 'policies', 'tolerance'];
const POLICY = ['type', 'value', 'periodSeconds'];

function behaviorToGo(behavior: JsonMap): JsonMap {
  return Object.fromEntries(['scaleUp', 'scaleDown'].map(way => [capitalized(way), isMap(behavior[way]) ? rulesToGo(behavior[way]) : null]));
}

function rulesToGo(rules: JsonMap): JsonMap {
  const all = goFields(rules, RULES);
  return { ...all, Policies: Array.isArray(rules.policies) ? rules.policies.map(policy => goFields(policy as JsonMap, POLICY)) : null };
}

function goFields(map: JsonMap, names: readonly string[]): JsonMap {
  return Object.fromEntries(names.map(name => [capitalized(name), map[name] ?? null]));
}

function behaviorFromGo(value: Json): Json {
  if (Array.isArray(value)) return value.map(behaviorFromGo);
  if (!isMap(value)) return value;
  const said = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(said.map(([name, each]) => [name[0].toLowerCase() + name.slice(1), behaviorFromGo(each)]));
}

function capitalized(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}

function read(text: Json | undefined): Json | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function goJson(value: Json): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
