import { withoutUndefined } from './cluster';
import type { Controller } from './controller';
import { endpointSlices, portsOf } from './endpoint-slices';
import { hasLabels } from './labels';
import { isEqual, isFinished, isReady, type Kubernetes, type Pod } from './objects';
import type { Service } from './services';

interface Subset {
  addresses?: object[];
  notReadyAddresses?: object[];
  ports?: object[];
}

interface Endpoints extends Kubernetes {
  subsets?: Subset[];
}

/** The older form of the slices, for who still reads it. Goes with its Service, of the same name. */
export const endpoints: Controller = {
  name: 'endpoints',
  on: {
    services: ({ object }) => [`${object.metadata.namespace}/${object.metadata.name}`],
    pods: endpointSlices.on.pods,
  },

  reconcile(cluster, key) {
    const service = cluster.findKey<Service>('services', key);
    const present = cluster.findKey<Endpoints>('endpoints', key);
    if (!service) {
      if (present) cluster.delete('endpoints', present.metadata);
      return;
    }
    const { selector, type } = service.spec;
    if (!selector || Object.keys(selector).length === 0 || type === 'ExternalName' || service.metadata.deletionTimestamp !== undefined) return;
    const pods = cluster.list<Pod>('pods', service.metadata.namespace).filter(pod => hasLabels(pod.metadata.labels, selector)
      && pod.status?.podIP !== undefined && !isFinished(pod) && pod.metadata.deletionTimestamp === undefined);
    const subsets = subsetsOf(service, pods);
    const labels = {
      ...service.metadata.labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
      ...service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {},
    };
    if (!present) {
      const metadata = {
        name: service.metadata.name, namespace: service.metadata.namespace!, labels, annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': cluster.timestamp },
      };
      cluster.create('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata, ...subsets.length > 0 ? { subsets } : {} });
    } else if (!isEqual([present.subsets ?? [], present.metadata.labels], [subsets, labels])) {
      const { subsets: _, ...rest } = present;
      const annotations = { ...present.metadata.annotations, 'endpoints.kubernetes.io/last-change-trigger-time': cluster.timestamp };
      cluster.update('endpoints', { ...rest, metadata: { ...present.metadata, labels, annotations }, ...subsets.length > 0 ? { subsets } : {} } as Endpoints);
    }
  },
};

/** The pods with the same ports together. */
function subsetsOf(service: Service, pods: readonly Pod[]): Subset[] {
  const groups = new Map<string, Required<Subset>>();
  for (const pod of [...pods].sort((a, b) => (a.status!.podIP! < b.status!.podIP! ? -1 : 1))) {
    const ports = portsOf(service, pod).map(({ name, ...rest }) => ({ ...name ? { name } : {}, ...rest }));
    const id = JSON.stringify(ports);
    const group = groups.get(id) ?? { addresses: [], notReadyAddresses: [], ports };
    groups.set(id, group);
    const { uid, name, namespace } = pod.metadata;
    const hostname = pod.spec.hostname !== undefined && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;
    const isIn = service.spec.publishNotReadyAddresses === true || isReady(pod);
    group[isIn ? 'addresses' : 'notReadyAddresses'].push(withoutUndefined({
      ip: pod.status!.podIP!, hostname, nodeName: pod.spec.nodeName, targetRef: { kind: 'Pod', namespace, name, uid },
    }));
  }
  return [...groups.values()].map(({ addresses, notReadyAddresses, ports }) => ({
    ...addresses.length > 0 ? { addresses } : {}, ...notReadyAddresses.length > 0 ? { notReadyAddresses } : {}, ...ports.length > 0 ? { ports } : {},
  }));
}
