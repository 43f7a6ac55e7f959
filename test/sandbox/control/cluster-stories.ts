import { available, D, deployment, image, template, type Story } from './story';
import type { StoryCluster } from './story-cluster';
import type { JsonMap } from '../../../lib/sandbox/json';

/** What belongs to no workload: owners, namespaces, Services, quotas, budgets, roles and definitions. */
export const clusterStories: readonly Story[] = [
  {
    title: 'objects go when all of their owners have gone, and lose those that went before',
    async tell(cluster) {
      const own = async (name: string) => {
        const { apiVersion, kind, metadata: { uid } } = (await cluster.tryFind('configmaps', name))!;
        return { apiVersion, kind, name, uid: uid! };
      };
      for (const name of ['first', 'second']) await cluster.create('configmaps', { metadata: { name } });
      const [first, second] = [await own('first'), await own('second')];
      await cluster.create('secrets', { metadata: { name: 'of-both', ownerReferences: [first, second] } });
      await cluster.create('secrets', { metadata: { name: 'of-first', ownerReferences: [first] } });
      await cluster.create('secrets', { metadata: { name: 'of-nobody', ownerReferences: [{ ...first, uid: '00000000-0000-0000-0000-000000000000' }] } });
      await cluster.create('secrets', { metadata: { name: 'of-a-wrong-name', ownerReferences: [{ ...first, name: 'other' }] } });
      await cluster.create('secrets', { metadata: { name: 'of-a-kind-unknown', ownerReferences: [{ ...first, apiVersion: 'no.such/v1', kind: 'Thing' }] } });
      await cluster.settle();
      await cluster.delete('configmaps', 'first');
      await cluster.until('they are gone', async () => (await cluster.list('secrets')).length === 2);
      await cluster.until('one owner is left', async () => (await cluster.tryFind('secrets', 'of-both'))!.metadata.ownerReferences!.length === 1);
    },
  },
  {
    title: 'a foreground deletion waits for what blocks it, and for nothing else',
    async tell(cluster) {
      await cluster.create('configmaps', { metadata: { name: 'owner' } });
      const { apiVersion, kind, metadata: { uid } } = (await cluster.tryFind('configmaps', 'owner'))!;
      const reference = { apiVersion, kind, name: 'owner', uid: uid! };
      await cluster.create('secrets', { metadata: { name: 'held', finalizers: ['example.com/hold'], ownerReferences: [{ ...reference, blockOwnerDeletion: true }] } });
      await cluster.create('secrets', { metadata: { name: 'loose', finalizers: ['example.com/hold'], ownerReferences: [reference] } });
      await cluster.settle();
      await cluster.delete('configmaps', 'owner', 'Foreground');
      await cluster.until('both are deleted', async () => (await cluster.list('secrets')).every(secret => secret.metadata.deletionTimestamp));
      await cluster.settle();
      expect((await cluster.tryFind('configmaps', 'owner'))!.metadata.finalizers).toEqual(['foregroundDeletion']);
      await cluster.patch('secrets', 'held', { metadata: { finalizers: null } });
      await cluster.until('the owner is gone', async () => await cluster.tryFind('configmaps', 'owner') === undefined);
    },
  },
  {
    title: 'a Service lists its pods, and those of named ports',
    async tell(cluster) {
      await cluster.create('services', { metadata: { name: 'web', labels: { team: 'a' } }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }, { name: 'admin', port: 81, targetPort: 9000 }] } });
      await cluster.create('services', { metadata: { name: 'alone' }, spec: { clusterIP: 'None', selector: { app: 'nobody' }, ports: [{ port: 80 }] } });
      await cluster.create(D, deployment('web'));
      await available(cluster, 'web', 2);
      await cluster.until('both are in', async () => (await cluster.list('endpointslices.discovery.k8s.io'))
        .some(slice => slice.endpoints?.filter((e: any) => e.conditions.ready).length === 2));
    },
  },
  ...([{ minAvailable: 1 }, { maxUnavailable: '50%' }, { minAvailable: 3 }] as JsonMap[]).map(spec => ({
    title: `a PodDisruptionBudget counts: ${JSON.stringify(spec)}`,
    async tell(cluster: StoryCluster) {
      await cluster.create(D, deployment('web', { replicas: 3 }));
      await cluster.create('poddisruptionbudgets.policy', { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } });
      await available(cluster, 'web', 3);
      await cluster.until('it counts them', async () => (await cluster.tryFind('poddisruptionbudgets.policy', 'web'))?.status?.currentHealthy === 3);
    },
  })),
  {
    title: 'a namespace is deleted, with all that is in it',
    async tell(cluster) {
      await cluster.create(D, deployment('web'));
      await cluster.create('secrets', { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
      await available(cluster, 'web', 2);
      await cluster.delete('namespaces', cluster.namespace);
      await cluster.until('only what is held is left', async () => (await cluster.list('pods')).length + (await cluster.list(D)).length === 0);
      await cluster.until('it says what', async () => (await cluster.tryFind('namespaces', cluster.namespace))!.status.conditions
        ?.some((c: any) => c.message === 'Some resources are remaining: secrets. has 1 resource instances'));
    },
    async also(cluster) {
      const { status } = (await cluster.tryFind('namespaces', cluster.namespace))!;
      await cluster.patch('secrets', 'held', { metadata: { finalizers: null } });
      await cluster.until('it is gone', async () => await cluster.tryFind('namespaces', cluster.namespace) === undefined);
      return { phase: status.phase, conditions: withoutTimes(status.conditions) };
    },
  },
  {
    title: 'a Deployment beyond the quota says why it has no pods',
    needsAdmission: true,
    async tell(cluster) {
      await cluster.create('resourcequotas', { metadata: { name: 'all' }, spec: { hard: { 'pods': '1', 'count/replicasets.apps': '5', 'secrets': '3' } } });
      await cluster.until('it counts', async () => (await cluster.tryFind('resourcequotas', 'all'))?.status?.used);
      await cluster.create(D, deployment('web', { replicas: 3 }));
      await cluster.until('it says why', async () => (await cluster.tryFind(D, 'web'))?.status?.conditions?.some((c: any) => c.type === 'ReplicaFailure'));
      await cluster.until('one is there', async () => (await cluster.tryFind(D, 'web'))!.status.availableReplicas === 1);
      await cluster.until('it is counted', async () => (await cluster.tryFind('resourcequotas', 'all'))!.status.used.pods === '1');
    },
  },
  {
    title: 'a ResourceQuota counts what comes and what goes',
    async tell(cluster) {
      const hard = { 'pods': '20', 'configmaps': '9', 'secrets': '9', 'services': '4', 'requests.cpu': '4', 'limits.memory': '8Gi', 'count/deployments.apps': '3' };
      await cluster.create('resourcequotas', { metadata: { name: 'all' }, spec: { hard } });
      const containers = [{ name: 'web', image: `${image}:1`, resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { cpu: '1', memory: '512Mi' } } }];
      await cluster.create(D, deployment('web', { replicas: 3, template: template('web', 1, { containers }) }));
      await available(cluster, 'web', 3);
      await cluster.create('secrets', { metadata: { name: 'short' } });
      await cluster.create('secrets', { metadata: { name: 'long' } });
      await cluster.delete('secrets', 'short');
      await cluster.patch(D, 'web', { spec: { replicas: 2 } });
      await available(cluster, 'web', 2);
      await cluster.until('it has counted', async () => {
        const { used } = (await cluster.tryFind('resourcequotas', 'all'))!.status;
        return used?.pods === '2' && used.secrets === '1' && used.configmaps === '1';
      });
    },
  },
  {
    title: 'a ClusterRole gathers others',
    async tell(cluster) {
      const label = { [cluster.namespace]: 'yes' };
      await cluster.create('clusterroles.rbac.authorization.k8s.io', {
        metadata: { name: `${cluster.namespace}-all` }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: label }] },
      });
      for (const resource of ['pods', 'secrets']) {
        await cluster.create('clusterroles.rbac.authorization.k8s.io', {
          metadata: { name: `${cluster.namespace}-${resource}`, labels: label }, rules: [{ apiGroups: [''], resources: [resource], verbs: ['get'] }],
        });
      }
      await cluster.until('it has both', async () => (await cluster.tryFind('clusterroles.rbac.authorization.k8s.io', `${cluster.namespace}-all`))!.rules?.length === 2);
    },
    async also(cluster) {
      return (await cluster.tryFind('clusterroles.rbac.authorization.k8s.io', `${cluster.namespace}-all`))!.rules;
    },
  },
  {
    title: 'CustomResourceDefinitions take their names, wait for names, and go with their objects',
    async tell(cluster) {
      await cluster.create(CRD, definition(cluster, 'widgets', 'Widget'));
      await established(cluster, 'widgets');
      await cluster.create(CRD, definition(cluster, 'gadgets', 'Widget'));
      await cluster.until('it has no name', async () => (await cluster.tryFind(CRD, `gadgets.${groupOf(cluster)}`))!.status?.conditions?.length === 2);
    },
    async also(cluster) {
      const look = async (plural: string) => {
        const { status } = (await cluster.tryFind(CRD, `${plural}.${groupOf(cluster)}`))!;
        return { ...status, conditions: withoutTimes(status.conditions) };
      };
      const before = [await look('widgets'), await look('gadgets')];
      await cluster.delete(CRD, `widgets.${groupOf(cluster)}`);
      await cluster.until('it is gone', async () => await cluster.tryFind(CRD, `widgets.${groupOf(cluster)}`) === undefined);
      await cluster.until('the other has its name', async () => (await look('gadgets')).acceptedNames.kind === 'Widget');
      return [...before, await look('gadgets')];
    },
  },
  {
    title: 'a CustomResourceDefinition waits for the last of its objects',
    async tell(cluster) {
      const [name, widgets] = [`widgets.${groupOf(cluster)}`, `widgets.${groupOf(cluster)}`];
      await cluster.create(CRD, definition(cluster, 'widgets', 'Widget'));
      await established(cluster, 'widgets');
      const manifest = { apiVersion: `${groupOf(cluster)}/v1`, kind: 'Widget' };
      // A kind is served a moment after it is established.
      await cluster.until('one can be made', async () => cluster.create(widgets, { ...manifest, metadata: { name: 'free' } }).then(() => true, () => false));
      await cluster.create(widgets, { ...manifest, metadata: { name: 'held', finalizers: ['example.com/hold'] } });
      await cluster.settle();
      await cluster.delete(CRD, name);
      await cluster.until('only what is held is left', async () => (await cluster.list(widgets)).length === 1);
    },
    async also(cluster) {
      const name = `widgets.${groupOf(cluster)}`;
      const { metadata, status } = (await cluster.tryFind(CRD, name))!;
      await cluster.patch(name, 'held', { metadata: { finalizers: null } });
      await cluster.until('it is gone', async () => await cluster.tryFind(CRD, name) === undefined);
      return { finalizers: metadata.finalizers, conditions: withoutTimes(status.conditions) };
    },
  },
];

/** Of the definitions in the stories. */
async function established(cluster: StoryCluster, plural: string): Promise<void> {
  await cluster.until(`${plural} is established`, async () => (await cluster.tryFind(CRD, `${plural}.${groupOf(cluster)}`))!.status?.conditions
    ?.some((c: any) => c.type === 'Established' && c.status === 'True'));
}

const CRD = 'customresourcedefinitions.apiextensions.k8s.io';

function withoutTimes(conditions: any[]): object[] {
  return conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message }));
}

function groupOf(cluster: StoryCluster): string {
  return `${cluster.namespace}.example`;
}

function definition(cluster: StoryCluster, plural: string, kind: string): JsonMap {
  return {
    metadata: { name: `${plural}.${groupOf(cluster)}` },
    spec: {
      group: groupOf(cluster), scope: 'Namespaced', names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
}
