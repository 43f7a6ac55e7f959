import type { FieldPath, Step } from './field-path';

type Data = Readonly<Record<string, unknown>>;

/** Stands for nothing: what held nothing but fields that were given up. */
const GONE = Symbol('gone');

/**
 * An object without the fields that are given up. A map or list that held nothing else goes with them: left empty, it would claim that there be
 * nothing in it. The object is not changed.
 */
export function giveUp<T extends Data>(object: T, paths: readonly FieldPath[]): T {
  return paths.reduce<T>((rest, { steps }) => {
    const without = remove(rest, steps);
    return without === GONE ? rest : without as T;
  }, object);
}

/** The value without the field; the very same value when it has no such field. */
function remove(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if ('field' in step) {
    if (!isMap(value) || !Object.hasOwn(value, step.field)) {
      return value;
    }
    const inner = rest.length === 0 ? GONE : remove(value[step.field], rest);
    if (inner === value[step.field]) {
      return value;
    }
    if (inner !== GONE) {
      return { ...value, [step.field]: inner };
    }
    const { [step.field]: _given, ...others } = value;
    return Object.keys(others).length > 0 ? others : GONE;
  }
  if (!Array.isArray(value)) {
    return value;
  }
  const items = value.map(item => selects(step.items, item) ? rest.length === 0 ? GONE : remove(item, rest) : item);
  if (items.every((item, i) => item === value[i])) {
    return value;
  }
  const left = items.filter(item => item !== GONE);
  return left.length > 0 ? left : GONE;
}

/** Whether an item of a list has the values that a path asks for. */
export function selects(wanted: Readonly<Record<string, string>>, item: unknown): boolean {
  return Object.entries(wanted).every(([key, value]) => isMap(item) && Object.hasOwn(item, key) && String(item[key]) === value);
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
