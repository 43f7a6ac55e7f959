import { formatGroupKind, groupOf, Manifest } from '../tree/manifest';

/** API groups that Kubernetes itself serves (1.36, with those that older servers had and manifests still name). */
const BUILT_IN_GROUPS = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

/** The kinds of those groups that have no namespace; all others have one. */
const CLUSTER_SCOPED = new Set([
  'ComponentStatus',
  'Namespace',
  'Node',
  'PersistentVolume',
  'MutatingAdmissionPolicy.admissionregistration.k8s.io',
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
  'CustomResourceDefinition.apiextensions.k8s.io',
  'APIService.apiregistration.k8s.io',
  'SelfSubjectReview.authentication.k8s.io',
  'TokenReview.authentication.k8s.io',
  'SelfSubjectAccessReview.authorization.k8s.io',
  'SelfSubjectRulesReview.authorization.k8s.io',
  'SubjectAccessReview.authorization.k8s.io',
  'CertificateSigningRequest.certificates.k8s.io',
  'ClusterTrustBundle.certificates.k8s.io',
  'FlowSchema.flowcontrol.apiserver.k8s.io',
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io',
  'StorageVersion.internal.apiserver.k8s.io',
  'IngressClass.networking.k8s.io',
  'IPAddress.networking.k8s.io',
  'ServiceCIDR.networking.k8s.io',
  'RuntimeClass.node.k8s.io',
  'PodSecurityPolicy.extensions',
  'PodSecurityPolicy.policy',
  'ClusterRole.rbac.authorization.k8s.io',
  'ClusterRoleBinding.rbac.authorization.k8s.io',
  'DeviceClass.resource.k8s.io',
  'DeviceTaintRule.resource.k8s.io',
  'ResourcePoolStatusRequest.resource.k8s.io',
  'ResourceClass.resource.k8s.io',
  'ResourceSlice.resource.k8s.io',
  'PriorityClass.scheduling.k8s.io',
  'CSIDriver.storage.k8s.io',
  'CSINode.storage.k8s.io',
  'StorageClass.storage.k8s.io',
  'VolumeAttachment.storage.k8s.io',
  'VolumeAttributesClass.storage.k8s.io',
  'StorageVersionMigration.storagemigration.k8s.io',
]);

/** Where objects of a kind live. */
export type Scope = 'cluster' | 'namespace';

/** Scopes of custom kinds, by `Kind.group`. */
export type CustomScopes = ReadonlyMap<string, Scope>;

/** Whether the group is one that Kubernetes itself serves. */
export function isBuiltInGroup(group: string): boolean {
  return BUILT_IN_GROUPS.has(group);
}

/** The scope of an object's kind; undefined for a custom kind that nothing is known of. */
export function scopeOf(manifest: Manifest, custom: CustomScopes): Scope | undefined {
  const group = groupOf(String(manifest.apiVersion));
  const groupKind = formatGroupKind({ group, kind: manifest.kind });
  if (isBuiltInGroup(group)) {
    return CLUSTER_SCOPED.has(groupKind) ? 'cluster' : 'namespace';
  }
  return custom.get(groupKind);
}

/** What a CustomResourceDefinition says of its kind; undefined for any other object. */
export function definedScope(manifest: Manifest): { readonly groupKind: string; readonly scope: Scope } | undefined {
  if (manifest.kind !== 'CustomResourceDefinition' || groupOf(String(manifest.apiVersion)) !== 'apiextensions.k8s.io') {
    return undefined;
  }
  const spec = manifest.spec as { group?: unknown; names?: { kind?: unknown }; scope?: unknown } | undefined;
  const { group, names, scope } = spec ?? {};
  if (typeof group !== 'string' || typeof names?.kind !== 'string' || (scope !== 'Cluster' && scope !== 'Namespaced')) {
    return undefined;
  }
  return { groupKind: formatGroupKind({ group, kind: names.kind }), scope: scope === 'Cluster' ? 'cluster' : 'namespace' };
}
