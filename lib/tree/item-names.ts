/** Fields by which the items of a list are told apart, the first that fits. The merge keys of Kubernetes' own lists are among them. */
const ITEM_KEYS: readonly (readonly string[])[] = [
  ['name'], ['kind', 'name'], ['kind', 'namespace', 'name'], ['containerPort'], ['containerPort', 'protocol'], ['port'], ['port', 'protocol'], ['mountPath'],
  ['devicePath'], ['key'], ['ip'], ['host'], ['path'], ['topologyKey'], ['type'],
];

/** The items of lists of maps by their names, where all of them have one that no other of their list has; in all lists by the same fields. */
export function namedItems(lists: readonly (readonly unknown[])[]): Map<string, unknown>[] | undefined {
  for (const keys of ITEM_KEYS) {
    const found = itemsBy(lists, item => nameOf(item as Record<string, unknown>, keys));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** The items of lists by what a function calls them, where it has a name for each that no other of its list has. */
export function itemsBy(lists: readonly (readonly unknown[])[], name: (item: unknown) => string | undefined): Map<string, unknown>[] | undefined {
  const maps = lists.map(list => {
    const map = new Map<string, unknown>();
    for (const item of list) {
      const text = name(item);
      if (text !== undefined) {
        map.set(text, item);
      }
    }
    return map;
  });
  return maps.every((map, i) => map.size === lists[i].length) ? maps : undefined;
}

function nameOf(item: Record<string, unknown>, keys: readonly string[]): string | undefined {
  // The protocol of a port may be left out; what comes first may not.
  const values = keys.map(key => item[key]).filter((value, i) => i === 0 || value !== undefined);
  return values.every(value => typeof value === 'string' || typeof value === 'number') ? values.join('/') : undefined;
}
