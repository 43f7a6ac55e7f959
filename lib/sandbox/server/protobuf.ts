import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { Json, JsonMap } from '../json';
import { WireReader, type WireField } from './wire-reader';

/** From `lib/` and from `build/` the way to it is the same. */
const FILE = join(__dirname, '..', '..', '..', 'lib', 'sandbox', 'data', 'protobuf-1.36.json.br');
/** `k8s` and a zero: what every such body begins with. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

interface FieldShape {
  /** Empty: its fields are those of the object that it is in. */
  readonly name: string;
  /** `string`, `bool`, `int`, `double`, `bytes`, or a message; `[` and `{` before what a list and a map hold. */
  readonly type: string;
}

/** Made by scripts/go-types/protobuf: of each message its fields, `NUMBER NAME TYPE`. */
let source: Readonly<Record<string, readonly string[] | null>> | undefined;
const messages = new Map<string, ReadonlyMap<number, FieldShape>>();

/**
 * Reads an object that is sent as protobuf, as some commands of kubectl do: what it would be in JSON.
 *
 * @param typeOf the name of the type of a kind, `io.k8s.api.core.v1.Namespace`; undefined when it has none
 * @throws Error for what is no such body
 */
export function decodeProtobuf(body: Buffer, typeOf: (apiVersion: string, kind: string) => string | undefined): JsonMap {
  if (!body.subarray(0, 4).equals(MAGIC)) throw new Error('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  let apiVersion = '';
  let kind = '';
  let raw: Buffer = Buffer.alloc(0);
  for (const { number, bytes } of new WireReader(body.subarray(4)).fields()) {
    if (number === 2) raw = bytes;
    if (number !== 1) continue;
    for (const part of new WireReader(bytes).fields()) {
      if (part.number === 1) apiVersion = part.bytes.toString();
      if (part.number === 2) kind = part.bytes.toString();
    }
  }
  const type = typeOf(apiVersion, kind);
  if (!type) throw new Error(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
  return { apiVersion, kind, ...message(type.split('.').slice(-3).join('.'), raw) as JsonMap };
}

function message(type: string, bytes: Buffer): Json {
  const own = OWN_FORMS[type];
  if (own) return own(bytes);
  const fields = fieldsOf(type);
  const result: JsonMap = {};
  for (const field of new WireReader(bytes).fields()) {
    const shape = fields.get(field.number);
    if (!shape) continue;
    const { name, type: of } = shape;
    if (of.startsWith('[')) {
      const list = (result[name] ??= []) as Json[];
      // A list of lists (the values of an `extra`) is a message with one list in it.
      list.push(value(of.slice(1), field));
    } else if (of.startsWith('{')) {
      const map = (result[name] ??= {}) as JsonMap;
      const [key, item] = entry(of.slice(1), field.bytes);
      map[key] = item;
    } else if (name === '') {
      Object.assign(result, value(of, field));
    } else {
      result[name] = value(of, field);
    }
  }
  return result;
}

function value(type: string, field: WireField): Json {
  switch (type) {
    case 'string': return field.bytes.toString();
    case 'bytes': return field.bytes.toString('base64');
    case 'bool': return field.integer !== 0n;
    case 'int': return Number(field.integer);
    case 'double': return field.double;
    default: return message(type, field.bytes);
  }
}

function entry(type: string, bytes: Buffer): [string, Json] {
  let key = '';
  let item: Json = type === 'string' || type === 'bytes' ? '' : {};
  for (const field of new WireReader(bytes).fields()) {
    if (field.number === 1) key = field.bytes.toString();
    else if (type.startsWith('[')) item = [...new WireReader(field.bytes).fields()].map(each => value(type.slice(1), each));
    else item = value(type, field);
  }
  return [key, item];
}

/** Of one message: its fields by their number. */
function parts(bytes: Buffer): Map<number, WireField> {
  return new Map([...new WireReader(bytes).fields()].map(field => [field.number, field]));
}

/** What is no map of its fields in JSON. */
const OWN_FORMS: Readonly<Record<string, (bytes: Buffer) => Json>> = {
  'api.resource.Quantity': bytes => parts(bytes).get(1)?.bytes.toString() ?? '0',
  'meta.v1.Time': bytes => time(bytes, 0),
  'meta.v1.MicroTime': bytes => time(bytes, 6),
  'meta.v1.Duration': bytes => `${Number(parts(bytes).get(1)?.integer ?? 0n) / 1e9}s`,
  'util.intstr.IntOrString': bytes => {
    const found = parts(bytes);
    return (found.get(1)?.integer ?? 0n) === 0n ? Number(found.get(2)?.integer ?? 0n) : found.get(3)?.bytes.toString() ?? '';
  },
  'meta.v1.FieldsV1': json,
  'pkg.runtime.RawExtension': json,
  'apiextensions.v1.JSON': json,
  'apiextensions.v1.JSONSchemaPropsOrBool': bytes => {
    const found = parts(bytes);
    const schema = found.get(2);
    return schema ? message('apiextensions.v1.JSONSchemaProps', schema.bytes) : (found.get(1)?.integer ?? 0n) !== 0n;
  },
  'apiextensions.v1.JSONSchemaPropsOrArray': bytes => {
    const all = [...new WireReader(bytes).fields()];
    const one = all.find(({ number }) => number === 1);
    return one ? message('apiextensions.v1.JSONSchemaProps', one.bytes) : all.map(each => message('apiextensions.v1.JSONSchemaProps', each.bytes));
  },
};

/** Nothing at all is no time. */
function time(bytes: Buffer, digits: number): Json {
  const found = parts(bytes);
  if (found.size === 0) return null;
  const seconds = new Date(Number(BigInt.asIntN(64, found.get(1)?.integer ?? 0n)) * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${seconds}Z` : `${seconds}.${String(found.get(2)?.integer ?? 0n).padStart(9, '0').slice(0, digits)}Z`;
}

function json(bytes: Buffer): Json {
  const raw = parts(bytes).get(1)?.bytes;
  return raw && raw.length > 0 ? JSON.parse(raw.toString()) as Json : null;
}

function fieldsOf(type: string): ReadonlyMap<number, FieldShape> {
  let fields = messages.get(type);
  if (!fields) {
    source ??= JSON.parse(brotliDecompressSync(readFileSync(FILE)).toString()) as NonNullable<typeof source>;
    fields = new Map((source[type] ?? []).map(text => {
      const [number, name, of] = text.split(' ');
      return [Number(number), { name, type: of }];
    }));
    messages.set(type, fields);
  }
  return fields;
}
