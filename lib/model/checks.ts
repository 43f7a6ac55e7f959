/** What becomes of what a check finds: `error` stops the synthesis, `warning` is told, `off` is nothing. */
export type CheckLevel = 'error' | 'warning' | 'off';

/**
 * What synth checks of every object that it writes, with its code and what becomes of a finding unless the fleet says otherwise. docs/checks.md says what each
 * of them looks at.
 */
export const CHECKS = {
  /** A field that the schema of the kind has not. */
  'unknown-field': { code: 'FLT2301', level: 'error' },
  /** A value of the wrong type, or that the schema does not allow. */
  'invalid-value': { code: 'FLT2302', level: 'error' },
  /** A field without which the API server refuses the object. */
  'missing-field': { code: 'FLT2303', level: 'error' },
  /** Two items of a list that are one to the API server. */
  'duplicate-item': { code: 'FLT2304', level: 'error' },
  /** A kind or version that the cluster's Kubernetes does not serve. */
  'unserved-api': { code: 'FLT2305', level: 'error' },
  /** A kind or version that Kubernetes serves only when its API server is told to. */
  'optional-api': { code: 'FLT2306', level: 'warning' },
  /** A kind or version that a later Kubernetes will not serve. */
  'deprecated-api': { code: 'FLT2307', level: 'warning' },
  /** An object that is named, and that nothing on the cluster makes. */
  'missing-reference': { code: 'FLT2308', level: 'warning' },
  /** A Secret that is named, and that nothing on the cluster makes. */
  'missing-secret': { code: 'FLT2309', level: 'warning' },
  /** A workload whose selector does not select its own pods. */
  'selector-mismatch': { code: 'FLT2310', level: 'error' },
  /** A selector that no pod of the namespace has the labels for. */
  'unmatched-selector': { code: 'FLT2311', level: 'warning' },
  /** A cluster of a version of Kubernetes whose schemas are not known: its objects are not checked against any. */
  'unknown-version': { code: 'FLT2312', level: 'warning' },
} as const satisfies Readonly<Record<string, { readonly code: string; readonly level: CheckLevel }>>;

/** The name of a check. */
export type CheckName = keyof typeof CHECKS;

/** Whether a word is the name of a check. */
export function isCheckName(word: string): word is CheckName {
  return Object.hasOwn(CHECKS, word);
}
