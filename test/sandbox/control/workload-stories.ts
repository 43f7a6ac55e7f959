import { S, gone, image, nowhere, template, to, type Story } from './story';
import type { StoryCluster } from './story-cluster';
import type { JsonMap } from '../../../lib/sandbox/json';

/** StatefulSets, DaemonSets and Jobs. */
export const workloadStories: readonly Story[] = [
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
];

function job(name: string, spec: JsonMap, pod: JsonMap = {}): JsonMap {
  return { metadata: { name }, spec: { ...spec, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'work', image: `${image}:1` }], ...pod } } } };
}

async function ended(cluster: StoryCluster, name: string, type: string): Promise<void> {
  await cluster.until(`${name} is ${type}`, async () => (await cluster.tryFind('jobs.batch', name))?.status?.conditions?.some((c: any) => c.type === type));
  await cluster.settle();
}
