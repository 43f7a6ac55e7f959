import { isMap } from '../model/values';

/** Deeper than this, values contain themselves. */
const MAX_DEPTH = 100;

/**
 * The first of a chart's values that JSON cannot hold, and that would silently be another one there.
 *
 * @returns as the end of a sentence: `a function at controller.replicas`; undefined when all is plain
 */
export function findUnplain(value: unknown, path: readonly (string | number)[] = []): string | undefined {
  if (path.length > MAX_DEPTH) {
    return `a map or list that contains itself, or is nested more than ${MAX_DEPTH} deep, at ${path.slice(0, 3).join('.')}…`;
  }
  const at = path.length > 0 ? ` at ${path.join('.')}` : '';
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return `${value}${at}`;
  }
  if (['function', 'bigint', 'symbol'].includes(typeof value)) {
    return `a ${typeof value}${at}`;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  if (!Array.isArray(value) && !isMap(value)) {
    return `an instance of ${value.constructor?.name ?? 'a class'}${at}`;
  }
  for (const [key, item] of Object.entries(value)) {
    const found = findUnplain(item, [...path, key]);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
