export type Json = null | boolean | number | string | Json[] | JsonMap;

export interface JsonMap {
  [key: string]: Json;
}

export function isJsonMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of maps and lists; what is neither, an instance of a class among it, is taken as it is. */
export function copyJson<T extends Json>(value: T): T;
export function copyJson(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(item => copyJson(item));
  }
  // Not by assignment: a key `__proto__`, as JSON.parse makes it, is to stay a key.
  return isJsonMap(value) && isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyJson(inner)])) : value;
}

/** An object of another realm has another Object.prototype, but that too has no prototype. */
function isPlain(map: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(map);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether two values are equal; the order of keys does not matter, that of items does. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  }
  if (isJsonMap(a) && isJsonMap(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && equalJson(a[key], b[key]));
  }
  return a === b;
}

/** What a value is, for messages. */
export function describeJson(value: unknown): string {
  if (Array.isArray(value)) {
    return 'a list';
  }
  return value === null ? 'null' : isJsonMap(value) ? 'a map' : value === undefined ? 'nothing' : `a ${typeof value}`;
}
