import { applyDefaults, normalize } from './apply-defaults';
import { isMap, type Json, type JsonMap } from '../json';
import type { ServedResource } from '../served-resource';

type Conversion = (object: JsonMap) => void;

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const AUTOSCALER = 'HorizontalPodAutoscaler.autoscaling';

/** From one version of a kind to another; the others differ in nothing but their names. */
const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  [`${AUTOSCALER} v2 v1`]: toFirstAutoscaler,
  [`${AUTOSCALER} v1 v2`]: toSecondAutoscaler,
};

/** Core's Event and that of events.k8s.io are one object by two names. */
const EVENT_FIELDS: readonly [core: string, events: string][] = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
];

/** An object as another version of its kind shows it: a new object, with the defaults of that version. Custom resources change their `apiVersion` alone. */
export function convert(object: JsonMap, from: ServedResource, to: ServedResource): JsonMap {
  const copy: JsonMap = { ...object, apiVersion: to.group ? `${to.group}/${to.version}` : to.version, kind: to.kind };
  if (from.definition !== undefined) return copy;
  if (from.kind === 'Event' && from.group !== to.group) renameFields(copy, to.group === '');
  else CONVERSIONS[`${from.kind}.${from.group} ${from.version} ${to.version}`]?.(copy);
  const made = normalize(to, copy);
  applyDefaults(to, made);
  return made;
}

function renameFields(event: JsonMap, toCore: boolean): void {
  for (const [core, events] of EVENT_FIELDS) {
    const [now, then] = toCore ? [events, core] : [core, events];
    if (event[now] === undefined) continue;
    event[then] = event[now];
    delete event[now];
  }
}

const maps = (value: Json | undefined) => (Array.isArray(value) ? value.filter(isMap) : []);
const isCpu = ({ type, resource }: JsonMap) => type === 'Resource' && isMap(resource) && resource.name === 'cpu' && isMap(resource.target) && resource.target.type === 'Utilization';

/** The first version knows CPU alone: all else is kept in annotations. */
function toFirstAutoscaler(object: JsonMap): void {
  const { metrics, behavior, ...spec } = object.spec as JsonMap;
  const cpu = maps(metrics).find(isCpu);
  const others = maps(metrics).filter(metric => metric !== cpu);
  const target = ((cpu?.resource as JsonMap | undefined)?.target as JsonMap | undefined)?.averageUtilization;
  object.spec = { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) };
  const { currentMetrics, ...status } = (isMap(object.status) ? object.status : {});
  const current = maps(currentMetrics).find(({ type, resource }) => type === 'Resource' && isMap(resource) && resource.name === 'cpu');
  const used = ((current?.resource as JsonMap | undefined)?.current as JsonMap | undefined)?.averageUtilization;
  delete status.conditions;
  object.status = { ...status, ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }) };
  const metadata = object.metadata as JsonMap;
  const annotations: JsonMap = { ...metadata.annotations as JsonMap | undefined };
  if (others.length > 0) annotations[METRICS] = JSON.stringify(others.map(firstMetric));
  if (isMap(behavior)) annotations[BEHAVIOR] = JSON.stringify({ ScaleUp: firstRules(behavior.scaleUp), ScaleDown: firstRules(behavior.scaleDown) });
  object.metadata = { ...metadata, annotations };
}

function toSecondAutoscaler(object: JsonMap): void {
  const { targetCPUUtilizationPercentage: percentage, ...spec } = object.spec as JsonMap;
  const metadata = object.metadata as JsonMap;
  const { [METRICS]: metrics, [BEHAVIOR]: behavior, ...annotations } = { ...metadata.annotations as JsonMap | undefined };
  const others = typeof metrics === 'string' ? maps(JSON.parse(metrics) as Json).map(secondMetric) : [];
  const cpu = percentage === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } } }];
  const rules = typeof behavior === 'string' ? JSON.parse(behavior) as JsonMap : undefined;
  const behaves = rules && { behavior: { scaleUp: secondRules(rules.ScaleUp), scaleDown: secondRules(rules.ScaleDown) } };
  object.spec = { ...spec, metrics: [...others, ...cpu], ...behaves };
  object.metadata = { ...metadata, annotations };
  const { currentCPUUtilizationPercentage: used, ...status } = (isMap(object.status) ? object.status : {});
  object.status = status;
  if (used !== undefined) status.currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: used } } }];
}

/** Metrics of resources as the first version's annotation has them; those of other types stay as they are. */
function firstMetric({ type, resource, ...rest }: JsonMap): JsonMap {
  if (!isMap(resource) || !isMap(resource.target)) return { type, ...(resource === undefined ? {} : { resource }), ...rest };
  const { averageUtilization, averageValue } = resource.target;
  const target: JsonMap = averageUtilization === undefined ? { targetAverageValue: averageValue } : { targetAverageUtilization: averageUtilization };
  return { type, resource: { name: resource.name, ...target } };
}

function secondMetric(metric: JsonMap): JsonMap {
  const { resource } = metric;
  if (!isMap(resource) || isMap(resource.target)) return metric;
  const { name, targetAverageUtilization: utilization, targetAverageValue: value } = resource;
  const target: JsonMap = utilization === undefined ? { type: 'AverageValue', averageValue: value } : { type: 'Utilization', averageUtilization: utilization };
  return { type: 'Resource', resource: { name, target } };
}

function firstRules(rules: Json | undefined): Json {
  if (!isMap(rules)) return null;
  const { stabilizationWindowSeconds = null, selectPolicy = null, policies, tolerance = null } = rules;
  const listed = maps(policies).map(({ type, value, periodSeconds }) => ({ Type: type, Value: value, PeriodSeconds: periodSeconds }));
  return { StabilizationWindowSeconds: stabilizationWindowSeconds, SelectPolicy: selectPolicy, Policies: listed, Tolerance: tolerance };
}

function secondRules(rules: Json | undefined): JsonMap {
  const { StabilizationWindowSeconds: stabilizationWindowSeconds = null, SelectPolicy: selectPolicy = null, Policies: policies, Tolerance: tolerance = null } = (isMap(rules) ? rules : {});
  const listed = maps(policies).map(({ Type: type, Value: value, PeriodSeconds: periodSeconds }) => ({ type, value, periodSeconds }));
  return { stabilizationWindowSeconds, selectPolicy, policies: listed, tolerance };
}
