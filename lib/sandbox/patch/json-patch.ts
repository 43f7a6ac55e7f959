import { equalJson } from '../equal-json';
import { copyJson, isMap, type Json, type JsonMap } from '../json';
import { PatchError } from './patch-error';

interface Operation {
  readonly op: unknown;
  readonly path: string;
  readonly from: string;
  readonly value: Json | undefined;
}

/**
 * Applies a JSON Patch (RFC 6902) to a copy of a document.
 *
 * As in an API server, `replace` also adds a key that a map has not, `test` with null holds where there is nothing, and negative indices count from the end.
 *
 * @param touched takes the maps that were looked into: where an API server shows what a patch made, their keys are sorted, those of others are as they were
 * @throws PatchError
 */
export function applyJsonPatch(document: Json, patch: readonly Json[], touched?: Set<Json>): Json {
  const root = { '': copyJson(document) } as JsonMap;
  for (const operation of patch.map(decoded)) apply(root, operation, touched);
  return root[''];
}

function decoded(operation: Json): Operation {
  if (!isMap(operation)) throw new PatchError('an operation is an object', true);
  const { op, path, from, value } = operation;
  if (typeof path !== 'string') throw new PatchError('operation missing path field: missing value');
  if ((op === 'move' || op === 'copy') && typeof from !== 'string') throw new PatchError('operation, missing from field: missing value');
  // A missing value is null to an API server, too.
  return { op, path, from: typeof from === 'string' ? from : '', value };
}

function apply(root: JsonMap, { op, path, from, value = null }: Operation, touched?: Set<Json>): void {
  const at = (pointer: string, unless?: string) => find(root, pointer, unless, touched);
  switch (op) {
    case 'add': return add(at(path), value);
    case 'remove': {
      take(at(path));
      return undefined;
    }
    case 'replace': return replace(at(path), value);
    case 'move': return add(at(path, from), take(at(from)));
    case 'copy': return add(at(path), copied(look(at(from)) ?? null, touched));
    case 'test': {
      const found = look(at(path)) ?? null;
      if (touched) touchAll(found, touched);
      // Written texts are compared, and those of objects have `<` as `\\u003c`, as Go writes it.
      if (equalJson(found, value) && !/[<>&\u2028\u2029]/.test(JSON.stringify(value))) return undefined;
      throw new PatchError(`testing value ${path} failed: test failed`);
    }
    default: throw new PatchError(`Unexpected kind: ${String(op)}`);
  }
}

interface Place {
  readonly parent: JsonMap | Json[];
  readonly key: string;
}

/** Where a pointer leads, which need not be there; what holds it has to. @param unless a `move` is looked up before its source is taken out */
function find(root: JsonMap, pointer: string, unless?: string, touched?: Set<Json>): Place {
  if (pointer === '') return { parent: root, key: '' };
  if (!pointer.startsWith('/')) throw new PatchError(`doc is missing path: "${pointer}": missing value`);
  if (unless !== undefined && pointer.startsWith(`${unless}/`)) throw new PatchError(`doc is missing destination path: ${pointer}: missing value`);
  const keys = pointer.slice(1).split('/').map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
  const last = keys.pop()!;
  let at: Json | undefined = root[''];
  touched?.add(at);
  for (const key of keys) {
    at = Array.isArray(at) ? at[indexIn(key, at.length)] : isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    if (at !== undefined) touched?.add(at);
  }
  if (!Array.isArray(at) && !isMap(at)) throw new PatchError(`doc is missing path: "${pointer}": missing value`);
  return { parent: at, key: last };
}

function look({ parent, key }: Place): Json | undefined {
  if (Array.isArray(parent)) return parent[indexIn(key, parent.length)];
  return Object.hasOwn(parent, key) ? parent[key] : undefined;
}

function add({ parent, key }: Place, value: Json): void {
  if (!Array.isArray(parent)) set(parent, key, value);
  else if (key === '-') parent.push(value);
  else parent.splice(indexIn(key, parent.length + 1), 0, value);
}

function replace({ parent, key }: Place, value: Json): void {
  if (Array.isArray(parent)) parent[indexIn(key, parent.length)] = value;
  else set(parent, key, value);
}

function take({ parent, key }: Place): Json {
  if (Array.isArray(parent)) return parent.splice(indexIn(key, parent.length), 1)[0];
  if (!Object.hasOwn(parent, key)) throw new PatchError(`Unable to remove nonexistent key: ${key}: missing value`);
  const value = parent[key];
  delete parent[key];
  return value;
}

/** A key `__proto__` is a key like any other. */
function set(map: JsonMap, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}

/** @param size one more than the last index that is allowed */
function indexIn(key: string, size: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new PatchError(`value was not a proper array index: '${key}'`);
  const index = Number(key);
  const counted = index < 0 ? index + size : index;
  if (counted < 0 || counted >= size) throw new PatchError(`Unable to access invalid index: ${index}: invalid index referenced`);
  return counted;
}

/** What is compared is looked into as a whole. */
function touchAll(value: Json, touched: Set<Json>): void {
  touched.add(value);
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(item => touchAll(item, touched));
}

function copied(value: Json, touched: Set<Json> | undefined): Json {
  return structuredClone(touched ? withSortedKeys(value, touched) : value);
}

/** The same with the keys of some of its maps in order. @param which all of them when absent */
export function withSortedKeys(value: Json, which?: ReadonlySet<Json>): Json {
  if (Array.isArray(value)) return value.map(item => withSortedKeys(item, which));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withSortedKeys(item, which)] as const);
  return Object.fromEntries(!which || which.has(value) ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : entries);
}
