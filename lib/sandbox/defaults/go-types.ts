import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** From `lib/` and from `build/` the way to it is the same. */
const FILE = join(__dirname, '..', '..', '..', 'lib', 'sandbox', 'data', 'go-types-1.36.json.br');

/** How a value is kept between its decoding and its encoding: what Go's encoder does with it when it is empty depends on it. */
export type GoShape =
  | { readonly shape: 'pointer' | 'list' | 'map'; readonly of: GoShape }
  | { readonly shape: 'struct'; readonly name: string }
  /** `name` is what a message calls it: `v1.Protocol`. */
  | { readonly shape: 'string' | 'bool' | 'integer' | 'number'; readonly name: string }
  /** With a codec of its own. */
  | { readonly shape: 'bytes' | 'Quantity' | 'Time' | 'MicroTime' | 'Duration' | 'IntOrString' | 'Raw' | 'JSON' | SchemaShape };

/** A schema or something else, within a schema. */
type SchemaShape = 'JSONSchemaPropsOrBool' | 'JSONSchemaPropsOrArray' | 'JSONSchemaPropsOrStringArray';

export interface GoField {
  readonly name: string;
  readonly type: GoShape;
  /** Left out when it is empty; a struct never is, a pointer only when there is none. */
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
}

export interface GoType {
  /** `PodSpec` */
  readonly name: string;
  /** `core.v1.PodSpec` */
  readonly fullName: string;
  /** In the order in which they are written. */
  readonly fields: readonly GoField[];
  readonly byName: ReadonlyMap<string, GoField>;
}

/**
 * Made by scripts/go-types. Of each field `?` (omitempty), `0` (omitzero), then the type: `*` pointer, `[` slice, `{` map, a name;
 * after `:` what Go calls it.
 */
let source: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
const types = new Map<string, GoType>();
const shapes = new Map<string, GoShape>();

/**
 * The Go type of a built-in type of Kubernetes, or undefined where it has none.
 *
 * @param name as in the OpenAPI documents, `io.k8s.api.core.v1.PodSpec`, or its end, `core.v1.PodSpec`
 */
export function tryFindGoType(name: string): GoType | undefined {
  const known = types.get(name);
  if (known) return known;
  source ??= JSON.parse(brotliDecompressSync(readFileSync(FILE)).toString()) as NonNullable<typeof source>;
  const fullName = name.split('.').slice(-3).join('.');
  const written = source[fullName];
  if (!written) return undefined;
  const fields = Object.entries(written).map(([field, text]) => parseField(field, text));
  const byName = new Map(fields.map(field => [field.name, field]));
  const type = types.get(fullName) ?? { name: fullName.slice(fullName.lastIndexOf('.') + 1), fullName, fields, byName };
  types.set(fullName, type);
  types.set(name, type);
  return type;
}

/** The same, of a type that there is. */
export function findGoType(name: string): GoType {
  const type = tryFindGoType(name);
  if (!type) throw new Error(`there is no Go type ${name}`);
  return type;
}

function parseField(name: string, text: string): GoField {
  const marks = /^\??0?/.exec(text)![0];
  return { name, type: parseShape(text.slice(marks.length)), omitEmpty: marks.includes('?'), omitZero: marks.includes('0') };
}

function parseShape(text: string): GoShape {
  let shape = shapes.get(text);
  if (!shape) {
    shape = shapeOf(text);
    shapes.set(text, shape);
  }
  return shape;
}

function shapeOf(text: string): GoShape {
  switch (text[0]) {
    case '*': return { shape: 'pointer', of: parseShape(text.slice(1)) };
    case '[': return { shape: 'list', of: parseShape(text.slice(1)) };
    case '{': return { shape: 'map', of: parseShape(text.slice(1)) };
  }
  const [kind, name = kind] = text.split(':');
  switch (kind) {
    case 'string': case 'bool': return { shape: kind, name };
    case 'int32': case 'int64': case 'int': return { shape: 'integer', name };
    case 'float64': case 'float32': return { shape: 'number', name };
    default: return kind.includes('.') ? { shape: 'struct', name: kind } : { shape: kind as 'Raw' };
  }
}
