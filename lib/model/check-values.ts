import { ErrorLocation, FlotillaError } from '../errors';
import { listNames, suggest } from './suggest';
import { isMap, isOpen } from './values';

/** Deeper than this, values contain themselves. */
const MAX_DEPTH = 100;

/** Values that are no map, or that contain themselves. */
export function checkPlainValues(values: unknown, what: string, where: ErrorLocation): FlotillaError[] {
  if (!isMap(values)) {
    return [new FlotillaError('FLT1012', { what: `${what} are not a map`, where, fix: "write them as `{ image: 'registry.example/web:1' }`" })];
  }
  return isDeeperThan(values, MAX_DEPTH) ? [new FlotillaError('FLT1012', {
    what: `${what} contain themselves, or are nested more than ${MAX_DEPTH} deep`, where, fix: 'make them a tree',
  })] : [];
}

/**
 * What an overlay sets although the values that it changes know no such key, or have something else there.
 *
 * The compiler says so to those who write TypeScript; this is for JavaScript and JSON. Where the values that the application
 * starts from are `undefined`, `null` or an empty map, anything may be set; see `openValues` for other ways to say so.
 */
export function checkOverlayValues(base: object, overlay: unknown, name: string, where: ErrorLocation): FlotillaError[] {
  return compare(base, overlay, []);

  function compare(below: unknown, above: unknown, path: readonly string[]): FlotillaError[] {
    if (above === undefined || above === null || below === undefined || below === null) {
      return [];
    }
    if (isMap(below) && isOpen(below)) {
      return [];
    }
    const [expected, found] = [shapeOf(below), shapeOf(above)];
    if (expected !== found) {
      return [new FlotillaError('FLT1010', {
        what: `${name} sets '${path.join('.')}' to ${describe(above, found)}, where the values have ${describe(below, expected)}`,
        where,
        fix: `set it to ${expected}; if either will do, wrap the values around it in \`openValues()\``,
      })];
    }
    if (!isMap(below) || !isMap(above)) {
      return [];
    }
    const keys = Object.keys(below);
    if (keys.length === 0 && path.length > 0) {
      return [];
    }
    return Object.entries(above).flatMap(([key, value]) => (Object.hasOwn(below, key)
      ? compare(below[key], value, [...path, key])
      : [unknownKey([...path, key], key, keys)]));
  }

  function unknownKey(path: readonly string[], key: string, keys: readonly string[]): FlotillaError {
    return new FlotillaError('FLT1009', {
      what: `${name} sets '${path.join('.')}', which the values do not have${suggest(key, keys)}`,
      where,
      fix: `use one of ${listNames(keys)}; if it is optional, add \`${key}: undefined\` to the values of the application; if any key will do, wrap them in \`openValues()\``,
    });
  }
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) {
    return 'a list';
  }
  switch (typeof value) {
    case 'string': return 'a string';
    case 'number': return 'a number';
    case 'boolean': return 'a boolean';
    case 'object': return isMap(value) ? 'a map' : 'an instance of a class';
    default: return `a ${typeof value}`;
  }
}

/** Strings stay out of messages: values may hold what nobody should read in a log. */
function describe(value: unknown, shape: string): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `${shape} (${value})` : shape;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (depth === 0) {
    return true;
  }
  const inner = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
  return inner.some(item => isDeeperThan(item, depth - 1));
}
