import { findGoType, tryFindGoType, type GoShape } from './go-types';
import type { SchemaNode } from '../../schema/schema-node';
import { isMap, type Json, type JsonMap } from '../json';

/**
 * What was sent, by the part of a decoded object that was made of it. An empty list or map is as good as none once an object is stored; until then Go tells
 * them apart, which shows in a few places.
 */
const sent = new WeakMap<object, Json>();

/** Notes of each part of an object what it was decoded from. */
export function noteSent(decoded: JsonMap, body: JsonMap): void {
  for (const [key, part] of Object.entries(decoded)) if (typeof part === 'object' && part !== null) sent.set(part, body[key]);
}

/** Of an object that is stored from now on: what was sent is of no use any more, and would stay as long as the object. */
export function forgetSent(decoded: JsonMap): void {
  for (const part of Object.values(decoded)) if (typeof part === 'object' && part !== null) sent.delete(part);
}

/**
 * A part of a decoded object with the empty lists and maps that were sent and are not there for that alone; itself when there are none.
 *
 * @param type name of the type of the objects, as its schema has it
 * @param path of one field, `spec`, or of one in it, `spec.template.spec`
 */
export function asSent(type: string | undefined, path: string, object: JsonMap): Json | undefined {
  const [part, ...below] = path.split('.');
  const value = follow(object[part], below);
  const holder = object[part];
  if (type === undefined || !tryFindGoType(type) || typeof holder !== 'object' || holder === null || !sent.has(holder)) return value;
  const shape = [part, ...below].reduce<GoShape | undefined>((at, key) => (at?.shape === 'struct' ? findGoType(at.name).byName.get(key)?.type : undefined), { shape: 'struct', name: type });
  return shape && withEmpty(shape, value, follow(sent.get(holder), below));
}

/**
 * An object with the empty lists and maps that were sent within lists that are one field as a whole; itself when there are none. Who owns such a list is found
 * out by Go's own comparison of what was and what is sent.
 */
export function asSentInLists(schema: SchemaNode, object: JsonMap): JsonMap {
  const { name } = schema;
  if (name === undefined || !tryFindGoType(name)) return object;
  const { byName } = findGoType(name);
  return withFields(object, Object.keys(object).filter(key => key !== 'metadata'), key => {
    const part = object[key];
    const given = typeof part === 'object' && part !== null ? sent.get(part) : undefined;
    const [field, node] = [byName.get(key), schema.properties?.get(key)];
    return given === undefined || !field || !node ? part : inLists(field.type, node, part, given);
  });
}

function inLists(shape: GoShape, node: SchemaNode, value: Json, given: Json | undefined): Json {
  switch (shape.shape) {
    case 'pointer': return inLists(shape.of, node, value, given);
    case 'struct': {
      if (!isMap(value) || !isMap(given)) return value;
      const { byName } = findGoType(shape.name);
      const known = Object.keys(value).filter(key => byName.has(key) && node.properties?.has(key));
      return withFields(value, known, key => inLists(byName.get(key)!.type, node.properties!.get(key)!, value[key], given[key]));
    }
    case 'map': return isMap(value) && isMap(given) && node.additional ? withFields(value, Object.keys(value), key => inLists(shape.of, node.additional!, value[key], given[key])) : value;
    case 'list': {
      if (!Array.isArray(value) || !Array.isArray(given) || node.listType === 'set') return value;
      if (node.listType !== 'map') return withEmpty(shape, value, given)!;
      return node.items ? withItems(value, (item, i) => inLists(shape.of, node.items!, item, given[i])) : value;
    }
    default: return value;
  }
}

function withItems(value: Json[], itemOf: (item: Json, i: number) => Json): Json[] {
  const items = value.map(itemOf);
  return items.some((item, i) => item !== value[i]) ? items : value;
}

function follow(value: Json | undefined, keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>((at, key) => (isMap(at) ? at[key] : undefined), value);
}

function withEmpty(shape: GoShape, value: Json | undefined, given: Json | undefined): Json | undefined {
  switch (shape.shape) {
    case 'pointer': return withEmpty(shape.of, value, given);
    case 'list': {
      if (!Array.isArray(given)) return value;
      if (!Array.isArray(value)) return given.length === 0 ? [] : value;
      return withItems(value, (item, i) => withEmpty(shape.of, item, given[i])!);
    }
    case 'map': {
      if (!isMap(given)) return value;
      if (!isMap(value)) return Object.keys(given).length === 0 ? {} : value;
      return withFields(value, Object.keys(value), key => withEmpty(shape.of, value[key], given[key]));
    }
    case 'struct': {
      if (!isMap(given) || !isMap(value)) return value;
      const { byName } = findGoType(shape.name);
      return withFields(value, Object.keys(given).filter(key => byName.has(key)), key => withEmpty(byName.get(key)!.type, value[key], given[key]));
    }
    default: return value;
  }
}

function withFields(value: JsonMap, keys: readonly string[], fieldOf: (key: string) => Json | undefined): JsonMap {
  let result = value;
  for (const key of keys) {
    const field = fieldOf(key);
    if (field !== undefined && field !== value[key]) result = { ...result, [key]: field };
  }
  return result;
}
