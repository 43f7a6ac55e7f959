/** How a value can be against its schema. */
export type ViolationType = 'unknown-field' | 'missing-field' | 'invalid-value' | 'duplicate-item';

/** One place where a value is against its schema. */
export interface Violation {
  readonly type: ViolationType;
  /** `spec.template.spec.containers[0].imagePullPolicy` */
  readonly path: string;
  /** A part of a sentence that follows the name of the object: `has the unknown field spec.foo`. */
  readonly what: string;
  /** An imperative sentence. */
  readonly fix: string;
}
