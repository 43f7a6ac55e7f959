import { fieldPath } from '../tree/field-diff';
import { namedItems } from '../tree/item-names';
import { isMap } from '../tree/shape';

/** What an object should have. */
export interface Difference {
  /** `spec.template.spec.containers[server].image`; empty for the whole. */
  readonly path: string;
  readonly expected: unknown;
  /** Undefined where there is nothing. */
  readonly actual: unknown;
}

/**
 * Where a value lacks what is expected of it.
 *
 * Of a map, the keys that are named are looked at; `undefined` says that there is no such key. Of a list whose items are told apart by a name (containers,
 * environment variables, ports), the items that are named; any other list has to be the same, item by item. What has `asymmetricMatch`, as
 * `expect.any(String)`, decides itself.
 */
export function differences(actual: unknown, expected: unknown, path = ''): Difference[] {
  if (isAsymmetric(expected)) {
    return expected.asymmetricMatch(actual) ? [] : [{ path, expected: String(expected), actual }];
  }
  if (isMap(expected) && isMap(actual)) {
    return Object.entries(expected).flatMap(([key, value]) => differences(Object.hasOwn(actual, key) ? actual[key] : undefined, value, fieldPath(path, key)));
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return differencesOfLists(actual, expected, path);
  }
  return Object.is(actual, expected) ? [] : [{ path, expected, actual }];
}

function differencesOfLists(actual: readonly unknown[], expected: readonly unknown[], path: string): Difference[] {
  const named = expected.length > 0 && [...actual, ...expected].every(isMap) ? namedItems([actual, expected]) : undefined;
  if (named) {
    const [have, want] = named;
    return [...want].flatMap(([name, item]) => differences(have.get(name), item, `${path}[${name}]`));
  }
  if (actual.length !== expected.length || ![...actual, ...expected].some(item => typeof item === 'object')) {
    const isSame = actual.length === expected.length && expected.every((item, i) => differences(actual[i], item).length === 0);
    return isSame ? [] : [{ path, expected, actual }];
  }
  return expected.flatMap((item, i) => differences(actual[i], item, `${path}[${i}]`));
}

function isAsymmetric(value: unknown): value is { asymmetricMatch(other: unknown): boolean } {
  return typeof (value as { asymmetricMatch?: unknown } | null | undefined)?.asymmetricMatch === 'function';
}
