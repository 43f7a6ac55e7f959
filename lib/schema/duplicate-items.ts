import { isMap, type Json, type JsonMap } from './json';
import type { SchemaNode } from './schema-node';

/** Two items of a list that are one to an API server. */
export interface Duplicate {
  readonly first: number;
  readonly second: number;
  /** What they have in common: `containerPort: 80, protocol: TCP`. */
  readonly key: string;
}

/** The items of a set, or of a list with keys, that come again; none in other lists. Keys that an item does not say are what the schema sets them to. */
export function findDuplicates(list: readonly Json[], node: SchemaNode): Duplicate[] {
  const keys = keysOf(node);
  if (list.length < 2 || keys === undefined) return [];
  const seen = new Map<string, number>();
  const found: Duplicate[] = [];
  list.forEach((item, i) => {
    const key = keys.length === 0 ? textOf(item) : isMap(item) ? keyOf(item, keys, node) : undefined;
    if (key === undefined) return;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, i);
    else found.push({ first, second: i, key });
  });
  return found;
}

/** Whether the items of a list are told apart, and so cannot be nothing. */
export function isAssociative(node: SchemaNode): boolean {
  return keysOf(node) !== undefined;
}

/** The fields that tell the items of a list apart; none for a set; undefined for a list that is a whole. */
function keysOf({ listType, listMapKeys, patchStrategies, patchMergeKey }: SchemaNode): readonly string[] | undefined {
  if (listType === 'set') return [];
  if (listType === 'map') return listMapKeys;
  // Where nothing is said of the list, the older words for patches count.
  if (listType !== undefined || !patchStrategies?.includes('merge')) return undefined;
  return patchMergeKey ? [patchMergeKey] : [];
}

function keyOf(item: JsonMap, keys: readonly string[], node: SchemaNode): string | undefined {
  let text = '';
  for (const key of keys) {
    const value = item[key] ?? node.items?.properties?.get(key)?.default;
    if (value === undefined || value === null) {
      // Without all of its keys an item is none of the list, and is told as such.
      if (keys.length === 1) return undefined;
      continue;
    }
    text += `${text && ', '}${key}: ${textOf(value)}`;
  }
  return text;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
