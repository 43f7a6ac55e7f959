import type { Requirement, Selector } from './objects';

type Labels = Readonly<Record<string, string>> | undefined;

/** A LabelSelector of the API: absent selects nothing, empty selects all. */
export function selects(selector: Selector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  return hasLabels(labels, selector.matchLabels) && (selector.matchExpressions ?? []).every(each => meets(each, labels));
}

/** Whether all of `wanted` are there. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

export function meets({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = labels?.[key];
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt': return value !== undefined && Number(value) < Number(values[0]);
    default: return false;
  }
}
