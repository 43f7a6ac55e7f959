import { tryFindGoType } from './go-types';
import { normalizeTyped } from './normalize';
import { normalizeCustom, setStructuralDefaults } from './normalize-custom';
import { setTypedDefaults } from './typed-defaults';
import type { JsonMap } from '../json';
import type { ServedResource } from '../served-resource';

/** Kinds that an API server keeps as JSON, where an empty list is not the same as none. */
const AS_JSON: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

type Kind = Pick<ServedResource, 'group' | 'schema' | 'definition'>;

/**
 * An object as an API server holds it after decoding: fields that its type does not have and those that are empty are gone, numbers and times are written
 * canonically. A new object; the argument stays as it is. Defaults come after it (`applyDefaults`).
 *
 * @param onUnknown told of each field that the type does not have, `spec.containers[0].foo`, in the order of `strict decoding error`
 * @param keepsNulls whether nulls stay where the schema of a custom resource allows none, for validation to refuse
 * @throws DecodeError for a value of the wrong type, in the words of the real server
 */
export function normalize({ group, schema, definition }: Kind, object: JsonMap, onUnknown?: (path: string) => void, keepsNulls = false): JsonMap {
  if (definition !== undefined || schema.name === undefined || !tryFindGoType(schema.name)) return normalizeCustom(schema, object, onUnknown, keepsNulls);
  return normalizeTyped(schema.name, object, { onUnknown, storedAsJson: AS_JSON.has(group) });
}

/**
 * Sets what the real server sets where nothing is said, in place, on what `normalize` gave: Go's defaults of built-in kinds, those of its schema for a custom
 * resource.
 */
export function applyDefaults({ schema, definition }: Kind, object: JsonMap): void {
  if (definition !== undefined || schema.name === undefined || !tryFindGoType(schema.name)) setStructuralDefaults(schema, object);
  else setTypedDefaults(schema.name, object);
}
