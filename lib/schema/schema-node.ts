import type { Json } from './json';

/**
 * What a value may be, as the OpenAPI documents of an API server or the structural schema of a CustomResourceDefinition say it: one shape for both.
 *
 * `properties` and `items` may lead back to the node itself, as in JSONSchemaProps: never walk a node without a value beside it.
 */
export interface SchemaNode {
  /** Absent: anything, `intOrString` and `preserveUnknown` aside. */
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: ReadonlyMap<string, SchemaNode>;
  /** Of a map with free keys. */
  readonly additional?: SchemaNode;
  readonly items?: SchemaNode;
  /** `x-kubernetes-list-type`. @default atomic */
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  /** `x-kubernetes-map-type`. @default granular */
  readonly mapType?: 'atomic' | 'granular';
  /** `x-kubernetes-patch-strategy`, split. */
  readonly patchStrategies?: readonly string[];
  readonly patchMergeKey?: string;
  readonly intOrString?: boolean;
  /** `x-kubernetes-preserve-unknown-fields`. */
  readonly preserveUnknown?: boolean;
  /** `x-kubernetes-embedded-resource`. */
  readonly embedded?: boolean;
  readonly nullable?: boolean;
  readonly format?: string;
  readonly default?: Json;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  /** The name of a type of Kubernetes itself: `io.k8s.api.core.v1.PodSpec`. */
  readonly name?: string;
  /** Of CustomResourceDefinitions: everything else that the schema demands, as written there (`pattern`, `minimum`, `x-kubernetes-validations`, `oneOf`, …). */
  readonly constraints?: Readonly<Record<string, Json>>;
}
