import { FlotillaError } from '../errors';
import { MAX_DEPTH } from './limits';

/** The prototype of plain data, from this realm or another. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/**
 * The error for a value that `emitYaml` stopped at. It is looked for again, because keeping the path on every
 * step would cost those that are fine.
 */
export function unwritable(root: unknown): FlotillaError {
  const found = find(root, [], []) ?? { path: [], reason: 'cannot be written' };
  const path = formatPath(found.path);
  return new FlotillaError('FLT3001', {
    what: `the value at ${path} ${found.reason}`,
    fix: 'give plain data alone: strings, finite numbers, booleans, null, lists and maps; a key whose value is undefined is left out',
  });
}

interface Found {
  readonly path: ReadonlyArray<string | number>;
  readonly reason: string;
}

function find(value: unknown, path: Array<string | number>, parents: object[]): Found | undefined {
  const reason = reasonOf(value, parents);
  if (reason !== undefined) {
    return { path: [...path], reason };
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  parents.push(value);
  const children: Array<[string | number, unknown]> = Array.isArray(value)
    ? Array.from(value as unknown[], (item, index) => [index, item])
    : Object.entries(value).filter(([, item]) => item !== undefined);
  for (const [key, item] of children) {
    path.push(key);
    const found = find(item, path, parents);
    if (found) {
      return found;
    }
    path.pop();
  }
  parents.pop();
  return undefined;
}

function reasonOf(value: unknown, parents: readonly object[]): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `is ${value}, which JSON cannot hold`;
    case 'undefined':
      return 'is undefined';
    case 'object':
      if (value === null) {
        return undefined;
      }
      if (parents.includes(value)) {
        return 'contains itself';
      }
      if (parents.length >= MAX_DEPTH) {
        return `is nested deeper than ${MAX_DEPTH} levels`;
      }
      return Array.isArray(value) || isPlainObject(value) ? undefined : `is an instance of ${value.constructor?.name ?? 'a class'}`;
    default:
      return `is a ${typeof value}`;
  }
}

/** `$.data["a.b"][0]` */
function formatPath(path: ReadonlyArray<string | number>): string {
  return '$' + path.map(key => typeof key === 'number' ? `[${key}]` : /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`).join('');
}
