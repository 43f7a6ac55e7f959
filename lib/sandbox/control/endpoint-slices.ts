import { withoutUndefined, type Cluster } from './cluster';
import type { Controller } from './controller';
import { hasLabels } from './labels';
import { controllerReference, isEqual, isFinished, isReady, keyOf, type Kubernetes, type Pod } from './objects';
import { ownKey } from './replica-set';
import type { Service, ServicePort } from './services';
import type { StoreEvent } from '../api';

interface SlicePort {
  name?: string;
  port?: number;
  protocol?: string;
  appProtocol?: string;
}

interface Endpoint {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  hostname?: string;
  nodeName?: string;
  targetRef: { kind: string; namespace?: string; name: string; uid: string };
}

interface EndpointSlice extends Kubernetes {
  addressType: string;
  endpoints?: Endpoint[] | null;
  ports?: SlicePort[] | null;
}

const RESOURCE = 'endpointslices.discovery.k8s.io';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const SERVICE_NAME = 'kubernetes.io/service-name';
const HEADLESS = 'service.kubernetes.io/headless';
const CHANGED = 'endpoints.kubernetes.io/last-change-trigger-time';
/** Labels of a Service that its slices do not take over. */
const OWN_LABELS = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS]);

/** Lists the pods behind each Service with a selector, in one slice for each set of ports, however many pods there are. */
export const endpointSlices: Controller = {
  name: 'endpointslice',
  on: {
    services: ownKey,
    pods: servicesOf,
    [RESOURCE]: ({ object }) => {
      const { metadata } = object as unknown as Kubernetes;
      const owner = metadata.ownerReferences?.find(reference => reference.controller && reference.kind === 'Service');
      return owner ? [`${metadata.namespace}/${owner.name}`] : [];
    },
  },

  reconcile(cluster, key) {
    const service = cluster.findKey<Service>('services', key);
    if (!service || service.metadata.deletionTimestamp !== undefined) return;
    const { selector, type } = service.spec;
    if (!selector || Object.keys(selector).length === 0 || type === 'ExternalName') return;
    const pods = cluster.list<Pod>('pods', service.metadata.namespace).filter(pod => hasLabels(pod.metadata.labels, selector)
      && pod.status?.podIP !== undefined && !isFinished(pod)).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const groups = new Map<string, { ports: SlicePort[]; pods: Pod[] }>();
    for (const pod of pods) {
      const ports = portsOf(service, pod);
      const id = JSON.stringify(ports);
      if (!groups.has(id)) groups.set(id, { ports, pods: [] });
      groups.get(id)!.pods.push(pod);
    }
    write(cluster, service, [...groups.values()]);
  },
};

function servicesOf({ object, old }: StoreEvent, cluster: Cluster): string[] {
  const { metadata } = object as unknown as Pod;
  const before = (old as unknown as Pod | undefined)?.metadata.labels;
  return cluster.list<Service>('services', metadata.namespace).filter(({ spec: { selector } }) => (
    selector && (hasLabels(metadata.labels, selector) || (before && hasLabels(before, selector)))
  )).map(keyOf);
}

/** A slice that fits stays; the others are changed or removed, and what is missing is made. */
function write(cluster: Cluster, service: Service, groups: { ports: SlicePort[]; pods: Pod[] }[]): void {
  const wanted = groups.length > 0 ? groups : [{ ports: undefined, pods: [] }];
  const left = cluster.owned<EndpointSlice>(service, RESOURCE).filter(slice => slice.metadata.deletionTimestamp === undefined);
  for (const { ports, pods } of wanted) {
    const i = Math.max(0, left.findIndex(slice => isEqual(slice.ports ?? undefined, ports)));
    const [slice] = left.splice(i, 1) as (EndpointSlice | undefined)[];
    const labels = {
      ...Object.fromEntries(Object.entries(service.metadata.labels ?? {}).filter(([key]) => !OWN_LABELS.has(key))),
      [MANAGED_BY]: 'endpointslice-controller.k8s.io', [SERVICE_NAME]: service.metadata.name, ...service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {},
    };
    // The real controller writes null for what is empty.
    const endpoints = pods.length > 0 ? pods.map(pod => endpointOf(service, pod)) : null;
    if (!slice) {
      createSlice(cluster, service, labels, endpoints, ports ?? null);
    } else if (!isEqual([slice.endpoints ?? null, slice.ports ?? null, slice.metadata.labels], [endpoints, ports ?? null, labels])) {
      const annotations = { ...slice.metadata.annotations, [CHANGED]: cluster.timestamp };
      cluster.update(RESOURCE, { ...slice, metadata: { ...slice.metadata, labels, annotations }, endpoints, ports: ports ?? null } as EndpointSlice);
    }
  }
  for (const slice of left) cluster.delete(RESOURCE, slice.metadata);
}

function createSlice(
  cluster: Cluster, service: Service, labels: Record<string, string>, endpoints: Endpoint[] | null, ports: SlicePort[] | null,
): void {
  const generateName = `${service.metadata.name}-`;
  cluster.create(RESOURCE, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName,
      name: cluster.generateName(generateName),
      namespace: service.metadata.namespace!,
      labels,
      annotations: { [CHANGED]: cluster.timestamp },
      ownerReferences: [controllerReference({ ...service, apiVersion: 'v1', kind: 'Service' })],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  });
}

function endpointOf({ spec, metadata }: Service, pod: Pod): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isReady(pod);
  const hostname = pod.spec.hostname !== undefined && pod.spec.subdomain === metadata.name ? pod.spec.hostname : undefined;
  return withoutUndefined({
    addresses: [pod.status!.podIP!],
    conditions: { ready: spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    hostname,
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  });
}

/** With the numbers of named ports; a port that the pod does not have is left out. */
export function portsOf({ spec }: Service, pod: Pod): SlicePort[] {
  return (spec.ports ?? []).flatMap(port => {
    const number = findPort(port, pod);
    if (number === undefined) return [];
    return [withoutUndefined({ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', appProtocol: port.appProtocol })];
  }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function findPort({ port, protocol = 'TCP', targetPort = port }: ServicePort, pod: Pod): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const found = pod.spec.containers.flatMap(container => container.ports ?? []).find(each => each.name === targetPort && (each.protocol ?? 'TCP') === protocol);
  return found?.containerPort;
}
