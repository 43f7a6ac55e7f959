import { itemsBy, namedItems } from './item-names';
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
    compare(fieldPath(path, key), before[key], after[key], changes);
  }
}

/** `spec.replicas`, `metadata.annotations["example.com/who"]` */
export function fieldPath(path: string, key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${path}${path ? '.' : ''}${key}` : `${path}[${JSON.stringify(key)}]`;
}

function compareLists(path: string, before: readonly unknown[], after: readonly unknown[], changes: FieldChange[]): void {
  const named = itemsByName(before, after);
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
function itemsByName(before: readonly unknown[], after: readonly unknown[]): Map<string, unknown>[] | undefined {
  const all = [...before, ...after];
  if (all.length > 0 && all.every(isMap)) {
    return namedItems([before, after]);
  }
  const long = Math.max(before.length, after.length) > LONG_LIST && all.every(item => typeof item !== 'object' || item === null);
  return long ? itemsBy([before, after], item => String(item)) : undefined;
}
