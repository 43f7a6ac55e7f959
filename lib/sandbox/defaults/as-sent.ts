import { findGoType, tryFindGoType, type GoShape } from './go-types';
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

function follow(value: Json | undefined, keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>((at, key) => (isMap(at) ? at[key] : undefined), value);
}

function withEmpty(shape: GoShape, value: Json | undefined, given: Json | undefined): Json | undefined {
  switch (shape.shape) {
    case 'pointer': return withEmpty(shape.of, value, given);
    case 'list': {
      if (!Array.isArray(given)) return value;
      if (!Array.isArray(value)) return given.length === 0 ? [] : value;
      const items = value.map((item, i) => withEmpty(shape.of, item, given[i])!);
      return items.some((item, i) => item !== value[i]) ? items : value;
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
