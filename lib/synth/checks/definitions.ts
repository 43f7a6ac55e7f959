import { isMap, type JsonMap } from '../../schema/json';
import type { SchemaNode } from '../../schema/schema-node';
import { definitionNode } from '../../schema/structural-node';
import { groupOf, Manifest } from '../../tree/manifest';

/** A custom kind as the CustomResourceDefinition on the cluster has it. */
export class Definition {
  /** Names of the versions that are served. */
  public readonly served: readonly string[];
  private readonly schemas = new Map<string, JsonMap>();
  private readonly nodes = new Map<string, SchemaNode>();

  constructor(public readonly group: string, public readonly kind: string, versions: readonly unknown[]) {
    const named = versions.filter(isMap).filter(version => typeof version.name === 'string');
    this.served = named.filter(version => version.served === true).map(version => String(version.name));
    for (const { name, schema } of named) {
      const openApi = isMap(schema) ? schema.openAPIV3Schema : undefined;
      if (isMap(openApi)) {
        this.schemas.set(String(name), openApi);
      }
    }
  }

  /** The schema of a version, made when it is first asked for; undefined when the definition says none, or one that cannot be read. */
  public tryFindSchema(version: string, objectMeta: SchemaNode): SchemaNode | undefined {
    const schema = this.schemas.get(version);
    let node = this.nodes.get(version);
    if (schema && !node) {
      this.nodes.set(version, node = tryMakeNode(schema, objectMeta));
    }
    return node;
  }
}

/** The custom kind that a manifest defines; undefined for any other object, and for a definition that says too little. */
export function definitionOf(manifest: Manifest): Definition | undefined {
  if (manifest.kind !== 'CustomResourceDefinition' || groupOf(manifest.apiVersion) !== 'apiextensions.k8s.io' || !isMap(manifest.spec)) {
    return undefined;
  }
  const { group, names, versions } = manifest.spec;
  return typeof group === 'string' && isMap(names) && typeof names.kind === 'string' && Array.isArray(versions)
    ? new Definition(group, names.kind, versions) : undefined;
}

/** A schema may hold anything: its definition has not been accepted by any server yet, and is checked as the object that it is. */
function tryMakeNode(schema: JsonMap, objectMeta: SchemaNode): SchemaNode {
  try {
    return definitionNode(schema, objectMeta);
  } catch {
    return {};
  }
}
