import { copyJson, describeJson, equalJson, isJsonMap, type Json, type JsonMap } from './json';
import { formatPointer, parsePointer } from './json-pointer';
import { PatchError } from './patch-error';

/** One operation of a JSON Patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/** An operation as it is at run time. */
interface GivenOperation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

/**
 * Applies a JSON Patch (RFC 6902) to a copy of a document: all of its operations, or none.
 *
 * Stricter than an API server, which takes indices that count from the end, and lets `replace` add.
 *
 * @throws PatchError that says which operation failed, and why
 */
export function applyJsonPatch(document: Json, patch: readonly unknown[]): Json {
  const root: JsonMap = { document: copyJson(document) };
  patch.forEach((operation, i) => {
    try {
      apply(root, operation as GivenOperation);
    } catch (error) {
      throw error instanceof PatchError ? new PatchError(`operation ${i + 1} of ${patch.length}: ${error.message}`, error.fix) : error;
    }
  });
  return root.document;
}

function apply(root: JsonMap, operation: GivenOperation): void {
  if (!isJsonMap(operation)) {
    throw new PatchError(`${describeJson(operation)} is no operation`, "write it as `{ op: 'replace', path: '/spec/replicas', value: 2 }`");
  }
  const { op } = operation as GivenOperation;
  const keys = pointer(operation, 'path');
  switch (op) {
    case 'add':
      return add(holder(root, keys), valueOf(operation));
    case 'replace':
      return replace(holder(root, keys), valueOf(operation));
    case 'test':
      return test(look(holder(root, keys)), valueOf(operation), keys);
    case 'remove':
      take(holder(root, keys));
      return undefined;
    case 'move': {
      const from = pointer(operation, 'from');
      if (from.length < keys.length && from.every((key, i) => key === keys[i])) {
        throw new PatchError(`${formatPointer(from)} cannot be moved into itself`, 'move it elsewhere, or copy it');
      }
      const value = take(holder(root, from));
      return add(holder(root, keys), value);
    }
    case 'copy':
      return add(holder(root, keys), copyJson(look(holder(root, pointer(operation, 'from')))));
    default:
      throw new PatchError(`there is no operation ${JSON.stringify(op) ?? 'undefined'}`, 'use one of `add`, `remove`, `replace`, `move`, `copy`, `test`');
  }
}

function pointer(operation: GivenOperation, field: 'path' | 'from'): string[] {
  const text = operation[field];
  if (typeof text !== 'string') {
    throw new PatchError(`it has no \`${field}\``, `give it a \`${field}\` such as \`/spec/replicas\``);
  }
  return parsePointer(text);
}

function valueOf(operation: GivenOperation): Json {
  if (operation.value === undefined) {
    throw new PatchError('it has no `value`', 'give it a `value`, or use `remove`');
  }
  return copyJson(operation.value as Json);
}

/** Where a pointer leads, which need not be there; what holds it is. */
interface Place {
  readonly parent: JsonMap | Json[];
  readonly key: string;
  readonly keys: readonly string[];
}

function holder(root: JsonMap, keys: readonly string[]): Place {
  const path = ['document', ...keys];
  let parent: JsonMap | Json[] = root;
  for (let i = 0; i < keys.length; i++) {
    const next = look({ parent, key: path[i], keys: keys.slice(0, i) });
    if (!isJsonMap(next) && !Array.isArray(next)) {
      throw new PatchError(`there is ${describeJson(next)} at ${JSON.stringify(formatPointer(keys.slice(0, i)))}, which holds no \`${path[i + 1]}\``, 'mend its path');
    }
    parent = next;
  }
  return { parent, key: path[keys.length], keys };
}

function look({ parent, key, keys }: Place): Json {
  if (Array.isArray(parent)) {
    return parent[indexIn(key, parent.length - 1, keys)];
  }
  if (!Object.hasOwn(parent, key)) {
    throw new PatchError(`there is nothing at ${JSON.stringify(formatPointer(keys))}`, `mend its path: the map there has ${listKeys(parent)}`);
  }
  return parent[key];
}

function add({ parent, key, keys }: Place, value: Json): void {
  if (!Array.isArray(parent)) {
    set(parent, key, value);
  } else if (key === '-') {
    parent.push(value);
  } else {
    parent.splice(indexIn(key, parent.length, keys), 0, value);
  }
}

function replace(place: Place, value: Json): void {
  look(place);
  if (Array.isArray(place.parent)) {
    place.parent[Number(place.key)] = value;
  } else {
    set(place.parent, place.key, value);
  }
}

function take(place: Place): Json {
  const value = look(place);
  if (Array.isArray(place.parent)) {
    place.parent.splice(Number(place.key), 1);
  } else {
    delete place.parent[place.key];
  }
  return value;
}

function test(found: Json, wanted: Json, keys: readonly string[]): void {
  if (!equalJson(found, wanted)) {
    // Values stay out of messages: those of a Secret are not for logs.
    throw new PatchError(`the test of ${JSON.stringify(formatPointer(keys))} failed: it is ${describeJson(found)} other than the \`value\``, 'mend the `value`, or remove the test');
  }
}

/** A key `__proto__` is a key like any other. */
function set(map: JsonMap, key: string, value: Json): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

function indexIn(key: string, last: number, keys: readonly string[]): number {
  if (!/^(0|[1-9]\d*)$/.test(key) || Number(key) > last) {
    throw new PatchError(`${JSON.stringify(formatPointer(keys))} is no place in a list that ends at ${last}`, 'use an index that is there; `-` adds at the end');
  }
  return Number(key);
}

function listKeys(map: JsonMap): string {
  return Object.keys(map).slice(0, 10).map(key => `\`${key}\``).join(', ') || 'no key';
}
