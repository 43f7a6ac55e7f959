import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';
import { stepTo } from './list-key';
import { kindOf, LIST, MAP, walkOf, type ListType, type MapType, type ValueType } from './typed-value';

/**
 * `live` with what `applied` says: its leaves win, nothing is removed, and lists take its order where it changes them.
 *
 * What stays as it is, is the same object as in `live`: the whole of it when nothing changes.
 */
export function mergeApplied(type: ValueType, live: Json, applied: Json): Json {
  if (live === applied) return live;
  switch (walkOf(kindOf(type, applied))) {
    case MAP: return mergeMap(type.map!, live, applied);
    case LIST: return mergeList(type.list!, live, applied);
    default: return applied;
  }
}

function mergeMap(map: MapType, live: Json, applied: Json): Json {
  const left = isMap(live) ? live : {};
  const right = isMap(applied) ? applied : {};
  if (map.atomic || (isBare(left) && isBare(right))) return equalJson(live, applied) ? live : applied;
  let merged: JsonMap | undefined;
  for (const key in right) {
    const type = map.tryFind(key);
    const value = !Object.hasOwn(left, key) || !type ? right[key] : mergeApplied(type, left[key], right[key]);
    if (value === left[key] && Object.hasOwn(left, key)) continue;
    merged ??= { ...left };
    merged[key] = value;
  }
  return merged ?? (isMap(live) ? live : left);
}

function isBare(map: JsonMap): boolean {
  for (const _ in map) return false;
  return true;
}

function mergeList(list: ListType, live: Json, applied: Json): Json {
  const left = Array.isArray(live) ? live : [];
  const right = Array.isArray(applied) ? applied : [];
  if (!list.associative || (left.length === 0 && right.length === 0)) return equalJson(live, applied) ? live : applied;
  const merged = mergeItems(list, left, right);
  const isSame = merged.length === left.length && merged.every((item, i) => item === left[i]);
  return isSame ? live : merged;
}

/** One side of a list, by the steps to its items. */
class Side {
  readonly steps: readonly string[];
  readonly items = new Map<string, Json>();

  constructor(list: ListType, items: readonly Json[]) {
    this.steps = items.map(item => {
      const step = stepTo(list, item);
      // Of items with one key, none is merged with.
      this.items.set(step, this.items.has(step) ? null : item);
      return step;
    });
  }
}

/** Items of both sides come in the order of the right one, and items of the left one stay as near as they can to where they were. */
function mergeItems(list: ListType, leftItems: readonly Json[], rightItems: readonly Json[]): Json[] {
  const left = new Side(list, leftItems);
  const right = new Side(list, rightItems);
  const shared = right.steps.filter(step => left.items.has(step));
  const merged: Json[] = [];
  const done = new Set<string>();
  let next = 0;
  let l = 0;
  let r = 0;
  const take = (step: string) => {
    done.add(step);
    const item = right.items.get(step)!;
    merged.push(left.items.has(step) ? mergeApplied(list.element, left.items.get(step)!, item) : item);
  };
  while (l < left.steps.length || r < right.steps.length) {
    if (l < left.steps.length && r < right.steps.length) {
      const step = left.steps[l];
      if (step === right.steps[r]) {
        take(step);
        l++;
        r++;
        next++;
        continue;
      }
      if (right.items.has(step) && next < shared.length && shared[next] !== step) {
        // Its turn is another one.
        l++;
        continue;
      }
    }
    if (l < left.steps.length) {
      const step = left.steps[l];
      if (!right.items.has(step)) {
        merged.push(leftItems[l]);
        l++;
        continue;
      }
      if (done.has(step)) l++;
    }
    if (r < right.steps.length) {
      const step = right.steps[r];
      take(step);
      r++;
      if (shared[next] === step) next++;
    }
  }
  return merged;
}
