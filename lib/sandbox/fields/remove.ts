import { isMap, type Json, type JsonMap } from '../json';
import type { FieldSet } from './field-set';
import { stepTo } from './list-key';
import { fieldElement } from './path-element';
import { kindOf, LIST, MAP, walkOf, type ListType, type MapType, type ValueType } from './typed-value';

/** A value without the fields and items of a set. A map or a list that nothing is left of becomes null. What stays as it is, is the same object. */
export function removeFields(type: ValueType, value: Json, set: FieldSet): Json {
  if (!set.children) return value;
  switch (walkOf(kindOf(type, value))) {
    case MAP: return removeKeys(type.map!, value, set.children);
    case LIST: return removeItems(type.list!, value, set.children);
    default: return value;
  }
}

function removeKeys(map: MapType, value: Json, set: ReadonlyMap<string, FieldSet>): Json {
  // As the real one does it: of what is one field as a whole, or is empty, nothing is left when something in it is to go.
  if (!isMap(value) || map.atomic) return null;
  const result: JsonMap = {};
  let count = 0;
  let isSame = true;
  for (const key in value) {
    const below = set.get(fieldElement(key));
    if (below?.member) {
      isSame = false;
      continue;
    }
    const type = map.tryFind(key);
    const child = below?.children && type ? removeFields(type, value[key], below) : value[key];
    if (child !== value[key]) isSame = false;
    result[key] = child;
    count++;
  }
  return count === 0 ? null : isSame ? value : result;
}

function removeItems(list: ListType, value: Json, set: ReadonlyMap<string, FieldSet>): Json {
  if (!Array.isArray(value) || value.length === 0 || !list.associative) return null;
  const items: Json[] = [];
  let isSame = true;
  for (const item of value) {
    const below = set.get(stepTo(list, item));
    if (below?.member) {
      isSame = false;
      continue;
    }
    const left = below?.children ? removeFields(list.element, item, below) : item;
    if (left !== item) isSame = false;
    items.push(left);
  }
  return items.length === 0 ? null : isSame ? value : items;
}
