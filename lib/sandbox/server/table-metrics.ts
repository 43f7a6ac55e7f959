import type { Json, JsonMap, StoredObject } from '../json';
import type { Column } from './table';
import { count, map, maps, text } from './table-cells';
import { AGE, NAME } from './table-identity';

/** Of a HorizontalPodAutoscaler. */
export const METRIC_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Reference', cell: object => `${text(map(map(object.spec).scaleTargetRef).kind)}/${text(map(map(object.spec).scaleTargetRef).name)}` },
  { name: 'Targets', cell: targets },
  { name: 'MinPods', cell: object => text(map(object.spec).minReplicas, '<unset>') },
  { name: 'MaxPods', cell: object => count(map(object.spec).maxReplicas) },
  { name: 'Replicas', cell: object => count(map(object.status).currentReplicas) },
  AGE,
];

function targets(object: StoredObject): string {
  const wanted = maps(map(object.spec).metrics);
  if (wanted.length === 0) return '<none>';
  const current = maps(map(object.status).currentMetrics);
  const shown = wanted.slice(0, 2).map((metric, i) => target(metric, current[i]));
  return `${shown.join(', ')}${wanted.length > 2 ? ` + ${wanted.length - 2} more...` : ''}`;
}

const FIELDS: Readonly<Record<string, string>> = { Resource: 'resource', ContainerResource: 'containerResource', Pods: 'pods', Object: 'object', External: 'external' };

function target(metric: JsonMap, current: JsonMap | undefined): string {
  const field = FIELDS[text(metric.type)];
  if (!field) return '<unknown type>';
  const wanted = map(map(metric[field]).target);
  const found = map(map(current?.[field]).current);
  const label = field === 'resource' || field === 'containerResource' ? `${text(map(metric[field]).name)}: ` : '';
  const show = (value: Json | undefined, unit = '') => (value === undefined ? '<unknown>' : `${text(value)}${unit}`);
  if (wanted.averageValue !== undefined) return `${label}${show(found.averageValue)}/${text(wanted.averageValue)}${field === 'resource' || field === 'pods' ? '' : ' (avg)'}`;
  if (wanted.averageUtilization !== undefined) return `${label}${show(found.averageUtilization, '%')}/${text(wanted.averageUtilization)}%`;
  return `${show(found.value)}/${text(wanted.value, '<auto>')}`;
}
