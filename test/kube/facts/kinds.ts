import type { Manifest } from '../../../lib/tree/manifest';

/** Contents of objects by apiVersion and kind. */
type Bodies = Readonly<Record<string, Readonly<Record<string, object>>>>;

const labels = { app: 'fact' };
const selector = { matchLabels: labels };
const pod = { containers: [{ name: 'main', image: 'registry.example/web:1' }] };
const template = { metadata: { labels }, spec: pod };
const jobTemplate = { spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } };
const rbac = 'rbac.authorization.k8s.io';
const request = { exactly: { deviceClassName: 'fact' }, name: 'one' };
const claim = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nodes'] }];
const matchConstraints = { resourceRules: rules };
const webhooks = [{
  name: 'a.fact.example', clientConfig: { url: 'https://fact.example' }, admissionReviewVersions: ['v1'], sideEffects: 'None', rules, failurePolicy: 'Ignore',
  namespaceSelector: { matchLabels: { never: 'never' } },
}];
// A self-signed request that the server can parse; nobody signs it.
const csr = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IRUNBUUF3RHpFTk1Bc0dBMVVFQXd3RVptRmpkREJaTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSApBMElBQkg1aTBtYlFkSHZINDRsWDFNclptS1U5OGJtUXhoMitHTHZNOEp2YzNtdm9ia0Z2WXV0L0FSREZBL2pIClREelh2Q0M0OS8vUWdnWEFzZ0JMMk5pWGhyS2dBREFLQmdncWhrak9QUVFEQWdOSUFEQkZBaUVBMk5HK1MrL0MKdThhaFI2RnVFYkphVW8reHFVNUljZmlDVGtTcm1telloQ2NDSUg0eTFpTGdFN2UwbkM5YnFadkVRKzNKb0ZNTgpISk94SDFGUmlqdGpmYWp6Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';

/** With a counter: `metadata.generation` is 1 after the creation. */
const COUNTED: Bodies = {
  'v1': { Pod: { spec: pod }, PodTemplate: { template }, ReplicationController: { spec: { replicas: 0, selector: labels, template } } },
  'apps/v1': {
    DaemonSet: { spec: { selector, template } }, Deployment: { spec: { selector, template } }, ReplicaSet: { spec: { selector, template } },
    StatefulSet: { spec: { serviceName: 'fact', selector, template } },
  },
  'batch/v1': { Job: { ...jobTemplate }, CronJob: { spec: { schedule: '0 3 * * *', jobTemplate } } },
  'networking.k8s.io/v1': {
    Ingress: { spec: { defaultBackend: { service: { name: 'fact', port: { number: 80 } } } } }, IngressClass: { spec: { controller: 'fact.example/a' } },
    NetworkPolicy: { spec: { podSelector: {} } },
  },
  'policy/v1': { PodDisruptionBudget: { spec: { minAvailable: 1, selector } } },
  'scheduling.k8s.io/v1': { PriorityClass: { value: 1 } },
  'discovery.k8s.io/v1': { EndpointSlice: { addressType: 'IPv4', endpoints: [] } },
  'admissionregistration.k8s.io/v1': {
    ValidatingAdmissionPolicy: { spec: { matchConstraints, validations: [{ expression: 'true' }] } },
    ValidatingAdmissionPolicyBinding: { spec: { policyName: 'none', validationActions: ['Warn'] } },
    MutatingAdmissionPolicy: {
      spec: { matchConstraints, reinvocationPolicy: 'Never', failurePolicy: 'Ignore', mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }] },
    },
    MutatingAdmissionPolicyBinding: { spec: { policyName: 'none' } },
    ValidatingWebhookConfiguration: { webhooks }, MutatingWebhookConfiguration: { webhooks },
  },
  'flowcontrol.apiserver.k8s.io/v1': {
    PriorityLevelConfiguration: { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } } },
    FlowSchema: { spec: { priorityLevelConfiguration: { name: 'fact' }, matchingPrecedence: 9000 } },
  },
  'apiextensions.k8s.io/v1': {
    CustomResourceDefinition: {
      spec: {
        group: 'fact.example', scope: 'Namespaced', names: { kind: 'Fact', plural: 'facts' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
  },
  'resource.k8s.io/v1': {
    DeviceClass: { spec: {} },
    ResourceSlice: { spec: { driver: 'fact.example', nodeName: 'fact', pool: { name: 'fact', generation: 1, resourceSliceCount: 1 } } },
  },
};

/** Without: the version is the only number that moves. */
const UNCOUNTED: Bodies = {
  'v1': {
    ConfigMap: { data: { a: '1' } }, Secret: { data: { a: 'YQ==' } }, Service: { spec: { ports: [{ port: 80 }] } }, ServiceAccount: {}, PersistentVolumeClaim: claim,
    PersistentVolume: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/fact' } } }, Namespace: {}, Node: {},
    LimitRange: { spec: { limits: [{ type: 'Pod', max: { cpu: '1k' } }] } }, ResourceQuota: { spec: { hard: { pods: '100' } } },
    Endpoints: { subsets: [] }, Event: { involvedObject: { namespace: 'default' }, reason: 'Fact' },
  },
  'apps/v1': { ControllerRevision: { revision: 1, data: { a: 1 } } },
  'autoscaling/v2': { HorizontalPodAutoscaler: { spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fact' } } } },
  [`${rbac}/v1`]: {
    Role: { rules: [] }, ClusterRole: { rules: [] }, RoleBinding: { roleRef: { apiGroup: rbac, kind: 'Role', name: 'fact' } },
    ClusterRoleBinding: { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'fact' } },
  },
  'storage.k8s.io/v1': {
    StorageClass: { provisioner: 'fact.example/a' }, CSIDriver: { spec: {} }, CSINode: { spec: { drivers: [] } }, CSIStorageCapacity: { storageClassName: 'fact' },
    VolumeAttributesClass: { driverName: 'fact.example', parameters: { a: 'b' } },
    VolumeAttachment: { spec: { attacher: 'fact.example', nodeName: 'fact', source: { persistentVolumeName: 'fact' } } },
  },
  'resource.k8s.io/v1': {
    ResourceClaim: { spec: { devices: { requests: [request] } } }, ResourceClaimTemplate: { spec: { spec: { devices: { requests: [request] } } } },
  },
  'node.k8s.io/v1': { RuntimeClass: { handler: 'fact' } },
  'coordination.k8s.io/v1': { Lease: { spec: {} } },
  'apiregistration.k8s.io/v1': {
    APIService: { spec: { group: 'elsewhere.example', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, service: { name: 'none', namespace: 'default' }, insecureSkipTLSVerify: true } },
  },
  'certificates.k8s.io/v1': { CertificateSigningRequest: { spec: { request: csr, signerName: 'fact.example/a', usages: ['client auth'] } } },
  'networking.k8s.io/v1': { IPAddress: { spec: { parentRef: { resource: 'services', namespace: 'default', name: 'fact' } } }, ServiceCIDR: { spec: { cidrs: ['10.9.0.0/24'] } } },
};


/** Kinds whose names are not free. */
const NAMES: Readonly<Record<string, string>> = { CustomResourceDefinition: 'facts.fact.example', APIService: 'v1.elsewhere.example', IPAddress: '10.9.0.9' };

/** Each kind that Kubernetes itself serves and keeps, and whether it counts generations. Without a namespace; with a label, as all of ours have one. */
export const kinds: readonly { readonly manifest: Manifest; readonly counted: boolean }[] = [
  ...manifestsOf(COUNTED).map(manifest => ({ manifest, counted: true })), ...manifestsOf(UNCOUNTED).map(manifest => ({ manifest, counted: false })),
];

function manifestsOf(bodies: Bodies): Manifest[] {
  return Object.entries(bodies).flatMap(([apiVersion, byKind]) => Object.entries(byKind).map(([kind, body]) => (
    { apiVersion, kind, metadata: { name: NAMES[kind] ?? 'fact', labels }, ...body }
  )));
}
