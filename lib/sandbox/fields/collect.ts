import { isMap, type Json, type JsonMap } from '../json';
import { EMPTY, LEAF, makeSet, type FieldSet } from './field-set';
import { stepTo } from './list-key';
import { fieldElement } from './path-element';
import { kindOf, LIST, MAP, walkOf, type ListType, type MapType, type ValueType } from './typed-value';

/** Every field that a value says something about, leaves and items: what a manager owns that applies it. */
export function fieldsOf(type: ValueType, value: Json): FieldSet {
  return collect(type, value);
}

function collect(type: ValueType, value: Json): FieldSet {
  switch (walkOf(kindOf(type, value))) {
    case MAP: return type.map!.atomic ? LEAF : isMap(value) ? collectMap(type.map!, value) : EMPTY;
    case LIST: return type.list!.associative ? Array.isArray(value) ? collectList(type.list!, value) : EMPTY : LEAF;
    default: return LEAF;
  }
}

function collectMap(map: MapType, value: JsonMap): FieldSet {
  let children: Map<string, FieldSet> | undefined;
  for (const key in value) {
    const child = value[key];
    const type = map.tryFind(key);
    if (!type) continue;
    const below = collect(type, child);
    // A key of a free map is a field by itself; a struct's is there with its values, or when it is empty.
    const isMember = below.member || child === null || !map.isField(key) || isEmptyMap(child);
    if (!isMember && below.children === undefined) continue;
    children ??= new Map();
    children.set(fieldElement(key), below.member === isMember ? below : makeSet(isMember, below.children));
  }
  return makeSet(false, children);
}

function isEmptyMap(value: Json): boolean {
  if (!isMap(value)) return false;
  for (const _ in value) return false;
  return true;
}

function collectList(list: ListType, items: readonly Json[]): FieldSet {
  const children = new Map<string, FieldSet>();
  const twice = new Set<string>();
  for (const item of items) {
    const step = stepTo(list, item);
    if (twice.has(step)) continue;
    if (children.has(step)) {
      // Of items with one key none can be told from the others: they are one field.
      twice.add(step);
      children.set(step, LEAF);
    } else {
      children.set(step, makeSet(true, collect(list.element, item).children));
    }
  }
  return makeSet(false, children);
}
