/**
 * The closed vocabulary of the labels of clusters: each label with all values that it may have.
 */
export type Vocabulary = Readonly<Record<string, readonly string[]>> & { readonly [reserved in ReservedLabel]?: never };

/** Labels that every fleet knows. Their values are free, unless the vocabulary of the fleet lists them. */
export type StandardLabel = 'region' | 'cluster-type' | 'team' | 'cost-center';

/** Names that mean something else in a selector, and are no labels. */
export type ReservedLabel = 'environment' | 'cluster' | 'not';

/** See {@link StandardLabel}. */
export const STANDARD_LABELS: readonly StandardLabel[] = ['region', 'cluster-type', 'team', 'cost-center'];

/** See {@link ReservedLabel}. */
export const RESERVED_LABELS: readonly ReservedLabel[] = ['environment', 'cluster', 'not'];

/** Kubernetes' rule for the key of a label: an optional DNS subdomain and `/`, then a name. */
export function isLabelName(name: string): boolean {
  const slash = name.indexOf('/');
  const prefix = slash < 0 ? undefined : name.slice(0, slash);
  return isQualified(name.slice(slash + 1))
    && (prefix === undefined || (prefix.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(prefix)));
}

/** Kubernetes' rule for the value of a label, but for the empty one. */
export function isLabelValue(value: unknown): value is string {
  return typeof value === 'string' && isQualified(value);
}

function isQualified(name: string): boolean {
  return name.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name);
}
