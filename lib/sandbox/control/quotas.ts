import type { Cluster } from './cluster';
import type { Controller } from './controller';
import { isFinished, keyOf, type Container, type Kubernetes, type Meta, type Pod, type PodSpec } from './objects';
import { addQuantities, formatQuantity, parseQuantity, type Quantity } from './quantity';
import type { ServiceSpec } from './services';
import { resourceName } from '../served-resource';

type Amounts = Record<string, string>;
type Quota = Kubernetes<{ hard?: Amounts }, { hard?: Amounts; used?: Amounts }>;

const RESOURCE = 'resourcequotas';
/** What a quota counts by a name of its own. */
const COUNTED: Readonly<Record<string, string>> = {
  configmaps: 'configmaps', secrets: 'secrets', services: 'services', persistentvolumeclaims: 'persistentvolumeclaims', resourcequotas: 'resourcequotas',
  replicationcontrollers: 'replicationcontrollers',
};
const NOTHING: Quantity = { milli: 0n, isBinary: false };
const ONE: Quantity = { milli: 1000n, isBinary: false };

/** Counts what a namespace uses of its quota. Scopes are not looked at; extended resources and storage classes are counted as nothing. */
export const resourceQuotas: Controller = {
  name: 'quota',
  on: {
    [RESOURCE]: (event, cluster) => {
      const quota = event.object as unknown as Quota;
      const { namespace } = quota.metadata;
      if (event.type !== 'DELETED') cluster.namespacesWithQuota.add(namespace!);
      else if (cluster.list(RESOURCE, namespace).length === 0) cluster.namespacesWithQuota.delete(namespace!);
      return event.type === 'DELETED' ? [] : [keyOf(quota)];
    },
    '*': ({ object }, cluster) => {
      const { namespace } = object.metadata as unknown as Meta;
      return namespace !== undefined && cluster.namespacesWithQuota.has(namespace) ? cluster.list<Quota>(RESOURCE, namespace).map(keyOf) : [];
    },
  },

  reconcile(cluster, key) {
    const quota = cluster.findKey<Quota>(RESOURCE, key);
    if (!quota || quota.metadata.deletionTimestamp !== undefined) return;
    const hard = quota.spec.hard ?? {};
    const used = Object.fromEntries(Object.keys(hard).map(name => [name, formatQuantity(usage(cluster, quota.metadata.namespace!, name))]));
    cluster.updateStatus(RESOURCE, quota, { hard: { ...hard }, used });
  },
};

function usage(cluster: Cluster, namespace: string, name: string): Quantity {
  if (name.startsWith('count/')) return count(cluster, namespace, name.slice('count/'.length));
  if (name in COUNTED) return count(cluster, namespace, COUNTED[name]);
  switch (name) {
    case 'pods': return times(running(cluster, namespace).length);
    case 'services.nodeports': return services(cluster, namespace, type => type === 'NodePort' || type === 'LoadBalancer');
    case 'services.loadbalancers': return services(cluster, namespace, type => type === 'LoadBalancer');
    case 'requests.storage': return total(cluster.list<Kubernetes<Container>>('persistentvolumeclaims', namespace)
      .map(({ spec }) => spec.resources?.requests?.storage));
    default: return total(running(cluster, namespace).map(({ spec }) => ofPod(spec, name)));
  }
}

function count(cluster: Cluster, namespace: string, resource: string): Quantity {
  const isServed = cluster.api.resources().some(each => resourceName(each) === resource);
  return times(isServed ? cluster.list(resource, namespace).length : 0);
}

function times(number: number): Quantity {
  return { ...ONE, milli: BigInt(number) * ONE.milli };
}

function running(cluster: Cluster, namespace: string): Pod[] {
  return cluster.list<Pod>('pods', namespace).filter(pod => !isFinished(pod));
}

function services(cluster: Cluster, namespace: string, ofType: (type: string) => boolean): Quantity {
  return times(cluster.list<Kubernetes<ServiceSpec>>('services', namespace).filter(({ spec }) => ofType(spec.type ?? 'ClusterIP')).length);
}

/** `cpu` and `requests.cpu` are the same. The largest of the init containers counts where it is more than all others together. */
function ofPod({ containers, initContainers = [] }: PodSpec, name: string): string {
  const kind = name.startsWith('limits.') ? 'limits' : 'requests';
  const resource = name.replace(/^(requests|limits)\./, '');
  const amount = (list: PodSpec['containers']) => list.map(({ resources }) => resources?.[kind]?.[resource]);
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const all = total([...amount(containers), ...amount(sidecars)]);
  const first = amount(initContainers).map(text => total([text])).reduce((a, b) => (b.milli > a.milli ? b : a), NOTHING);
  return formatQuantity(first.milli > all.milli ? first : all);
}

function total(texts: readonly (string | undefined)[]): Quantity {
  return texts.reduce((sum, text) => (text === undefined ? sum : addQuantities(sum, parseQuantity(text))), NOTHING);
}
