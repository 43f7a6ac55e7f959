/**
 * How to tell the health of a kind: expressions in CEL, the language that Kubernetes itself uses in admission policies.
 *
 * An expression sees the object as `object`, and its fields `apiVersion`, `kind`, `metadata`, `spec`, `status` and `data` by their names as well, as Flux
 * has it.
 * They are asked in the order suspended, progressing, degraded, healthy; the first that is true counts. An object for which none is true is progressing. An
 * expression that cannot be evaluated, because a field is not there yet, is not true.
 */
export interface HealthRule {
  /** The kind, as `Gear`. */
  readonly kind: string;
  /**
   * API group of the kind; empty for the core group.
   *
   * @default - any group
   */
  readonly group?: string;
  /** Whether it does what it is for: Flux's `current`. `object.status.phase == 'Ready'` */
  readonly healthy: string;
  /**
   * Whether it does not, and will not without a change: Flux's `failed`. Nobody waits for it any longer.
   *
   * @default - it never is
   */
  readonly degraded?: string;
  /**
   * Whether it does not yet, whatever else is true: Flux's `inProgress`.
   *
   * @default - when nothing else is true
   */
  readonly progressing?: string;
  /**
   * Whether somebody stopped it on purpose. Nobody waits for it.
   *
   * @default - it never is
   */
  readonly suspended?: string;
  /**
   * Says why, as a text: `'phase ' + object.status.phase`.
   *
   * @default - none
   */
  readonly message?: string;
}

/** The expressions that say yes or no, in the order in which they are asked. */
export const VERDICTS = ['suspended', 'progressing', 'degraded', 'healthy'] as const;

export type Verdict = typeof VERDICTS[number];
