import type { FieldProblems } from './field-problems';
import { dnsLabel, pathSegment } from './names';
import { tryParseQuantity } from '../../schema/quantity';
import { maps } from '../admit/pod-of';
import { isMap, type Json, type JsonMap } from '../json';

/** In seconds. */
const LONGEST = { stabilization: 3_600, period: 1_800 };

const SOURCES: Readonly<Record<string, string>> = { Object: 'object', External: 'external', Pods: 'pods', Resource: 'resource', ContainerResource: 'containerResource' };
const TYPES = Object.keys(SOURCES).sort();

/** What a HorizontalPodAutoscaler has to be: in which limits it scales what, by which metrics and how fast. */
export function checkAutoscaler({ spec }: JsonMap, problems: FieldProblems): void {
  const { minReplicas, maxReplicas, scaleTargetRef, metrics, behavior } = spec as JsonMap;
  if (typeof minReplicas === 'number' && minReplicas < 1) problems.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1');
  if (!maxReplicas) problems.required('spec.maxReplicas', 'must be set and greater than 0');
  else if (Number(maxReplicas) < 0) problems.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1');
  if (Number(maxReplicas ?? 0) < Number(minReplicas)) problems.invalid('spec.maxReplicas', maxReplicas ?? 0, 'must be greater than or equal to `minReplicas`');
  checkReference(scaleTargetRef as JsonMap, 'spec.scaleTargetRef', problems);
  const { apiVersion, kind } = scaleTargetRef as JsonMap;
  if (!String(apiVersion ?? '').includes('/') && kind !== 'ReplicationController') problems.invalid('spec.scaleTargetRef.apiVersion', apiVersion ?? '', 'apiVersion must specify API group');
  maps(metrics).forEach((metric, i) => checkMetric(metric, `spec.metrics[${i}]`, problems));
  const isScaled = maps(metrics).some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !isScaled) problems.forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas');
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = isMap(behavior) ? behavior[direction] : undefined;
    if (isMap(rules)) checkRules(rules, `spec.behavior.${direction}`, problems);
  }
}

function checkReference(reference: JsonMap, path: string, problems: FieldProblems): void {
  for (const key of ['kind', 'name']) {
    const value = reference[key];
    if (!value) problems.required(`${path}.${key}`);
    else problems.eachInvalid(`${path}.${key}`, value, pathSegment(String(value)));
  }
}

function checkMetric(metric: JsonMap, path: string, problems: FieldProblems): void {
  const { type = '' } = metric;
  if (!type) problems.required(`${path}.type`, 'must specify a metric source type');
  const expected = SOURCES[String(type)];
  if (!expected) problems.notSupported(`${path}.type`, type, TYPES);
  const present = Object.values(SOURCES).filter(source => isMap(metric[source]));
  const [first] = present;
  if (first) checkSource(first, metric[first] as JsonMap, `${path}.${first}`, problems);
  if (!expected) problems.notSupported(`${path}.type`, type, TYPES);
  else if (!present.includes(expected)) problems.required(`${path}.${expected}`, 'must populate information for the given metric source');
  if (present.length === 1) return;
  for (const source of present.filter(each => each !== expected)) problems.forbidden(`${path}.${source}`, 'must populate the given metric source only');
}

function checkSource(source: string, own: JsonMap, path: string, problems: FieldProblems): void {
  const target = (isMap(own.target) ? own.target : {});
  const isResource = source === 'resource' || source === 'containerResource';
  if (source === 'object') checkReference(own.describedObject as JsonMap, `${path}.describedObject`, problems);
  if (isResource) {
    if (!own.name) problems.required(`${path}.name`, 'must specify a resource name');
    if (source === 'containerResource') {
      if (!own.container) problems.required(`${path}.container`, 'must specify a container');
      else problems.eachInvalid(`${path}.container`, own.container, dnsLabel(String(own.container)));
    }
  } else {
    const { name } = (isMap(own.metric) ? own.metric : {});
    if (!name) problems.required(`${path}.metric.name`, 'must specify a metric name');
    else problems.eachInvalid(`${path}.metric.name`, name, pathSegment(String(name)));
  }
  checkTarget(target, `${path}.target`, problems);
  const { value, averageValue, averageUtilization } = target;
  const [hasValue, hasAverage, hasUtilization] = [value, averageValue, averageUtilization].map(each => each !== undefined);
  if (isResource) {
    if (!hasUtilization && !hasAverage) problems.required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization');
    if (hasUtilization && hasAverage) problems.forbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization');
  } else if (source === 'pods') {
    if (!hasAverage) problems.required(`${path}.target.averageValue`, 'must specify a positive target averageValue');
  } else if (!hasValue && !hasAverage) {
    problems.required(`${path}.target.averageValue`, source === 'object' ? 'must set either a target value or averageValue' : 'must set either a target value for metric or a per-pod target');
  } else if (source === 'external' && hasValue && hasAverage) {
    problems.forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target');
  }
}

function checkTarget({ type = '', value, averageValue, averageUtilization }: JsonMap, path: string, problems: FieldProblems): void {
  if (!type) problems.required(`${path}.type`, 'must specify a metric target type');
  if (!/^(Utilization|Value|AverageValue)$/.test(String(type))) problems.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue');
  const isPositive = (quantity: Json) => (tryParseQuantity(quantity as string)?.nano ?? 0n) > 0n;
  if (value !== undefined && !isPositive(value)) problems.invalid(`${path}.value`, value, 'must be positive');
  if (averageValue !== undefined && !isPositive(averageValue)) problems.invalid(`${path}.averageValue`, averageValue, 'must be positive');
  if (typeof averageUtilization === 'number' && averageUtilization < 1) problems.invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0');
}

function checkRules({ stabilizationWindowSeconds: window, selectPolicy, policies }: JsonMap, path: string, problems: FieldProblems): void {
  if (Number(window) < 0) problems.invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero');
  if (Number(window) > LONGEST.stabilization) problems.invalid(`${path}.stabilizationWindowSeconds`, window, `must be less than or equal to ${LONGEST.stabilization}`);
  if (selectPolicy !== undefined) problems.oneOf(`${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']);
  if (maps(policies).length === 0) problems.required(`${path}.policies`, 'must specify at least one Policy');
  maps(policies).forEach(({ type = '', value = 0, periodSeconds = 0 }, i) => {
    const at = `${path}.policies[${i}]`;
    if (type !== 'Pods' && type !== 'Percent') problems.notSupported(`${at}.type`, type, ['Percent', 'Pods']);
    if (Number(value) <= 0) problems.invalid(`${at}.value`, value, 'must be greater than zero');
    if (Number(periodSeconds) <= 0) problems.invalid(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero');
    if (Number(periodSeconds) > LONGEST.period) problems.invalid(`${at}.periodSeconds`, periodSeconds, `must be less than or equal to ${LONGEST.period}`);
  });
}
