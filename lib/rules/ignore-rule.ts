/** Fields that somebody else owns by design: an autoscaler's replicas, a CA bundle that is injected. */
export interface IgnoreRule {
  /** The kind, as `Deployment`. */
  readonly kind: string;
  /**
   * API group of the kind; empty for the core group.
   *
   * @default - any group
   */
  readonly group?: string;
  /**
   * Name of the object.
   *
   * @default - all objects of the kind
   */
  readonly name?: string;
  /** Paths of the fields: `spec.replicas`, `webhooks[*].clientConfig.caBundle`, `data["ca.crt"]`. */
  readonly fields: readonly string[];
}
