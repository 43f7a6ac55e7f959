import { isDeepStrictEqual } from 'node:util';

type Data = Record<string, unknown>;

/** Where two values part, one line a place: `.metadata.labels.x: real "one", sandbox nothing`. */
export function differences(real: unknown, ours: unknown, path = ''): string[] {
  if (isDeepStrictEqual(real, ours)) return [];
  if (typeof real === 'object' && typeof ours === 'object' && real !== null && ours !== null && Array.isArray(real) === Array.isArray(ours)) {
    return [...new Set([...Object.keys(real), ...Object.keys(ours)])].flatMap(key => differences((real as Data)[key], (ours as Data)[key], `${path}.${key}`));
  }
  if (typeof real === 'string' && typeof ours === 'string' && Math.min(real.length, ours.length) > 200) return [`${path}: ${parting(real, ours)}`];
  return [`${path}: real ${show(real)}, sandbox ${show(ours)}`];
}

/** Of long texts only where they part, and what is around it. */
function parting(real: string, ours: string): string {
  let at = 0;
  while (real[at] === ours[at]) at++;
  const from = Math.max(0, at - 60);
  return `from character ${at}: real …${JSON.stringify(real.slice(from, at + 200))}…, sandbox …${JSON.stringify(ours.slice(from, at + 200))}…`;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
