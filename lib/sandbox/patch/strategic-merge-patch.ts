import { copyJson, isMap, type Json, type JsonMap } from '../json';
import { PatchError } from './patch-error';
import { goMap, inPatchOrder, keyOf, keyValueEqual, orderFits } from './strategic-order';
import type { SchemaNode } from '../../schema/schema-node';

const DIRECTIVE = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const REMOVE = '$deleteFromPrimitiveList/';

/**
 * Applies a strategic merge patch: how lists and maps are merged stands in the schema (`patchStrategy`, `patchMergeKey`), and
 * directives in the patch overrule it.
 * Gives a document of its own; neither argument is changed.
 *
 * @param schema of the whole object
 * @throws PatchError
 */
export function applyStrategicMergePatch(document: JsonMap, patch: JsonMap, schema: SchemaNode | undefined): JsonMap {
  return mergeMap(copyJson(document), copyJson(patch), schema);
}

function mergeMap(original: JsonMap, patch: JsonMap, schema: SchemaNode | undefined): JsonMap {
  if (DIRECTIVE in patch) return directed(patch);
  retainKeys(original, patch);
  applyOrders(original, patch, schema);
  // What is taken out of a list goes before what is added to it.
  for (const [patchKey, value] of Object.entries(patch).sort(([a], [b]) => Number(b.startsWith(REMOVE)) - Number(a.startsWith(REMOVE)))) {
    const removes = patchKey.startsWith(REMOVE);
    const key = removes ? patchKey.slice(REMOVE.length) : patchKey;
    if (value === null) {
      delete original[key];
      continue;
    }
    const present = original[key];
    if (removes) {
      if (Array.isArray(present) && Array.isArray(value)) original[key] = present.filter(each => !value.includes(each));
      continue;
    }
    const child = childOf(schema, key);
    if (isMap(present) && isMap(value)) {
      original[key] = child?.patchStrategies?.includes('replace') ? value : mergeMap(present, value, child);
    } else if (Array.isArray(present) && Array.isArray(value)) {
      original[key] = child?.patchStrategies?.includes('merge') ? mergeList(present, value, child) : value;
    } else {
      const kept = withoutDirectives(key in original && typeOf(present) === typeOf(value) ? value : withoutNulls(value));
      if (kept === undefined) delete original[key];
      else original[key] = kept;
    }
  }
  return original;
}

function directed(patch: JsonMap): JsonMap {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw new PatchError(`unknown patch type: ${String(directive)} in map: ${goMap(patch)}`);
}

/** What the directive does not name goes: a union is changed from one member to another that way. */
function retainKeys(original: JsonMap, patch: JsonMap): void {
  if (!(RETAIN in patch)) return;
  const keys = patch[RETAIN];
  delete patch[RETAIN];
  const named = Array.isArray(keys) ? new Set(keys) : undefined;
  const fits = named && Object.entries(patch).every(([key, value]) => value === null || key.startsWith(REMOVE) || key.startsWith(ORDER) || named.has(key));
  if (!fits) throw new PatchError('invalid patch format of retainKeys');
  for (const key of Object.keys(original)) if (!named.has(key)) delete original[key];
}

/** Lists whose order the patch states are merged here, and taken out of the patch. */
function applyOrders(original: JsonMap, patch: JsonMap, schema: SchemaNode | undefined): void {
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(ORDER)) continue;
    delete patch[directive];
    const key = directive.slice(ORDER.length);
    const [live, wanted] = [original[key], patch[key]];
    for (const list of [order, live, wanted]) {
      if (list !== undefined && !Array.isArray(list)) throw new PatchError(`expected a slice, but received a ${isMap(list) ? 'map' : typeof list}`);
    }
    const child = childOf(schema, key);
    const mergeKey = child?.patchMergeKey;
    const [orderList, liveList, wantedList] = [order as Json[], live as Json[] | undefined, wanted as Json[] | undefined];
    if (!orderFits(wantedList ?? [], orderList, mergeKey, isDirected)) {
      throw new PatchError(`The order in patch list:\n${goMap(wanted!)}\n doesn't match ${ORDER.slice(0, -1)} list:\n${goMap(order)}\n`);
    }
    if (!liveList && !wantedList) continue;
    const merged = !wantedList ? liveList! : !liveList ? withoutDirectives(wantedList) as Json[]
      : child?.patchStrategies?.includes('merge') ? mergeList(liveList, wantedList, child) : wantedList;
    original[key] = inPatchOrder(merged, orderList, liveList ?? [], mergeKey);
    delete patch[key];
  }
}

function mergeList(original: readonly Json[], patch: readonly Json[], schema: SchemaNode): Json[] {
  const sample = original[0] ?? patch[0];
  if (sample === undefined) return [];
  if (!isMap(sample)) return inPatchOrder([...new Set([...original, ...patch])], patch, original, undefined);
  const mergeKey = schema.patchMergeKey;
  if (mergeKey === undefined) throw new PatchError('cannot merge lists without merge key');
  let live = [...original];
  let replaces = false;
  const items: JsonMap[] = [];
  for (const item of patch) {
    if (!isMap(item)) throw new PatchError(`expected a map, but received a ${typeof item}`);
    if (!(DIRECTIVE in item)) items.push(item);
    else if (item[DIRECTIVE] === 'replace') replaces = true;
    else if (item[DIRECTIVE] === 'delete') live = live.filter(each => !keyValueEqual(each, keyOf(item, mergeKey), mergeKey));
    else if (item[DIRECTIVE] === 'merge') throw new PatchError('merging lists cannot yet be specified in the patch');
    else throw new PatchError(`unknown patch type: ${String(item[DIRECTIVE])} in map: ${goMap(item)}`);
  }
  if (replaces) return items;
  const before = [...live];
  for (const item of items) {
    const value = keyOf(item, mergeKey);
    const index = live.findIndex(each => keyValueEqual(each, value, mergeKey));
    if (index < 0) live.push(item);
    else live[index] = mergeMap(live[index] as JsonMap, item, schema.items);
  }
  return inPatchOrder(live, items, before, mergeKey);
}

function childOf(schema: SchemaNode | undefined, key: string): SchemaNode | undefined {
  return schema?.properties?.get(key) ?? schema?.additional;
}

function isDirected(value: Json): boolean {
  return isMap(value) && DIRECTIVE in value;
}

/** Undefined: the whole value was a directive. */
function withoutDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter(each => each !== undefined);
  if (!isMap(value)) return value;
  if (DIRECTIVE in value) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutDirectives(each)] as const)
    .filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(entry => entry[1] !== null).map(([key, each]) => [key, withoutNulls(each)]));
}

function typeOf(value: Json): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
}
