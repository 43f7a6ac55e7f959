import { createHash } from 'node:crypto';
import { isMap, type Json, type JsonMap } from '../json';
import type { ServedResource } from '../served-resource';
import { builtinSchemas } from './builtin-schemas';
import { definitionPaths, REF } from './openapi-paths';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const SCALE = 'io.k8s.api.autoscaling.v1.';
const METADATA_TEXT = "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/** The OpenAPI document of the custom resources of one version of one group. */
export class DefinitionDocument {
  private made?: { readonly text: string; readonly hash: string };

  constructor(private readonly resources: readonly ServedResource[]) {}

  get text(): string {
    return this.make().text;
  }

  /** SHA-512 in capitals, as the real server names its documents. Another one than the real server's: it orders properties otherwise. */
  get hash(): string {
    return this.make().hash;
  }

  private make(): { readonly text: string; readonly hash: string } {
    if (this.made) return this.made;
    const text = JSON.stringify({
      openapi: '3.0.0',
      info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
      paths: sorted(Object.assign({}, ...this.resources.map(resource => definitionPaths(resource, typeName(resource))))),
      components: { schemas: sorted({ ...this.ownTypes(), ...this.sharedTypes() }) },
    });
    this.made = { text, hash: createHash('sha512').update(text).digest('hex').toUpperCase() };
    return this.made;
  }

  private ownTypes(): JsonMap {
    return Object.assign({}, ...this.resources.map(resource => ({
      [typeName(resource)]: objectType(resource),
      [typeName(resource, resource.listKind)]: listType(resource),
    }))) as JsonMap;
  }

  private sharedTypes(): JsonMap {
    const names = ['DeleteOptions', 'FieldsV1', 'ListMeta', 'ManagedFieldsEntry', 'ObjectMeta', 'OwnerReference', 'Patch', 'Preconditions', 'ShardInfo', 'Status',
      'StatusCause', 'StatusDetails', 'Time'].map(name => META + name);
    const hasScale = this.resources.some(resource => resource.subresources.some(({ name }) => name === 'scale'));
    const scale = hasScale ? ['Scale', 'ScaleSpec', 'ScaleStatus'].map(name => SCALE + name) : [];
    // The real server's DeleteOptions list every group that ever was; the ones of the core group stand here.
    return Object.fromEntries([...names, ...scale].map(name => [name, JSON.parse(builtinSchemas().typeText(name)) as Json]));
  }
}

/** `com.example.v1.Widget` */
function typeName({ group, version, kind }: ServedResource, ofKind = kind): string {
  return `${group.split('.').reverse().join('.')}.${version}.${ofKind}`;
}

function objectType(resource: ServedResource): JsonMap {
  const spec = (resource.definition as JsonMap).spec as JsonMap;
  const version = (spec.versions as JsonMap[]).find(({ name }) => name === resource.version)!;
  const schema = isMap(version.schema) ? version.schema.openAPIV3Schema : undefined;
  const type = isMap(schema) ? withObjectFields(unfold(schema), objectFields()) : { type: 'object' };
  return { ...type, 'x-kubernetes-group-version-kind': gvk(resource, resource.kind), ...selectable(version) };
}

function listType(resource: ServedResource): JsonMap {
  const { apiVersion, kind } = objectFields();
  const more = 'More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
  const spec = (resource.definition as JsonMap).spec as JsonMap;
  return {
    'description': `${resource.listKind} is a list of ${resource.kind}`,
    'type': 'object',
    'required': ['items'],
    'properties': {
      apiVersion,
      items: { description: `List of ${resource.plural}. ${more}`, type: 'array', items: { $ref: `${REF}${typeName(resource)}` } },
      kind,
      metadata: { description: `Standard list metadata. ${more}#types-kinds`, allOf: [{ $ref: `${REF}${META}ListMeta` }] },
    },
    'x-kubernetes-group-version-kind': gvk(resource, resource.listKind),
    ...selectable((spec.versions as JsonMap[]).find(({ name }) => name === resource.version)!),
  };
}

function gvk({ group, version }: ServedResource, kind: string): Json {
  return [{ group, kind, version }];
}

function selectable({ selectableFields }: JsonMap): JsonMap {
  const fields = selectableFields as { jsonPath: string }[] | undefined;
  return fields?.length ? { 'x-kubernetes-selectable-fields': fields.map(({ jsonPath }) => ({ fieldPath: jsonPath.replace(/^\./, '') })) } : {};
}

/** `apiVersion`, `kind` and `metadata`, as the built-in types have them. */
function objectFields(): { apiVersion: Json; kind: Json; metadata: Json } {
  const { apiVersion, kind } = (JSON.parse(builtinSchemas().typeText('io.k8s.api.core.v1.ConfigMap')) as { properties: JsonMap }).properties;
  return { apiVersion, kind, metadata: { description: METADATA_TEXT, allOf: [{ $ref: `${REF}${META}ObjectMeta` }] } };
}

function withObjectFields(schema: JsonMap, fields: JsonMap): JsonMap {
  return { ...schema, properties: { ...schema.properties as JsonMap | undefined, ...fields } };
}

/** A structural schema with what its extensions stand for. */
function unfold(schema: JsonMap): JsonMap {
  const result: JsonMap = { ...schema };
  if (isMap(schema.properties)) {
    result.properties = Object.fromEntries(Object.entries(schema.properties).map(([name, each]) => [name, unfold(each as JsonMap)]));
  }
  if (isMap(schema.additionalProperties)) result.additionalProperties = unfold(schema.additionalProperties);
  if (isMap(schema.items)) result.items = unfold(schema.items);
  if (schema['x-kubernetes-int-or-string'] === true && !schema.anyOf && !schema.allOf) result.anyOf = [{ type: 'integer' }, { type: 'string' }];
  return schema['x-kubernetes-embedded-resource'] === true ? asEmbedded(result) : result;
}

function asEmbedded(schema: JsonMap): JsonMap {
  const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
  const apiVersion = { description: `apiVersion defines the versioned schema of this representation of an object. More info: ${conventions}#resources`, type: 'string' };
  const kind = { description: `kind is a string value representing the type of this object. In CamelCase. More info: ${conventions}#types-kinds`, type: 'string' };
  const required = [...new Set([...schema.required as string[] | undefined ?? [], 'kind', 'apiVersion'])];
  return { ...withObjectFields(schema, { apiVersion, kind, metadata: objectFields().metadata }), required };
}

function sorted(map: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => a < b ? -1 : 1));
}
