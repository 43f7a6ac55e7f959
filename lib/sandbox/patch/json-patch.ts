import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';
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
 * @throws PatchError
 */
export function applyJsonPatch(document: Json, patch: readonly Json[]): Json {
  const root = { '': structuredClone(document) } as JsonMap;
  for (const operation of patch.map(decoded)) apply(root, operation);
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

function apply(root: JsonMap, { op, path, from, value = null }: Operation): void {
  switch (op) {
    case 'add': return add(find(root, path), value);
    case 'remove': {
      take(find(root, path));
      return undefined;
    }
    case 'replace': return replace(find(root, path), value);
    case 'move': return add(find(root, path, from), take(find(root, from)));
    case 'copy': return add(find(root, path), structuredClone(look(find(root, from)) ?? null));
    case 'test': {
      const found = look(find(root, path)) ?? null;
      if (equalJson(found, value)) return undefined;
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
function find(root: JsonMap, pointer: string, unless?: string): Place {
  if (pointer === '') return { parent: root, key: '' };
  if (!pointer.startsWith('/')) throw new PatchError(`doc is missing path: "${pointer}": missing value`);
  if (unless !== undefined && pointer.startsWith(`${unless}/`)) throw new PatchError(`doc is missing destination path: ${pointer}: missing value`);
  const keys = pointer.slice(1).split('/').map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
  const last = keys.pop()!;
  let at: Json | undefined = root[''];
  for (const key of keys) {
    at = Array.isArray(at) ? at[indexIn(key, at.length)] : isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined;
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
