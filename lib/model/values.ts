/** What an overlay may say about values: any part of them; arrays as a whole. */
export type DeepPartial<T> =
  T extends readonly unknown[] ? T
    : T extends (...args: never[]) => unknown ? T
      : T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
        : T;

const OPEN = new WeakSet<object>();

/**
 * Says that overlays may put into a part of the values whatever its type allows: other keys, other types of value.
 *
 * Without it, the values that an application starts from decide at run time what an overlay may set, so that a misspelt key is
 * found in JavaScript and JSON as well. They know nothing of optional keys, records and unions; this tells them:
 * `env: openValues<Record<string, string>>({ LOG_LEVEL: 'info' })`.
 *
 * @param values The values, or any object in them. It is not copied and not changed.
 * @returns The same object.
 */
export function openValues<T extends object>(values: T): T {
  OPEN.add(values);
  return values;
}

/** Whether the object was passed to {@link openValues}. */
export function isOpen(values: object): boolean {
  return OPEN.has(values);
}

/** Whether a value is a map: made by `{}`, JSON or YAML, and no instance of a class. */
export function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another Object.prototype, but that too has no prototype.
  return prototype === null || prototype === Object.prototype || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf'));
}
