import { MAX_DEPTH } from './limits';
import { formatNumber, inlineString, literalBlock, quote } from './scalar';
import { isPlainObject, unwritable } from './unwritable';

/** Keys that come first in an object, and in its `metadata`. */
const OBJECT_KEYS = ['apiVersion', 'kind', 'metadata'];
const METADATA_KEYS = ['name', 'namespace'];
/** go-yaml gives up on a key that is longer than 1024 characters as written, unless a `?` announces it. */
const LONGEST_KEY = 1000;
const CACHED_KEYS = 20_000;
const LONGEST_CACHED_KEY = 64;
const PADS = Array.from({ length: MAX_DEPTH + 2 }, (_, depth) => '  '.repeat(depth));

const keyCache = new Map<string, string>();
/** Thrown to leave the recursion; `unwritable` then names the value. */
const STOP = Symbol('unwritable');

/** The text so far. One string that grows is several times faster than lists of lines that are joined. */
let out = '';
/** Maps and lists around what is written; the depth below goes by columns, where a list in a map is in that of its key. */
let level = 0;

/**
 * Writes a value as one YAML document in block style that ends in a line break.
 *
 * The same value gives the same bytes, whatever the order in which its keys were set: keys are sorted by UTF-16 code
 * units, after `apiVersion`, `kind`, `metadata` at the top and `name`, `namespace` in that metadata. A key whose value
 * is undefined is left out. Strings are quoted wherever a parser of YAML 1.1 or 1.2 would read something else.
 *
 * @param value plain data: strings, finite numbers, booleans, null, lists and maps, up to 200 levels deep
 * @throws FLT3001 that names the path of a value which is anything else, or which contains itself
 */
export function emitYaml(value: unknown): string {
  out = '';
  level = 0;
  try {
    writeDocument(value);
    return out;
  } catch (error) {
    // A getter of the caller's may throw too.
    throw error === STOP ? unwritable(value) : error;
  } finally {
    out = '';
  }
}

function writeDocument(value: unknown): void {
  if (typeof value === 'string') {
    out = (value.includes('\n') ? quote(value) : inlineString(value)) + '\n';
  } else if (typeof value !== 'object' || value === null) {
    out = scalar(value) + '\n';
  } else if (Array.isArray(value)) {
    if (!writeList(value, '', 0)) {
      out = '[]\n';
    }
  } else if (!writeMap(value as Record<string, unknown>, keysFrom(value, OBJECT_KEYS), '', 0)) {
    out = '{}\n';
  }
}

/** Writes the entries of a map, the first one after `lead`; false if there are none, and then nothing is written. */
function writeMap(map: Record<string, unknown>, keys: string[], lead: string, depth: number): boolean {
  if (++level > MAX_DEPTH || !isPlainObject(map)) {
    throw STOP;
  }
  const pad = PADS[depth];
  let next = lead;
  let written = false;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const value = map[key];
    if (value === undefined) {
      continue;
    }
    const text = keyText(key);
    if (text.length > LONGEST_KEY) {
      out += `${next}? ${text.slice(0, -1)}\n${pad}:`;
    } else {
      out += next + text;
    }
    next = pad;
    written = true;
    if (typeof value === 'string') {
      out += stringValue(value, depth);
    } else if (typeof value !== 'object' || value === null) {
      out += ' ' + scalar(value) + '\n';
    } else if (Array.isArray(value)) {
      if (!writeList(value, '\n' + pad, depth)) {
        out += ' []\n';
      }
    } else {
      const child = value as Record<string, unknown>;
      const childKeys = depth === 0 && key === 'metadata' ? keysFrom(child, METADATA_KEYS) : sortedKeys(child);
      if (!writeMap(child, childKeys, '\n' + PADS[depth + 1], depth + 1)) {
        out += ' {}\n';
      }
    }
  }
  level--;
  return written;
}

/**
 * Writes the items of a list, the first one after `lead`; false if there are none, and then nothing is written. The dashes stand in the column of the key that
 * they belong to, as kubectl prints them.
 */
function writeList(list: readonly unknown[], lead: string, depth: number): boolean {
  if (++level > MAX_DEPTH) {
    throw STOP;
  }
  const pad = PADS[depth];
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    const dash = (i === 0 ? lead : pad) + '-';
    if (typeof value === 'string') {
      out += dash + stringValue(value, depth);
    } else if (typeof value !== 'object' || value === null) {
      out += dash + ' ' + scalar(value) + '\n';
    } else if (Array.isArray(value)) {
      if (!writeList(value, dash + ' ', depth + 1)) {
        out += dash + ' []\n';
      }
    } else if (!writeMap(value as Record<string, unknown>, sortedKeys(value), dash + ' ', depth + 1)) {
      out += dash + ' {}\n';
    }
  }
  level--;
  return list.length > 0;
}

/** What follows a key or a dash, with its line break. */
function stringValue(text: string, depth: number): string {
  if (text.includes('\n')) {
    const block = literalBlock(text, PADS[depth + 1]);
    if (block !== undefined) {
      return ' ' + block + '\n';
    }
  }
  return ' ' + inlineString(text) + '\n';
}

function scalar(value: unknown): string {
  if (value === true) {
    return 'true';
  }
  if (value === false) {
    return 'false';
  }
  if (value === null) {
    return 'null';
  }
  if (typeof value === 'number' && Number.isFinite(value)) {
    return formatNumber(value);
  }
  throw STOP;
}

/** The key as written, with its colon. Manifests repeat a few hundred keys. */
function keyText(key: string): string {
  let text = keyCache.get(key);
  if (text === undefined) {
    text = inlineString(key) + ':';
    if (key.length <= LONGEST_CACHED_KEY) {
      if (keyCache.size >= CACHED_KEYS) {
        keyCache.clear();
      }
      keyCache.set(key, text);
    }
  }
  return text;
}

function sortedKeys(map: object): string[] {
  const keys = Object.keys(map);
  for (let i = 1; i < keys.length; i++) {
    if (keys[i - 1] > keys[i]) {
      return keys.sort();
    }
  }
  return keys;
}

function keysFrom(map: object, first: readonly string[]): string[] {
  const keys = sortedKeys(map);
  return [...first.filter(key => Object.hasOwn(map, key)), ...keys.filter(key => !first.includes(key))];
}
