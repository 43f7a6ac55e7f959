import { isMap } from '../../model/values';

/** What a path leads to, on all ways: `rules[].http`. What is not there is left out. */
export function walk(value: unknown, path: string): unknown[] {
  return path === '' ? [value] : path.split('.').reduce((found, part) => found.flatMap(inner => {
    const list = part.endsWith('[]');
    const next = isMap(inner) ? inner[list ? part.slice(0, -2) : part] : undefined;
    return list ? (Array.isArray(next) ? next as unknown[] : []) : next === undefined ? [] : [next];
  }), [value]);
}
