import type { Condition } from './objects';

/** The conditions with this one set: its `lastTransitionTime` stays while its status does. The order of the others stays; one that changes goes to the end. */
export function setCondition(conditions: readonly Condition[] | undefined, wanted: Condition, now: string): Condition[] {
  const before = conditions?.find(condition => condition.type === wanted.type);
  if (before && before.status === wanted.status && before.reason === wanted.reason && before.message === wanted.message) return [...conditions!];
  return [
    ...conditions?.filter(condition => condition !== before) ?? [],
    { lastTransitionTime: before?.status === wanted.status ? before.lastTransitionTime : now, ...wanted },
  ];
}

/** The same, each at its place. */
export function replaceCondition(conditions: readonly Condition[] | undefined, wanted: Condition, now: string): Condition[] {
  const list = [...conditions ?? []];
  const i = list.findIndex(condition => condition.type === wanted.type);
  const before = list[i] as Condition | undefined;
  if (before && before.status === wanted.status && before.reason === wanted.reason && before.message === wanted.message) return list;
  const next = { lastTransitionTime: before?.status === wanted.status ? before.lastTransitionTime : now, ...wanted };
  if (i < 0) list.push(next);
  else list[i] = next;
  return list;
}
