import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';
import { EMPTY, isEmpty, LEAF, makeSet, union, type FieldSet } from './field-set';
import { stepTo } from './list-key';
import { fieldElement } from './path-element';
import { kindOf, LIST, MAP, walkOf, type ListType, type MapType, type ValueType } from './typed-value';

/** What is different between two values, each field in one of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export const SAME: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY };
const MODIFIED: Comparison = { added: EMPTY, modified: LEAF, removed: EMPTY };

export function compareValues(type: ValueType, left: Json, right: Json): Comparison {
  if (left === right) return SAME;
  const leftKind = kindOf(type, left);
  const rightKind = kindOf(type, right);
  const found = compareAs(walkOf(rightKind), type, left, right);
  return leftKind === rightKind ? found : joined(compareAs(walkOf(leftKind), type, left, right), found);
}

function compareAs(kind: number, type: ValueType, left: Json, right: Json): Comparison {
  switch (kind) {
    case MAP: return compareMaps(type.map!, left, right);
    case LIST: return compareLists(type.list!, left, right);
    default: return compareLeaves(left, right);
  }
}

function compareLeaves(left: Json, right: Json): Comparison {
  return equalJson(left, right) ? SAME : MODIFIED;
}

function joined(a: Comparison, b: Comparison): Comparison {
  if (a === SAME) return b;
  if (b === SAME) return a;
  return { added: union(a.added, b.added), modified: union(a.modified, b.modified), removed: union(a.removed, b.removed) };
}

/** Collects what is different below a value. */
class Differences {
  private added?: Map<string, FieldSet>;
  private modified?: Map<string, FieldSet>;
  private removed?: Map<string, FieldSet>;

  add(step: string, found: Comparison): void {
    if (found === SAME) return;
    if (!isEmpty(found.added)) this.addAdded(step, found.added);
    if (!isEmpty(found.removed)) this.addRemoved(step, found.removed);
    if (!isEmpty(found.modified)) (this.modified ??= new Map()).set(step, found.modified);
  }

  addAdded(step: string, set: FieldSet): void {
    this.added ??= new Map();
    this.added.set(step, union(this.added.get(step) ?? EMPTY, set));
  }

  addRemoved(step: string, set: FieldSet): void {
    this.removed ??= new Map();
    this.removed.set(step, union(this.removed.get(step) ?? EMPTY, set));
  }

  get result(): Comparison {
    if (!this.added && !this.modified && !this.removed) return SAME;
    return { added: makeSet(false, this.added), modified: makeSet(false, this.modified), removed: makeSet(false, this.removed) };
  }
}

function compareMaps(map: MapType, left: Json, right: Json): Comparison {
  const before: JsonMap = isMap(left) ? left : {};
  const after: JsonMap = isMap(right) ? right : {};
  if (map.atomic || (isBare(before) && isBare(after))) return compareLeaves(left, right);
  const found = new Differences();
  for (const key in before) {
    const type = map.tryFind(key);
    if (!type) continue;
    if (Object.hasOwn(after, key)) found.add(fieldElement(key), compareValues(type, before[key], after[key]));
    else found.addRemoved(fieldElement(key), everything(type, before[key]));
  }
  for (const key in after) {
    if (Object.hasOwn(before, key)) continue;
    const type = map.tryFind(key);
    if (type) found.addAdded(fieldElement(key), everything(type, after[key]));
  }
  return found.result;
}

function isBare(map: JsonMap): boolean {
  for (const _ in map) return false;
  return true;
}

function compareLists(list: ListType, left: Json, right: Json): Comparison {
  const before = Array.isArray(left) ? left : [];
  const after = Array.isArray(right) ? right : [];
  if (!list.associative || (before.length === 0 && after.length === 0)) return compareLeaves(left, right);
  const leftItems = byStep(list, before);
  const rightItems = byStep(list, after);
  const found = new Differences();
  for (const [step, items] of leftItems) compareItems(list, step, items, rightItems.get(step) ?? [], found);
  for (const [step, items] of rightItems) {
    if (!leftItems.has(step)) compareItems(list, step, [], items, found);
  }
  return found.result;
}

function byStep(list: ListType, items: readonly Json[]): Map<string, Json[]> {
  const found = new Map<string, Json[]>();
  for (const item of items) {
    const step = stepTo(list, item);
    const known = found.get(step);
    if (known) known.push(item);
    else found.set(step, [item]);
  }
  return found;
}

/** Items with one key; several of them are one field. */
function compareItems(list: ListType, step: string, before: readonly Json[], after: readonly Json[], found: Differences): void {
  if (before.length <= 1 && after.length <= 1) {
    if (before.length === 0) found.addAdded(step, everything(list.element, after[0]));
    else if (after.length === 0) found.addRemoved(step, everything(list.element, before[0]));
    else found.add(step, compareValues(list.element, before[0], after[0]));
  } else if (before.length >= 2 && after.length >= 2) {
    if (!equalJson([...before], [...after])) found.add(step, MODIFIED);
  } else if (before.length >= 2) {
    if (after.length > 0) found.addAdded(step, everything(list.element, after[0]));
    found.addRemoved(step, LEAF);
  } else {
    if (before.length > 0) found.addRemoved(step, everything(list.element, before[0]));
    found.addAdded(step, LEAF);
  }
}

/** Of a value that was not there before: it, and all that is in it. */
function everything(type: ValueType, value: Json): FieldSet {
  switch (walkOf(kindOf(type, value))) {
    case MAP: return type.map!.atomic || !isMap(value) ? LEAF : everythingInMap(type.map!, value);
    case LIST: return type.list!.associative && Array.isArray(value) ? everythingInList(type.list!, value) : LEAF;
    default: return LEAF;
  }
}

function everythingInMap(map: MapType, value: JsonMap): FieldSet {
  let children: Map<string, FieldSet> | undefined;
  for (const key in value) {
    const type = map.tryFind(key);
    if (!type) continue;
    children ??= new Map();
    children.set(fieldElement(key), everything(type, value[key]));
  }
  return makeSet(true, children);
}

function everythingInList(list: ListType, items: readonly Json[]): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [step, same] of byStep(list, items)) children.set(step, same.length > 1 ? LEAF : everything(list.element, same[0]));
  return makeSet(true, children);
}
