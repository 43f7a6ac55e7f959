/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  /** Empty text for the core group. */
  readonly apiGroups: readonly string[];
  /** Plural, in small letters: `deployments`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Only these objects. @default all */
  readonly resourceNames?: readonly string[];
}

/** What a reconciler may deliver: rules of its own, or ClusterRoles that exist, as `cluster-admin`. */
export type DeliveryPermissions =
  | { readonly rules: readonly PolicyRule[]; readonly clusterRoles?: undefined }
  | { readonly clusterRoles: readonly string[]; readonly rules?: undefined };
