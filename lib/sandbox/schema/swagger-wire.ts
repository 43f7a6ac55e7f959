import { isMap, type Json, type JsonMap } from '../json';

/** Writes parts of OpenAPI 2 documents as protobuf (`openapi.v2` of gnostic), the one form of them that kubectl reads. Numbers are those of its fields. */

/** A `NamedSchema` within the definitions of a document. */
export function encodeDefinition(name: string, schema: JsonMap): Buffer {
  return message(9, [named(name, encodeSchema(schema))]);
}

/** A `NamedPathItem` within the paths of a document. */
export function encodePath(name: string, path: JsonMap): Buffer {
  return message(8, [message(2, [text(1, name), message(2, isMap(path.patch) ? [message(8, encodeOperation(path.patch))] : [])])]);
}

/** How a document begins. */
export function encodeInfo(title: string, version: string): Buffer {
  return Buffer.concat([text(1, '2.0'), message(2, [text(1, title), text(2, version)])]);
}

function encodeSchema(schema: JsonMap): Buffer[] {
  const { properties, items, additionalProperties, type } = schema;
  return [
    ...texts(1, schema.$ref), ...texts(2, schema.format), ...texts(3, schema.title), ...texts(4, schema.description),
    ...double(6, schema.multipleOf), ...double(7, schema.maximum), ...flag(8, schema.exclusiveMaximum), ...double(9, schema.minimum),
    ...flag(10, schema.exclusiveMinimum),
    ...whole(11, schema.maxLength), ...whole(12, schema.minLength), ...texts(13, schema.pattern), ...whole(14, schema.maxItems), ...whole(15, schema.minItems),
    ...flag(16, schema.uniqueItems), ...whole(17, schema.maxProperties), ...whole(18, schema.minProperties), ...texts(19, schema.required),
    ...Array.isArray(schema.enum) ? schema.enum.map(each => message(20, any(each))) : [],
    ...isMap(additionalProperties) ? [message(21, [message(1, encodeSchema(additionalProperties))])] : [],
    ...additionalProperties === true ? [message(21, flag(2, true))] : [],
    ...typeof type === 'string' ? [message(22, [text(1, type)])] : [],
    ...isMap(items) ? [message(23, [message(1, encodeSchema(items))])] : [],
    ...isMap(properties) ? [message(25, Object.entries(properties).map(([name, each]) => named(name, encodeSchema(each as JsonMap))))] : [],
    ...extensions(31, schema),
  ];
}

function encodeOperation(operation: JsonMap): Buffer[] {
  const parameters = operation.parameters as JsonMap[];
  const responses = Object.entries(operation.responses as Record<string, JsonMap>);
  return [
    ...texts(1, operation.tags), ...texts(3, operation.description), ...texts(5, operation.operationId), ...texts(7, operation.consumes),
    // ParametersItem, Parameter, NonBodyParameter, and the kind of that.
    ...parameters.map(each => message(8, [message(1, [message(2, [encodeParameter(each)])])])),
    message(9, responses.map(([code, { description }]) => message(1, [text(1, code), message(2, [message(1, texts(1, description))])]))),
    ...extensions(13, operation),
  ];
}

function encodeParameter(parameter: JsonMap): Buffer {
  const { name, description, type, required } = parameter;
  const isQuery = parameter.in === 'query';
  return message(isQuery ? 3 : 4, [
    ...flag(1, required), ...texts(2, parameter.in), ...texts(3, description), ...texts(4, name), ...texts(isQuery ? 6 : 5, type),
    ...flag(isQuery ? 20 : 19, parameter.uniqueItems),
  ]);
}

function extensions(field: number, of: JsonMap): Buffer[] {
  return Object.entries(of).filter(([name]) => name.startsWith('x-')).map(([name, value]) => message(field, [text(1, name), message(2, any(value))]));
}

/** What may be anything is text of YAML, and so JSON. */
function any(value: Json): Buffer[] {
  return [text(2, `${JSON.stringify(value)}\n`)];
}

/** An entry of what is a map in JSON. */
function named(name: string, value: readonly Buffer[]): Buffer {
  return message(1, [text(1, name), message(2, value)]);
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
}

function text(field: number, value: string): Buffer {
  return message(field, [Buffer.from(value)]);
}

function texts(field: number, value: Json | undefined): Buffer[] {
  if (typeof value === 'string') return [text(field, value)];
  return Array.isArray(value) ? value.map(each => text(field, String(each))) : [];
}

function flag(field: number, value: Json | undefined): Buffer[] {
  return value === true ? [Buffer.concat([varint(field * 8), varint(1)])] : [];
}

function whole(field: number, value: Json | undefined): Buffer[] {
  return typeof value === 'number' ? [Buffer.concat([varint(field * 8), varint(value)])] : [];
}

function double(field: number, value: Json | undefined): Buffer[] {
  if (typeof value !== 'number') return [];
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [Buffer.concat([varint(field * 8 + 1), bytes])];
}

/** @param value not below 0 */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push(rest % 128 + 128);
  }
}
