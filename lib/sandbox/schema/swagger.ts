import { isMap, type Json, type JsonMap } from '../json';

const V3 = '#/components/schemas/';
const V2 = '#/definitions/';
/** What version 2 has no word for, or the real server does not say in it. */
const UNSAID = new Set(['default', 'nullable', 'oneOf', 'anyOf', 'allOf', 'not']);
/** What would be wrong of a value that may be null, or anything. */
const OF_SHAPE = new Set(['type', 'items', 'properties', 'additionalProperties', 'required']);

/** A named schema. */
export function toSwaggerDefinition(schema: JsonMap): JsonMap {
  if (schema['x-kubernetes-preserve-unknown-fields'] !== true) return toSwaggerSchema(schema);
  return { type: 'object', ...keep(schema, key => key === 'x-kubernetes-group-version-kind' || key === 'x-kubernetes-selectable-fields') };
}

/** A schema of OpenAPI 3, as kube-apiserver writes them, in the words of OpenAPI 2. */
export function toSwaggerSchema(schema: JsonMap): JsonMap {
  // A union without a type of its own is told as the first of its types.
  const [first] = schema.type === undefined && Array.isArray(schema.oneOf) ? schema.oneOf : [];
  if (schema.format === 'int-or-string' || isMap(first) && first.type === 'string') return { ...keep(schema, key => !UNSAID.has(key)), type: 'string' };
  const isAnything = schema.nullable === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const result = keep(schema, key => !UNSAID.has(key) && !(isAnything && OF_SHAPE.has(key)));
  const [only] = Array.isArray(schema.allOf) && schema.allOf.length === 1 ? schema.allOf : [];
  const ref = schema.$ref ?? (isMap(only) ? only.$ref : undefined);
  if (typeof ref === 'string') result.$ref = ref.replace(V3, V2);
  if (isMap(result.properties)) {
    result.properties = Object.fromEntries(Object.entries(result.properties).map(([name, each]) => [name, toSwaggerSchema(each as JsonMap)]));
  }
  for (const key of ['items', 'additionalProperties']) if (isMap(result[key])) result[key] = toSwaggerSchema(result[key]);
  return result;
}

/** Of the paths of OpenAPI 3 those that can be patched, with PATCH alone: by its parameters clients know what else the server understands. */
export function toSwaggerPaths(paths: JsonMap): JsonMap {
  const patched = Object.entries(paths).filter(([, path]) => isMap(path) && isMap(path.patch));
  return Object.fromEntries(patched.map(([name, path]) => [name, { patch: toOperation((path as JsonMap).patch as JsonMap) }]));
}

function toOperation(operation: JsonMap): JsonMap {
  const { description, operationId, tags, parameters, requestBody } = operation;
  const consumes = isMap(requestBody) && isMap(requestBody.content) ? Object.keys(requestBody.content) : [];
  return {
    ...description === undefined ? {} : { description },
    ...tags === undefined ? {} : { tags },
    consumes,
    ...operationId === undefined ? {} : { operationId },
    'parameters': (parameters as JsonMap[] | undefined ?? []).map(toParameter),
    'responses': { 200: { description: 'OK' } },
    'x-kubernetes-action': operation['x-kubernetes-action'],
    'x-kubernetes-group-version-kind': operation['x-kubernetes-group-version-kind'],
  };
}

function toParameter(parameter: JsonMap): JsonMap {
  const { schema, ...rest } = parameter;
  return { ...isMap(schema) ? schema : {}, ...rest };
}

function keep(map: JsonMap, wanted: (key: string) => boolean): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => wanted(key))) as Record<string, Json>;
}
