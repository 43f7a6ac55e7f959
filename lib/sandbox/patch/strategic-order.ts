import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';
import { PatchError } from './patch-error';

/** The value of an item's merge key. @throws PatchError when it has none */
export function keyOf(item: Json, mergeKey: string): Json {
  if (isMap(item) && item[mergeKey] !== undefined) return item[mergeKey];
  throw new PatchError(`map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`);
}

export function keyValueEqual(item: Json, value: Json, mergeKey: string): boolean {
  return isMap(item) && equalJson(item[mergeKey], value);
}

/**
 * Orders a merged list: what the patch names as the patch has it, the rest as it was, both woven together by where they stood.
 *
 * @param mergeKey absent: of scalars
 */
export function inPatchOrder(merged: readonly Json[], patchOrder: readonly Json[], liveOrder: readonly Json[], mergeKey: string | undefined): Json[] {
  const indexIn = (order: readonly Json[], item: Json) => order.findIndex(each => sameItem(each, item, mergeKey));
  const byOrder = (order: readonly Json[]) => (a: Json, b: Json) => indexIn(order, a) - indexIn(order, b);
  const named = merged.filter(item => indexIn(patchOrder, item) >= 0).sort(byOrder(patchOrder));
  const others = merged.filter(item => indexIn(patchOrder, item) < 0).sort(byOrder(liveOrder));
  const woven: Json[] = [];
  let [i, j] = [0, 0];
  while (i < others.length && j < named.length) {
    const [other, name] = [indexIn(liveOrder, others[i]), indexIn(liveOrder, named[j])];
    woven.push(other >= 0 && name >= 0 && other < name ? others[i++] : named[j++]);
  }
  return [...woven, ...others.slice(i), ...named.slice(j)];
}

/** Whether the items of a patch stand in the order that it states itself, deletions aside. */
export function orderFits(items: readonly Json[], order: readonly Json[], mergeKey: string | undefined, isDirected: (item: Json) => boolean): boolean {
  if (items.length === 0 || order.length === 0) return true;
  let at = 0;
  for (const item of items) {
    if (isDirected(item)) continue;
    while (at < order.length && !sameItem(order[at], item, mergeKey)) at++;
    if (at++ >= order.length) return false;
  }
  return true;
}

function sameItem(a: Json, b: Json, mergeKey: string | undefined): boolean {
  if (mergeKey === undefined) return a === b;
  return equalJson(keyOf(a, mergeKey), keyOf(b, mergeKey));
}

/** As Go prints a map: that is what the real message holds. */
/** A value as Go prints it. */
export function goMap(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (!isMap(value)) return value === null ? '<nil>' : String(value);
  return `map[${Object.keys(value).sort().map(key => `${key}:${goMap((value as JsonMap)[key])}`).join(' ')}]`;
}
