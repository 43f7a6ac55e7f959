import type { StoryCluster } from './story-cluster';
import type { JsonMap } from '../../../lib/sandbox/json';

/** What somebody does to a cluster. Told of a real one and of the sandbox; afterwards both are to look alike. */
export interface Story {
  readonly title: string;
  /** Whether it needs rules of the API server that the small cluster of these tests does not have. @default false */
  readonly needsAdmission?: boolean;
  tell(cluster: StoryCluster): Promise<void>;
  /** What is compared beside the objects of the namespace. */
  also?(cluster: StoryCluster): Promise<unknown>;
}

const image = 'registry.example/web';
/** No node has this label. */
const nowhere = { nodeSelector: { 'no-such': 'node' } };

function template(app: string, version = 1, spec: JsonMap = {}): JsonMap {
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'web', image: `${image}:${version}`, ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] }], ...spec },
  };
}

function deployment(name: string, spec: JsonMap = {}, metadata: JsonMap = {}): JsonMap {
  return { metadata: { name, ...metadata }, spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: template(name), ...spec } };
}

const D = 'deployments.apps';
const S = 'statefulsets.apps';
const to = (name: string, version: number): JsonMap => ({ spec: { template: template(name, version) } });

function available(cluster: StoryCluster, name: string, count: number): Promise<void> {
  return cluster.until(`${name} has ${count} of its generation`, async () => {
    const found = await cluster.tryFind(D, name);
    return found?.status?.availableReplicas === count && found.status.updatedReplicas === count && (found.status.replicas ?? 0) === count
      && found.status.observedGeneration === found.metadata.generation;
  });
}

async function progressing(cluster: StoryCluster, name: string, reason: string): Promise<void> {
  await cluster.until(`${name} is ${reason}`, async () => (await cluster.tryFind(D, name))?.status?.conditions?.some((c: any) => c.reason === reason));
}

async function gone(cluster: StoryCluster, resource: string): Promise<void> {
  await cluster.until(`no ${resource} is left`, async () => (await cluster.list(resource)).length === 0);
}

/** It has exceeded its deadline, and does not think better of it: the real controllers are slow when there is much to do. */
async function stuck(cluster: StoryCluster, name: string): Promise<void> {
  await cluster.until(`${name} stays stuck`, async () => {
    await progressing(cluster, name, 'ProgressDeadlineExceeded');
    await cluster.settle();
    return (await cluster.tryFind(D, name))!.status.conditions.some((c: any) => c.reason === 'ProgressDeadlineExceeded');
  });
}

export const stories: readonly Story[] = [
  {
    title: 'a Deployment with annotations is deployed',
    async tell(cluster) {
      await cluster.create(D, deployment('web', {}, { annotations: { note: 'hello' }, labels: { team: 'a' } }));
      await available(cluster, 'web', 2);
    },
  },
  {
    title: 'a Deployment is rolled twice, then back',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { replicas: 4 }));
      await available(cluster, 'web', 4);
      for (const version of [2, 3, 1]) {
        await cluster.patch(D, 'web', to('web', version));
        await available(cluster, 'web', 4);
        await cluster.settle();
      }
    },
  },
  {
    title: 'a Deployment keeps no more history than it is told',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { replicas: 1, revisionHistoryLimit: 1 }));
      await available(cluster, 'web', 1);
      for (const version of [2, 3]) {
        await cluster.patch(D, 'web', to('web', version));
        await available(cluster, 'web', 1);
        await cluster.settle();
      }
      await cluster.until('one old ReplicaSet is left', async () => (await cluster.list('replicasets.apps')).length === 2);
    },
  },
  {
    title: 'a Deployment is scaled up, to nothing, and up again',
    async tell(cluster) {
      await cluster.create(D, deployment('web'));
      await available(cluster, 'web', 2);
      await cluster.patch(D, 'web', { spec: { replicas: 5 } });
      await available(cluster, 'web', 5);
      await cluster.patch(D, 'web', { spec: { replicas: 0 } });
      await gone(cluster, 'pods');
      await cluster.settle();
      await cluster.patch(D, 'web', { spec: { replicas: 1 } });
      await available(cluster, 'web', 1);
    },
  },
  {
    title: 'a rollout that nobody can run exceeds its deadline and leaves the old pods',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { replicas: 4, progressDeadlineSeconds: 4 }));
      await available(cluster, 'web', 4);
      await cluster.patch(D, 'web', { spec: { template: template('web', 2, nowhere) } });
      await stuck(cluster, 'web');
    },
  },
  {
    title: 'a rollout that is stuck is scaled in proportion',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { replicas: 6, progressDeadlineSeconds: 4 }));
      await available(cluster, 'web', 6);
      await cluster.patch(D, 'web', { spec: { template: template('web', 2, nowhere) } });
      await stuck(cluster, 'web');
      await cluster.patch(D, 'web', { spec: { replicas: 10 } });
      await cluster.until('it has grown', async () => (await cluster.tryFind(D, 'web'))!.status.observedGeneration === 3);
      await stuck(cluster, 'web');
    },
  },
  {
    title: 'a stuck rollout is rolled back',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { replicas: 3, progressDeadlineSeconds: 4 }));
      await available(cluster, 'web', 3);
      await cluster.patch(D, 'web', { spec: { template: template('web', 2, nowhere) } });
      await stuck(cluster, 'web');
      await cluster.patch(D, 'web', { spec: { template: { ...template('web', 1), spec: { ...(template('web', 1).spec as JsonMap), nodeSelector: null } } } });
      await available(cluster, 'web', 3);
    },
  },
  {
    title: 'a Deployment is paused, changed and resumed',
    async tell(cluster) {
      await cluster.create(D, deployment('web'));
      await available(cluster, 'web', 2);
      await cluster.patch(D, 'web', { spec: { paused: true } });
      await progressing(cluster, 'web', 'DeploymentPaused');
      await cluster.patch(D, 'web', to('web', 2));
      await cluster.settle();
      await cluster.patch(D, 'web', { spec: { paused: false } });
      await available(cluster, 'web', 2);
    },
  },
  {
    title: 'a Deployment is made paused',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { paused: true }));
      await progressing(cluster, 'web', 'DeploymentPaused');
      await cluster.until('its status is there', async () => (await cluster.tryFind(D, 'web'))!.status.observedGeneration === 1);
    },
  },
  {
    title: 'a Deployment of the strategy Recreate is rolled',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { strategy: { type: 'Recreate' } }));
      await available(cluster, 'web', 2);
      await cluster.patch(D, 'web', to('web', 2));
      await available(cluster, 'web', 2);
    },
  },
  {
    title: 'a Deployment without deadline says nothing of progress',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { progressDeadlineSeconds: 2_147_483_647 }));
      await available(cluster, 'web', 2);
    },
  },
  {
    title: 'a Deployment with minReadySeconds becomes available later',
    async tell(cluster) {
      await cluster.create(D, deployment('web', { minReadySeconds: 2 }));
      await available(cluster, 'web', 2);
    },
  },
  {
    title: 'a pod that somebody deletes is replaced',
    async tell(cluster) {
      await cluster.create(D, deployment('web'));
      await available(cluster, 'web', 2);
      const [pod] = await cluster.list('pods');
      await cluster.delete('pods', pod.metadata.name!);
      await cluster.until('it is gone', async () => await cluster.tryFind('pods', pod.metadata.name!) === undefined);
      await cluster.settle();
    },
  },
  ...(['Background', 'Foreground'] as const).map(propagation => ({
    title: `a Deployment is deleted: ${propagation}`,
    async tell(cluster: StoryCluster) {
      await cluster.create(D, deployment('web'));
      await available(cluster, 'web', 2);
      await cluster.delete(D, 'web', propagation);
      for (const resource of [D, 'replicasets.apps', 'pods']) await gone(cluster, resource);
    },
  })),
  {
    title: 'a Deployment is deleted: Orphan, and another one takes what is left',
    async tell(cluster) {
      await cluster.create(D, deployment('web'));
      await available(cluster, 'web', 2);
      await cluster.delete(D, 'web', 'Orphan');
      await gone(cluster, D);
      await cluster.settle();
      const [set] = await cluster.list('replicasets.apps');
      expect(set.metadata.ownerReferences).toBeUndefined();
      await cluster.create(D, deployment('web'));
      await available(cluster, 'web', 2);
    },
  },
  {
    title: 'a pod without owner joins the ReplicaSet that selects it',
    async tell(cluster) {
      await cluster.create('pods', { metadata: { name: 'alone', labels: { app: 'web' } }, spec: template('web').spec });
      await cluster.settle();
      await cluster.create('replicasets.apps', deployment('web'));
      await cluster.until('two pods are there', async () => (await cluster.tryFind('replicasets.apps', 'web'))?.status?.availableReplicas === 2);
    },
  },
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
    title: 'a StatefulSet is made, rolled and scaled down',
    async tell(cluster) {
      const ready = (count: number, version: number) => cluster.until(`${count} of ${version}`, async () => {
        const { status, metadata } = (await cluster.tryFind(S, 'db'))!;
        return status?.readyReplicas === count && status.replicas === count && status.updatedReplicas === count
          && status.currentRevision === status.updateRevision && status.observedGeneration === metadata.generation;
      });
      await cluster.create(S, { metadata: { name: 'db' }, spec: { replicas: 3, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('db') } });
      await ready(3, 1);
      await cluster.patch(S, 'db', to('db', 2));
      await ready(3, 2);
      await cluster.patch(S, 'db', { spec: { replicas: 1 } });
      await ready(1, 2);
    },
  },
  {
    title: 'a StatefulSet with a partition is rolled in part',
    async tell(cluster) {
      await cluster.create(S, {
        metadata: { name: 'db' },
        spec: {
          replicas: 3, serviceName: 'db', podManagementPolicy: 'Parallel', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
          selector: { matchLabels: { app: 'db' } }, template: template('db'),
        },
      });
      await cluster.until('it is there', async () => (await cluster.tryFind(S, 'db'))?.status?.readyReplicas === 3);
      await cluster.settle();
      await cluster.patch(S, 'db', to('db', 2));
      await cluster.until('one is new', async () => {
        const { status } = (await cluster.tryFind(S, 'db'))!;
        return status.updatedReplicas === 1 && status.readyReplicas === 3 && status.observedGeneration === 2;
      });
    },
  },
  {
    title: 'a StatefulSet waits for its claims',
    async tell(cluster) {
      await cluster.create(S, {
        metadata: { name: 'db' },
        spec: {
          replicas: 2, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('db'),
          volumeClaimTemplates: [{
            metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], volumeName: 'never-there', resources: { requests: { storage: '1Gi' } } },
          }],
        },
      });
      await cluster.until('its first pod is there', async () => (await cluster.list('pods')).length === 1);
    },
  },
  {
    title: 'a DaemonSet is made and rolled',
    async tell(cluster) {
      const done = (generation: number) => cluster.until('it is everywhere', async () => {
        const { status } = (await cluster.tryFind('daemonsets.apps', 'agent'))!;
        return status.numberAvailable === 1 && status.updatedNumberScheduled === 1 && status.observedGeneration === generation;
      });
      await cluster.create('daemonsets.apps', { metadata: { name: 'agent' }, spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent') } });
      await done(1);
      await cluster.patch('daemonsets.apps', 'agent', to('agent', 2));
      await done(2);
    },
  },
  {
    title: 'a Job completes',
    async tell(cluster) {
      await cluster.create('jobs.batch', job('good', { completions: 3, parallelism: 2 }));
      await ended(cluster, 'good', 'Complete');
    },
  },
  {
    title: 'a Job with numbers completes',
    async tell(cluster) {
      await cluster.create('jobs.batch', job('good', { completions: 3, parallelism: 3, completionMode: 'Indexed' }));
      await ended(cluster, 'good', 'Complete');
    },
  },
  {
    title: 'a Job fails',
    async tell(cluster) {
      await cluster.create('jobs.batch', job('bad', { completions: 1, parallelism: 1, backoffLimit: 0 }, nowhere));
      await cluster.until('its pod is there', async () => (await cluster.list('pods')).length === 1);
      await cluster.settle();
      const [pod] = await cluster.list('pods');
      await cluster.patch('pods', pod.metadata.name!, { status: { phase: 'Failed' } }, 'status');
      await ended(cluster, 'bad', 'Failed');
    },
  },
  {
    title: 'a Job is made suspended',
    async tell(cluster) {
      await cluster.create('jobs.batch', job('later', { completions: 1, parallelism: 1, suspend: true }));
      await cluster.until('it says so', async () => (await cluster.tryFind('jobs.batch', 'later'))?.status?.conditions?.length === 1);
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
    title: 'a Job is suspended while it runs, and resumed',
    async tell(cluster) {
      await cluster.create('jobs.batch', job('work', { completions: 2, parallelism: 2 }, nowhere));
      await cluster.until('its pods are there', async () => (await cluster.tryFind('jobs.batch', 'work'))?.status?.active === 2);
      await cluster.patch('jobs.batch', 'work', { spec: { suspend: true } });
      await cluster.until('they are gone', async () => (await cluster.list('pods')).length === 0);
      await cluster.settle();
      await cluster.patch('jobs.batch', 'work', { spec: { suspend: false } });
      await cluster.until('they are there again', async () => (await cluster.tryFind('jobs.batch', 'work'))!.status.active === 2);
    },
  },
  {
    title: 'a Job is deleted while it runs',
    async tell(cluster) {
      await cluster.create('jobs.batch', job('work', { completions: 2, parallelism: 2 }, nowhere));
      await cluster.until('its pods are there', async () => (await cluster.tryFind('jobs.batch', 'work'))?.status?.active === 2);
      await cluster.delete('jobs.batch', 'work', 'Background');
      for (const resource of ['jobs.batch', 'pods']) await gone(cluster, resource);
    },
  },
  {
    title: 'a StatefulSet is deleted, and its claims stay',
    async tell(cluster) {
      await cluster.create(S, {
        metadata: { name: 'db' },
        spec: {
          replicas: 1, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('db'),
          volumeClaimTemplates: [{
            metadata: { name: 'data', labels: { is: 'data' } },
            spec: { accessModes: ['ReadWriteOnce'], volumeName: 'never-there', resources: { requests: { storage: '1Gi' } } },
          }],
        },
      });
      await cluster.until('its pod is there', async () => (await cluster.list('pods')).length === 1);
      await cluster.settle();
      await cluster.delete(S, 'db');
      for (const resource of [S, 'pods', 'controllerrevisions.apps']) await gone(cluster, resource);
    },
  },
  {
    title: 'a DaemonSet that no node fits makes no pods',
    async tell(cluster) {
      await cluster.create('daemonsets.apps', {
        metadata: { name: 'agent' }, spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent', 1, nowhere) },
      });
      await cluster.until('its status is there', async () => (await cluster.tryFind('daemonsets.apps', 'agent'))?.status?.observedGeneration === 1);
    },
  },
  {
    title: 'a ReplicaSet is orphaned, and its pods stay as they are',
    async tell(cluster) {
      await cluster.create('replicasets.apps', deployment('web'));
      await cluster.until('it has two', async () => (await cluster.tryFind('replicasets.apps', 'web'))?.status?.availableReplicas === 2);
      await cluster.settle();
      await cluster.delete('replicasets.apps', 'web', 'Orphan');
      await gone(cluster, 'replicasets.apps');
    },
  },
  {
    title: 'a pod leaves its ReplicaSet with its label',
    async tell(cluster) {
      await cluster.create('replicasets.apps', deployment('web'));
      await cluster.until('it has two', async () => (await cluster.tryFind('replicasets.apps', 'web'))?.status?.availableReplicas === 2);
      await cluster.settle();
      const [pod] = await cluster.list('pods');
      await cluster.patch('pods', pod.metadata.name!, { metadata: { labels: { app: 'debugged' } } });
      await cluster.until('there are three', async () => (await cluster.list('pods')).length === 3);
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
      await cluster.until('it is established', async () => (await cluster.tryFind(CRD, `widgets.${groupOf(cluster)}`))!.status?.conditions
        ?.some((c: any) => c.type === 'Established' && c.status === 'True'));
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
];

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

function job(name: string, spec: JsonMap, pod: JsonMap = {}): JsonMap {
  return { metadata: { name }, spec: { ...spec, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'work', image: `${image}:1` }], ...pod } } } };
}

async function ended(cluster: StoryCluster, name: string, type: string): Promise<void> {
  await cluster.until(`${name} is ${type}`, async () => (await cluster.tryFind('jobs.batch', name))?.status?.conditions?.some((c: any) => c.type === type));
  await cluster.settle();
}
