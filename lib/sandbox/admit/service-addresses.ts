import { maps } from './pod-of';
import type { AdmissionRequest, ClusterApi } from '../api';
import { isEqual } from '../defaults/equal';
import type { JsonMap, StoredObject } from '../json';
import { FieldProblems } from '../validate/field-problems';
import { invalid } from '../validate/invalid';

/** 10.0.0.0/16: the first of it is told on a dry run, the next 256 are for who asks for one, the rest are given out. */
const RANGE = '10.0.0.0/16';
const SIZE = 2 ** 16;
const FIRST_GIVEN = 257;
const PORTS = { least: 30_000, most: 32_767 };
/** What a dry run tells is outside of the range, so that nobody takes it for given. */
const DRY_PORT = 32_769;

const address = (offset: number) => `10.0.${Math.floor(offset / 256)}.${offset % 256}`;

/** The addresses and node ports that the Services of a cluster have. */
class Taken {
  readonly addresses = new Map<string, string>();
  readonly ports = new Map<string, string>();
  private nextAddress = FIRST_GIVEN;
  private nextPort = PORTS.least;

  constructor(api: ClusterApi) {
    for (const service of api.list('services')) this.add(service);
    api.watch('services', ({ type, object, old }) => {
      if (old) this.remove(old);
      if (type === 'DELETED') this.remove(object);
      else this.add(object);
    });
  }

  giveAddress(): string {
    for (let tries = 0; tries < SIZE; tries++) {
      const found = address(this.nextAddress);
      this.nextAddress = this.nextAddress + 1 >= SIZE - 1 ? FIRST_GIVEN : this.nextAddress + 1;
      if (!this.addresses.has(found)) return found;
    }
    throw new Error('every address of the range is taken');
  }

  givePort(protocols: readonly string[]): number {
    for (let tries = 0; tries <= PORTS.most - PORTS.least; tries++) {
      const found = this.nextPort;
      this.nextPort = found === PORTS.most ? PORTS.least : found + 1;
      if (!protocols.some(protocol => this.ports.has(`${protocol} ${found}`))) return found;
    }
    throw new Error('every node port is taken');
  }

  private add(service: StoredObject): void {
    const owner = ownerOf(service);
    const spec = service.spec as JsonMap;
    for (const one of (spec.clusterIPs ?? []) as string[]) if (one !== 'None') this.addresses.set(one, owner);
    for (const { nodePort, protocol } of maps(spec.ports)) if (nodePort) this.ports.set(`${String(protocol)} ${String(nodePort)}`, owner);
    if (spec.healthCheckNodePort) this.ports.set(`TCP ${String(spec.healthCheckNodePort)}`, owner);
  }

  private remove(service: StoredObject): void {
    const owner = ownerOf(service);
    for (const map of [this.addresses, this.ports]) {
      for (const key of keysOf(service, map === this.addresses)) if (map.get(key) === owner) map.delete(key);
    }
  }
}

function ownerOf({ metadata: { namespace, name } }: StoredObject): string {
  return `${namespace ?? ''}/${name}`;
}

function keysOf({ spec }: StoredObject, addresses: boolean): string[] {
  const own = spec as JsonMap;
  if (addresses) return (own.clusterIPs ?? []) as string[];
  const health = own.healthCheckNodePort ? [`TCP ${String(own.healthCheckNodePort)}`] : [];
  return [...maps(own.ports).map(({ nodePort, protocol }) => `${String(protocol)} ${String(nodePort)}`), ...health];
}

const taken = new WeakMap<ClusterApi, Taken>();

function takenOf(api: ClusterApi): Taken {
  let found = taken.get(api);
  if (!found) taken.set(api, found = new Taken(api));
  return found;
}

/**
 * A Service gets a cluster IP, node ports where its type has them, and keeps those that it has.
 *
 * @throws StatusError 422 for one that is taken or out of range
 */
export function giveServiceAddresses(request: AdmissionRequest, api: ClusterApi): void {
  const { operation, resource, subresource, object, old, name } = request;
  if (resource.group !== '' || resource.plural !== 'services' || subresource || operation === 'DELETE' || !object) return;
  const spec = object.spec as JsonMap;
  if (old) keep(spec, old.spec as JsonMap);
  const problems = new FieldProblems();
  giveAddress(request, spec, takenOf(api), problems);
  givePorts(request, spec, takenOf(api), problems);
  if (problems.causes.length > 0) throw invalid(resource, name, problems.causes);
}

const hasAddress = ({ type }: JsonMap) => type !== 'ExternalName';
const hasPorts = ({ type, allocateLoadBalancerNodePorts }: JsonMap) => type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
const hasHealthPort = ({ type, externalTrafficPolicy }: JsonMap) => type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

/** Who changes a Service need not say what it was given; what its type no longer has is gone when nobody asks for it. */
function keep(spec: JsonMap, old: JsonMap): void {
  if (hasAddress(spec) && hasAddress(old)) {
    if (!spec.clusterIP && !spec.clusterIPs) for (const key of ['clusterIP', 'clusterIPs']) if (old[key] !== undefined) spec[key] = structuredClone(old[key]);
    for (const key of ['ipFamilies', 'ipFamilyPolicy']) if (spec[key] === undefined && old[key] !== undefined) spec[key] = structuredClone(old[key]);
  } else if (!hasAddress(spec)) {
    for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']) if (isEqual(spec[key], old[key])) delete spec[key];
  }
  const had = maps(old.ports);
  for (const port of maps(spec.ports)) {
    const same = had.find(other => other.port === port.port && other.protocol === port.protocol);
    if (hasPorts(spec) && hasPorts(old) && !port.nodePort && same?.nodePort) port.nodePort = same.nodePort;
    if (spec.type === 'ClusterIP' && hasPorts(old) && had.some(other => other.nodePort === port.nodePort)) delete port.nodePort;
  }
  if (hasHealthPort(spec) && hasHealthPort(old)) spec.healthCheckNodePort ??= old.healthCheckNodePort;
  if (!hasHealthPort(spec) && spec.healthCheckNodePort === old.healthCheckNodePort) delete spec.healthCheckNodePort;
  if (spec.type !== 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) delete spec.allocateLoadBalancerNodePorts;
  const isInside = spec.type === 'ClusterIP' && !spec.externalIPs && old.type !== 'ClusterIP';
  if (isInside && spec.externalTrafficPolicy === old.externalTrafficPolicy) delete spec.externalTrafficPolicy;
}

function giveAddress({ dryRun, object }: AdmissionRequest, spec: JsonMap, used: Taken, problems: FieldProblems): void {
  if (!hasAddress(spec)) return;
  const asked = (spec.clusterIP ?? (spec.clusterIPs as string[] | undefined)?.[0]) as string | undefined;
  const withoutSelector = asked === 'None' && spec.selector === undefined;
  if (spec.ipFamilyPolicy === 'RequireDualStack' && !withoutSelector) problems.invalid('spec.ipFamilyPolicy', 'RequireDualStack', 'this cluster is not configured for dual-stack services');
  spec.ipFamilyPolicy ??= withoutSelector ? 'RequireDualStack' : 'SingleStack';
  spec.ipFamilies ??= withoutSelector && spec.ipFamilyPolicy !== 'SingleStack' ? ['IPv4', 'IPv6'] : ['IPv4'];
  if (asked && spec.clusterIPs !== undefined && (spec.clusterIPs as string[])[0] !== asked) {
    // A changed address with the old list means the list is to follow; two that contradict each other on creation are refused.
    if (object?.metadata.resourceVersion) spec.clusterIPs = [asked];
    else problems.invalid('spec.clusterIPs', spec.clusterIPs, 'first value must match `clusterIP`');
  }
  if (asked && asked !== 'None') checkAddress(asked, ownerOf(object!), dryRun ? undefined : used, problems);
  const given = asked ?? (dryRun ? address(0) : used.giveAddress());
  spec.clusterIP = given;
  spec.clusterIPs ??= [given];
}

/** On a dry run nobody asks who has it. */
function checkAddress(asked: string, owner: string, used: Taken | undefined, problems: FieldProblems): void {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(asked)?.slice(1).map(Number);
  if (!parts || parts.some(part => part > 255)) {
    problems.invalid('spec.clusterIPs[0]', asked, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  } else if (parts[0] !== 10 || parts[1] !== 0) {
    problems.invalid('spec.clusterIPs', [asked], `failed to allocate IP ${asked}: the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${RANGE}`);
  } else if (used?.addresses.has(asked) && used.addresses.get(asked) !== owner) {
    problems.invalid('spec.clusterIPs', [asked], `failed to allocate IP ${asked}: provided IP is already allocated`);
  }
}

function givePorts({ dryRun, object }: AdmissionRequest, spec: JsonMap, used: Taken, problems: FieldProblems): void {
  const owner = ownerOf(object!);
  const ports = maps(spec.ports);
  let dryPort = DRY_PORT;
  if (hasPorts(spec)) {
    // One number serves several protocols of the same port.
    const byPort = new Map<unknown, { given?: number; protocols: string[] }>();
    for (const { port, protocol, nodePort } of ports) {
      const group = byPort.get(port) ?? { protocols: [] };
      byPort.set(port, { given: group.given ?? (nodePort as number | undefined), protocols: [...group.protocols, String(protocol)] });
    }
    ports.forEach((port, i) => {
      if (port.nodePort) {
        checkPort(Number(port.nodePort), String(port.protocol), `spec.ports[${i}].nodePort`, owner, used, problems, dryRun);
        return;
      }
      const group = byPort.get(port.port)!;
      group.given ??= dryRun ? dryPort++ : used.givePort(group.protocols);
      port.nodePort = group.given;
    });
  }
  if (hasHealthPort(spec) && !spec.healthCheckNodePort) spec.healthCheckNodePort = dryRun ? dryPort : used.givePort(['TCP']);
}

function checkPort(port: number, protocol: string, path: string, owner: string, used: Taken, problems: FieldProblems, dryRun: boolean): void {
  if (dryRun) return;
  if (port < PORTS.least || port > PORTS.most) {
    problems.invalid(path, port, `provided port is not in the valid range. The range of valid ports is ${PORTS.least}-${PORTS.most}`);
  } else if (used.ports.has(`${protocol} ${port}`) && used.ports.get(`${protocol} ${port}`) !== owner) {
    problems.invalid(path, port, 'provided port is already allocated');
  }
}
