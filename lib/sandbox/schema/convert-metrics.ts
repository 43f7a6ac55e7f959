import { isMap, type Json, type JsonMap } from '../json';

/*
 * Metrics of a HorizontalPodAutoscaler: `autoscaling/v2` has a `metric` and a `target` (or `current`) in each, `autoscaling/v1` has their fields side by side,
 * and keeps them as text in annotations. The order of keys is the one in which the real server writes them.
 */

interface Source {
  /** The field that it stands in. */
  readonly field: string;
  readonly toV1: (source: JsonMap) => JsonMap;
  readonly toV2: (source: JsonMap) => JsonMap;
}

/** What is undefined is not there. */
function defined(map: Record<string, Json | undefined>): JsonMap {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null));
}

function child(map: JsonMap, key: string): JsonMap {
  const value = map[key];
  return isMap(value) ? value : {};
}

function identifier(name: Json | undefined, selector: Json | undefined): JsonMap {
  return defined({ name, selector });
}

function resource(container: boolean): Source {
  const own = (source: JsonMap) => container ? { container: source.container } : {};
  return {
    field: container ? 'containerResource' : 'resource',
    toV1: source => {
      const { averageUtilization, averageValue } = child(source, 'target');
      return defined({ name: source.name, targetAverageUtilization: averageUtilization, targetAverageValue: averageValue, ...own(source) });
    },
    toV2: source => {
      const { targetAverageUtilization: averageUtilization, targetAverageValue: averageValue } = source;
      const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
      return defined({ name: source.name, target: defined({ type, averageValue, averageUtilization }), ...own(source) });
    },
  };
}

const SOURCES: readonly Source[] = [
  {
    field: 'object',
    toV1: source => {
      const { value = '0', averageValue } = child(source, 'target');
      const { name, selector } = child(source, 'metric');
      return defined({ target: reference(child(source, 'describedObject')), metricName: name, targetValue: value, selector, averageValue });
    },
    toV2: source => {
      const { averageValue, targetValue } = source;
      const value = averageValue === undefined || (targetValue !== undefined && targetValue !== '0') ? targetValue : undefined;
      const target = defined({ type: averageValue === undefined ? 'Value' : 'AverageValue', value, averageValue });
      return { describedObject: reference(child(source, 'target')), target, metric: identifier(source.metricName, source.selector) };
    },
  },
  {
    field: 'pods',
    toV1: source => {
      const { name, selector } = child(source, 'metric');
      return defined({ metricName: name, targetAverageValue: child(source, 'target').averageValue ?? '0', selector });
    },
    toV2: source => ({ metric: identifier(source.metricName, source.selector), target: { type: 'AverageValue', averageValue: source.targetAverageValue ?? '0' } }),
  },
  resource(false),
  resource(true),
  {
    field: 'external',
    toV1: source => {
      const { name, selector } = child(source, 'metric');
      const { value, averageValue } = child(source, 'target');
      return defined({ metricName: name, metricSelector: selector, targetValue: value, targetAverageValue: averageValue });
    },
    toV2: source => {
      const { targetValue: value, targetAverageValue: averageValue } = source;
      const target = defined({ type: value === undefined ? 'AverageValue' : 'Value', value, averageValue });
      return { metric: identifier(source.metricName, source.metricSelector), target };
    },
  },
];

function currentResource(container: boolean): Source {
  const own = (source: JsonMap) => container ? { container: source.container } : {};
  return {
    field: container ? 'containerResource' : 'resource',
    toV1: source => {
      const { averageUtilization, averageValue = '0' } = child(source, 'current');
      return defined({ name: source.name, currentAverageUtilization: averageUtilization, currentAverageValue: averageValue, ...own(source) });
    },
    toV2: source => {
      const { currentAverageUtilization: averageUtilization, currentAverageValue: averageValue = '0' } = source;
      return defined({ name: source.name, current: defined({ averageValue, averageUtilization }), ...own(source) });
    },
  };
}

const CURRENT_SOURCES: readonly Source[] = [
  {
    field: 'object',
    toV1: source => {
      const { value = '0', averageValue } = child(source, 'current');
      const { name, selector } = child(source, 'metric');
      return defined({ target: reference(child(source, 'describedObject')), metricName: name, currentValue: value, selector, averageValue });
    },
    toV2: ({ metricName, selector, currentValue: value, averageValue, ...source }) => ({
      metric: identifier(metricName, selector), current: defined({ value, averageValue }), describedObject: reference(child(source, 'target')),
    }),
  },
  {
    field: 'pods',
    toV1: source => {
      const { name, selector } = child(source, 'metric');
      return defined({ metricName: name, currentAverageValue: child(source, 'current').averageValue ?? '0', selector });
    },
    toV2: source => ({ metric: identifier(source.metricName, source.selector), current: { averageValue: source.currentAverageValue ?? '0' } }),
  },
  currentResource(false),
  currentResource(true),
  {
    field: 'external',
    toV1: source => {
      const { name, selector } = child(source, 'metric');
      const { value = '0', averageValue } = child(source, 'current');
      return defined({ metricName: name, metricSelector: selector, currentValue: value, currentAverageValue: averageValue });
    },
    toV2: ({ metricName, metricSelector, currentValue: value, currentAverageValue: averageValue }) => ({
      metric: identifier(metricName, metricSelector), current: defined({ value, averageValue }),
    }),
  },
];

function reference({ kind, name, apiVersion }: JsonMap): JsonMap {
  return defined({ kind, name, apiVersion });
}

function convert(metric: JsonMap, sources: readonly Source[], to: 'toV1' | 'toV2'): JsonMap {
  const found = sources.flatMap(source => isMap(metric[source.field]) ? [[source.field, source[to](metric[source.field] as JsonMap)] as const] : []);
  return defined({ type: metric.type, ...Object.fromEntries(found) });
}

export const metricToV1 = (metric: JsonMap): JsonMap => convert(metric, SOURCES, 'toV1');
export const metricToV2 = (metric: JsonMap): JsonMap => convert(metric, SOURCES, 'toV2');
export const currentMetricToV1 = (metric: JsonMap): JsonMap => convert(metric, CURRENT_SOURCES, 'toV1');
export const currentMetricToV2 = (metric: JsonMap): JsonMap => convert(metric, CURRENT_SOURCES, 'toV2');
