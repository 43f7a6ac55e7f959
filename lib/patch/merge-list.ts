import { describeJson, equalJson, isJsonMap, type Json, type JsonMap } from './json';
import type { MergedField } from './merge-keys';
import { PatchError } from './patch-error';

/** Merges one item; `live` undefined: the item is new. Undefined: the item goes. */
type MergeItem = (live: JsonMap | undefined, patch: JsonMap) => JsonMap | undefined;

/**
 * Merges a list of maps by the values of keys, as kustomize does.
 *
 * By one key, what the patch names comes first, in the order of the patch. By several (ports), what is new comes first and the rest stays where it was;
 * a key that one of two items lacks does not tell them apart.
 *
 * @throws PatchError for an item of the patch that has none of the keys, or the same as another
 */
export function mergeKeyed(live: readonly Json[], patch: readonly Json[], keys: readonly string[], path: string, mergeItem: MergeItem): Json[] {
  const partners = new Map<Json, JsonMap>();
  const named: (readonly [item: JsonMap, of: Json | undefined])[] = patch.map(item => {
    if (!isJsonMap(item) || keys.every(key => item[key] === undefined || item[key] === null)) {
      throw new PatchError(`an item of \`${path}\` has no \`${keys[0]}\`, by which items are merged`, `give it a \`${keys[0]}\``);
    }
    const of = partnerOf(item, live, keys);
    if (of !== undefined && partners.has(of)) {
      throw new PatchError(`two items of \`${path}\` have the same ${keys.map(key => `\`${key}\``).join(' and ')}`, 'make them one');
    }
    if (of !== undefined) {
      partners.set(of, item);
    }
    return [item, of];
  });
  const merged = (item: Json): Json | undefined => {
    const partner = partners.get(item);
    return partner === undefined ? item : mergeItem(item as JsonMap, partner);
  };
  const fresh = named.flatMap(([item, of]): (Json | undefined)[] => (of === undefined ? [mergeItem(undefined, item)] : keys.length === 1 ? [merged(of)] : []));
  const rest = live.filter(item => keys.length > 1 || !partners.has(item)).map(merged);
  // An item that nothing is left of goes, too.
  return [...fresh, ...rest].filter((item): item is Json => item !== undefined && !(isJsonMap(item) && Object.keys(item).length === 0));
}

/** Merges a list of scalars: those of the patch, and then the others. */
export function mergeSet(live: readonly Json[], patch: readonly Json[]): Json[] {
  return [...patch, ...live].filter((item, i, all) => all.findIndex(other => equalJson(item, other)) === i);
}

/** Exactly the same keys are better than some of them. */
function partnerOf(item: JsonMap, live: readonly Json[], keys: readonly string[]): Json | undefined {
  return live.find(other => isJsonMap(other) && keys.every(key => equalJson(other[key], item[key])))
    ?? (keys.length === 1 ? undefined : live.find(other => isJsonMap(other) && keys.some(key => item[key] !== undefined && equalJson(other[key], item[key]))
      && keys.every(key => other[key] === undefined || item[key] === undefined || equalJson(other[key], item[key]))));
}

/**
 * Orders a list as a `$setElementOrder` says. What it does not name stays between what it stood between.
 *
 * @param order scalars, or maps with the keys of items
 */
export function inOrder(list: readonly Json[], order: Json, { keys }: MergedField, path: string): Json[] {
  if (!Array.isArray(order)) {
    throw new PatchError(`\`$setElementOrder\` of \`${path}\` is ${describeJson(order)}`, 'list the elements in their order');
  }
  const rank = (item: Json) => order.findIndex(wanted => (isJsonMap(wanted) && isJsonMap(item)
    ? (keys ?? []).every(key => wanted[key] === undefined || equalJson(wanted[key], item[key])) : equalJson(wanted, item)));
  const sorted = list.filter(item => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
  let next = 0;
  return list.map(item => (rank(item) >= 0 ? sorted[next++] : item));
}
