/** A type of TypeScript, as far as one writes it for values. */
export type TypeNode =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'list'; readonly items: TypeNode }
  | { readonly kind: 'union' | 'intersection'; readonly members: readonly TypeNode[] }
  | ObjectNode;

export interface ObjectNode {
  readonly kind: 'object';
  readonly fields: readonly FieldNode[];
  /** What other keys may hold; undefined: there are no other keys. */
  readonly rest?: TypeNode;
}

export interface FieldNode {
  readonly name: string;
  readonly type: TypeNode;
  /** Text of its docstring, without the marks of a comment. */
  readonly doc?: string;
}

export const UNKNOWN: TypeNode = { kind: 'name', text: 'unknown' };
export const STRING: TypeNode = { kind: 'name', text: 'string' };
export const NUMBER: TypeNode = { kind: 'name', text: 'number' };
export const BOOLEAN: TypeNode = { kind: 'name', text: 'boolean' };
export const NULL: TypeNode = { kind: 'name', text: 'null' };

/** A map with any keys. */
export const OPEN: ObjectNode = { kind: 'object', fields: [], rest: UNKNOWN };

/** One type for several: each once, `unknown` swallows all, and objects and lists are kept apart from scalars. */
export function union(members: readonly TypeNode[]): TypeNode {
  const flat = members.flatMap(member => (member.kind === 'union' ? member.members : [member]));
  if (flat.length === 0 || flat.some(member => member.kind === 'name' && member.text === 'unknown')) {
    return UNKNOWN;
  }
  const unique = [...new Map(flat.map(member => [JSON.stringify(member), member])).values()];
  return unique.length === 1 ? unique[0] : { kind: 'union', members: unique };
}
