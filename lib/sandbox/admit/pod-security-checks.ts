import { containersOf, maps } from './pod-of';
import { isMap, type Json, type JsonMap } from '../json';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** What a Pod does that a level does not let it do: `hostPort (container "a" uses hostPort 80)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

interface Pod {
  readonly annotations: JsonMap;
  readonly spec: JsonMap;
  readonly containers: readonly JsonMap[];
}

type Check = (pod: Pod) => Violation | undefined;

const quoted = (items: readonly string[]) => items.map(item => `"${item}"`).join(', ');
const plural = (count: number, one: string, many = `${one}s`) => (count === 1 ? one : many);
const named = (names: readonly string[]) => `${plural(names.length, 'container')} ${quoted(names)}`;
const sorted = (items: Iterable<string>) => [...new Set(items)].sort();
const contextOf = (holder: JsonMap) => (isMap(holder.securityContext) ? holder.securityContext : {});
const inContext = (holder: JsonMap, key: string): Json | undefined => contextOf(holder)[key];
const namesOf = (containers: readonly JsonMap[]) => containers.map(({ name }) => String(name));
const strings = (value: Json | undefined) => (Array.isArray(value) ? value.map(String) : []);
const isWindows = ({ spec }: Pod) => isMap(spec.os) && spec.os.name === 'windows';

/** Who of Pod and containers says something that is not to be said. */
function settersOf({ spec, containers }: Pod, isBad: (context: JsonMap) => boolean): string[] {
  const bad = namesOf(containers.filter(container => isBad(contextOf(container))));
  return [...(isBad(contextOf(spec)) ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])];
}

const DEFAULT_CAPABILITIES = new Set(['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']);
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem',
]);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const VOLUMES = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret', 'image']);

const capabilitiesOf = (container: JsonMap, list: 'add' | 'drop') => {
  const capabilities = inContext(container, 'capabilities');
  return strings(isMap(capabilities) ? capabilities[list] : undefined);
};

const capabilities: Check = ({ containers }) => {
  const added = (container: JsonMap) => capabilitiesOf(container, 'add').filter(one => !DEFAULT_CAPABILITIES.has(one));
  const bad = containers.filter(container => added(container).length > 0);
  if (bad.length === 0) return undefined;
  return { reason: 'non-default capabilities', detail: `${named(namesOf(bad))} must not include ${quoted(sorted(bad.flatMap(added)))} in securityContext.capabilities.add` };
};

const hostNamespaces: Check = ({ spec }) => {
  const used = ['hostNetwork', 'hostPID', 'hostIPC'].filter(key => spec[key] === true).map(key => `${key}=true`);
  return used.length > 0 ? { reason: 'host namespaces', detail: used.join(', ') } : undefined;
};

const hostPath: Check = ({ spec }) => {
  const bad = maps(spec.volumes).filter(volume => isMap(volume.hostPath)).map(({ name }) => String(name));
  return bad.length > 0 ? { reason: 'hostPath volumes', detail: `${plural(bad.length, 'volume')} ${quoted(bad)}` } : undefined;
};

const hostPorts: Check = ({ containers }) => {
  const portsOf = (container: JsonMap) => maps(container.ports).filter(({ hostPort }) => hostPort).map(({ hostPort }) => String(hostPort));
  const bad = containers.filter(container => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sorted(bad.flatMap(portsOf));
  return { reason: 'hostPort', detail: `${named(namesOf(bad))} ${plural(bad.length, 'uses', 'use')} ${plural(ports.length, 'hostPort')} ${ports.join(', ')}` };
};

const privileged: Check = ({ containers }) => {
  const bad = namesOf(containers.filter(container => inContext(container, 'privileged') === true));
  return bad.length > 0 ? { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` } : undefined;
};

const procMount: Check = ({ containers }) => {
  const bad = containers.filter(container => (inContext(container, 'procMount') ?? 'Default') !== 'Default');
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map(container => String(inContext(container, 'procMount'))));
  return { reason: 'procMount', detail: `${named(namesOf(bad))} must not set securityContext.procMount to ${quoted(types)}` };
};

const profileType = (context: JsonMap, key: string) => (isMap(context[key]) ? String((context[key]).type) : undefined);
const isSafe = (type: string | undefined) => type === 'RuntimeDefault' || type === 'Localhost';

function checkProfile(pod: Pod, key: string): { setters: string[]; types: string[] } {
  const isBad = (context: JsonMap) => profileType(context, key) !== undefined && !isSafe(profileType(context, key));
  const types = [pod.spec, ...pod.containers].map(contextOf).filter(isBad).map(context => profileType(context, key)!);
  return { setters: settersOf(pod, isBad), types: sorted(types) };
}

const appArmor: Check = pod => {
  const { setters, types } = checkProfile(pod, 'appArmorProfile');
  const annotations = Object.entries(pod.annotations)
    .filter(([key, value]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/') && !/^(|runtime\/default|localhost\/.*)$/.test(String(value)))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`).sort();
  const who = [...setters, ...(annotations.length > 0 ? [plural(annotations.length, 'annotation')] : [])];
  const values = [...types, ...annotations];
  if (who.length === 0) return undefined;
  return { reason: `forbidden AppArmor ${plural(values.length, 'profile')}`, detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}` };
};

const seccomp: Check = pod => {
  const { setters, types } = checkProfile(pod, 'seccompProfile');
  if (setters.length === 0) return undefined;
  return { reason: 'seccompProfile', detail: `${setters.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(types)}` };
};

const restrictedSeccomp: Check = pod => {
  if (isWindows(pod)) return undefined;
  const bad = seccomp(pod);
  if (bad) return bad;
  if (isSafe(profileType(contextOf(pod.spec), 'seccompProfile'))) return undefined;
  const missing = namesOf(pod.containers.filter(container => profileType(contextOf(container), 'seccompProfile') === undefined));
  if (missing.length === 0) return undefined;
  return { reason: 'seccompProfile', detail: `pod or ${named(missing)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` };
};

const seLinux: Check = pod => {
  const options = (context: JsonMap) => (isMap(context.seLinuxOptions) ? context.seLinuxOptions : undefined);
  const typeOf = (context: JsonMap) => String(options(context)?.type ?? '');
  const isBad = (context: JsonMap) => {
    const own = options(context);
    return own !== undefined && (!SELINUX_TYPES.has(typeOf(context)) || !!own.user || !!own.role);
  };
  const setters = settersOf(pod, isBad);
  if (setters.length === 0) return undefined;
  const contexts = [pod.spec, ...pod.containers].map(contextOf).filter(isBad);
  const types = sorted(contexts.map(typeOf).filter(type => !SELINUX_TYPES.has(type)));
  const data = [
    ...(types.length > 0 ? [`${plural(types.length, 'type')} ${quoted(types)}`] : []),
    ...['user', 'role'].filter(key => contexts.some(context => options(context)![key])).map(key => `${key} may not be set`),
  ];
  return { reason: 'seLinuxOptions', detail: `${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}` };
};

const sysctls: Check = ({ spec }) => {
  const bad = maps(inContext(spec, 'sysctls')).map(({ name }) => String(name)).filter(name => !SAFE_SYSCTLS.has(name));
  return bad.length > 0 ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined;
};

const hostProcess: Check = pod => {
  const setters = settersOf(pod, context => isMap(context.windowsOptions) && context.windowsOptions.hostProcess === true);
  return setters.length > 0 ? { reason: 'hostProcess', detail: `${setters.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true` } : undefined;
};

const escalation: Check = pod => {
  const bad = namesOf(pod.containers.filter(container => inContext(container, 'allowPrivilegeEscalation') !== false));
  if (bad.length === 0 || isWindows(pod)) return undefined;
  return { reason: 'allowPrivilegeEscalation != false', detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false` };
};

const restrictedCapabilities: Check = pod => {
  if (isWindows(pod)) return undefined;
  const missing = namesOf(pod.containers.filter(container => !capabilitiesOf(container, 'drop').includes('ALL')));
  const added = (container: JsonMap) => capabilitiesOf(container, 'add').filter(one => one !== 'NET_BIND_SERVICE');
  const adding = pod.containers.filter(container => added(container).length > 0);
  const details = [
    ...(missing.length > 0 ? [`${named(missing)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0 ? [`${named(namesOf(adding))} must not include ${quoted(sorted(adding.flatMap(added)))} in securityContext.capabilities.add`] : []),
  ];
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
};

const restrictedVolumes: Check = ({ spec }) => {
  const typeOf = (volume: JsonMap) => Object.keys(volume).find(key => key !== 'name') ?? 'unknown';
  const bad = maps(spec.volumes).filter(volume => !VOLUMES.has(typeOf(volume)));
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map(typeOf));
  const names = bad.map(({ name }) => String(name));
  return {
    reason: 'restricted volume types',
    detail: `${plural(names.length, 'volume')} ${quoted(names)} ${plural(names.length, 'uses', 'use')} ${plural(types.length, 'restricted volume type')} ${quoted(types)}`,
  };
};

const nonRoot: Check = pod => {
  if (pod.spec.hostUsers === false) return undefined;
  const setters = settersOf(pod, context => context.runAsNonRoot === false);
  if (setters.length > 0) return { reason: 'runAsNonRoot != true', detail: `${setters.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  const missing = namesOf(pod.containers.filter(container => inContext(container, 'runAsNonRoot') !== true));
  if (missing.length === 0 || inContext(pod.spec, 'runAsNonRoot') === true) return undefined;
  return { reason: 'runAsNonRoot != true', detail: `pod or ${named(missing)} must set securityContext.runAsNonRoot=true` };
};

const rootUser: Check = pod => {
  if (pod.spec.hostUsers === false) return undefined;
  const setters = settersOf(pod, context => context.runAsUser === 0);
  return setters.length > 0 ? { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` } : undefined;
};

/** By their names, which is the order in which they are told; those that replace one of the lower level stand for it. */
const BASELINE: readonly Check[] = [appArmor, capabilities, hostNamespaces, hostPath, hostPorts, privileged, procMount, seLinux, seccomp, sysctls, hostProcess];
const RESTRICTED: readonly Check[] = [
  appArmor, hostNamespaces, hostPorts, privileged, procMount, seLinux, sysctls, hostProcess,
  escalation, restrictedCapabilities, restrictedVolumes, nonRoot, rootUser, restrictedSeccomp,
];

/** What a level of the Pod Security Standards has against a Pod, in the words of the latest version of it. */
export function findViolations(level: Level, metadata: JsonMap, spec: JsonMap): Violation[] {
  const pod: Pod = { annotations: isMap(metadata.annotations) ? metadata.annotations : {}, spec, containers: containersOf(spec) };
  const checks = level === 'restricted' ? RESTRICTED : level === 'baseline' ? BASELINE : [];
  return checks.flatMap(check => check(pod) ?? []);
}
