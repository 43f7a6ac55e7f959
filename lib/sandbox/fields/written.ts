import type { SchemaNode } from '../../schema/schema-node';
import { isMap, type Json, type JsonMap } from '../json';

/**
 * A built-in object as Go writes it after it read it: without nulls, empty lists and empty maps where those are left out, and with what is always there. The
 * real server makes structs of an object to have it in another version.
 *
 * @param blank the object of that kind that nothing is said of
 */
export function asWritten(node: SchemaNode, object: JsonMap, blank: JsonMap): JsonMap {
  return filled(blank, withoutNothing(node, object));
}

function filled(blank: JsonMap, object: JsonMap): JsonMap {
  const result = { ...object };
  for (const [name, value] of Object.entries(blank)) {
    const own = object[name] ?? value;
    result[name] = isMap(value) && isMap(own) ? filled(value, own) : own;
  }
  return result;
}

function withoutNothing(node: SchemaNode, object: JsonMap): JsonMap {
  const result: JsonMap = {};
  for (const [name, value] of Object.entries(object)) {
    const property = node.properties?.get(name) ?? node.additional;
    if (isNothing(property, value) && !node.required?.includes(name)) continue;
    result[name] = property ? written(property, value) : value;
  }
  return result;
}

function written(node: SchemaNode, value: Json): Json {
  if (Array.isArray(value)) return node.items ? value.map(item => written(node.items!, item)) : value;
  return isMap(value) ? withoutNothing(node, value) : value;
}

/** An empty struct is something: it may be behind a pointer. */
function isNothing(node: SchemaNode | undefined, value: Json): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && node?.additional !== undefined && Object.keys(value).length === 0;
}
