import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from './manual-clock';
import { MemoryCluster } from './memory-cluster';
import { SHOP, job, loose, workload } from './objects-of-tests';
import type { ClusterApi } from '../../../lib/sandbox/api';
import type { ControllerOptions } from '../../../lib/sandbox/control/options';
import { startControllers, type Controllers } from '../../../lib/sandbox/control/start';
import { workQueue } from '../../../lib/sandbox/control/work-queue';
import type { JsonMap } from '../../../lib/sandbox/json';
import { StatusError } from '../../../lib/sandbox/status-error';
import { waitUntil } from '../../control-plane/wait-until';

const FAST: ControllerOptions = { readyAfterMs: 1, completeAfterMs: 1, terminateAfterMs: 1, timeLapse: 1_000 };

let running: Controllers[] = [];
let errors: unknown[] = [];

function start(api: ClusterApi, options: ControllerOptions = {}): Controllers {
  const controllers = startControllers(api, { ...FAST, onError: error => errors.push(error), ...options });
  running.push(controllers);
  return controllers;
}

/** A cluster with the namespace shop. */
function cluster(options?: ControllerOptions): { api: MemoryCluster; controllers: Controllers } {
  const api = new MemoryCluster();
  const controllers = start(api, options);
  api.create('namespaces', SHOP, 'test');
  return { api, controllers };
}

const podsOf = (api: ClusterApi): any[] => api.list('pods', 'shop').map(loose);
const deployment = (api: ClusterApi, name = 'web'): any => loose(api.tryFind('deployments.apps', { namespace: 'shop', name }));

afterEach(() => {
  for (const controllers of running) controllers.stop();
  expect(errors).toEqual([]);
  running = [];
  errors = [];
});

describe('pods run as their images say', () => {
  test.each([
    ['x:1', 'Running', { running: { startedAt: expect.any(String) } }, 'True'],
    ['x:does-not-exist', 'Pending', { waiting: { reason: 'ImagePullBackOff', message: expect.stringContaining('"x:does-not-exist"') } }, 'False'],
    ['x:1-never-ready', 'Running', { running: { startedAt: expect.any(String) } }, 'False'],
    ['does-not-exist/x:1', 'Running', { running: { startedAt: expect.any(String) } }, 'True'],
  ])('%s: %s', async (image, phase, state, ready) => {
    const { api, controllers } = cluster();
    api.create('deployments.apps', workload('Deployment', 'web', image), 'test');
    await controllers.idle();
    const [{ status }] = podsOf(api);
    expect([status.phase, status.containerStatuses[0].state]).toEqual([phase, state]);
    expect(status.conditions.find((c: any) => c.type === 'Ready').status).toBe(ready);
  });

  test('what crashes is started again and again, later each time', async () => {
    const { api, controllers } = cluster();
    api.create('deployments.apps', workload('Deployment', 'web', 'x:broken'), 'test');
    await controllers.idle();
    await waitUntil('it was started three times again', () => podsOf(api)[0].status.containerStatuses[0].restartCount >= 3, { every: 5 });
    await waitUntil('it waits', () => podsOf(api)[0].status.containerStatuses[0].state.waiting?.reason === 'CrashLoopBackOff', { every: 1 });
    expect(podsOf(api)[0].status.containerStatuses[0].lastState.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    expect(deployment(api).status.unavailableReplicas).toBe(1);
  });

  test('the first rule that an image meets counts', async () => {
    const { api, controllers } = cluster({ images: [{ image: 'registry.example/', becomes: 'NeverReady' }, { image: /./, becomes: 'ImagePullBackOff' }] });
    api.create('deployments.apps', workload('Deployment', 'web', 'registry.example/x:1'), 'test');
    await controllers.idle();
    expect(podsOf(api)[0].status.phase).toBe('Running');
  });

  test.each([
    ['x:1', {}, 'Complete', 'CompletionsReached', undefined],
    ['x:broken', { backoffLimit: 1 }, 'Failed', 'BackoffLimitExceeded', 2],
    ['x:never-ready', { activeDeadlineSeconds: 50 }, 'Failed', 'DeadlineExceeded', 1],
  ])('a Job of %s %j ends: %s', async (image, spec, type, reason, failed) => {
    const { api } = cluster();
    api.create('jobs.batch', job('work', image, spec), 'test');
    const find = (): any => loose(api.tryFind('jobs.batch', { namespace: 'shop', name: 'work' }));
    await waitUntil('it ends', () => find().status?.conditions?.some((c: any) => c.type === type), { every: 5 });
    expect(find().status).toMatchObject({ conditions: expect.arrayContaining([expect.objectContaining({ type, status: 'True', reason })]) });
    expect(find().status.failed).toBe(failed);
  });

  test('a finished Job goes when its time is over, with its pods', async () => {
    const { api } = cluster();
    api.create('jobs.batch', job('work', 'x:1', { ttlSecondsAfterFinished: 1 }), 'test');
    await waitUntil('it is gone', () => api.list('jobs.batch').length + api.list('pods').length === 0, { every: 5 });
  });

  test('a CronJob fires nothing', async () => {
    const { api, controllers } = cluster();
    const { spec } = job('work', 'x:1');
    api.create('cronjobs.batch', {
      apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly', namespace: 'shop' }, spec: { schedule: '* * * * *', jobTemplate: { spec: spec as JsonMap } },
    }, 'test');
    await controllers.idle();
    expect(api.list('jobs.batch')).toEqual([]);
  });
});

describe('pods get a node', () => {
  const onNodes = (api: ClusterApi): string[] => podsOf(api).map(pod => pod.spec.nodeName as string).sort();

  test('each the one with the fewest', async () => {
    const { api, controllers } = cluster();
    api.create('deployments.apps', workload('Deployment', 'web', 'x:1', { replicas: 6 }), 'test');
    await controllers.idle();
    expect(onNodes(api)).toEqual(['node-1', 'node-1', 'node-2', 'node-2', 'node-3', 'node-3']);
  });

  test.each<[string, JsonMap, string | undefined]>([
    ['a nodeSelector', { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } }, 'node-2'],
    ['a toleration', { tolerations: [{ key: 'only', operator: 'Equal', value: 'batch', effect: 'NoSchedule' }], nodeSelector: { 'kubernetes.io/hostname': 'node-1' } }, 'node-1'],
    ['no toleration', { nodeSelector: { 'kubernetes.io/hostname': 'node-1' } }, undefined],
    ['a claim that is missing', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'none' } }] }, undefined],
  ])('with %s', async (_, spec, expected) => {
    const { api, controllers } = cluster();
    const node = loose(api.tryFind('nodes', { name: 'node-1' }));
    api.update('nodes', { ...node, spec: { taints: [{ key: 'only', value: 'batch', effect: 'NoSchedule' }] } }, 'test');
    api.create('deployments.apps', workload('Deployment', 'web', 'x:1', {}, spec), 'test');
    await controllers.idle();
    const [pod] = podsOf(api);
    expect(pod.spec.nodeName).toBe(expected);
    if (!expected) expect(pod.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }]);
  });

  test('a DaemonSet leaves a node with a taint out, and comes to a new one', async () => {
    const { api, controllers } = cluster();
    const node = loose(api.tryFind('nodes', { name: 'node-1' }));
    api.update('nodes', { ...node, spec: { taints: [{ key: 'only', effect: 'NoSchedule' }] } }, 'test');
    api.create('daemonsets.apps', workload('DaemonSet', 'agent', 'x:1'), 'test');
    await controllers.idle();
    expect(onNodes(api)).toEqual(['node-2', 'node-3']);
    api.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-4' } }, 'test');
    await controllers.idle();
    expect(onNodes(api)).toEqual(['node-2', 'node-3', 'node-4']);
  });
});

// Ten seconds of Kubernetes are 166 ms here: by the times in objects they would be over at once.
test.each(['the deadline of a rollout', 'the pause between pods of a Job', 'the deadline of a Job'])('%s lasts as long as it should', async what => {
  const { api, controllers } = cluster({ timeLapse: 60 });
  await controllers.idle();
  const begin = Date.now();
  const find = (resource: string): any => loose(api.list(resource, 'shop')[0]);
  const has = (resource: string, reason: string) => find(resource)?.status?.conditions?.some((c: any) => c.reason === reason);
  if (what.includes('rollout')) {
    api.create('deployments.apps', workload('Deployment', 'web', 'x:never-ready', { progressDeadlineSeconds: 10 }), 'test');
    await waitUntil('it is exceeded', () => has('deployments.apps', 'ProgressDeadlineExceeded'), { every: 2 });
  } else if (what.includes('pause')) {
    api.create('jobs.batch', job('work', 'x:broken', { backoffLimit: 1 }), 'test');
    await waitUntil('it has failed twice', () => find('jobs.batch').status?.failed === 2, { every: 2 });
  } else {
    api.create('jobs.batch', job('work', 'x:never-ready', { activeDeadlineSeconds: 10 }), 'test');
    await waitUntil('it is exceeded', () => has('jobs.batch', 'DeadlineExceeded'), { every: 2 });
  }
  expect(Date.now() - begin).toBeGreaterThanOrEqual(160);
});

test('a StatefulSet gets its claims bound, and keeps them', async () => {
  const { api, controllers } = cluster();
  api.create('statefulsets.apps', workload('StatefulSet', 'db', 'x:1', {
    replicas: 2, serviceName: 'db',
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
  }), 'test');
  await controllers.idle();
  const claims = () => api.list('persistentvolumeclaims', 'shop').map(loose);
  expect(claims().map(({ metadata, status }) => [metadata.name, status.phase, status.capacity])).toEqual([
    ['data-db-0', 'Bound', { storage: '1Gi' }], ['data-db-1', 'Bound', { storage: '1Gi' }],
  ]);
  expect(podsOf(api).map(pod => [pod.metadata.name, pod.status.phase])).toEqual([['db-0', 'Running'], ['db-1', 'Running']]);
  api.delete('persistentvolumeclaims', { namespace: 'shop', name: 'data-db-1' });
  await controllers.idle();
  expect(claims()).toHaveLength(2);
  api.delete('statefulsets.apps', { namespace: 'shop', name: 'db' });
  await controllers.idle();
  expect([podsOf(api), claims().map(({ metadata }) => metadata.name), api.list('persistentvolumes').length]).toEqual([[], ['data-db-0'], 1]);
});

test('Services of type LoadBalancer get an address, Ingresses where that is asked for', async () => {
  const { api, controllers } = cluster({ ingresses: true });
  api.create('services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } }, 'test');
  api.create('ingresses.networking.k8s.io', { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: 'shop' }, spec: {} }, 'test');
  await controllers.idle();
  expect(api.tryFind('services', { namespace: 'shop', name: 'web' })!.status).toEqual({ loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] } });
  expect(api.tryFind('ingresses.networking.k8s.io', { namespace: 'shop', name: 'web' })!.status).toEqual({ loadBalancer: { ingress: [{ ip: '192.0.2.2' }] } });
});

test('a ResourceQuota counts objects and what pods ask for', async () => {
  const { api, controllers } = cluster();
  const hard = { 'pods': '9', 'configmaps': '9', 'requests.cpu': '4', 'limits.memory': '8Gi', 'count/deployments.apps': '3' };
  api.create('resourcequotas', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'all', namespace: 'shop' }, spec: { hard } }, 'test');
  const containers = [{ name: 'web', image: 'x:1', resources: { requests: { cpu: '250m' }, limits: { memory: '512Mi' } } }];
  api.create('deployments.apps', workload('Deployment', 'web', 'x:1', { replicas: 2 }, { containers }), 'test');
  await controllers.idle();
  expect(api.tryFind('resourcequotas', { namespace: 'shop', name: 'all' })!.status).toEqual({
    hard, used: { 'pods': '2', 'configmaps': '1', 'requests.cpu': '500m', 'limits.memory': '1Gi', 'count/deployments.apps': '1' },
  });
});

test('a ReplicaSet says why it cannot make pods, its Deployment too, and tries again', async () => {
  const { api, controllers } = cluster();
  const create = api.create.bind(api);
  let refuses = true;
  api.create = (resource, object, manager) => {
    if (refuses && resource === 'pods') throw new StatusError(403, 'Forbidden', 'pods "web" is forbidden: exceeded quota: all');
    return create(resource, object, manager);
  };
  api.create('deployments.apps', workload('Deployment', 'web', 'x:1'), 'test');
  await waitUntil('it says so', () => deployment(api).status?.conditions?.some((c: any) => c.type === 'ReplicaFailure'), { every: 5 });
  expect(deployment(api).status.conditions).toContainEqual(expect.objectContaining({
    type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'pods "web" is forbidden: exceeded quota: all',
  }));
  refuses = false;
  await waitUntil('it is available', () => deployment(api).status.availableReplicas === 1, { every: 5 });
  await controllers.idle();
  expect(deployment(api).status.conditions.map((c: any) => c.type)).not.toContain('ReplicaFailure');
});

test('a Secret gets the token of its ServiceAccount, and goes with it', async () => {
  const { api, controllers } = cluster({ issueToken: ({ namespace, name, secret }) => `${namespace}/${name}/${secret.name}`, rootCertificate: 'CA' });
  api.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'agent', namespace: 'shop' } }, 'test');
  const { uid } = api.tryFind('serviceaccounts', { namespace: 'shop', name: 'agent' })!.metadata;
  api.create('secrets', {
    apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token',
    metadata: { name: 'agent-token', namespace: 'shop', annotations: { 'kubernetes.io/service-account.name': 'agent' } },
  }, 'test');
  await controllers.idle();
  const secret = loose(api.tryFind('secrets', { namespace: 'shop', name: 'agent-token' }));
  expect(secret.metadata.annotations['kubernetes.io/service-account.uid']).toBe(uid);
  expect(Object.fromEntries(Object.entries(secret.data).map(([key, value]) => [key, Buffer.from(value as string, 'base64').toString()])))
    .toEqual({ 'ca.crt': 'CA', 'namespace': 'shop', 'token': 'shop/agent/agent-token' });
  api.delete('serviceaccounts', { namespace: 'shop', name: 'agent' });
  await controllers.idle();
  expect(api.list('secrets', 'shop')).toEqual([]);
});

test('what every namespace has comes back when somebody removes it', async () => {
  const { api, controllers } = cluster();
  await controllers.idle();
  api.delete('serviceaccounts', { namespace: 'shop', name: 'default' });
  api.delete('configmaps', { namespace: 'shop', name: 'kube-root-ca.crt' });
  await controllers.idle();
  expect([api.list('serviceaccounts', 'shop').length, api.list('configmaps', 'shop').length]).toEqual([1, 1]);
});

test('only definitions and APIServices are looked after where there is nothing but an API server', async () => {
  const { api, controllers } = cluster({ apiServerOnly: true });
  api.create('deployments.apps', workload('Deployment', 'web', 'x:1'), 'test');
  api.create('apiservices.apiregistration.k8s.io', { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1.apps' }, spec: {} }, 'test');
  await controllers.idle();
  expect([api.list('nodes').length, api.list('replicasets.apps').length, api.list('serviceaccounts').length]).toEqual([0, 0, 0]);
  expect(api.list('apiservices.apiregistration.k8s.io')[0].status).toMatchObject({ conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] });
});

test('what a custom resource owned goes, also when its kind has gone with it', async () => {
  const { api, controllers } = cluster();
  const name = 'widgets.shop.example';
  api.create('customresourcedefinitions.apiextensions.k8s.io', {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name },
    spec: { group: 'shop.example', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions: [{ name: 'v1', served: true, storage: true }] },
  }, 'test');
  await controllers.idle();
  await sleep(5);
  const { uid } = api.create(name, { apiVersion: 'shop.example/v1', kind: 'Widget', metadata: { name: 'one', namespace: 'shop' } }, 'test').metadata;
  const ownerReferences = [{ apiVersion: 'shop.example/v1', kind: 'Widget', name: 'one', uid }];
  api.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'owned', namespace: 'shop', ownerReferences } }, 'test');
  await controllers.idle();
  api.delete('customresourcedefinitions.apiextensions.k8s.io', { name });
  await controllers.idle();
  expect([api.list('customresourcedefinitions.apiextensions.k8s.io'), api.list(name), api.list('secrets')]).toEqual([[], [], []]);
});

test('controllers that start later find what is there, and those that have stopped do nothing', async () => {
  const api = new MemoryCluster();
  api.create('namespaces', SHOP, 'test');
  api.create('deployments.apps', workload('Deployment', 'web', 'x:1'), 'test');
  const first = start(api);
  await first.idle();
  expect(deployment(api).status.availableReplicas).toBe(1);
  first.stop();
  api.create('deployments.apps', workload('Deployment', 'later', 'x:1'), 'test');
  await sleep(30);
  expect(deployment(api, 'later').status).toBeUndefined();
  await start(api).idle();
  expect(deployment(api, 'later').status.availableReplicas).toBe(1);
  expect(podsOf(api)).toHaveLength(2);
});

test('with equal seeds and a clock that is turned, everything is equal, names and times too', async () => {
  const tell = async (seed: string): Promise<unknown> => {
    const clock = new ManualClock();
    const api = new MemoryCluster(() => clock.now());
    const controllers = start(api, { seed, clock, readyAfterMs: 200 });
    api.create('namespaces', SHOP, 'test');
    api.create('deployments.apps', workload('Deployment', 'web', 'x:1', { replicas: 5 }), 'test');
    api.create('statefulsets.apps', workload('StatefulSet', 'db', 'x:1', { replicas: 2 }), 'test');
    api.create('jobs.batch', job('work', 'x:broken', { backoffLimit: 2 }), 'test');
    for (let i = 0; i < 200; i++) {
      clock.turn(100);
      // How much is done in one turn of the event loop depends on the machine.
      do await new Promise(setImmediate); while (workQueue.busy);
    }
    controllers.stop();
    return ['pods', 'deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'jobs.batch'].flatMap(resource => api.list(resource));
  };
  const first = await tell('a');
  expect(await tell('a')).toEqual(first);
  expect(JSON.stringify(await tell('b'))).not.toBe(JSON.stringify(first));
  expect((first as any[]).find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'web').status.availableReplicas).toBe(5);
});

test('a hundred clusters at rest write nothing', async () => {
  const clusters = Array.from({ length: 100 }, () => cluster());
  for (const { api } of clusters) api.create('deployments.apps', workload('Deployment', 'web', 'x:1', { replicas: 2 }), 'test');
  await Promise.all(clusters.map(({ controllers }) => controllers.idle()));
  expect(clusters.every(({ api }) => deployment(api).status.availableReplicas === 2)).toBe(true);
  const writes = clusters.map(({ api }) => api.writes);
  await sleep(50);
  expect(clusters.map(({ api }) => api.writes)).toEqual(writes);
});
