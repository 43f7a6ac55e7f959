import { DecodeError } from './decode-error';
import { findGoType, type GoField, type GoShape, type GoType } from './go-types';
import { decodeBytes, decodeDuration, decodeQuantity, decodeTime, kindOf } from './scalars';
import { isMap, type Json, type JsonMap } from '../json';

export interface NormalizeOptions {
  /** Told of each field that the type has not, `spec.containers[0].foo`. Such fields are dropped either way. */
  readonly onUnknown?: (path: string) => void;
  /** What is stored as JSON keeps an empty list apart from none. @default false: stored as protobuf, which does not */
  readonly storedAsJson?: boolean;
}

/** Where a value stands: for messages alone. */
interface Place {
  readonly parent?: Place;
  /** A field's name, or an index; `undefined` at the top. */
  readonly key?: string | number;
  /** The struct whose field it is. */
  readonly struct: string;
  /** A key of a map: no part of the path that Go's decoder tells. */
  readonly ofMap?: boolean;
}

/**
 * What remains of an object of a built-in type when an API server decodes it and writes it again: unknown and empty fields are gone, structs are there even
 * when empty, numbers and times are written canonically. The argument stays as it is.
 *
 * @param type `io.k8s.api.apps.v1.Deployment`, the name of its schema
 * @throws DecodeError for a value of the wrong type
 */
export function normalizeTyped(type: string, object: JsonMap, options: NormalizeOptions = {}): JsonMap {
  const goType = findGoType(type);
  if (options.onUnknown) tellUnknown({ shape: 'struct', name: type }, object, '', options.onUnknown);
  return new Normalizer(options).struct(goType, object, { struct: goType.name });
}

/** What a field of a built-in type holds when nothing was said: `status` of a Deployment. Undefined where it is left out. */
export function zeroOf(type: string, field: string): Json | undefined {
  return new Normalizer({}).struct(findGoType(type), {}, { struct: '' })[field];
}

class Normalizer {
  constructor(private readonly options: NormalizeOptions) {
  }

  struct(type: GoType, value: JsonMap, place: Place): JsonMap {
    const result: JsonMap = {};
    for (const field of type.fields) {
      const given = value[field.name];
      const isGiven = given !== undefined && given !== null;
      const written = isGiven ? this.value(field.type, given, { parent: place, key: field.name, struct: type.name }) : this.zero(field.type);
      if (!isLeftOut(field, written)) result[field.name] = written;
    }
    return result;
  }

  private value(type: GoShape, value: Json, place: Place): Json {
    switch (type.shape) {
      case 'pointer': return value === null ? null : this.value(type.of, value, place);
      case 'struct': {
        if (value === null) return this.zero(type);
        return isMap(value) ? this.struct(findGoType(type.name), value, place) : mismatch(type, value, place);
      }
      case 'list': {
        if (value === null) return null;
        if (!Array.isArray(value)) return mismatch(type, value, place);
        if (value.length === 0 && !this.options.storedAsJson) return null;
        return value.map((item, i) => this.item(type.of, item, { parent: place, key: i, struct: place.struct }));
      }
      case 'map': return value === null ? null : isMap(value) ? this.map(type.of, value, place) : mismatch(type, value, place);
      case 'string': return typeof value === 'string' ? value : mismatch(type, value, place);
      case 'bool': return typeof value === 'boolean' ? value : mismatch(type, value, place);
      case 'integer': return isInteger(value, type.name) ? value : mismatch(type, value, place, typeof value === 'number');
      case 'number': return typeof value === 'number' ? value : mismatch(type, value, place);
      case 'bytes': return typeof value === 'string' ? decodeBytes(value) : mismatch(type, value, place);
      case 'IntOrString': {
        if (typeof value === 'string' || isInteger(value, 'int32')) return value;
        return mismatch({ shape: 'integer', name: 'int32' }, value, place, typeof value === 'number');
      }
      case 'Quantity': return decodeQuantity(value);
      case 'Time': return decodeTime(value, false);
      case 'MicroTime': return decodeTime(value, true);
      case 'Duration': return decodeDuration(value);
      case 'JSONSchemaPropsOrBool': return typeof value === 'boolean' ? value : this.schema(value, place);
      case 'JSONSchemaPropsOrArray': return Array.isArray(value) ? value.map(item => this.schema(item, place)) : this.schema(value, place);
      case 'JSONSchemaPropsOrStringArray': return Array.isArray(value) ? value : this.schema(value, place);
      case 'Raw': case 'JSON': return value;
    }
  }

  private item(type: GoShape, value: Json, place: Place): Json {
    return value === null ? this.zero(type) : this.value(type, value, place);
  }

  private map(of: GoShape, value: JsonMap, place: Place): Json {
    // As Go writes maps.
    const entries = inOrder(Object.entries(value));
    if (entries.length === 0 && !this.options.storedAsJson) return null;
    const result: JsonMap = {};
    for (const [key, item] of entries) {
      const decoded = item === null ? (of.shape === 'bytes' ? '' : this.zero(of)) : this.value(of, item, { parent: place, key, struct: place.struct, ofMap: true });
      if (key === '__proto__') Object.defineProperty(result, key, { value: decoded, enumerable: true, configurable: true, writable: true });
      else result[key] = decoded;
    }
    return result;
  }

  private schema(value: Json, place: Place): Json {
    return isMap(value) ? this.struct(findGoType('apiextensions.v1.JSONSchemaProps'), value, place) : mismatch({ shape: 'struct', name: 'apiextensions.v1.JSONSchemaProps' }, value, place);
  }

  private zero(type: GoShape): Json {
    switch (type.shape) {
      case 'string': return '';
      case 'bool': return false;
      case 'integer': case 'number': return 0;
      case 'IntOrString': return 0;
      case 'Quantity': return '0';
      case 'Duration': return '0s';
      case 'struct': return this.struct(findGoType(type.name), {}, { struct: type.name });
      default: return null;
    }
  }
}

function inOrder<T>(entries: [string, T][]): [string, T][] {
  for (let i = 1; i < entries.length; i++) if (entries[i - 1][0] > entries[i][0]) return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return entries;
}

function isInteger(value: Json, type: string): boolean {
  return typeof value === 'number' && Number.isInteger(value) && (type !== 'int32' || (value >= -(2 ** 31) && value < 2 ** 31));
}

function isLeftOut({ omitEmpty, omitZero, type }: GoField, value: Json): boolean {
  if (omitZero && value === null) return true;
  if (!omitEmpty) return false;
  switch (type.shape) {
    case 'pointer': case 'Raw': case 'JSON': return value === null;
    case 'struct': return false;
    // Structs too, to Go: a time that is not set is written as null, an unset number as 0.
    case 'Time': case 'MicroTime': case 'Quantity': case 'Duration': case 'IntOrString': return false;
    case 'list': return value === null || (value as Json[]).length === 0;
    case 'map': return value === null || Object.keys(value as JsonMap).length === 0;
    default: return value === null || value === '' || value === 0 || value === false;
  }
}

function mismatch(type: GoShape, value: Json, place: Place, withNumber = false): never {
  const names: string[] = [];
  for (let at: Place | undefined = place; at?.parent; at = at.parent) {
    if (typeof at.key === 'string' && !at.ofMap) names.unshift(at.key);
  }
  const kind = withNumber ? kindOf(value) : kindOf(value).split(' ')[0];
  throw new DecodeError(`json: cannot unmarshal ${kind} into Go struct field ${place.struct}.${names.join('.')} of type ${goName(type)}`);
}

function goName(type: GoShape): string {
  switch (type.shape) {
    case 'pointer': return goName(type.of);
    case 'list': return `[]${goName(type.of)}`;
    case 'map': return `map[string]${goName(type.of)}`;
    case 'struct': return type.name.split('.').slice(-2).join('.');
    case 'string': case 'bool': case 'integer': case 'number': return type.name;
    case 'bytes': return '[]uint8';
    default: return `v1.${type.shape}`;
  }
}

/** In the order in which they were written, as the real server tells them. */
function tellUnknown(type: GoShape, value: Json, path: string, onUnknown: (path: string) => void): void {
  switch (type.shape) {
    case 'pointer': return tellUnknown(type.of, value, path, onUnknown);
    case 'list': return Array.isArray(value) ? value.forEach((item, i) => tellUnknown(type.of, item, `${path}[${i}]`, onUnknown)) : undefined;
    case 'JSONSchemaPropsOrArray': case 'JSONSchemaPropsOrBool': case 'JSONSchemaPropsOrStringArray': {
      if (isMap(value)) tellUnknown(SCHEMA, value, path, onUnknown);
      return;
    }
    case 'struct': case 'map': {
      if (!isMap(value)) return;
      const fields = type.shape === 'struct' ? findGoType(type.name).byName : undefined;
      for (const [key, item] of Object.entries(value)) {
        const at = path ? `${path}.${key}` : key;
        const known = fields ? fields.get(key)?.type : (type as { of: GoShape }).of;
        if (known) tellUnknown(known, item, at, onUnknown);
        else onUnknown(at);
      }
    }
  }
}

const SCHEMA: GoShape = { shape: 'struct', name: 'apiextensions.v1.JSONSchemaProps' };
