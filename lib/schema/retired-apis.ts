/** A version of a kind that Kubernetes has stopped serving, or will. */
export interface RetiredApi {
  /** Minor from which on it is not served; absent where none is set yet. */
  readonly removedIn?: number;
  /** Minor from which on it was called deprecated. */
  readonly deprecatedIn: number;
  /** What to write instead: an imperative sentence. */
  readonly instead: string;
}

/*
 * From https://kubernetes.io/docs/reference/using-api/deprecation-guide/: [removed in 1.x, deprecated in 1.x, group/version, kinds, group/version to use].
 * Versions that were never served by default (alphas, and betas since 1.24) are not in it: those are told from the kinds that a version of Kubernetes has.
 */
const MOVED: readonly (readonly [number, number, string, readonly string[], string])[] = [
  [16, 9, 'extensions/v1beta1', ['DaemonSet', 'Deployment', 'ReplicaSet'], 'apps/v1'],
  [16, 9, 'extensions/v1beta1', ['NetworkPolicy'], 'networking.k8s.io/v1'],
  [16, 9, 'apps/v1beta1', ['Deployment', 'StatefulSet', 'ControllerRevision'], 'apps/v1'],
  [16, 9, 'apps/v1beta2', ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet', 'ControllerRevision'], 'apps/v1'],
  [22, 16, 'admissionregistration.k8s.io/v1beta1', ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'], 'admissionregistration.k8s.io/v1'],
  [22, 16, 'apiextensions.k8s.io/v1beta1', ['CustomResourceDefinition'], 'apiextensions.k8s.io/v1'],
  [22, 19, 'apiregistration.k8s.io/v1beta1', ['APIService'], 'apiregistration.k8s.io/v1'],
  [22, 19, 'authentication.k8s.io/v1beta1', ['TokenReview'], 'authentication.k8s.io/v1'],
  [22, 19, 'authorization.k8s.io/v1beta1', ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'], 'authorization.k8s.io/v1'],
  [22, 19, 'certificates.k8s.io/v1beta1', ['CertificateSigningRequest'], 'certificates.k8s.io/v1'],
  [22, 19, 'coordination.k8s.io/v1beta1', ['Lease'], 'coordination.k8s.io/v1'],
  [22, 14, 'extensions/v1beta1', ['Ingress'], 'networking.k8s.io/v1'],
  [22, 19, 'networking.k8s.io/v1beta1', ['Ingress', 'IngressClass'], 'networking.k8s.io/v1'],
  [22, 17, 'rbac.authorization.k8s.io/v1beta1', ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'], 'rbac.authorization.k8s.io/v1'],
  [22, 14, 'scheduling.k8s.io/v1beta1', ['PriorityClass'], 'scheduling.k8s.io/v1'],
  [22, 19, 'storage.k8s.io/v1beta1', ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'], 'storage.k8s.io/v1'],
  [25, 21, 'batch/v1beta1', ['CronJob'], 'batch/v1'],
  [25, 21, 'discovery.k8s.io/v1beta1', ['EndpointSlice'], 'discovery.k8s.io/v1'],
  [25, 19, 'events.k8s.io/v1beta1', ['Event'], 'events.k8s.io/v1'],
  [25, 22, 'autoscaling/v2beta1', ['HorizontalPodAutoscaler'], 'autoscaling/v2'],
  [25, 21, 'policy/v1beta1', ['PodDisruptionBudget'], 'policy/v1'],
  [25, 20, 'node.k8s.io/v1beta1', ['RuntimeClass'], 'node.k8s.io/v1'],
  [26, 23, 'flowcontrol.apiserver.k8s.io/v1beta1', ['FlowSchema', 'PriorityLevelConfiguration'], 'flowcontrol.apiserver.k8s.io/v1'],
  [26, 23, 'autoscaling/v2beta2', ['HorizontalPodAutoscaler'], 'autoscaling/v2'],
  [27, 24, 'storage.k8s.io/v1beta1', ['CSIStorageCapacity'], 'storage.k8s.io/v1'],
  [29, 26, 'flowcontrol.apiserver.k8s.io/v1beta2', ['FlowSchema', 'PriorityLevelConfiguration'], 'flowcontrol.apiserver.k8s.io/v1'],
  [32, 29, 'flowcontrol.apiserver.k8s.io/v1beta3', ['FlowSchema', 'PriorityLevelConfiguration'], 'flowcontrol.apiserver.k8s.io/v1'],
];

const WITHOUT_SUCCESSOR: Readonly<Record<string, RetiredApi>> = {
  'extensions/v1beta1 PodSecurityPolicy': { removedIn: 16, deprecatedIn: 10, instead: 'label its namespaces for Pod Security Admission' },
  'policy/v1beta1 PodSecurityPolicy': { removedIn: 25, deprecatedIn: 21, instead: 'label its namespaces for Pod Security Admission' },
  'v1 ComponentStatus': { deprecatedIn: 19, instead: 'remove it: ask the health endpoints of the control plane' },
  'v1 Endpoints': { deprecatedIn: 33, instead: 'write it as an EndpointSlice of discovery.k8s.io/v1' },
};

const RETIRED: ReadonlyMap<string, RetiredApi> = new Map([
  ...MOVED.flatMap(([removedIn, deprecatedIn, apiVersion, kinds, instead]) => (
    kinds.map((kind): [string, RetiredApi] => [`${apiVersion} ${kind}`, { removedIn, deprecatedIn, instead: `write it as ${instead}` }])
  )),
  ...Object.entries(WITHOUT_SUCCESSOR),
]);

/** What is known of the end of a version of a kind; undefined for most of them. */
export function tryFindRetired(apiVersion: string, kind: string): RetiredApi | undefined {
  return RETIRED.get(`${apiVersion} ${kind}`);
}
