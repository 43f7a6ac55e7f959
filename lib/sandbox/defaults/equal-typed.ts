import { isEqual } from './equal';
import { findGoType, tryFindGoType, type GoShape } from './go-types';
import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';

/**
 * Whether a field of two objects says the same to Go: an empty list or map is as good as none, but a pointer to an empty struct is not; so a selector of
 * everything differs from no selector.
 *
 * @param type name of the type of the objects, as its schema has it
 * @param path `spec`, `metadata.annotations`
 */
export function isEqualTyped(type: string | undefined, path: string, a: JsonMap, b: JsonMap): boolean {
  const keys = path.split('.');
  const [now, before] = [a, b].map(object => keys.reduce<Json | undefined>((value, key) => (isMap(value) ? value[key] : undefined), object));
  if (equalJson(now, before)) return true;
  let shape = type !== undefined && tryFindGoType(type) ? { shape: 'struct', name: type } as GoShape : undefined;
  for (const key of keys) shape = shape?.shape === 'struct' ? findGoType(shape.name).byName.get(key)?.type : undefined;
  return shape ? equalAs(shape, now, before) : isEqual(now, before);
}

function equalAs(type: GoShape, a: Json | undefined, b: Json | undefined): boolean {
  if (equalJson(a, b)) return true;
  switch (type.shape) {
    case 'pointer': return isNil(a) === isNil(b) && equalAs(type.of, a, b);
    case 'list': return Array.isArray(a) && Array.isArray(b) && a.length > 0 ? a.length === b.length && a.every((item, i) => equalAs(type.of, item, b[i])) : isEqual(a, b);
    case 'map': return isMap(a) && isMap(b) ? everyKey(a, b, key => Object.hasOwn(a, key) && Object.hasOwn(b, key) && equalAs(type.of, a[key], b[key])) : isEqual(a, b);
    case 'struct': return isMap(a) && isMap(b)
      ? everyKey(a, b, key => {
        const field = findGoType(type.name).byName.get(key);
        return field ? equalAs(field.type, a[key], b[key]) : isEqual(a[key], b[key]);
      }) : isEqual(a, b);
    default: return isEqual(a, b);
  }
}

const isNil = (value: Json | undefined) => value === undefined || value === null;

function everyKey(a: JsonMap, b: JsonMap, fits: (key: string) => boolean): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(fits);
}
