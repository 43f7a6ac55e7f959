/** A Kubernetes object as plain data. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: ManifestMetadata;
  [key: string]: unknown;
}

/** The part of `metadata` that the tree and the reconciler look at. */
export interface ManifestMetadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [key: string]: unknown;
}

/** What makes an object one object in a cluster. The version is no part of it. */
export interface ObjectIdentity {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly name: string;
}

/** The group of an `apiVersion`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The identity of an object. */
export function identityOf(manifest: Manifest): ObjectIdentity {
  const { namespace, name } = manifest.metadata;
  return { group: groupOf(manifest.apiVersion), kind: manifest.kind, ...(namespace ? { namespace } : {}), name };
}

/** `Deployment.apps`, or `Service` in the core group: how kubectl writes a group and kind. */
export function formatGroupKind(id: { readonly group: string; readonly kind: string }): string {
  return id.group ? `${id.kind}.${id.group}` : id.kind;
}

/** `Deployment.apps/shop/web`, or `ClusterRole.rbac.authorization.k8s.io/web` without a namespace; unique in a cluster. */
export function formatIdentity(id: ObjectIdentity): string {
  return id.namespace ? `${formatGroupKind(id)}/${id.namespace}/${id.name}` : `${formatGroupKind(id)}/${id.name}`;
}
