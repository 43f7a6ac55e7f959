import { isMap, type Json, type JsonMap } from '../json';

const NONE = '<none>';

export function map(value: Json | undefined): JsonMap {
  return isMap(value) ? value : {};
}

export function maps(value: Json | undefined): JsonMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

export function text(value: Json | undefined, otherwise = ''): string {
  return value === undefined || value === null || value === '' ? otherwise : String(value as string);
}

export function count(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}

export function entries(value: Json | undefined): number {
  return Object.keys(map(value)).length;
}

/** `app=web,tier=front`, sorted. */
export function formatLabels(labels: Json | undefined): string {
  return Object.entries(map(labels)).map(([key, value]) => `${key}=${text(value)}`).sort().join(',') || NONE;
}

/** A LabelSelector as one writes it. @param none of one that selects everything */
export function formatSelector(selector: Json | undefined, none = NONE): string {
  const { matchLabels, matchExpressions } = map(selector);
  const terms = Object.entries(map(matchLabels)).map(([key, value]) => ({ key, term: `${key}=${text(value)}` }));
  for (const { key, operator, values } of maps(matchExpressions)) {
    const list = Array.isArray(values) ? [...values as string[]].sort().join(',') : '';
    const name = text(key);
    terms.push({ key: name, term: operator === 'Exists' ? name : operator === 'DoesNotExist' ? `!${name}` : `${name} ${operator === 'In' ? 'in' : 'notin'} (${list})` });
  }
  return terms.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ term }) => term).join(',') || none;
}

export function containerNames(podSpec: Json | undefined): string {
  return maps(map(podSpec).containers).map(({ name }) => text(name)).join(',');
}

export function containerImages(podSpec: Json | undefined): string {
  return maps(map(podSpec).containers).map(({ image }) => text(image)).join(',');
}

const MODES: readonly (readonly [string, string])[] = [['ReadWriteOnce', 'RWO'], ['ReadOnlyMany', 'ROX'], ['ReadWriteMany', 'RWX'], ['ReadWriteOncePod', 'RWOP']];

export function accessModes(modes: Json | undefined): string {
  const given = Array.isArray(modes) ? modes : [];
  return MODES.filter(([mode]) => given.includes(mode)).map(([, short]) => short).join(',');
}
