import type { Json, JsonMap, StoredObject } from '../json';
import type { Column } from './table';
import { formatLabels, map, maps, text } from './table-cells';
import { AGE, NAME } from './table-identity';

const spec = (object: StoredObject) => map(object.spec);
const column = (name: string, cell: Column['cell']): Column => ({ name, cell });

/** What leads to Pods. */
export const NETWORK: Readonly<Record<string, readonly Column[]>> = {
  'services': [
    NAME, column('Type', object => text(spec(object).type)), column('Cluster-IP', object => text((spec(object).clusterIPs as Json[] | undefined)?.[0], '<none>')),
    column('External-IP', externalIp), column('Port(s)', ({ spec: value }) => servicePorts(map(value).ports)), AGE,
    { name: 'Selector', priority: 1, cell: object => formatLabels(spec(object).selector) },
  ],
  'endpoints': [NAME, column('Endpoints', ({ subsets }) => endpoints(maps(subsets))), AGE],
  'endpointslices.discovery.k8s.io': [
    NAME, column('AddressType', ({ addressType }) => text(addressType)), column('Ports', ({ ports }) => sliced(maps(ports).map(({ name, port }) => text(port, text(name)))) || '<unset>'),
    column('Endpoints', object => sliced(maps(object.endpoints).flatMap(each => (Array.isArray(each.addresses) ? each.addresses as string[] : []))) || '<unset>'), AGE,
  ],
  'ingresses.networking.k8s.io': [
    NAME, column('Class', object => text(spec(object).ingressClassName, '<none>')), column('Hosts', ingressHosts),
    column('Address', object => maps(map(map(object.status).loadBalancer).ingress).map(each => text(each.ip, text(each.hostname))).join(',')),
    column('Ports', object => (maps(spec(object).tls).length > 0 ? '80, 443' : '80')), AGE,
  ],
  'ingressclasses.networking.k8s.io': [
    NAME, column('Controller', object => text(spec(object).controller)),
    column('Parameters', object => {
      const { kind, apiGroup, name } = map(spec(object).parameters);
      return kind === undefined ? '<none>' : `${text(kind)}${text(apiGroup) ? `.${text(apiGroup)}` : ''}/${text(name)}`;
    }), AGE,
  ],
  'ipaddresses.networking.k8s.io': [
    NAME, column('ParentRef', object => {
      const { group, resource, namespace, name } = map(spec(object).parentRef);
      return `${text(resource)}${text(group) ? `.${text(group)}` : ''}/${text(namespace) ? `${text(namespace)}/` : ''}${text(name)}`;
    }),
  ],
  'servicecidrs.networking.k8s.io': [NAME, column('CIDRs', object => (Array.isArray(spec(object).cidrs) ? (spec(object).cidrs as string[]).join(',') : '')), AGE],
};

function externalIp(service: StoredObject): string {
  const { type, externalIPs, externalName } = spec(service);
  const own = Array.isArray(externalIPs) ? externalIPs as string[] : [];
  if (type === 'ExternalName') return text(externalName);
  if (type !== 'LoadBalancer') return own.join(',') || '<none>';
  const balanced = maps(map(map(service.status).loadBalancer).ingress).map(each => text(each.ip, text(each.hostname)));
  return [...balanced, ...own].join(',') || '<pending>';
}

function servicePorts(ports: Json | undefined): string {
  return maps(ports).map(({ port, nodePort, protocol }: JsonMap) => `${text(port)}${nodePort ? `:${text(nodePort)}` : ''}/${text(protocol)}`).join(',') || '<none>';
}

function ingressHosts(ingress: StoredObject): string {
  const hosts = maps(spec(ingress).rules).map(({ host }) => text(host)).filter(host => host !== '');
  if (hosts.length === 0) return '*';
  return hosts.length > 3 ? `${hosts.slice(0, 3).join(',')} + ${hosts.length - 3} more...` : hosts.join(',');
}

function endpoints(subsets: readonly JsonMap[]): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses, ports }) => maps(addresses).flatMap(({ ip }) => (
    maps(ports).length === 0 ? [text(ip)] : maps(ports).map(({ port }) => `${text(ip)}:${text(port)}`)
  )));
  return sliced(all) || '<none>';
}

function sliced(all: readonly string[]): string {
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}
