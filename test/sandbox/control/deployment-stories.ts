import { available, D, deployment, gone, nowhere, progressing, stuck, template, to, type Story } from './story';
import type { StoryCluster } from './story-cluster';
import type { JsonMap } from '../../../lib/sandbox/json';

/** Deployments, their ReplicaSets and their pods. */
export const deploymentStories: readonly Story[] = [
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
];
