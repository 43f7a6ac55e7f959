import { checkAutoscaler } from './autoscaler';
import type { FieldProblems } from './field-problems';
import { checkLabels, checkSelector } from './metadata';
import { dataKey, dnsLabel, dnsSubdomain, pathSegment, portName, portNumber, qualifiedName, wildcardSubdomain } from './names';
import { checkPort } from './pod';
import { checkAtMostAll, checkShare } from './workload';
import { tryParseQuantity } from '../../schema/quantity';
import { maps } from '../admit/pod-of';
import { isMap, type Json, type JsonMap } from '../json';

type Check = (object: JsonMap, problems: FieldProblems) => void;

/** Of the values of a ConfigMap or Secret, in bytes. */
const MOST_DATA = 1024 * 1024;
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

const service: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  const ports = maps(own.ports);
  const type = String(own.type);
  const isHeadless = own.clusterIP === 'None';
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') problems.required('spec.ports');
  if (type === 'ExternalName') {
    if (own.externalName) problems.eachInvalid('spec.externalName', own.externalName, dnsSubdomain(String(own.externalName).replace(/\.$/, '')));
    else problems.required('spec.externalName');
  }
  if (type === 'LoadBalancer' && isHeadless) problems.invalid('spec.clusterIPs[0]', 'None', 'may not be set to \'None\' for LoadBalancer services');
  if (type === 'NodePort' && isHeadless) problems.invalid('spec.clusterIPs[0]', 'None', 'may not be set to \'None\' for NodePort services');
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = `spec.ports[${i}]`;
    if (ports.length > 1 && !port.name) {problems.required(`${at}.name`);} else if (port.name) {
      problems.eachInvalid(`${at}.name`, port.name, dnsLabel(String(port.name)));
      if (names.has(String(port.name))) problems.duplicate(`${at}.name`, port.name);
      names.add(String(port.name));
    }
    problems.eachInvalid(`${at}.port`, port.port, portNumber(Number(port.port)));
    problems.oneOf(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']);
    checkPort(port.targetPort, `${at}.targetPort`, problems);
    if (port.appProtocol !== undefined) problems.eachInvalid(`${at}.appProtocol`, port.appProtocol, qualifiedName(String(port.appProtocol)));
  });
  checkLabels(own.selector, 'spec.selector', problems);
  problems.oneOf('spec.sessionAffinity', own.sessionAffinity, ['ClientIP', 'None']);
  problems.oneOf('spec.type', own.type, TYPES);
  if (type === 'ClusterIP' || type === 'ExternalName') {
    ports.forEach(({ nodePort }, i) => {
      if (nodePort) problems.forbidden(`spec.ports[${i}].nodePort`, `may not be used when \`type\` is '${type}'`);
    });
  }
  const seen = new Set<string>();
  ports.forEach(({ protocol, port }, i) => {
    const key = JSON.stringify([protocol, port]);
    if (seen.has(key)) problems.duplicate(`spec.ports[${i}]`, { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 });
    seen.add(key);
  });
};

function checkData(object: JsonMap, field: string, problems: FieldProblems): number {
  let size = 0;
  for (const [key, value] of Object.entries(isMap(object[field]) ? object[field] : {})) {
    problems.eachInvalid(`${field}[${key}]`, key, dataKey(key));
    const text = String(value);
    size += field === 'data' && object.kind === 'ConfigMap' ? Buffer.byteLength(text) : Buffer.byteLength(text, 'base64');
  }
  return size;
}

const configMap: Check = (object, problems) => {
  const size = checkData(object, 'data', problems) + checkData(object, 'binaryData', problems);
  for (const key of Object.keys(isMap(object.data) ? object.data : {})) {
    if (isMap(object.binaryData) && key in object.binaryData) problems.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
  }
  if (size > MOST_DATA) problems.tooLong('', MOST_DATA);
};

const TYPED_SECRETS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'], 'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'], 'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

const secret: Check = (object, problems) => {
  if (checkData(object, 'data', problems) > MOST_DATA) problems.tooLong('data', MOST_DATA);
  const data = isMap(object.data) ? object.data : {};
  const type = String(object.type);
  for (const key of TYPED_SECRETS[type] ?? []) {
    const isMissing = type === 'kubernetes.io/ssh-auth' ? !data[key] : data[key] === undefined;
    if (isMissing) problems.required(`data[${key}]`);
    else if (key.startsWith('.docker')) checkJson(String(data[key]), `data[${key}]`, problems);
  }
  if (type === 'kubernetes.io/basic-auth' && data.username === undefined && data.password === undefined) {
    problems.required('data[username]');
    problems.required('data[password]');
  }
  const account = ((object.metadata as JsonMap).annotations as JsonMap | undefined)?.['kubernetes.io/service-account.name'];
  if (type === 'kubernetes.io/service-account-token' && !account) problems.required('metadata.annotations[kubernetes.io/service-account.name]');
};

function checkJson(base64: string, path: string, problems: FieldProblems): void {
  const text = Buffer.from(base64, 'base64').toString();
  try {
    JSON.parse(text);
  } catch {
    const why = text.trim() === '' ? 'unexpected end of JSON input' : `invalid character ${JSON.stringify(text.trim()[0]).replaceAll('"', "'")} looking for beginning of value`;
    problems.invalid(path, '<secret contents redacted>', why);
  }
}

function checkRules(isNamespaced: boolean): Check {
  return (object, problems) => maps(object.rules).forEach((rule, i) => {
    const at = `rules[${i}]`;
    if (!rule.verbs || countOf(rule.verbs) === 0) problems.required(`${at}.verbs`, 'verbs must contain at least one value');
    if (rule.nonResourceURLs !== undefined) {
      if (isNamespaced) problems.invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs');
      if (rule.apiGroups !== undefined || rule.resources !== undefined || rule.resourceNames !== undefined) {
        problems.invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs');
      }
      return;
    }
    if (rule.apiGroups === undefined) problems.required(`${at}.apiGroups`, 'resource rules must supply at least one api group');
    if (rule.resources === undefined) problems.required(`${at}.resources`, 'resource rules must supply at least one resource');
  });
}

const countOf = (value: Json | undefined) => (Array.isArray(value) ? value.length : 0);
const RBAC = 'rbac.authorization.k8s.io';

function checkBinding(isNamespaced: boolean): Check {
  return ({ roleRef, subjects }, problems) => {
    const { apiGroup, kind, name } = roleRef as JsonMap;
    if (apiGroup !== RBAC) problems.notSupported('roleRef.apiGroup', apiGroup, [RBAC]);
    const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
    if (!kinds.includes(String(kind))) problems.notSupported('roleRef.kind', kind, kinds);
    if (!name) problems.required('roleRef.name');
    else problems.eachInvalid('roleRef.name', name, pathSegment(String(name)));
    maps(subjects).forEach((subject, i) => {
      const at = `subjects[${i}]`;
      if (!subject.name) problems.required(`${at}.name`);
      if (subject.kind === 'ServiceAccount') {
        if (subject.name) problems.eachInvalid(`${at}.name`, subject.name, dnsSubdomain(String(subject.name)));
        if (subject.apiGroup) problems.notSupported(`${at}.apiGroup`, subject.apiGroup, ['']);
        if (!isNamespaced && !subject.namespace) problems.required(`${at}.namespace`);
      } else if (subject.kind === 'User' || subject.kind === 'Group') {
        if (subject.apiGroup !== RBAC) problems.notSupported(`${at}.apiGroup`, subject.apiGroup, [RBAC]);
      } else {
        problems.notSupported(`${at}.kind`, subject.kind, ['ServiceAccount', 'User', 'Group']);
      }
    });
  };
}

const ingress: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  const rules = maps(own.rules);
  if (rules.length === 0 && !isMap(own.defaultBackend)) problems.invalid('spec', null, 'either `defaultBackend` or `rules` must be specified');
  if (isMap(own.defaultBackend)) checkBackend(own.defaultBackend, 'spec.defaultBackend', problems);
  rules.forEach(({ host, http }, i) => {
    const at = `spec.rules[${i}]`;
    if (host) {
      const text = String(host);
      if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) problems.invalid(`${at}.host`, text, 'must be a DNS name, not an IP address');
      problems.eachInvalid(`${at}.host`, text, text.includes('*') ? wildcardSubdomain(text) : dnsSubdomain(text));
    }
    if (!isMap(http)) return;
    if (maps(http.paths).length === 0) problems.required(`${at}.http.paths`);
    maps(http.paths).forEach((path, j) => checkPath(path, `${at}.http.paths[${j}]`, problems));
  });
  if (own.ingressClassName !== undefined) problems.eachInvalid('spec.ingressClassName', own.ingressClassName, dnsSubdomain(String(own.ingressClassName)));
};

function checkPath({ path = '', pathType, backend }: JsonMap, at: string, problems: FieldProblems): void {
  if (pathType === undefined || pathType === null) {
    problems.required(`${at}.pathType`, 'pathType must be specified');
    return;
  }
  const text = String(path);
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!text.startsWith('/')) problems.invalid(`${at}.path`, text, 'must be an absolute path');
    for (const part of ['//', '/./', '/../', '%2f', '%2F']) if (text.includes(part)) problems.invalid(`${at}.path`, text, `must not contain '${part}'`);
    for (const end of ['/..', '/.']) if (text.endsWith(end)) problems.invalid(`${at}.path`, text, `cannot end with '${end}'`);
  } else if (pathType === 'ImplementationSpecific') {
    if (text && !text.startsWith('/')) problems.invalid(`${at}.path`, text, 'must be an absolute path');
  } else {
    problems.notSupported(`${at}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']);
  }
  checkBackend(backend as JsonMap, `${at}.backend`, problems);
}

function checkBackend({ service: target, resource }: JsonMap, at: string, problems: FieldProblems): void {
  if (isMap(target) && isMap(resource)) {
    problems.invalid(at, '', 'cannot set both resource and service backends');
  } else if (isMap(target)) {
    const { number, name } = (isMap(target.port) ? target.port : {});
    if (!target.name) problems.required(`${at}.service.name`);
    else problems.eachInvalid(`${at}.service.name`, target.name, dnsLabel(String(target.name)));
    if (name && number) problems.invalid(at, '', 'cannot set both port name & port number');
    else if (name) problems.eachInvalid(`${at}.service.port.name`, name, portName(String(name)));
    else if (number) problems.eachInvalid(`${at}.service.port.number`, number, portNumber(Number(number)));
    else problems.required(at, 'port name or number is required');
  } else if (isMap(resource)) {
    for (const key of ['kind', 'name']) if (!resource[key]) problems.required(`${at}.resource.${key}`);
  } else {
    problems.invalid(at, '', 'resource or service backend is required');
  }
}

const networkPolicy: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  checkSelector(own.podSelector, 'spec.podSelector', problems);
  for (const [direction, peers] of [['ingress', 'from'], ['egress', 'to']] as const) {
    maps(own[direction]).forEach((rule, i) => {
      maps(rule.ports).forEach(({ port, protocol, endPort }, j) => {
        const at = `spec.${direction}[${i}].ports[${j}]`;
        if (protocol !== undefined) problems.oneOf(`${at}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']);
        if (port !== undefined) checkPort(port, `${at}.port`, problems);
        if (endPort !== undefined && port === undefined) problems.invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is not specified');
        if (typeof endPort === 'number' && typeof port === 'number' && endPort < port) problems.invalid(`${at}.endPort`, port, 'must be greater than or equal to `port`');
      });
      maps(rule[peers]).forEach((peer, j) => {
        const at = `spec.${direction}[${i}].${peers}[${j}]`;
        const given = ['podSelector', 'namespaceSelector', 'ipBlock'].filter(key => peer[key] !== undefined);
        if (given.length === 0) problems.required(at, 'must specify a peer');
        else if (given.length > 1 && given.includes('ipBlock')) problems.forbidden(at, 'may not specify both ipBlock and another peer');
        checkSelector(peer.podSelector, `${at}.podSelector`, problems);
        checkSelector(peer.namespaceSelector, `${at}.namespaceSelector`, problems);
      });
    });
  }
  const types = (own.policyTypes ?? []) as string[];
  if (types.length > 2) problems.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes');
  else types.forEach((type, i) => problems.oneOf(`spec.policyTypes[${i}]`, type, ['Ingress', 'Egress']));
};

const disruptionBudget: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  if (own.minAvailable !== undefined && own.maxUnavailable !== undefined) {
    const { minAvailable = null, selector = null, maxUnavailable = null, unhealthyPodEvictionPolicy = null } = own;
    const told = { MinAvailable: minAvailable, Selector: selector, MaxUnavailable: maxUnavailable, UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy };
    problems.invalid('spec', told, 'minAvailable and maxUnavailable cannot be both set');
  }
  for (const key of ['minAvailable', 'maxUnavailable']) {
    checkShare(own[key], `spec.${key}`, problems);
    checkAtMostAll(own[key], `spec.${key}`, problems);
  }
  checkSelector(own.selector, 'spec.selector', problems);
};

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

const claim: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  const modes = (own.accessModes ?? []) as string[];
  if (modes.length === 0) problems.required('spec.accessModes', 'at least 1 access mode is required');
  for (const mode of modes) problems.oneOf('spec.accessModes', mode, MODES);
  if (modes.length > 1 && modes.includes('ReadWriteOncePod')) problems.forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes');
  const storage = ((isMap(own.resources) ? own.resources.requests : undefined) as JsonMap | undefined)?.storage;
  if (storage === undefined) problems.required('spec.resources[storage]');
  else if ((tryParseQuantity(storage as string)?.nano ?? 0n) <= 0n) problems.invalid('spec.resources[storage]', storage, 'must be greater than zero');
  if (own.storageClassName) problems.eachInvalid('spec.storageClassName', own.storageClassName, dnsSubdomain(String(own.storageClassName)));
  if (own.volumeMode !== undefined) problems.oneOf('spec.volumeMode', own.volumeMode, ['Block', 'Filesystem']);
};

const SOURCES = 'awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs hostPath iscsi local nfs '
  + 'photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume';
export const VOLUME_SOURCES: readonly string[] = SOURCES.split(' ');

const volume: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  const modes = (own.accessModes ?? []) as string[];
  if (modes.length === 0) problems.required('spec.accessModes');
  for (const mode of modes) problems.oneOf('spec.accessModes', mode, MODES);
  const capacity = isMap(own.capacity) ? own.capacity : {};
  if (Object.keys(capacity).length === 0) problems.required('spec.capacity');
  if (capacity.storage === undefined || Object.keys(capacity).length > 1) problems.notSupported('spec.capacity', own.capacity, ['storage']);
  const [first, ...more] = VOLUME_SOURCES.filter(source => isMap(own[source]));
  for (const source of more) problems.forbidden(`spec.${source}`, 'may not specify more than 1 volume type');
  if (!first) problems.required('spec', 'must specify a volume type');
  if (first === 'hostPath' && !(own.hostPath as JsonMap).path) problems.required('spec.hostPath.path');
  problems.oneOf('spec.persistentVolumeReclaimPolicy', own.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain']);
};

const storageClass: Check = (object, problems) => {
  if (!object.provisioner) problems.required('provisioner');
  else problems.eachInvalid('provisioner', object.provisioner, qualifiedName(String(object.provisioner).toLowerCase()));
  problems.oneOf('reclaimPolicy', object.reclaimPolicy, ['Delete', 'Retain']);
  problems.oneOf('volumeBindingMode', object.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']);
};

const priorityClass: Check = ({ metadata, value, preemptionPolicy }, problems) => {
  const { name } = metadata as JsonMap;
  if (Number(value) > 1_000_000_000 && !String(name).startsWith('system-')) problems.forbidden('value', 'maximum allowed value of a user defined priority is 1000000000');
  if (preemptionPolicy !== undefined) problems.oneOf('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']);
};

export const KIND_CHECKS: Readonly<Record<string, Check>> = {
  'services': service,
  'configmaps': configMap,
  'secrets': secret,
  'roles.rbac.authorization.k8s.io': checkRules(true),
  'clusterroles.rbac.authorization.k8s.io': checkRules(false),
  'rolebindings.rbac.authorization.k8s.io': checkBinding(true),
  'clusterrolebindings.rbac.authorization.k8s.io': checkBinding(false),
  'ingresses.networking.k8s.io': ingress,
  'networkpolicies.networking.k8s.io': networkPolicy,
  'horizontalpodautoscalers.autoscaling': checkAutoscaler,
  'poddisruptionbudgets.policy': disruptionBudget,
  'persistentvolumeclaims': claim,
  'persistentvolumes': volume,
  'storageclasses.storage.k8s.io': storageClass,
  'priorityclasses.scheduling.k8s.io': priorityClass,
};
