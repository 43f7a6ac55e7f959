/** What a rule says of the objects that it is about. */
interface Matcher {
  readonly kind: string;
  readonly group?: string;
  readonly name?: string;
}

/** Whether a rule is about an object. */
export function concerns(rule: Matcher, id: { readonly group: string; readonly kind: string; readonly name: string }): boolean {
  return rule.kind === id.kind && (rule.group === undefined || rule.group === id.group) && (rule.name === undefined || rule.name === id.name);
}

/** The rule of a kind: one that names its group counts before one that does not. */
export function tryFindRule<R extends Matcher>(rules: readonly R[], id: Parameters<typeof concerns>[1]): R | undefined {
  const found = rules.filter(rule => concerns(rule, id));
  return found.find(rule => rule.group !== undefined) ?? found[0];
}
