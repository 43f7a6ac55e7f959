import type { Cluster } from './cluster';
import type { Controller } from './controller';
import type { Kubernetes, Selector } from './objects';
import { ownKey } from './replica-set';

export interface ServicePort {
  name?: string;
  port: number;
  protocol?: string;
  appProtocol?: string;
  targetPort?: number | string;
}

export interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  selector?: Selector['matchLabels'];
  ports?: ServicePort[];
  publishNotReadyAddresses?: boolean;
}

interface Balanced {
  loadBalancer?: { ingress?: { ip: string; ipMode?: string }[] };
}

export type Service = Kubernetes<ServiceSpec, Balanced>;

/** Gives Services of type LoadBalancer an address, as a cloud would; takes it away when the type changes. */
export const loadBalancers: Controller = {
  name: 'loadbalancer',
  on: { services: (event, cluster) => (cluster.options.loadBalancers ? ownKey(event) : []) },

  reconcile(cluster, key) {
    const service = cluster.findKey<Service>('services', key);
    if (!service || service.metadata.deletionTimestamp !== undefined) return;
    const has = (service.status?.loadBalancer?.ingress?.length ?? 0) > 0;
    if ((service.spec.type === 'LoadBalancer') === has) return;
    const loadBalancer = has ? {} : { ingress: [{ ip: nextAddress(cluster), ipMode: 'VIP' }] };
    cluster.updateStatus('services', service, { ...service.status, loadBalancer }, 'cloud-controller-manager');
  },
};

/** Gives Ingresses an address. */
export const ingresses: Controller = {
  name: 'ingress',
  on: { 'ingresses.networking.k8s.io': (event, cluster) => (cluster.options.ingresses ? ownKey(event) : []) },

  reconcile(cluster, key) {
    const ingress = cluster.findKey<Kubernetes<object, Balanced>>('ingresses.networking.k8s.io', key);
    if (!ingress || ingress.metadata.deletionTimestamp !== undefined || ingress.status?.loadBalancer?.ingress) return;
    cluster.updateStatus('ingresses.networking.k8s.io', ingress, { loadBalancer: { ingress: [{ ip: nextAddress(cluster) }] } }, 'ingress-controller');
  },
};

/** Of 192.0.2.0/24, which is for examples; again from the start when all are given. */
function nextAddress(cluster: Cluster): string {
  return `192.0.2.${cluster.addresses.loadBalancer++ % 254 + 1}`;
}
