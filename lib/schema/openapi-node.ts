import type { Json } from './json';
import type { SchemaNode } from './schema-node';

/** The parts of an OpenAPI 3 schema, as kube-apiserver writes them, that say what a value may be. */
export interface OpenApiSchema {
  readonly '$ref'?: string;
  readonly 'type'?: SchemaNode['type'];
  readonly 'format'?: string;
  readonly 'default'?: Json;
  readonly 'enum'?: readonly Json[];
  readonly 'required'?: readonly string[];
  readonly 'nullable'?: boolean;
  readonly 'properties'?: Readonly<Record<string, OpenApiSchema>>;
  readonly 'additionalProperties'?: OpenApiSchema | boolean;
  readonly 'items'?: OpenApiSchema;
  readonly 'allOf'?: readonly OpenApiSchema[];
  readonly 'x-kubernetes-list-type'?: SchemaNode['listType'];
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: SchemaNode['mapType'];
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
}

type Growing = { -readonly [K in keyof SchemaNode]: SchemaNode[K] };

/** Makes nodes of named OpenAPI schemas; each type becomes one node, which all that refer to it share. */
export class OpenApiNodes {
  private readonly nodes = new Map<string, Growing>();
  /** Copies of types that were not complete yet: a type may contain itself. */
  private waiting: (() => void)[] = [];
  private depth = 0;

  constructor(private readonly read: (name: string) => OpenApiSchema) {}

  /** The node of a named type. */
  find(name: string): SchemaNode {
    const known = this.nodes.get(name);
    if (known) return known;
    const node: Growing = {};
    this.nodes.set(name, node);
    this.depth++;
    Object.assign(node, this.make(this.read(name)), { name });
    this.depth--;
    if (this.depth === 0) this.settle();
    return node;
  }

  private settle(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const copy of waiting) copy();
  }

  private make(schema: OpenApiSchema): SchemaNode {
    const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0].$ref : undefined);
    return ref === undefined ? this.makeInline(schema) : this.refer(ref.slice(ref.lastIndexOf('/') + 1), schema);
  }

  /** A reference; what stands beside it says more about this place, not about the type. */
  private refer(name: string, schema: OpenApiSchema): SchemaNode {
    const target = this.find(name);
    const here = ownProperties(schema);
    if (Object.keys(here).length === 0) return target;
    const copy: Growing = {};
    this.waiting.push(() => Object.assign(copy, target, here));
    return copy;
  }

  private makeInline(schema: OpenApiSchema): SchemaNode {
    const { type, properties, additionalProperties, items } = schema;
    const isIntOrString = schema.format === 'int-or-string';
    return {
      ...ownProperties(schema),
      ...type && !isIntOrString ? { type } : {},
      ...isIntOrString ? { intOrString: true } : {},
      ...properties ? { properties: new Map(Object.entries(properties).map(([name, property]) => [name, this.make(property)])) } : {},
      ...additionalProperties ? { additional: additionalProperties === true ? {} : this.make(additionalProperties) } : {},
      ...items ? { items: this.make(items) } : {},
    };
  }
}

function ownProperties(schema: OpenApiSchema): SchemaNode {
  const strategy = schema['x-kubernetes-patch-strategy'];
  const all: SchemaNode = {
    listType: schema['x-kubernetes-list-type'],
    listMapKeys: schema['x-kubernetes-list-map-keys'],
    mapType: schema['x-kubernetes-map-type'],
    patchStrategies: strategy?.split(','),
    patchMergeKey: schema['x-kubernetes-patch-merge-key'],
    preserveUnknown: schema['x-kubernetes-preserve-unknown-fields'],
    embedded: schema['x-kubernetes-embedded-resource'],
    nullable: schema.nullable,
    format: schema.format,
    default: schema.default,
    required: schema.required,
    enum: schema.enum,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as SchemaNode;
}
