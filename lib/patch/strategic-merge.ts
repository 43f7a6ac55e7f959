import { copyJson, describeJson, equalJson, isJsonMap, type Json, type JsonMap } from './json';
import { MERGED_FIELDS, MERGED_KINDS, type MergedField } from './merge-keys';
import { inOrder, mergeKeyed, mergeSet } from './merge-list';
import { PatchError } from './patch-error';

const DIRECTIVE = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const REMOVE = '$deleteFromPrimitiveList/';

type Fields = Readonly<Record<string, MergedField>> | undefined;

/**
 * Applies a strategic merge patch, with the results of `kubectl kustomize`: maps are merged, null removes, and lists are replaced, but for those that
 * the kind merges by a key (containers by `name`, ports by `containerPort` and `protocol`). Of a custom kind no such list is known.
 *
 * Directives: `$patch: delete`, `replace` and `merge`, in a map and as an item of a list; and those that kubectl computes, which kustomize leaves in the
 * object: `$retainKeys`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…`. A null of the object stays, but for those beside something that the patch names.
 *
 * @returns A document that shares nothing with the patch, and with the object what did not change; undefined when the patch deletes it as a whole.
 * @throws PatchError where object and patch have different shapes, and for a directive that there is not
 */
export function applyStrategicMerge(document: JsonMap, patch: JsonMap): JsonMap | undefined {
  return mergeMap(document, patch, fieldsOf(document), '');
}

function fieldsOf({ apiVersion, kind }: JsonMap): Fields {
  const slash = String(apiVersion).indexOf('/');
  const kinds = MERGED_KINDS[slash < 0 ? '' : String(apiVersion).slice(0, slash)];
  return kinds && Object.hasOwn(kinds, String(kind)) ? MERGED_FIELDS[kinds[String(kind)]] : undefined;
}

function mergeMap(live: JsonMap, patch: JsonMap, fields: Fields, path: string): JsonMap | undefined {
  const { directive, rest } = directed(patch, path);
  if (directive !== 'merge') {
    return directive === 'delete' ? undefined : added(rest, fields, path) as JsonMap;
  }
  const retained = rest[RETAIN];
  const merged = new Map(Object.entries(live).filter(([key, value]) => (
    (value !== null || Object.keys(rest).length === 0) && (!Array.isArray(retained) || retained.includes(key)))));
  const orders: [key: string, order: Json][] = [];
  for (const [patchKey, value] of Object.entries(rest)) {
    const key = patchKey.slice(patchKey.indexOf('/') + 1);
    if (patchKey === RETAIN) {
      continue;
    } else if (patchKey.startsWith(ORDER)) {
      orders.push([key, value]);
    } else if (patchKey.startsWith(REMOVE)) {
      const list = merged.get(key);
      if (Array.isArray(list) && Array.isArray(value)) {
        merged.set(key, list.filter(item => !value.some(removed => equalJson(removed, item))));
      }
    } else {
      const result = mergeValue(merged.get(patchKey), value, fieldOf(fields, patchKey), join(path, patchKey));
      if (result === undefined) {
        merged.delete(patchKey);
      } else {
        merged.set(patchKey, result);
      }
    }
  }
  for (const [key, order] of orders) {
    const list = merged.get(key);
    if (Array.isArray(list)) {
      merged.set(key, inOrder(list, order, fieldOf(fields, key) ?? {}, join(path, key)));
    }
  }
  // Not by assignment: a key `__proto__`, as JSON.parse makes it, is to stay a key.
  return Object.fromEntries(merged);
}

function mergeValue(live: Json | undefined, patch: Json, field: MergedField | undefined, path: string): Json | undefined {
  if (patch === null || live === undefined || live === null) {
    return patch === null ? undefined : added(patch, typeFields(field), path, field);
  }
  if (isJsonMap(live) && isJsonMap(patch)) {
    return mergeMap(live, patch, typeFields(field), path);
  }
  if (Array.isArray(live) && Array.isArray(patch)) {
    return field?.keys ? mergeList(live, patch, field, path) : copyJson(patch);
  }
  if (typeof live === 'object' || typeof patch === 'object') {
    throw new PatchError(`\`${path}\` is ${describeJson(live)}, and ${describeJson(patch)} in the patch`, 'write it as the object has it, or remove it by null first');
  }
  return patch;
}

function mergeList(live: readonly Json[], patch: readonly Json[], field: MergedField, path: string): Json[] | undefined {
  const { directive, rest } = directedList(patch, path);
  if (directive !== 'merge') {
    return directive === 'delete' ? undefined : added(rest, undefined, path, field) as Json[];
  }
  const keys = field.keys!;
  if (keys.length === 0) {
    return mergeSet(live, rest);
  }
  const fields = typeFields(field);
  return mergeKeyed(live, rest, keys, path, (item, change) => (
    item === undefined ? added(change, fields, path) as JsonMap | undefined : mergeMap(item, change, fields, path)));
}

/** What the patch brings where the object has nothing: without directives and nulls. Undefined: it was nothing but the word to delete. */
function added(patch: Json, fields: Fields, path: string, field?: MergedField): Json | undefined {
  if (Array.isArray(patch)) {
    // The items of other lists are as they are.
    return field?.keys ? directedList(patch, path).rest.map(item => added(item, typeFields(field), path)).filter(item => item !== undefined) : copyJson(patch);
  }
  if (!isJsonMap(patch)) {
    return patch;
  }
  const { directive, rest } = directed(patch, path);
  return directive === 'delete' ? undefined : Object.fromEntries(Object.entries(rest)
    .filter(([key, value]) => value !== null && key !== RETAIN && !key.startsWith(ORDER) && !key.startsWith(REMOVE))
    .map(([key, value]) => {
      const child = fieldOf(fields, key);
      return [key, added(value, typeFields(child), join(path, key), child)] as const;
    })
    .filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
}

function directed(patch: JsonMap, path: string): { readonly directive: string; readonly rest: JsonMap } {
  const { [DIRECTIVE]: directive = 'merge', ...rest } = patch;
  return { directive: checked(directive, path), rest };
}

/** The directive of a list is an item with nothing else in it. */
function directedList(patch: readonly Json[], path: string): { readonly directive: string; readonly rest: Json[] } {
  const isDirective = (item: Json): item is JsonMap => isJsonMap(item) && Object.keys(item).join() === DIRECTIVE;
  const directive = patch.find(isDirective)?.[DIRECTIVE] ?? 'merge';
  return { directive: checked(directive, path), rest: patch.filter(item => !isDirective(item)) };
}

function checked(directive: Json, path: string): string {
  if (directive !== 'merge' && directive !== 'replace' && directive !== 'delete') {
    throw new PatchError(`\`$patch\` of \`${path || 'the object'}\` is ${JSON.stringify(directive)}`, 'use `delete`, `replace` or `merge`');
  }
  return directive;
}

function fieldOf(fields: Fields, key: string): MergedField | undefined {
  return fields && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function typeFields(field: MergedField | undefined): Fields {
  return field?.type === undefined ? undefined : MERGED_FIELDS[field.type];
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
