import { compareElements, printElement } from './path-element';

/**
 * A set of field paths as a tree: what stands at a step. Never changed once it is made by other than its maker.
 *
 * The step itself is in the set when it is a `member`; `children` says what lies below it.
 */
export interface FieldSet {
  readonly member: boolean;
  /** By step; none of them is empty. */
  readonly children?: ReadonlyMap<string, FieldSet>;
}

export const EMPTY: FieldSet = Object.freeze({ member: false });
export const LEAF: FieldSet = Object.freeze({ member: true });

export function isEmpty(set: FieldSet | undefined): boolean {
  return set === undefined || (!set.member && set.children === undefined);
}

/** @param children none of them empty; an empty map is no children */
export function makeSet(member: boolean, children: ReadonlyMap<string, FieldSet> | undefined): FieldSet {
  if (children === undefined || children.size === 0) return member ? LEAF : EMPTY;
  return { member, children };
}

/** The set of one path. @param path its steps, each as text; at least one */
export function setOf(...paths: readonly (readonly string[])[]): FieldSet {
  return paths.map(path => path.reduceRight<FieldSet>((below, step) => ({ member: false, children: new Map([[step, below]]) }), LEAF)).reduce(union, EMPTY);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  if (!a.children || !b.children) {
    const children = a.children ?? b.children;
    const member = a.member || b.member;
    if (children === a.children && member === a.member) return a;
    return children === b.children && member === b.member ? b : makeSet(member, children);
  }
  const children = new Map(a.children);
  let isA = a.member || !b.member;
  for (const [step, below] of b.children) {
    const known = children.get(step);
    const merged = known ? union(known, below) : below;
    if (merged !== known) {
      children.set(step, merged);
      isA = false;
    }
  }
  return isA ? a : { member: a.member || b.member, children };
}

/** What is in `a` and not in `b`, path by path: a parent stays without its child, and a child without its parent. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const member = a.member && !b.member;
  if (!a.children || !b.children) return member === a.member ? a : makeSet(member, a.children);
  let children: Map<string, FieldSet> | undefined;
  for (const [step, below] of b.children) {
    const own = a.children.get(step);
    if (!own) continue;
    const rest = difference(own, below);
    if (rest === own) continue;
    children ??= new Map(a.children);
    if (isEmpty(rest)) children.delete(step);
    else children.set(step, rest);
  }
  return children === undefined && member === a.member ? a : makeSet(member, children ?? a.children);
}

/** What is in `a` and neither in `b` nor below a member of `b`. */
export function differenceWithBelow(a: FieldSet, b: FieldSet): FieldSet {
  if (!a.children || !b.children) return a;
  let children: Map<string, FieldSet> | undefined;
  for (const [step, below] of b.children) {
    const own = a.children.get(step);
    if (!own) continue;
    const rest = below.member ? EMPTY : differenceWithBelow(own, below);
    if (rest === own) continue;
    children ??= new Map(a.children);
    if (isEmpty(rest)) children.delete(step);
    else children.set(step, rest);
  }
  return children === undefined ? a : makeSet(a.member, children);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const member = a.member && b.member;
  if (!a.children || !b.children) return member ? LEAF : EMPTY;
  const [small, large] = a.children.size <= b.children.size ? [a.children, b.children] : [b.children, a.children];
  const children = new Map<string, FieldSet>();
  for (const [step, below] of small) {
    const other = large.get(step);
    const common = other ? intersection(below, other) : EMPTY;
    if (!isEmpty(common)) children.set(step, common);
  }
  return makeSet(member, children);
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.member !== b.member || a.children?.size !== b.children?.size) return false;
  if (!a.children || !b.children) return a.children === b.children;
  for (const [step, below] of a.children) {
    const other = b.children.get(step);
    if (!other || !equalSets(below, other)) return false;
  }
  return true;
}

/** Whether each path of `a` is in `b`. */
export function isSubset(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.member && !b.member) return false;
  if (!a.children) return true;
  for (const [step, below] of a.children) {
    const other = b.children?.get(step);
    if (!other || !isSubset(below, other)) return false;
  }
  return true;
}

export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  const found = path.reduce<FieldSet | undefined>((at, step) => at?.children?.get(step), set);
  return found !== undefined && found !== set && found.member;
}

/** Every path as messages show it, `.spec.replicas`: the members of a level, then what lies below each. */
export function printPaths(set: FieldSet, prefix = ''): { readonly path: readonly string[]; readonly text: string }[] {
  return listPaths(set, []).map(path => ({ path, text: prefix + path.map(printElement).join('') }));
}

function listPaths(set: FieldSet, at: readonly string[]): string[][] {
  const steps = sortedChildren(set);
  return [
    ...steps.filter(([, below]) => below.member).map(([step]) => [...at, step]),
    ...steps.flatMap(([step, below]) => below.children ? listPaths(below, [...at, step]) : []),
  ];
}

export function sortedChildren(set: FieldSet): [string, FieldSet][] {
  if (!set.children) return [];
  const steps = [...set.children];
  return steps.length > 1 ? steps.sort(([a], [b]) => compareElements(a, b)) : steps;
}
