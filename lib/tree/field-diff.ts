import { LineDiff, lineDiff } from './line-diff';
import { isMap } from './shape';

/** One field of a document that differs. */
export interface FieldChange {
  /** `spec.template.spec.containers[server].image`; empty for the whole document. */
  readonly path: string;
  /** Absent when the field is new. */
  readonly before?: unknown;
  /** Absent when the field is gone. */
  readonly after?: unknown;
  /** How the two differ, where one of them has several lines. */
  readonly lines?: LineDiff;
  /** True when a list has its items in another order: then `before` and `after` are their names. */
  readonly order?: boolean;
}

/** Fields by which the items of a list are told apart, the first that fits. The merge keys of Kubernetes' own lists are among them. */
const ITEM_KEYS: readonly (readonly string[])[] = [
  ['name'], ['kind', 'name'], ['kind', 'namespace', 'name'], ['containerPort'], ['containerPort', 'protocol'], ['port'], ['port', 'protocol'], ['mountPath'],
  ['devicePath'], ['key'], ['ip'], ['host'], ['path'], ['topologyKey'], ['type'],
];

/** A longer list of plain values shows the values that came and went, a shorter one as a whole. */
const LONG_LIST = 10;

/** The fields in which two documents differ, in the order of their paths' parts. */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', before, after, changes);
  return changes;
}

function compare(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  if (Object.is(before, after)) {
    return;
  }
  if (isMap(before) && isMap(after)) {
    compareMaps(path, before, after, changes);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(path, before, after, changes);
  } else {
    const lines = typeof before === 'string' && typeof after === 'string' && (before.includes('\n') || after.includes('\n'));
    changes.push({ path, ...present('before', before), ...present('after', after), ...(lines ? { lines: lineDiff(before, after) } : {}) });
  }
}

function present(key: 'before' | 'after', value: unknown): { before?: unknown; after?: unknown } {
  return value === undefined ? {} : { [key]: value };
}

function compareMaps(path: string, before: Record<string, unknown>, after: Record<string, unknown>, changes: FieldChange[]): void {
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    compare(/^[A-Za-z_][\w-]*$/.test(key) ? `${path}${path ? '.' : ''}${key}` : `${path}[${JSON.stringify(key)}]`, before[key], after[key], changes);
  }
}

function compareLists(path: string, before: readonly unknown[], after: readonly unknown[], changes: FieldChange[]): void {
  const named = namedItems(before, after);
  if (named) {
    const [old, now] = named;
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      compare(`${path}[${name}]`, old.get(name), now.get(name), changes);
    }
    const [oldOrder, newOrder] = [[...old.keys()].filter(name => now.has(name)), [...now.keys()].filter(name => old.has(name))];
    if (oldOrder.some((name, i) => name !== newOrder[i])) {
      changes.push({ path, before: oldOrder, after: newOrder, order: true });
    }
  } else if ([...before, ...after].some(item => isMap(item) || Array.isArray(item))) {
    for (let i = 0; i < Math.max(before.length, after.length); i++) {
      compare(`${path}[${i}]`, before[i], after[i], changes);
    }
  } else if (before.length !== after.length || before.some((item, i) => !Object.is(item, after[i]))) {
    changes.push({ path, before, after });
  }
}

/** The items of two lists by their names, where all of them have one that no other of the list has. */
function namedItems(before: readonly unknown[], after: readonly unknown[]): [Map<string, unknown>, Map<string, unknown>] | undefined {
  const all = [...before, ...after];
  if (all.length > 0 && all.every(isMap)) {
    return first(ITEM_KEYS, keys => byName(before, after, item => nameOf(item as Record<string, unknown>, keys)));
  }
  const long = Math.max(before.length, after.length) > LONG_LIST && all.every(item => typeof item !== 'object' || item === null);
  return long ? byName(before, after, item => String(item)) : undefined;
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function byName(
  before: readonly unknown[], after: readonly unknown[], name: (item: unknown) => string | undefined,
): [Map<string, unknown>, Map<string, unknown>] | undefined {
  const maps = [before, after].map(list => {
    const map = new Map<string, unknown>();
    for (const item of list) {
      const text = name(item);
      if (text !== undefined) {
        map.set(text, item);
      }
    }
    return map;
  });
  return maps[0].size === before.length && maps[1].size === after.length ? [maps[0], maps[1]] : undefined;
}

function nameOf(item: Record<string, unknown>, keys: readonly string[]): string | undefined {
  // The protocol of a port may be left out; what comes first may not.
  const values = keys.map(key => item[key]).filter((value, i) => i === 0 || value !== undefined);
  return values.every(value => typeof value === 'string' || typeof value === 'number') ? values.join('/') : undefined;
}
