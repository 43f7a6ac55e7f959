import type { Json, JsonMap } from '../json';

/*
 * A step of a field path, as text, is the key that it has in `fieldsV1`: `f:spec`, `k:{"name":"web"}`, `v:"a"`, `i:3`. Equal steps have equal texts.
 */

const PLAIN = /^[\w./:@ -]*$/;

/** JSON as Go writes it: with `<`, `>`, `&` and two line separators escaped. */
function goJson(value: Json): string {
  // Nearly all keys are plain names and ports.
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return /[<>&\u2028\u2029]/.test(text) ? text.replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : text;
}

export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** @param keys sorted by name */
export function keyElement(keys: readonly (readonly [string, Json])[]): string {
  if (keys.length === 1) return `k:{${goJson(keys[0][0])}:${goJson(keys[0][1])}}`;
  return `k:{${keys.map(([name, value]) => `${goJson(name)}:${goJson(value)}`).join(',')}}`;
}

export function valueElement(value: Json): string {
  return `v:${goJson(value)}`;
}

/** The canonical form of a step that somebody else wrote; undefined when there is no such kind of step. @throws Error when it is malformed */
export function tryCanonical(text: string): string | undefined {
  if (text.length < 2 || text[1] !== ':') throw new Error(`not a step of a field path: ${text}`);
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f': return text;
    case 'v': return valueElement(JSON.parse(rest) as Json);
    case 'k': return keyElement(sortedEntries(JSON.parse(rest) as JsonMap));
    case 'i':
      if (!/^[+-]?\d+$/.test(rest)) throw new Error(`not an index: ${text}`);
      return `i:${Number(rest)}`;
    default: return undefined;
  }
}

function sortedEntries(map: JsonMap): [string, Json][] {
  return Object.entries(map).sort(([a], [b]) => compareText(a, b));
}

/** By bytes of UTF-8, as Go does; JavaScript would go by halves of UTF-16. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;
      // A character beyond the first plane comes after all others.
      return isSurrogate(x) !== isSurrogate(y) ? (isSurrogate(x) ? 1 : -1) : x - y;
    }
  }
  return a.length - b.length;
}

/** Fields, then keys, then values, then indices. */
const KINDS = 'fkvi';

/** The order of steps within `fieldsV1`. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0;
  const kind = a.charCodeAt(0);
  if (kind !== b.charCodeAt(0)) return KINDS.indexOf(a[0]) - KINDS.indexOf(b[0]);
  if (kind === 0x66) return compareText(a, b);
  const left = a.slice(2);
  const right = b.slice(2);
  if (kind === 0x6b) return compareKeys(JSON.parse(left) as JsonMap, JSON.parse(right) as JsonMap);
  return compareValues(JSON.parse(left) as Json, JSON.parse(right) as Json);
}

function compareKeys(a: JsonMap, b: JsonMap): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareText(left[i][0], right[i][0]) || compareValues(left[i][1], right[i][1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function rank(value: Json): number {
  if (value === null) return 5;
  switch (typeof value) {
    case 'number': return 0;
    case 'string': return 1;
    case 'boolean': return 2;
    default: return Array.isArray(value) ? 3 : 4;
  }
}

function compareValues(a: Json, b: Json): number {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (typeof a === 'number') return a - (b as number);
  if (typeof a === 'string') return compareText(a, b as string);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  // Keys and sets hold scalars only; anything else needs some order, no more.
  return compareText(JSON.stringify(a), JSON.stringify(b));
}

/** A step as messages show it: `.spec`, `[name="web"]`, `[="a"]`, `[3]`. */
export function printElement(text: string): string {
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f': return `.${rest}`;
    case 'k': return `[${Object.entries(JSON.parse(rest) as JsonMap).map(([name, value]) => `${name}=${printValue(value)}`).join(',')}]`;
    case 'v': return `[=${printValue(JSON.parse(rest) as Json)}]`;
    default: return `[${rest}]`;
  }
}

function printValue(value: Json): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
