// Written by scripts/merge-keys.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.

/** What a field holds, as far as strategic merge patches tell it from others. */
export interface MergedField {
  /** Of the map, or of the items of the list. Absent: nothing below is merged in a way of its own. */
  readonly type?: string;
  /** A list that is merged: by these fields of its items, or, when there are none, as a set of scalars. */
  readonly keys?: readonly string[];
}

/** The fields of types that hold merged lists, near or far. Types that would say the same are one. */
export const MERGED_FIELDS: Readonly<Record<string, Readonly<Record<string, MergedField>>>> = {
  CSINode: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'CSINodeSpec' },
  },
  CSINodeSpec: {
    drivers: { keys: ['name'] },
  },
  ComponentStatus: {
    conditions: { keys: ['type'] }, metadata: { type: 'ObjectMeta' },
  },
  Container: {
    env: { keys: ['name'] }, ports: { keys: ['containerPort', 'protocol'] }, volumeDevices: { keys: ['devicePath'] },
    volumeMounts: { keys: ['mountPath'] },
  },
  CronJob: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'CronJobSpec' },
  },
  CronJobSpec: {
    jobTemplate: { type: 'JobTemplateSpec' },
  },
  EphemeralVolumeSource: {
    volumeClaimTemplate: { type: 'Object' },
  },
  JobTemplateSpec: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'ReplicationControllerSpec' },
  },
  MutatingAdmissionPolicy: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'MutatingAdmissionPolicySpec' },
  },
  MutatingAdmissionPolicySpec: {
    matchConditions: { keys: ['name'] },
  },
  MutatingWebhookConfiguration: {
    metadata: { type: 'ObjectMeta' }, webhooks: { type: 'MutatingAdmissionPolicySpec', keys: ['name'] },
  },
  Namespace: {
    metadata: { type: 'ObjectMeta' }, status: { type: 'NamespaceStatus' },
  },
  NamespaceStatus: {
    conditions: { keys: ['type'] },
  },
  Node: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'NodeSpec' }, status: { type: 'NodeStatus' },
  },
  NodeSpec: {
    podCIDRs: { keys: [] },
  },
  NodeStatus: {
    addresses: { keys: ['type'] }, conditions: { keys: ['type'] },
  },
  Object: {
    metadata: { type: 'ObjectMeta' },
  },
  ObjectMeta: {
    finalizers: { keys: [] }, ownerReferences: { keys: ['uid'] },
  },
  Pod: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'PodSpec' }, status: { type: 'PodStatus' },
  },
  PodSpec: {
    containers: { type: 'Container', keys: ['name'] }, ephemeralContainers: { type: 'Container', keys: ['name'] }, hostAliases: { keys: ['ip'] },
    imagePullSecrets: { keys: ['name'] }, initContainers: { type: 'Container', keys: ['name'] }, resourceClaims: { keys: ['name'] },
    schedulingGates: { keys: ['name'] }, topologySpreadConstraints: { keys: ['topologyKey', 'whenUnsatisfiable'] },
    volumes: { type: 'Volume', keys: ['name'] },
  },
  PodStatus: {
    conditions: { keys: ['type'] }, hostIPs: { keys: ['ip'] }, podIPs: { keys: ['ip'] }, resourceClaimStatuses: { keys: ['name'] },
  },
  PodTemplate: {
    metadata: { type: 'ObjectMeta' }, template: { type: 'PodTemplateSpec' },
  },
  PodTemplateSpec: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'PodSpec' },
  },
  ReplicationController: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'ReplicationControllerSpec' }, status: { type: 'NamespaceStatus' },
  },
  ReplicationControllerSpec: {
    template: { type: 'PodTemplateSpec' },
  },
  ResourceClaim: {
    metadata: { type: 'ObjectMeta' }, status: { type: 'ResourceClaimStatus' },
  },
  ResourceClaimStatus: {
    reservedFor: { keys: ['uid'] },
  },
  ResourceClaimTemplate: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'Object' },
  },
  Service: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'ServiceSpec' }, status: { type: 'NamespaceStatus' },
  },
  ServiceAccount: {
    metadata: { type: 'ObjectMeta' }, secrets: { keys: ['name'] },
  },
  ServiceSpec: {
    ports: { keys: ['port', 'protocol'] },
  },
  ValidatingAdmissionPolicy: {
    metadata: { type: 'ObjectMeta' }, spec: { type: 'ValidatingAdmissionPolicySpec' },
  },
  ValidatingAdmissionPolicySpec: {
    matchConditions: { keys: ['name'] }, variables: { keys: ['name'] },
  },
  Volume: {
    ephemeral: { type: 'EphemeralVolumeSource' },
  },
};

/** The types of the kinds of Kubernetes, by group. The preferred version stands for all. */
export const MERGED_KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    Binding: 'Object', ComponentStatus: 'ComponentStatus', ConfigMap: 'Object', Endpoints: 'Object', Event: 'Object', LimitRange: 'Object',
    Namespace: 'Namespace', Node: 'Node', PersistentVolume: 'Object', PersistentVolumeClaim: 'Namespace', Pod: 'Pod', PodTemplate: 'PodTemplate',
    ReplicationController: 'ReplicationController', ResourceQuota: 'Object', Secret: 'Object', Service: 'Service', ServiceAccount: 'ServiceAccount',
  },
  'admissionregistration.k8s.io': {
    MutatingAdmissionPolicy: 'MutatingAdmissionPolicy', MutatingAdmissionPolicyBinding: 'Object',
    MutatingWebhookConfiguration: 'MutatingWebhookConfiguration', ValidatingAdmissionPolicy: 'ValidatingAdmissionPolicy',
    ValidatingAdmissionPolicyBinding: 'Object', ValidatingWebhookConfiguration: 'MutatingWebhookConfiguration',
  },
  'apiextensions.k8s.io': {
    CustomResourceDefinition: 'Object',
  },
  'apiregistration.k8s.io': {
    APIService: 'Namespace',
  },
  'apps': {
    ControllerRevision: 'Object', DaemonSet: 'ReplicationController', Deployment: 'ReplicationController', ReplicaSet: 'ReplicationController',
    StatefulSet: 'ReplicationController',
  },
  'authentication.k8s.io': {
    SelfSubjectReview: 'Object', TokenReview: 'Object',
  },
  'authorization.k8s.io': {
    LocalSubjectAccessReview: 'Object', SelfSubjectAccessReview: 'Object', SelfSubjectRulesReview: 'Object', SubjectAccessReview: 'Object',
  },
  'autoscaling': {
    HorizontalPodAutoscaler: 'Namespace',
  },
  'batch': {
    CronJob: 'CronJob', Job: 'ReplicationController',
  },
  'certificates.k8s.io': {
    CertificateSigningRequest: 'Object',
  },
  'coordination.k8s.io': {
    Lease: 'Object',
  },
  'discovery.k8s.io': {
    EndpointSlice: 'Object',
  },
  'events.k8s.io': {
    Event: 'Object',
  },
  'flowcontrol.apiserver.k8s.io': {
    FlowSchema: 'Namespace', PriorityLevelConfiguration: 'Namespace',
  },
  'networking.k8s.io': {
    IPAddress: 'Object', Ingress: 'Object', IngressClass: 'Object', NetworkPolicy: 'Object', ServiceCIDR: 'Namespace',
  },
  'node.k8s.io': {
    RuntimeClass: 'Object',
  },
  'policy': {
    PodDisruptionBudget: 'Namespace',
  },
  'rbac.authorization.k8s.io': {
    ClusterRole: 'Object', ClusterRoleBinding: 'Object', Role: 'Object', RoleBinding: 'Object',
  },
  'resource.k8s.io': {
    DeviceClass: 'Object', ResourceClaim: 'ResourceClaim', ResourceClaimTemplate: 'ResourceClaimTemplate', ResourceSlice: 'Object',
  },
  'scheduling.k8s.io': {
    PriorityClass: 'Object',
  },
  'storage.k8s.io': {
    CSIDriver: 'Object', CSINode: 'CSINode', CSIStorageCapacity: 'Object', StorageClass: 'Object', VolumeAttachment: 'Object',
    VolumeAttributesClass: 'Object',
  },
};
