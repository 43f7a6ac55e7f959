import type { SchemaNode } from '../schema/schema-node';

/** One resource in one version, as an API server of the sandbox serves it. */
export interface ServedResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  /** `deployments` */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly ServedSubresource[];
  /** The group and version that it is stored as: versions of one resource share their objects. */
  readonly storage: string;
  /** Of a built-in kind: its name in the OpenAPI documents is in `schema.name`. */
  readonly schema: SchemaNode;
  /** Made from a CustomResourceDefinition, the object itself. */
  readonly definition?: unknown;
}

/** `apps/v1`; `v1` in the core group. */
export function groupVersionOf({ group, version }: Pick<ServedResource, 'group' | 'version'>): string {
  return group ? `${group}/${version}` : version;
}

/** `deployments.apps`, `pods` */
export function resourceName({ group, plural }: Pick<ServedResource, 'group' | 'plural'>): string {
  return group ? `${plural}.${group}` : plural;
}

export interface ServedSubresource {
  /** `status`, `scale`, `eviction`, … */
  readonly name: string;
  /** Of its body: `autoscaling/v1 Scale` for `scale`. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}
