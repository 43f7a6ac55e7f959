import type { FieldSet, ManagedFieldsEntry, ObjectMetadata } from './metadata';
import type { FieldPath, Step } from '../rules/field-path';
import { selects } from '../rules/give-up';

type Data = Readonly<Record<string, unknown>>;

/** The fields that a manager applied; empty when it applied none, or the object is too large for the server to say. */
export function appliedFields(metadata: ObjectMetadata, manager: string): FieldSet {
  const isApplied = (entry: ManagedFieldsEntry) => entry.manager === manager && entry.operation === 'Apply' && !entry.subresource;
  return (metadata.managedFields ?? []).filter(isApplied).reduce<FieldSet>((all, entry) => union(all, entry.fieldsV1 ?? {}), {});
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const merged: Record<string, FieldSet> = { ...a };
  for (const [key, fields] of Object.entries(b)) {
    merged[key] = Object.hasOwn(merged, key) ? union(merged[key], fields) : fields;
  }
  return merged;
}

export function isEmpty(fields: FieldSet): boolean {
  return Object.keys(fields).length === 0;
}

/**
 * The part of a field set that lies at a path or below it.
 *
 * @param live the object, in which the items of lists are found
 * @returns `whole` when the path goes on inside of a value that the server takes as a whole, and there is something at its end
 */
export function fieldsAt(fields: FieldSet, { steps }: FieldPath, live: unknown): FieldSet | 'whole' {
  return narrow(fields, steps, live);
}

function narrow(fields: FieldSet, steps: readonly Step[], live: unknown): FieldSet | 'whole' {
  const [step, ...rest] = steps;
  if (step === undefined) {
    return fields;
  }
  if (isEmpty(fields)) {
    return reaches(live, steps) ? 'whole' : {};
  }
  const below: Record<string, FieldSet> = {};
  for (const [key, inner] of Object.entries(fields)) {
    const value = tryFindValue(live, key);
    const isMeant = 'field' in step ? key === `f:${step.field}` : key.startsWith('k:') && value !== undefined && selects(step.items, value.value);
    if (isMeant && value !== undefined) {
      const found = narrow(inner, rest, value.value);
      if (found === 'whole') {
        return found;
      }
      // At its end the path means all of it, though it be a leaf; on the way, nothing found below is nothing.
      if (rest.length === 0 || !isEmpty(found)) below[key] = found;
    }
  }
  return below;
}

/** Whether there is a value at the end of a path. */
function reaches(value: unknown, [step, ...rest]: readonly Step[]): boolean {
  if (step === undefined) {
    return value !== undefined;
  }
  if ('field' in step) {
    return isMap(value) && Object.hasOwn(value, step.field) && reaches(value[step.field], rest);
  }
  return Array.isArray(value) && value.some(item => selects(step.items, item) && reaches(item, rest));
}

/** The value that a key of a field set stands for, in the value around it. */
function tryFindValue(around: unknown, key: string): { readonly value: unknown } | undefined {
  const name = key.slice(2);
  if (key.startsWith('f:')) {
    return isMap(around) && Object.hasOwn(around, name) ? { value: around[name] } : undefined;
  }
  if (!Array.isArray(around)) {
    return undefined;
  }
  if (key.startsWith('k:')) {
    const item: unknown = around.find(each => hasKeys(each, mergeKeys(key)));
    return item === undefined ? undefined : { value: item };
  }
  const wanted = key.startsWith('v:') ? JSON.parse(name) as unknown : undefined;
  return wanted !== undefined && around.includes(wanted) ? { value: wanted } : undefined;
}

/** `k:{"name":"web"}` */
function mergeKeys(key: string): Data {
  return JSON.parse(key.slice(2)) as Data;
}

/** A manifest may leave out what is filled in by default: `protocol: TCP`. */
function hasKeys(item: unknown, keys: Data): boolean {
  return isMap(item) && Object.entries(keys).every(([key, value]) => item[key] === undefined ? key === 'protocol' : item[key] === value);
}

/** The values of an object at the fields of a set, with the keys of list items; undefined where there are none. */
export function valuesAt(fields: FieldSet, live: unknown): unknown {
  if (isEmpty(fields)) {
    return live;
  }
  const found = Object.entries(fields).flatMap(([key, inner]) => {
    const value = key === '.' ? undefined : tryFindValue(live, key);
    return value === undefined ? [] : [{ key, value: key.startsWith('k:') ? withKeys(key, inner, value.value) : valuesAt(inner, value.value) }];
  }).filter(({ value }) => value !== undefined);
  if (found.length === 0) {
    return undefined;
  }
  return Array.isArray(live) ? found.map(({ value }) => value) : Object.fromEntries(found.map(({ key, value }) => [key.slice(2), value]));
}

function withKeys(key: string, fields: FieldSet, item: unknown): unknown {
  return { ...mergeKeys(key), ...valuesAt(isEmpty(fields) ? { '.': {} } : fields, item) as Data | undefined };
}

/** A field set without the items of lists that a manifest does not have. */
export function withoutItemsNotIn(fields: FieldSet, manifest: unknown): FieldSet {
  const left = Object.entries(fields).flatMap(([key, inner]): [string, FieldSet][] => {
    const value = tryFindValue(manifest, key);
    if (key.startsWith('k:') && value === undefined) {
      return [];
    }
    const below = withoutItemsNotIn(inner, value?.value);
    return isEmpty(below) && !isEmpty(inner) ? [] : [[key, below]];
  });
  return Object.fromEntries(left);
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
