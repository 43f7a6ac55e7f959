import { isDeepStrictEqual } from 'node:util';

type Data = Record<string, unknown>;

/** Where two values part, one line a place: `.metadata.labels.x: real "one", sandbox nothing`. */
export function differences(real: unknown, ours: unknown, path = ''): string[] {
  if (isDeepStrictEqual(real, ours)) return [];
  if (typeof real === 'object' && typeof ours === 'object' && real !== null && ours !== null && Array.isArray(real) === Array.isArray(ours)) {
    return [...new Set([...Object.keys(real), ...Object.keys(ours)])].flatMap(key => differences((real as Data)[key], (ours as Data)[key], `${path}.${key}`));
  }
  return [`${path}: real ${show(real)}, sandbox ${show(ours)}`];
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
