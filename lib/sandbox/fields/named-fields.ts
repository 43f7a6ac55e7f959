import { makeSet, type FieldSet } from './field-set';
import type { ValueType } from './typed-value';

/** A set that also has every named field on the way to its paths: `spec` with `spec.replicas`; but not the keys of maps with free keys. */
export function withNamedFields(type: ValueType | undefined, set: FieldSet): FieldSet {
  if (!set.children) return set;
  const children = new Map<string, FieldSet>();
  for (const [step, below] of set.children) {
    if (!below.children) {
      children.set(step, below);
      continue;
    }
    const name = step[0] === 'f' ? step.slice(2) : undefined;
    const child = name !== undefined ? type?.map?.tryFind(name) : step[0] === 'k' ? type?.list?.element : undefined;
    const isNamed = name !== undefined && (type?.map?.isField(name) ?? false);
    children.set(step, makeSet(below.member || isNamed, withNamedFields(child, below).children));
  }
  return makeSet(set.member, children);
}
