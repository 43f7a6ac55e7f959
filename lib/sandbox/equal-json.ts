import { isMap, type Json } from './json';

/** Whether two values are the same document; the order of keys does not count. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, i) => equalJson(each, b[i]));
  if (!isMap(a) || !isMap(b)) return false;
  let count = 0;
  for (const key in a) {
    if (!(key in b) || !equalJson(a[key], b[key])) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}
