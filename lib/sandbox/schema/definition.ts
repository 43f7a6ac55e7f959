import { createHash } from 'node:crypto';
import { builtinSchemas } from './builtin-schemas';
import type { SchemaNode } from '../../schema/schema-node';
import { definitionNode } from '../../schema/structural-node';
import { isMap, type JsonMap } from '../json';
import type { ServedResource, ServedSubresource } from '../served-resource';

/** In the order in which the real server names them. */
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const TERMINATING_VERBS = ['delete', 'deletecollection', 'get', 'list', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

/** A version of a CustomResourceDefinition, as far as the sandbox reads it. */
export interface DefinitionVersion extends JsonMap {
  name: string;
  served: boolean;
  storage: boolean;
}

/** The same schema stands in many clusters: by the hash of its text. */
const nodes = new Map<string, WeakRef<SchemaNode>>();

/**
 * What a CustomResourceDefinition (`apiextensions.k8s.io/v1`) has an API server serve: one resource for each served version.
 *
 * @param definition with its defaults; the names are those of `status.acceptedNames`, else of `spec.names`
 */
export function definedResources(definition: JsonMap): ServedResource[] {
  const spec = definition.spec as JsonMap;
  const versions = spec.versions as DefinitionVersion[];
  const stored = versions.find(version => version.storage) ?? versions[0];
  return versions.filter(version => version.served).map(version => new DefinedResource(definition, version, `${spec.group as string}/${stored.name}`));
}

/** The schema of a version of a CustomResourceDefinition. Equal schemas have one node, whichever clusters they are in. */
export function definitionSchema(version: DefinitionVersion): SchemaNode {
  const schema = isMap(version.schema) && isMap(version.schema.openAPIV3Schema) ? version.schema.openAPIV3Schema : {};
  const key = createHash('sha256').update(JSON.stringify(schema)).digest('base64');
  const known = nodes.get(key)?.deref();
  if (known) return known;
  const node = definitionNode(schema, builtinSchemas().objectMeta);
  nodes.set(key, new WeakRef(node));
  return node;
}

class DefinedResource implements ServedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly ServedSubresource[];
  readonly #version: DefinitionVersion;
  #schema?: SchemaNode;

  constructor(readonly definition: JsonMap, version: DefinitionVersion, readonly storage: string) {
    const spec = definition.spec as JsonMap;
    const names = acceptedNames(definition);
    this.#version = version;
    this.group = spec.group as string;
    this.version = version.name;
    this.kind = names.kind as string;
    this.listKind = names.listKind as string | undefined ?? `${this.kind}List`;
    this.plural = names.plural as string;
    this.singular = names.singular as string | undefined ?? this.kind.toLowerCase();
    this.shortNames = names.shortNames as string[] | undefined ?? [];
    this.categories = names.categories as string[] | undefined ?? [];
    this.namespaced = spec.scope === 'Namespaced';
    this.verbs = isTerminating(definition) ? TERMINATING_VERBS : VERBS;
    this.subresources = this.listSubresources(version);
  }

  get schema(): SchemaNode {
    return this.#schema ??= definitionSchema(this.#version);
  }

  private listSubresources({ subresources }: DefinitionVersion): ServedSubresource[] {
    if (!isMap(subresources)) return [];
    const { group, version, kind } = this;
    return [
      ...subresources.status ? [{ name: 'status', group, version, kind, verbs: SUBRESOURCE_VERBS }] : [],
      ...subresources.scale ? [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: SUBRESOURCE_VERBS }] : [],
    ];
  }
}

function acceptedNames(definition: JsonMap): JsonMap {
  const spec = definition.spec as JsonMap;
  const accepted = isMap(definition.status) ? definition.status.acceptedNames : undefined;
  return { ...spec.names as JsonMap, ...isMap(accepted) && accepted.plural ? accepted : {} };
}

/** Whether a definition is being deleted, and the objects of its kind with it. */
export function isTerminating(definition: JsonMap): boolean {
  const conditions = isMap(definition.status) && Array.isArray(definition.status.conditions) ? definition.status.conditions as JsonMap[] : [];
  return conditions.some(condition => condition.type === 'Terminating' && condition.status === 'True');
}
