import { isMap, type Json, type JsonMap } from './json';
import type { SchemaNode } from './schema-node';

/** JSONSchemaProps that a node says by itself, or that say nothing about values. */
const READ = new Set([
  'type', 'properties', 'additionalProperties', 'items', 'nullable', 'format', 'default', 'required', 'enum', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type', 'x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource',
  'description', 'title', 'example', 'externalDocs', '$schema', 'id', '$ref', 'definitions',
]);

/**
 * The node of the `openAPIV3Schema` of a version of a CustomResourceDefinition. It has `apiVersion`, `kind` and `metadata` as every object has; what the schema
 * demands of `metadata.name` and `metadata.generateName` is kept.
 *
 * @param objectMeta the type of `metadata`
 */
export function definitionNode(schema: JsonMap, objectMeta: SchemaNode): SchemaNode {
  const node = structuralNode(schema, objectMeta);
  return { ...node, type: 'object', properties: withObjectFields(node.properties, objectMeta) };
}

/** The node of a structural schema. */
export function structuralNode(schema: JsonMap, objectMeta: SchemaNode): SchemaNode {
  const properties = isMap(schema.properties)
    ? new Map(Object.entries(schema.properties).map(([name, each]) => [name, structuralNode(each as JsonMap, objectMeta)]))
    : undefined;
  const { additionalProperties, items } = schema;
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const required = (schema.required as string[] | undefined) ?? [];
  return defined({
    type: schema.type === '' ? undefined : schema.type as SchemaNode['type'],
    properties: isEmbedded ? withObjectFields(properties, objectMeta) : properties,
    additional: additionalProperties === true ? {} : isMap(additionalProperties) ? structuralNode(additionalProperties, objectMeta) : undefined,
    items: isMap(items) ? structuralNode(items, objectMeta) : undefined,
    listType: schema['x-kubernetes-list-type'] as SchemaNode['listType'],
    listMapKeys: schema['x-kubernetes-list-map-keys'] as string[] | undefined,
    mapType: schema['x-kubernetes-map-type'] as SchemaNode['mapType'],
    intOrString: schema['x-kubernetes-int-or-string'] === true || undefined,
    preserveUnknown: schema['x-kubernetes-preserve-unknown-fields'] === true || undefined,
    embedded: isEmbedded || undefined,
    nullable: schema.nullable === true || undefined,
    format: schema.format as string | undefined,
    default: schema.default,
    required: isEmbedded ? [...new Set([...required, 'kind', 'apiVersion'])] : schema.required as string[] | undefined,
    enum: schema.enum as Json[] | undefined,
    constraints: constraintsOf(schema),
  });
}

function constraintsOf(schema: JsonMap): Record<string, Json> | undefined {
  const rest = Object.entries(schema).filter(([key]) => !READ.has(key));
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}

function withObjectFields(properties: ReadonlyMap<string, SchemaNode> | undefined, objectMeta: SchemaNode): ReadonlyMap<string, SchemaNode> {
  const demanded = properties?.get('metadata')?.properties;
  const metadata = demanded === undefined ? objectMeta : {
    ...objectMeta,
    properties: new Map([...objectMeta.properties ?? []].map(([name, node]) => [name, { ...node, ...demanded.get(name) }])),
  };
  return new Map<string, SchemaNode>([...properties ?? [], ['apiVersion', { type: 'string' }], ['kind', { type: 'string' }], ['metadata', metadata]]);
}

function defined(node: SchemaNode): SchemaNode {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined)) as SchemaNode;
}
