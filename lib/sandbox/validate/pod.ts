import type { FieldProblems } from './field-problems';
import { checkLabels, checkSelector } from './metadata';
import { dnsLabel, dnsSubdomain, environmentName, portName, portNumber, qualifiedName } from './names';
import { tryParseQuantity } from '../../schema/quantity';
import { maps } from '../admit/pod-of';
import { isMap, type Json, type JsonMap } from '../json';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MOST_SECONDS = 2 ** 31 - 1;

/** What a Pod, or a template of one, has to be: its containers, volumes, probes, ports and the values that only some may be. */
export function checkPodSpec(spec: JsonMap, path: string, problems: FieldProblems): void {
  const volumes = checkVolumes(maps(spec.volumes), `${path}.volumes`, problems);
  const containers = maps(spec.containers);
  if (containers.length === 0) problems.required(`${path}.containers`);
  checkContainers(containers, `${path}.containers`, volumes, problems, new Set());
  checkContainers(maps(spec.initContainers), `${path}.initContainers`, volumes, problems, new Set(containers.map(({ name }) => String(name))));
  checkOrder(maps(spec.initContainers), `${path}.initContainers`, problems);
  problems.oneOf(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']);
  problems.oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']);
  checkLabels(spec.nodeSelector, `${path}.nodeSelector`, problems);
  checkAffinity(spec, path, problems);
  checkTolerations(maps(spec.tolerations), `${path}.tolerations`, problems);
  maps(spec.hostAliases).forEach(({ ip, hostnames }, i) => {
    checkAddress(ip ?? '', `${path}.hostAliases[${i}].ip`, problems);
    (Array.isArray(hostnames) ? hostnames : []).forEach((name, j) => problems.eachInvalid(`${path}.hostAliases[${i}].hostnames[${j}]`, name, dnsSubdomain(String(name))));
  });
  checkNames(spec, path, problems);
  problems.inRange(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 1, MOST_SECONDS);
  if (spec.dnsPolicy === 'None' && !(isMap(spec.dnsConfig) && Array.isArray(spec.dnsConfig.nameservers))) {
    problems.required(`${path}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None');
  }
}

function checkNames(spec: JsonMap, path: string, problems: FieldProblems): void {
  for (const key of ['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName']) {
    if (spec[key]) problems.eachInvalid(`${path}.${key}`, spec[key], dnsSubdomain(String(spec[key])));
  }
  for (const key of ['hostname', 'subdomain']) if (spec[key]) problems.eachInvalid(`${path}.${key}`, spec[key], dnsLabel(String(spec[key])));
}

function checkContainers(containers: readonly JsonMap[], path: string, volumes: ReadonlySet<string>, problems: FieldProblems, taken: Set<string>): void {
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    const { name } = container;
    if (!name) problems.required(`${at}.name`);
    else problems.eachInvalid(`${at}.name`, name, dnsLabel(String(name)));
    if (!container.image) problems.required(`${at}.image`);
    problems.oneOf(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError']);
    checkPorts(maps(container.ports), `${at}.ports`, problems);
    checkEnvironment(maps(container.env), `${at}.env`, problems);
    checkMounts(maps(container.volumeMounts), `${at}.volumeMounts`, volumes, problems);
    problems.oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']);
    checkResources(container.resources, `${at}.resources`, problems);
    if (name && taken.has(String(name))) problems.duplicate(`${at}.name`, name);
    taken.add(String(name));
    const isProbed = !path.endsWith('initContainers') || container.restartPolicy === 'Always';
    if (isProbed) for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) checkProbe(container[probe], probe, `${at}.${probe}`, problems);
  });
}

/** What runs to its end before the others start is neither probed nor told of its end. */
function checkOrder(containers: readonly JsonMap[], path: string, problems: FieldProblems): void {
  containers.forEach((container, i) => {
    if (container.restartPolicy === 'Always') return;
    for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
      if (container[key] !== undefined) problems.forbidden(`${path}[${i}].${key}`, 'may not be set for init containers without restartPolicy=Always');
    }
  });
}

function checkPorts(ports: readonly JsonMap[], path: string, problems: FieldProblems): void {
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${path}[${i}]`;
    if (name) {
      const wrong = portName(String(name));
      if (wrong.length > 0) problems.eachInvalid(`${at}.name`, name, wrong);
      else if (names.has(String(name))) problems.duplicate(`${at}.name`, name);
      else names.add(String(name));
    }
    if (!containerPort) problems.required(`${at}.containerPort`);
    else problems.eachInvalid(`${at}.containerPort`, containerPort, portNumber(Number(containerPort)));
    if (hostPort) problems.eachInvalid(`${at}.hostPort`, hostPort, portNumber(Number(hostPort)));
    problems.oneOf(`${at}.protocol`, protocol, PROTOCOLS);
  });
}

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

function checkEnvironment(variables: readonly JsonMap[], path: string, problems: FieldProblems): void {
  variables.forEach(({ name, value, valueFrom }, i) => {
    if (!name) problems.required(`${path}[${i}].name`);
    else problems.eachInvalid(`${path}[${i}].name`, name, environmentName(String(name)));
    if (!isMap(valueFrom)) return;
    const at = `${path}[${i}].valueFrom`;
    const sources = SOURCES.filter(source => valueFrom[source] !== undefined);
    for (const source of ['configMapKeyRef', 'secretKeyRef']) {
      const reference = valueFrom[source];
      if (!isMap(reference)) continue;
      if (!reference.name) problems.required(`${at}.${source}.name`);
      if (!reference.key) problems.required(`${at}.${source}.key`);
    }
    if (sources.length === 0) problems.invalid(at, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`');
    else if (value) problems.invalid(at, '', 'may not be specified when `value` is not empty');
    else if (sources.length > 1) problems.invalid(at, '', 'may not have more than one field specified at a time');
  });
}

function checkVolumes(volumes: readonly JsonMap[], path: string, problems: FieldProblems): Set<string> {
  const names = new Set<string>();
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const before = problems.causes.length;
    const [first, ...more] = Object.keys(volume).filter(key => key !== 'name');
    if (!first) problems.required(at, 'must specify a volume type');
    else checkVolumeSource(first, volume[first] as JsonMap, `${at}.${first}`, problems);
    for (const key of more) problems.forbidden(`${at}.${key}`, 'may not specify more than 1 volume type');
    if (!volume.name) problems.required(`${at}.name`);
    else problems.eachInvalid(`${at}.name`, volume.name, dnsLabel(String(volume.name)));
    if (names.has(String(volume.name))) problems.duplicate(`${at}.name`, volume.name);
    if (problems.causes.length === before) names.add(String(volume.name));
  });
  return names;
}

function checkVolumeSource(type: string, source: JsonMap, at: string, problems: FieldProblems): void {
  const needed: Readonly<Record<string, string>> = { secret: 'secretName', configMap: 'name', persistentVolumeClaim: 'claimName', hostPath: 'path', csi: 'driver', nfs: 'server' };
  const field = needed[type];
  if (field && !source[field]) problems.required(`${at}.${field}`);
  if (type === 'nfs' && !source.path) problems.required(`${at}.path`);
  if ((type === 'secret' || type === 'configMap') && typeof source.defaultMode === 'number' && (source.defaultMode < 0 || source.defaultMode > 0o777)) {
    problems.invalid(`${at}.defaultMode`, source.defaultMode, 'must be a number between 0 and 0777 (octal), both inclusive');
  }
}

function checkMounts(mounts: readonly JsonMap[], path: string, volumes: ReadonlySet<string>, problems: FieldProblems): void {
  const paths = new Set<string>();
  mounts.forEach(({ name, mountPath }, i) => {
    const at = `${path}[${i}]`;
    if (!name) problems.required(`${at}.name`);
    if (!volumes.has(String(name))) problems.notFound(`${at}.name`, name);
    if (!mountPath) problems.required(`${at}.mountPath`);
    if (paths.has(String(mountPath))) problems.invalid(`${at}.mountPath`, mountPath, 'must be unique');
    paths.add(String(mountPath));
  });
}

function checkResources(resources: Json | undefined, path: string, problems: FieldProblems): void {
  if (!isMap(resources)) return;
  const limits = isMap(resources.limits) ? resources.limits : {};
  const requests = isMap(resources.requests) ? resources.requests : {};
  for (const [list, entries] of [['limits', limits], ['requests', requests]] as const) {
    for (const [key, text] of Object.entries(entries)) {
      const at = `${path}.${list}[${key}]`;
      if (key.includes('/')) {problems.eachInvalid(at, key, qualifiedName(key));} else if (!/^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(key)) {
        problems.eachInvalid(at, key, ['must be a standard resource type or fully qualified', 'must be a standard resource for containers']);
      }
      const nano = tryParseQuantity(text as string)?.nano ?? 0n;
      if (nano < 0n) problems.invalid(at, text, 'must be greater than or equal to 0');
      if (list !== 'requests') continue;
      const limit = limits[key];
      if (limit !== undefined && nano > (tryParseQuantity(limit as string)?.nano ?? 0n)) {
        problems.invalid(`${path}.requests`, text, `must be less than or equal to ${key} limit of ${String(limit)}`);
      }
    }
  }
}

function checkProbe(probe: Json | undefined, name: string, path: string, problems: FieldProblems): void {
  if (!isMap(probe)) return;
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter(handler => isMap(probe[handler]));
  handlers.slice(1).forEach(handler => problems.forbidden(`${path}.${handler}`, 'may not specify more than 1 handler type'));
  if (handlers.length === 0) problems.required(path, 'must specify a handler type');
  for (const handler of ['httpGet', 'tcpSocket']) {
    const { port } = (isMap(probe[handler]) ? probe[handler] : {});
    if (port !== undefined) checkPort(port, `${path}.${handler}.port`, problems);
  }
  for (const key of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) problems.notNegative(`${path}.${key}`, probe[key]);
  if (name !== 'readinessProbe' && probe.successThreshold !== 1) problems.invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1');
}

/** An address of IPv4 or IPv6. */
export function checkAddress(address: Json, path: string, problems: FieldProblems): void {
  const text = String(address);
  const isAddress = /^(\d{1,3})(\.\d{1,3}){3}$/.test(text) ? text.split('.').every(part => Number(part) < 256) : /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text);
  if (!isAddress) problems.invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
}

export function checkPort(port: Json | undefined, path: string, problems: FieldProblems): void {
  if (typeof port === 'string') problems.eachInvalid(path, port, portName(port));
  else problems.eachInvalid(path, port, portNumber(Number(port)));
}

function checkTolerations(tolerations: readonly JsonMap[], path: string, problems: FieldProblems): void {
  tolerations.forEach(({ key, operator, value, effect, tolerationSeconds }, i) => {
    const at = `${path}[${i}]`;
    if (key) problems.eachInvalid(`${at}.key`, key, qualifiedName(String(key)));
    if (!key && operator !== 'Exists') problems.invalid(`${at}.operator`, operator ?? '', 'operator must be Exists when `key` is empty, which means "match all values and all keys"');
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') problems.invalid(`${at}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set");
    if (operator === 'Exists' && value) problems.invalid(`${at}.operator`, value, 'value must be empty when `operator` is \'Exists\'');
    else if (operator && !/^(Equal|Exists)$/.test(String(operator))) problems.notSupported(`${at}.operator`, operator, ['Equal', 'Exists']);
    if (effect) problems.oneOf(`${at}.effect`, effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
  });
}

function checkAffinity(spec: JsonMap, path: string, problems: FieldProblems): void {
  const affinity = isMap(spec.affinity) ? spec.affinity : {};
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const own = isMap(affinity[kind]) ? affinity[kind] : {};
    maps(own.requiredDuringSchedulingIgnoredDuringExecution).forEach((term, i) => {
      checkTerm(term, `${path}.affinity.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`, problems);
    });
    maps(own.preferredDuringSchedulingIgnoredDuringExecution).forEach(({ weight, podAffinityTerm }, i) => {
      const at = `${path}.affinity.${kind}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
      if (Number(weight) <= 0 || Number(weight) > 100) problems.invalid(`${at}.weight`, weight, 'must be in the range 1-100');
      checkTerm(podAffinityTerm as JsonMap, `${at}.podAffinityTerm`, problems);
    });
  }
  maps(spec.topologySpreadConstraints).forEach(({ maxSkew, topologyKey, whenUnsatisfiable, labelSelector }, i) => {
    const at = `${path}.topologySpreadConstraints[${i}]`;
    if (Number(maxSkew) <= 0) problems.invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero');
    if (!topologyKey) problems.required(`${at}.topologyKey`, 'can not be empty');
    problems.oneOf(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']);
    checkSelector(labelSelector, `${at}.labelSelector`, problems);
  });
}

function checkTerm({ labelSelector, topologyKey }: JsonMap, path: string, problems: FieldProblems): void {
  checkSelector(labelSelector, `${path}.labelSelector`, problems);
  if (!topologyKey) problems.required(`${path}.topologyKey`, 'can not be empty');
  else problems.eachInvalid(`${path}.topologyKey`, topologyKey, qualifiedName(String(topologyKey)));
}
