import { makeSet, LEAF, type FieldSet } from './field-set';
import type { ListType, MapType, ValueType } from './typed-value';

/** What was found in order, by the type that it was found in order with. */
const inOrder = new WeakMap<ValueType, WeakSet<FieldSet>>();

/**
 * A set that was written when a list or a map still had fields of its own: now that it is one field, it is owned as one.
 * A list or map that was one field and has fields of its own now, stays as it was owned.
 */
export function reconciled(type: ValueType, set: FieldSet): FieldSet {
  let known = inOrder.get(type);
  if (known?.has(set)) return set;
  const result = reconcile(type, set, false) ?? set;
  if (!known) inOrder.set(type, known = new WeakSet());
  known.add(result);
  return result;
}

/** @param isLeaf whether the set owns the value as a whole @returns undefined when nothing changes */
function reconcile(type: ValueType, set: FieldSet, isLeaf: boolean): FieldSet | undefined {
  if (type.map) return reconcileMap(type.map, set, isLeaf);
  return type.list && !type.scalar ? reconcileList(type.list, set, isLeaf) : undefined;
}

function reconcileMap(map: MapType, set: FieldSet, isLeaf: boolean): FieldSet | undefined {
  if (map.isFree) return undefined;
  if (map.atomic) return !isLeaf && set.children ? LEAF : undefined;
  return reconcileChildren(set, step => step[0] === 'f' ? map.tryFind(step.slice(2)) : map.tryFind(''));
}

function reconcileList(list: ListType, set: FieldSet, isLeaf: boolean): FieldSet | undefined {
  if (!list.associative) return isLeaf ? undefined : LEAF;
  return reconcileChildren(set, () => list.element);
}

function reconcileChildren(set: FieldSet, typeAt: (step: string) => ValueType | undefined): FieldSet | undefined {
  let children: Map<string, FieldSet> | undefined;
  for (const [step, below] of set.children ?? []) {
    const type = typeAt(step);
    const changed = type && reconcile(type, below, below.member && !below.children);
    if (!changed || changed === below) continue;
    children ??= new Map(set.children);
    children.set(step, changed);
  }
  return children && makeSet(set.member, children);
}
