import { BOOLEAN, FieldNode, NULL, NUMBER, ObjectNode, OPEN, STRING, TypeNode, union, UNKNOWN } from '../type-node';
import { quote } from '../write-type';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The type that a JSON schema describes: the part of drafts 4 to 2020-12 that charts use.
 *
 * Keys that no schema names are left out unless `additionalProperties` or `patternProperties` speak of them: whoever wants such a key has misspelt one.
 * What refers to itself, or to another file, is `unknown`.
 */
export function typeOfSchema(root: unknown): TypeNode {
  return new Conversion(root).typeOf(root, []);
}

class Conversion {
  constructor(private readonly root: unknown) {}

  typeOf(schema: unknown, within: readonly unknown[]): TypeNode {
    if (!isMap(schema) || within.includes(schema)) {
      return UNKNOWN;
    }
    const inside = [...within, schema];
    const parts: TypeNode[] = [];
    if (typeof schema.$ref === 'string') {
      parts.push(this.typeOf(this.lookUp(schema.$ref), inside));
    }
    for (const list of [schema.anyOf, schema.oneOf]) {
      // `anyOf: [{ required: [a] }, { required: [b] }]` says nothing of types.
      const members = Array.isArray(list) ? list.map(member => this.typeOf(member, inside)).filter(member => member !== UNKNOWN) : [];
      if (members.length > 0 && members.length === (list as unknown[]).length) {
        parts.push(union(members));
      }
    }
    if (Array.isArray(schema.allOf)) {
      parts.push(...schema.allOf.map(member => this.typeOf(member, inside)));
    }
    parts.push(this.ownType(schema, inside));
    return intersection(parts);
  }

  private ownType(schema: Schema, within: readonly unknown[]): TypeNode {
    if (Array.isArray(schema.enum)) {
      return union(schema.enum.map(literal));
    }
    if ('const' in schema) {
      return literal(schema.const);
    }
    const implied = isMap(schema.properties) || isMap(schema.patternProperties) ? ['object'] : 'items' in schema ? ['array'] : [];
    const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? implied : [schema.type];
    return union(types.map(type => this.named(type, schema, within)));
  }

  private named(type: unknown, schema: Schema, within: readonly unknown[]): TypeNode {
    switch (type) {
      case 'string':
        return STRING;
      case 'number':
      case 'integer':
        return NUMBER;
      case 'boolean':
        return BOOLEAN;
      case 'null':
        return NULL;
      case 'array': {
        const items = [schema.prefixItems, schema.items].flatMap(each => (each === undefined ? [] : each)).filter(each => each !== true && each !== false);
        return { kind: 'list', items: union(items.map(item => this.typeOf(item, within))) };
      }
      case 'object':
        return this.objectType(schema, within);
      default:
        return UNKNOWN;
    }
  }

  private objectType(schema: Schema, within: readonly unknown[]): ObjectNode {
    const properties = isMap(schema.properties) ? Object.entries(schema.properties) : [];
    const fields = properties.map(([name, property]): FieldNode => {
      const doc = docOf(property, isMap(property) && typeof property.$ref === 'string' ? this.lookUp(property.$ref) : undefined);
      return { name, type: this.typeOf(property, within), ...doc === '' ? {} : { doc } };
    });
    const { additionalProperties: additional, patternProperties: patterns } = schema;
    const others = [...isMap(patterns) ? Object.values(patterns) : [], ...additional === undefined || additional === false ? [] : [additional]];
    if (others.length > 0) {
      // An index signature has to hold what the fields have, too.
      return { kind: 'object', fields, rest: fields.length > 0 ? UNKNOWN : union(others.map(other => this.typeOf(other, within))) };
    }
    return fields.length > 0 || additional === false ? { kind: 'object', fields } : OPEN;
  }

  /** What a reference inside of the schema names. */
  private lookUp(reference: string): unknown {
    if (!reference.startsWith('#')) {
      return undefined;
    }
    const path = reference.slice(1).split('/').slice(1).map(part => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
    return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Schema)[key] : undefined), this.root);
  }
}

/** All of several types; those that say nothing are left out, and objects become one. */
function intersection(parts: readonly TypeNode[]): TypeNode {
  const telling = [...new Map(parts.filter(part => part !== UNKNOWN).map(part => [JSON.stringify(part), part])).values()];
  const objects = telling.filter(part => part.kind === 'object');
  const named = objects.filter(({ fields }) => fields.length > 0);
  const rest = telling.filter(part => part.kind !== 'object');
  const merged = named.length > 1
    ? [{ kind: 'object' as const, fields: [...new Map(named.flatMap(({ fields }) => fields).map(field => [field.name, field])).values()], rest: named.find(one => one.rest)?.rest }]
    : named.length === 1 ? named : objects.slice(0, 1);
  const members = [...merged, ...rest];
  return members.length === 0 ? UNKNOWN : members.length === 1 ? members[0] : { kind: 'intersection', members };
}

function docOf(schema: unknown, referred: unknown): string {
  const text = (key: string): string | undefined => [schema, referred].map(each => (isMap(each) ? each[key] : undefined)).find(each => typeof each === 'string') as string | undefined;
  const deprecated = isMap(schema) && schema.deprecated === true ? '@deprecated' : undefined;
  const given = isMap(schema) ? schema.default : undefined;
  const preset = given === undefined || given === null || typeof given === 'object' ? undefined : `@default ${JSON.stringify(given)}`;
  return [text('description') ?? text('title'), deprecated, preset].filter(part => part !== undefined).join('\n\n').trim();
}

function literal(value: unknown): TypeNode {
  return typeof value === 'object' && value !== null ? UNKNOWN : { kind: 'name', text: typeof value === 'string' ? quote(value) : String(value) };
}

function isMap(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
