import { normalizeTyped } from './normalize';
import type { SchemaNode } from '../../schema/schema-node';
import { isMap, type Json, type JsonMap } from '../json';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * What remains of a custom resource when an API server decodes it: fields that its schema has not are pruned, nulls where none may be too, and its metadata
 * goes through the type that all kinds have. The argument stays as it is.
 *
 * @param onUnknown told of each field that is dropped
 * @param keepsNulls whether nulls stay where the schema allows none
 */
export function normalizeCustom(schema: SchemaNode, object: JsonMap, onUnknown?: (path: string) => void, keepsNulls = false): JsonMap {
  const { apiVersion, kind, metadata, ...rest } = object;
  const unknown: string[] = [];
  const pruned = new Pruner(path => void unknown.push(path), keepsNulls).prune(rest, schema, '', true) as JsonMap;
  const meta = normalizeTyped(OBJECT_META, isMap(metadata) ? metadata : {}, { onUnknown: onUnknown && (path => onUnknown(`metadata.${path}`)) });
  if (onUnknown) unknown.sort().forEach(onUnknown);
  return { ...(apiVersion === undefined ? {} : { apiVersion }), ...(kind === undefined ? {} : { kind }), metadata: meta, ...pruned };
}

class Pruner {
  constructor(private readonly onUnknown: (path: string) => void, private readonly keepsNulls: boolean) {
  }

  prune(value: Json, schema: SchemaNode | undefined, path: string, root = false): Json {
    if (Array.isArray(value)) {
      return value.map((item, i) => this.prune(item, schema?.items ?? (schema?.preserveUnknown ? ANYTHING : undefined), `${path}[${i}]`));
    }
    if (!isMap(value)) return value;
    const result: JsonMap = {};
    for (const [key, item] of Object.entries(value)) {
      const at = path ? `${path}.${key}` : key;
      const known = schema?.properties?.get(key) ?? schema?.additional;
      if (schema?.embedded && META_FIELDS.has(key)) {
        result[key] = key === 'metadata' && isMap(item) ? normalizeTyped(OBJECT_META, item) : item;
      } else if (known || schema?.preserveUnknown) {
        const below = known ?? ANYTHING;
        if (item === null && !this.keepsNulls && below !== ANYTHING && !below.nullable && below.default === undefined) continue;
        result[key] = this.prune(item, below, at);
      } else if (!(root && META_FIELDS.has(key))) {
        this.onUnknown(at);
      }
    }
    return result;
  }
}

/** Below a node that keeps what it does not know. */
const ANYTHING: SchemaNode = { preserveUnknown: true };

/** Sets the defaults of a structural schema, in place. */
export function setStructuralDefaults(schema: SchemaNode, object: JsonMap): void {
  setDefaults(object, schema, true);
}

function setDefaults(value: Json, schema: SchemaNode, root = false): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return;
    value.forEach((item, i) => {
      if (item === null && !items.nullable && items.default !== undefined) value[i] = structuredClone(items.default);
      setDefaults(value[i], items);
    });
    return;
  }
  if (!isMap(value)) return;
  for (const [key, property] of schema.properties ?? []) {
    if (root && META_FIELDS.has(key)) continue;
    const missing = value[key] === undefined || (value[key] === null && !property.nullable);
    if (missing && property.default !== undefined) value[key] = structuredClone(property.default);
    if (value[key] !== undefined) setDefaults(value[key], property);
  }
  const { additional } = schema;
  if (!additional) return;
  for (const key of Object.keys(value)) {
    if (schema.properties?.has(key)) continue;
    if (value[key] === null && !additional.nullable && additional.default !== undefined) value[key] = structuredClone(additional.default);
    setDefaults(value[key], additional);
  }
}
