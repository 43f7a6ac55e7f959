/** How far from customers environments of such names are. */
const RANKS: readonly (readonly [RegExp, number])[] = [[/^(dev|local|sandbox|test)/, 0], [/^(stag|stg|qa|uat|int|pre)/, 2], [/^(prod|prd|live)/, 3]];

/** Names of environments in the order of promotion, as far as names tell; those that say nothing come between test and staging. */
export function inOrderOfPromotion(names: Iterable<string>): string[] {
  const rank = (name: string): number => RANKS.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** Numbers in names count as numbers: `ring-2` comes before `ring-10`. */
export function inOrder(names: Iterable<string>): string[] {
  return [...new Set(names)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
