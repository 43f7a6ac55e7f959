import { fill, filling, type Defaulter } from './pod-defaults';
import { isMap, type Json, type JsonMap } from '../json';

const maps = (value: Json | undefined) => (Array.isArray(value) ? value.filter(isMap) : []);

function service(value: JsonMap): void {
  const spec = value.spec as JsonMap;
  fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && ((spec.sessionAffinityConfig as JsonMap | undefined)?.clientIP as JsonMap | undefined)?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10_800 } };
  }
  for (const port of maps(spec.ports)) {
    fill(port, { protocol: 'TCP' });
    port.targetPort ||= port.port;
  }
  const outside = spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && spec.externalIPs !== undefined);
  if (outside) fill(spec, { externalTrafficPolicy: 'Cluster' });
  if (spec.type !== 'ExternalName') fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') {
    fill(spec, { allocateLoadBalancerNodePorts: true });
    const ingress = ((value.status as JsonMap | undefined)?.loadBalancer as JsonMap | undefined)?.ingress;
    for (const one of maps(ingress)) if (one.ip) fill(one, { ipMode: 'VIP' });
  }
}

/** `stringData` is written only: it is never read again. */
function secret(value: JsonMap): void {
  fill(value, { type: 'Opaque' });
  if (!isMap(value.stringData)) return;
  const written = Object.entries(value.stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
  value.data = { ...value.data as JsonMap | undefined, ...Object.fromEntries(written) };
  delete value.stringData;
}

function limits(item: JsonMap): void {
  if (item.type !== 'Container') return;
  const lists = Object.fromEntries(['default', 'defaultRequest', 'max', 'min'].map(key => [key, (item[key] ?? {}) as JsonMap]));
  const most = { ...lists.max, ...lists.default };
  const asked = { ...lists.min, ...most, ...lists.defaultRequest };
  if (Object.keys(most).length > 0) item.default = most;
  if (Object.keys(asked).length > 0) item.defaultRequest = asked;
}

const RBAC = 'rbac.authorization.k8s.io';
const roleRef: Defaulter = ({ roleRef: ref }) => fill(ref as JsonMap, { apiGroup: RBAC });
const selectors = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
const webhook = { failurePolicy: 'Fail', ...selectors, timeoutSeconds: 10 };
const port443 = filling({ port: 443 });

function device(value: JsonMap): void {
  fill(value, { allocationMode: 'ExactCount' });
  if (value.allocationMode === 'ExactCount') value.count ||= 1;
}

function definition(value: JsonMap): void {
  const [spec, status] = [value.spec as JsonMap, value.status as JsonMap];
  const names = spec.names as JsonMap;
  fill(names, { singular: String(names.kind ?? '').toLowerCase(), ...(names.kind ? { listKind: `${String(names.kind)}List` } : {}) });
  fill(spec, { conversion: { strategy: 'None' } });
  const stored = maps(spec.versions).find(version => version.storage === true);
  if (maps([status]).length > 0 && !(Array.isArray(status.storedVersions) && status.storedVersions.length > 0) && stored) status.storedVersions = [stored.name];
}

export const KIND_DEFAULTS: Readonly<Record<string, Defaulter>> = {
  'core.v1.Service': service,
  'core.v1.Secret': secret,
  'core.v1.Namespace': ({ metadata }) => {
    const own = metadata as JsonMap;
    if (own.name) own.labels = { ...own.labels as JsonMap | undefined, 'kubernetes.io/metadata.name': own.name };
  },
  'core.v1.NamespaceStatus': filling({ phase: 'Active' }),
  // The lists and the single values that were there before them say the same.
  'core.v1.NodeSpec': spec => {
    if (spec.podCIDR && spec.podCIDRs === undefined) spec.podCIDRs = [spec.podCIDR];
    if (Array.isArray(spec.podCIDRs)) spec.podCIDR = spec.podCIDRs[0];
  },
  'core.v1.PodStatus': status => {
    if (status.podIP && status.podIPs === undefined) status.podIPs = [{ ip: status.podIP }];
  },
  'core.v1.NodeStatus': status => {
    if (isMap(status.capacity)) fill(status, { allocatable: status.capacity });
  },
  'core.v1.PersistentVolume': ({ spec, status }) => {
    fill(status as JsonMap, { phase: 'Pending' });
    fill(spec as JsonMap, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
  },
  'core.v1.PersistentVolumeClaim': ({ status }) => fill(status as JsonMap, { phase: 'Pending' }),
  'core.v1.PersistentVolumeClaimSpec': filling({ volumeMode: 'Filesystem' }),
  'core.v1.EndpointPort': filling({ protocol: 'TCP' }),
  'core.v1.LimitRangeItem': limits,
  'networking.v1.NetworkPolicyPort': filling({ protocol: 'TCP' }),
  'networking.v1.NetworkPolicy': ({ spec }) => {
    const own = spec as JsonMap;
    fill(own, { policyTypes: own.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'] });
  },
  'networking.v1.IngressClass': ({ spec }) => {
    const { parameters } = spec as JsonMap;
    if (isMap(parameters)) fill(parameters, { scope: 'Cluster' });
  },
  'rbac.v1.RoleBinding': roleRef,
  'rbac.v1.ClusterRoleBinding': roleRef,
  'rbac.v1.Subject': subject => {
    if (subject.kind === 'User' || subject.kind === 'Group') fill(subject, { apiGroup: RBAC });
  },
  'discovery.v1.EndpointPort': value => {
    value.name ??= '';
    fill(value, { protocol: 'TCP' });
  },
  'scheduling.v1.PriorityClass': filling({ preemptionPolicy: 'PreemptLowerPriority' }),
  'admissionregistration.v1.ValidatingWebhook': filling(webhook),
  'admissionregistration.v1.MutatingWebhook': filling({ ...webhook, reinvocationPolicy: 'Never' }),
  'admissionregistration.v1.RuleWithOperations': filling({ scope: '*' }),
  'admissionregistration.v1.NamedRuleWithOperations': filling({ scope: '*' }),
  'admissionregistration.v1.ServiceReference': port443,
  'apiextensions.v1.ServiceReference': port443,
  'apiregistration.v1.ServiceReference': port443,
  'admissionregistration.v1.ValidatingAdmissionPolicySpec': filling({ failurePolicy: 'Fail' }),
  'admissionregistration.v1.MutatingAdmissionPolicySpec': filling({ failurePolicy: 'Fail' }),
  'admissionregistration.v1.MatchResources': filling(selectors),
  'storage.v1.StorageClass': filling({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'storage.v1.CSIDriver': ({ spec }) => fill(spec as JsonMap, {
    attachRequired: true, podInfoOnMount: false, storageCapacity: false, fsGroupPolicy: 'ReadWriteOnceWithFSType', volumeLifecycleModes: ['Persistent'],
    requiresRepublish: false, seLinuxMount: false,
  }),
  'flowcontrol.v1.FlowSchemaSpec': spec => {
    spec.matchingPrecedence ||= 1000;
  },
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': filling({ nominalConcurrencyShares: 0, lendablePercent: 0 }),
  'flowcontrol.v1.LimitedPriorityLevelConfiguration': filling({ nominalConcurrencyShares: 30, lendablePercent: 0 }),
  'flowcontrol.v1.QueuingConfiguration': queue => {
    queue.queues ||= 64;
    queue.handSize ||= 8;
    queue.queueLengthLimit ||= 50;
  },
  'resource.v1.ExactDeviceRequest': device,
  'resource.v1.DeviceSubRequest': device,
  'apiextensions.v1.CustomResourceDefinition': definition,
};
