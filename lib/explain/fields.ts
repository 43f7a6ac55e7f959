import { fieldPath } from '../tree/field-diff';
import { namedItems } from '../tree/item-names';
import { isMap } from '../tree/shape';

/** One part of a path: what it may be called. The first is the name that is shown; an item of a list has its number as well. */
export type Segment = readonly string[];

/** A field of an object through its versions. */
export interface FieldVersions {
  readonly path: string;
  readonly segments: readonly Segment[];
  /** Its value in each version; undefined where it is not there. */
  readonly values: readonly unknown[];
  /** Whether the values are the names of the items of a list that changed their order. */
  readonly order?: boolean;
}

/**
 * The fields of an object through its versions: all texts, numbers, booleans and nulls in it, lists of these, and empty maps and lists.
 *
 * Items of a list are told apart by their names in all versions, so that one that is inserted moves no other.
 *
 * @param versions The object, changed step by step; undefined where there is none.
 */
export function fieldVersions(versions: readonly unknown[]): FieldVersions[] {
  const fields: FieldVersions[] = [];
  walk('', [], versions, fields);
  return fields;
}

function walk(path: string, segments: readonly Segment[], values: readonly unknown[], fields: FieldVersions[]): void {
  if (values.some(isLeaf)) {
    fields.push({ path, segments, values });
  }
  const maps = values.map(value => (isMap(value) ? value : {}));
  for (const key of [...new Set(maps.flatMap(map => Object.keys(map)))].sort()) {
    walk(fieldPath(path, key), [...segments, [key]], maps.map(map => (Object.hasOwn(map, key) ? map[key] : undefined)), fields);
  }
  if (values.some(value => Array.isArray(value) && !isLeaf(value))) {
    walkItems(path, segments, values.map(value => (Array.isArray(value) && !isLeaf(value) ? value : [])), fields);
  }
}

function walkItems(path: string, segments: readonly Segment[], lists: readonly (readonly unknown[])[], fields: FieldVersions[]): void {
  const named = lists.flat().every(isMap) ? namedItems(lists) : undefined;
  if (!named) {
    const longest = Math.max(...lists.map(list => list.length));
    for (let i = 0; i < longest; i++) {
      walk(`${path}[${i}]`, [...segments, [String(i)]], lists.map(list => list[i]), fields);
    }
    return;
  }
  const orders = named.map(items => [...items.keys()]);
  if (orders.some((order, i) => i > 0 && isReordered(orders[i - 1], order))) {
    fields.push({ path, segments, values: orders.map(order => (order.length > 0 ? order : undefined)), order: true });
  }
  const last = orders.findLast(order => order.length > 0)!;
  for (const name of new Set([...last, ...orders.flat()])) {
    walk(`${path}[${name}]`, [...segments, last.includes(name) ? [name, String(last.indexOf(name))] : [name]], named.map(items => items.get(name)), fields);
  }
}

function isLeaf(value: unknown): boolean {
  if (value === undefined) {
    return false;
  }
  return Array.isArray(value) ? value.every(item => typeof item !== 'object' || item === null) : !isMap(value) || Object.keys(value).length === 0;
}

/** Whether two lists have what they have in common in another order. */
function isReordered(before: readonly string[], after: readonly string[]): boolean {
  const [old, now] = [before.filter(name => after.includes(name)), after.filter(name => before.includes(name))];
  return old.some((name, i) => name !== now[i]);
}

/**
 * How many of a field's segments a text names: all of them, or those of a part of the object that the field is in. `spec.template`,
 * `.spec.containers[0].image` and `containers[name=web]` are understood.
 *
 * @returns undefined when the text names something else.
 */
export function namedSegments({ segments }: Pick<FieldVersions, 'segments'>, text: string): number | undefined {
  return matchSegments(segments, plain(text));
}

/** Brackets and quotes are left out on both sides: nobody has to know which of the names need them. */
function plain(text: string): string {
  return text.replace(/\[[A-Za-z]+=/g, '[').replace(/\\([^])/g, '$1').replace(/["']/g, '').replace(/[[\]]/g, '.').replace(/\.+/g, '.').replace(/^\.|\.$/g, '');
}

function matchSegments(segments: readonly Segment[], text: string): number | undefined {
  if (text === '' || segments.length === 0) {
    return text === '' ? 0 : undefined;
  }
  for (const name of segments[0].map(plain)) {
    const rest = text === name ? '' : text.startsWith(`${name}.`) ? text.slice(name.length + 1) : undefined;
    const further = rest === undefined ? undefined : matchSegments(segments.slice(1), rest);
    if (further !== undefined) {
      return further + 1;
    }
  }
  return undefined;
}
