/** What aggregated discovery (`apidiscovery.k8s.io/v2`) says. */
export interface AggregatedGroupList {
  readonly kind: 'APIGroupDiscoveryList';
  readonly apiVersion: string;
  readonly metadata: object;
  readonly items: readonly AggregatedGroup[];
}

export interface AggregatedGroup {
  /** Without a name: the core group. */
  readonly metadata: { readonly name?: string };
  readonly versions: readonly AggregatedVersion[];
}

export interface AggregatedVersion {
  readonly version: string;
  /** Absent where the API server of the group does not answer. */
  readonly resources?: readonly AggregatedResource[];
  readonly freshness: 'Current' | 'Stale';
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface AggregatedResource {
  readonly resource: string;
  readonly responseKind: GroupVersionKind;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly AggregatedSubresource[];
}

export interface AggregatedSubresource {
  readonly subresource: string;
  readonly responseKind: GroupVersionKind;
  readonly verbs: readonly string[];
}
