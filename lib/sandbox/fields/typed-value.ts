import type { SchemaNode } from '../../schema/schema-node';
import type { Json } from '../json';

/** How the fields of a value are owned: what structured-merge-diff makes of a schema. A value of several kinds has several of the three. */
export interface ValueType {
  readonly scalar?: ScalarKind;
  readonly list?: ListType;
  readonly map?: MapType;
}

export type ScalarKind = 'numeric' | 'string' | 'boolean' | 'untyped';

export interface ListType {
  /** Items have owners of their own; else the list is one field. */
  readonly associative: boolean;
  /** Which fields of an item tell it from the others; none: the items are scalars, each its own key. */
  readonly keys: readonly string[];
  readonly element: ValueType;
  /** What a key is when an item does not say it. */
  readonly keyDefaults: ReadonlyMap<string, Json>;
}

export interface MapType {
  readonly atomic: boolean;
  /** Whether it names fields, as a struct does. */
  readonly hasFields: boolean;
  /** Whether it allows nothing but keys of any name with values of any kind. */
  readonly isFree: boolean;
  isField(name: string): boolean;
  /** The type of a field or of a free key; undefined when there can be no such key. */
  tryFind(name: string): ValueType | undefined;
}

/** Anything, as one field. */
const UNTYPED: ValueType = {
  scalar: 'untyped',
  list: { associative: false, keys: [], get element() { return UNTYPED; }, keyDefaults: new Map() },
  map: { atomic: true, hasFields: false, isFree: false, isField: () => false, tryFind: () => UNTYPED },
};

/** Anything: maps field by field, lists as a whole. */
export const DEDUCED: ValueType = {
  scalar: 'untyped',
  list: { associative: false, keys: [], element: UNTYPED, keyDefaults: new Map() },
  map: { atomic: false, hasFields: false, isFree: true, isField: () => false, tryFind: () => DEDUCED },
};

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const RAW_EXTENSION = 'io.k8s.apimachinery.pkg.runtime.RawExtension';

const strict = new WeakMap<SchemaNode, ValueType>();
const preserving = new WeakMap<SchemaNode, ValueType>();

/** The type of a value with this schema; the same one for the same node. */
export function typeOf(node: SchemaNode): ValueType {
  return find(node, false);
}

/** @param inherited whether a schema around this one preserves what it does not know, which goes for all below it too */
function find(node: SchemaNode, inherited: boolean): ValueType {
  // A type of Kubernetes itself stands for itself.
  const preserve = (inherited && node.name === undefined) || node.preserveUnknown === true;
  const cache = preserve ? preserving : strict;
  let type = cache.get(node);
  if (!type) {
    type = make(node, preserve);
    cache.set(node, type);
  }
  return type;
}

function make(node: SchemaNode, preserve: boolean): ValueType {
  if (node.name === QUANTITY) return { scalar: 'untyped' };
  if (node.name === RAW_EXTENSION) return UNTYPED;
  switch (node.type) {
    case 'object': return { map: new NodeMap(node, preserve) };
    case 'array': return { list: new NodeList(node, preserve) };
    case 'integer':
    case 'number': return { scalar: 'numeric' };
    case 'boolean': return { scalar: 'boolean' };
    case 'string': return { scalar: node.format === undefined || node.format === '' || node.format === 'byte' ? 'string' : 'untyped' };
    default: return { scalar: 'untyped', list: new NodeList(node, preserve), map: new NodeMap(node, preserve) };
  }
}

class NodeMap implements MapType {
  readonly atomic: boolean;
  readonly hasFields: boolean;
  readonly isFree: boolean;
  private readonly types = new Map<string, ValueType>();
  private freeType?: ValueType;

  constructor(private readonly node: SchemaNode, private readonly preserve: boolean) {
    this.atomic = node.mapType === 'atomic';
    this.hasFields = (node.properties?.size ?? 0) > 0;
    this.isFree = !this.hasFields && !node.additional;
  }

  isField(name: string): boolean {
    return this.node.properties?.has(name) ?? false;
  }

  tryFind(name: string): ValueType | undefined {
    const known = this.types.get(name);
    if (known) return known;
    const property = this.node.properties?.get(name);
    if (!property) return this.freeType ??= this.makeFreeType();
    const type = find(property, this.preserve);
    this.types.set(name, type);
    return type;
  }

  private makeFreeType(): ValueType | undefined {
    if (this.node.additional) return find(this.node.additional, this.preserve);
    return this.preserve || !this.hasFields ? DEDUCED : undefined;
  }
}

class NodeList implements ListType {
  readonly associative: boolean;
  readonly keys: readonly string[];
  private elementType?: ValueType;
  private defaults?: ReadonlyMap<string, Json>;

  constructor(private readonly node: SchemaNode, private readonly preserve: boolean) {
    const { listType, listMapKeys, patchStrategies, patchMergeKey } = node;
    // Where nothing is said of the list, the older words for patches count.
    this.associative = listType ? listType !== 'atomic' : patchStrategies?.includes('merge') ?? false;
    // Keys are sorted once and for all.
    this.keys = !this.associative ? [] : [...(listType ? listType === 'map' ? listMapKeys : [] : patchMergeKey ? [patchMergeKey] : []) ?? []].sort();
  }

  get element(): ValueType {
    return this.elementType ??= this.node.items ? find(this.node.items, this.preserve) : UNTYPED;
  }

  get keyDefaults(): ReadonlyMap<string, Json> {
    return this.defaults ??= new Map(this.keys.flatMap(key => {
      const value = this.node.items?.properties?.get(key)?.default;
      return value === undefined ? [] : [[key, value] as const];
    }));
  }
}

export const MAP = 1;
export const SCALAR = 2;
export const LIST = 3;
const SEVERAL = 4;

/** As which of the kinds that its type allows a value is taken; as any of them when it is null or of a kind that is not allowed. */
export function kindOf(type: ValueType, value: Json): number {
  if (value !== null) {
    if (typeof value !== 'object') {
      if (type.scalar) return SCALAR;
    } else if (Array.isArray(value)) {
      if (type.list) return LIST;
    } else if (type.map) {
      return MAP;
    }
  }
  return type.scalar && type.map ? SEVERAL : type.map ? MAP : type.scalar ? SCALAR : LIST;
}

/** How a value of such a kind is gone through: of several kinds the first counts. */
export function walkOf(kind: number): number {
  return kind === SEVERAL ? MAP : kind;
}
