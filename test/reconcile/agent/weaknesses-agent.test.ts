import { renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentDeliverer, agentDeliverer } from './deliverers';
import { applyFleet } from '../../../lib/reconcile/apply';
import { FolderSource } from '../../../lib/tree/folder-source';
import type { Manifest } from '../../../lib/tree/manifest';
import type { KubeObject } from '../../control-plane/client';
import { ClusterTestContext, describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { useIsolatedGit } from '../../git/repositories';
import { FaultyProxy } from '../faulty-proxy';
import { a, WrittenFleet, writeTree } from '../written-tree';

const maps = (ns: string, name = ''): string => `/api/v1/namespaces/${ns}/configmaps/${name}`.replace(/\/$/, '');
const deployments = (ns: string, name: string): string => `/apis/apps/v1/namespaces/${ns}/deployments/${name}`;
const delivery = (ns: string, name = 'web'): string => `/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/${name}`;

/** Agents and proxies that end with their test. */
function opener(context: ClusterTestContext): { agent(ns: string, proxy?: FaultyProxy): AgentDeliverer; proxy(): Promise<FaultyProxy> } {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(each => each.stop()));
  });
  return {
    agent: (ns, proxy) => {
      const deliverer = agentDeliverer({ name: ns, kubeconfig: proxy?.kubeconfig ?? context.plane.kubeconfig, context: context.plane.name });
      open.push(deliverer);
      return deliverer;
    },
    proxy: async () => {
      const proxy = await FaultyProxy.start(context.plane);
      open.push(proxy);
      return proxy;
    },
  };
}

function config(ns: string, ...names: string[]): Manifest[] {
  return [a.namespace(ns), ...names.map(name => a.configMap(name, undefined, ns))];
}

describeWithCluster('an agent does not stumble', { clusters: ['one'] }, context => {
  useIsolatedGit();
  const open = opener(context);

  test('over drift: whatever was done is healed within a second', async () => {
    const ns = 'agent-heals';
    const deliverer = open.agent(ns);
    await deliverer.deliver({ one: { web: { objects: [...config(ns, 'a'), a.service('web', ns), a.deployment('web', undefined, ns)] } } });
    const deployment = deployments(ns, 'web');
    const changes: [string, () => Promise<unknown>, () => Promise<boolean>][] = [
      ['another value', () => context.kube.patch(maps(ns, 'a'), { data: { key: 'theirs' } }), async () => (await context.kube.get(maps(ns, 'a'))).data.key === 'value'],
      ['a scale', () => context.kube.patch(`${deployment}/scale`, { spec: { replicas: 5 } }), async () => (await context.kube.get(deployment)).spec.replicas === 1],
      ['a list', () => context.kube.patch(deployment, [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'theirs:2' }]),
        async () => (await context.kube.get(deployment)).spec.template.spec.containers[0].image === 'registry.example/web:1'],
      ['a label', () => context.kube.patch(deployment, { metadata: { labels: { app: 'theirs' } } }), async () => (await context.kube.get(deployment)).metadata.labels?.app === 'web'],
      ['a deletion', () => context.kube.delete(deployment), async () => (await context.kube.tryGet(deployment))?.metadata.deletionTimestamp === undefined],
    ];
    for (const [title, change, healed] of changes) {
      const before = deliverer.running.of('drift').length;
      await change();
      await waitUntil(`${title} is healed`, async () => await healed() && deliverer.running.of('drift').length > before, { timeout: 3_000, every: 10 });
    }
    expect(deliverer.running.of('drift').map(({ seconds }) => seconds < 1)).toEqual(changes.map(() => true));
  });

  test('over a hundred applications that never become ready', async () => {
    const ns = 'agent-unready';
    const deliverer = open.agent(ns);
    const stuck = (image: string): WrittenFleet['one'] => Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`stuck-${i}`, {
      objects: [a.deployment(`stuck-${i}`, image, ns)],
    }]));
    const tree = (value: string, image: string): WrittenFleet => ({ one: { ...stuck(image), web: { objects: [a.namespace(ns), a.configMap('a', { value }, ns)] } } });
    await deliverer.deliver(tree('1', 'registry.example/web:1'));
    expect((await context.kube.get(delivery(ns, 'stuck-99'))).status.conditions.find((c: { type: string }) => c.type === 'Ready')).toMatchObject({ status: 'False', reason: 'Progressing' });

    // A delivery, drift, and a newer commit for those that wait.
    const start = Date.now();
    await context.kube.patch(maps(ns, 'a'), { data: { value: 'theirs' } });
    await waitUntil('drift is healed', async () => (await context.kube.get(maps(ns, 'a'))).data.value === '1', { timeout: 2_000, every: 10 });
    expect(Date.now() - start).toBeLessThan(1_500);
    await deliverer.deliver(tree('2', 'registry.example/web:2'));
    expect((await context.kube.get(maps(ns, 'a'))).data.value).toBe('2');
    expect((await context.kube.get(deployments(ns, 'stuck-50'))).spec.template.spec.containers[0].image).toBe('registry.example/web:2');
  }, 60_000);

  test('over a kind whose list never comes', async () => {
    const ns = 'agent-silent';
    const proxy = await open.proxy();
    const deliverer = open.agent(ns, proxy);
    proxy.fault = (method, url) => method === 'GET' && url.startsWith('/api/v1/services?') ? 'silence' : undefined;
    await deliverer.deliver({ one: { web: { objects: config(ns, 'a') }, other: { objects: [a.service('web', ns)] } } });
    expect((await context.kube.get(maps(ns, 'a'))).data).toEqual({ key: 'value' });
    expect(await context.kube.tryGet(`/api/v1/namespaces/${ns}/services/web`)).toBeDefined();
  }, 40_000);

  test('over a definition that somebody deletes and brings back', async () => {
    const ns = 'agent-crd';
    const deliverer = open.agent(ns);
    const group = `${ns}.example.com`;
    const crd = a.crd('gears', 'Gear', group);
    const gear: Manifest = { apiVersion: `${group}/v1`, kind: 'Gear', metadata: { name: 'one', namespace: ns }, spec: { size: 1 } };
    await context.kube.create(crd as KubeObject);
    await waitUntil('the kind is served', async () => (await context.kube.request('GET', `/apis/${group}/v1/gears`)).status === 200);
    await deliverer.deliver({ one: { web: { objects: [...config(ns, 'a'), gear] } } });
    await context.kube.delete(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gears.${group}`);
    await waitUntil('it is told', async () => (await context.kube.get(delivery(ns))).status.failures?.[0]?.code === 'FLT5104');
    await context.kube.patch(maps(ns, 'a'), { data: { key: 'theirs' } });
    await waitUntil('another object is healed', async () => (await context.kube.get(maps(ns, 'a'))).data.key === 'value', { timeout: 3_000 });
    await context.kube.create(crd as KubeObject);
    await waitUntil('the resource is back', async () => (await context.kube.request('GET', `/apis/${group}/v1/namespaces/${ns}/gears/one`)).status === 200);
    await waitUntil('and ready', async () => (await context.kube.get(delivery(ns))).status.failures === undefined);
    // It is followed again.
    await context.kube.patch(`/apis/${group}/v1/namespaces/${ns}/gears/one`, { spec: { size: 7 } });
    await waitUntil('it is healed', async () => (await context.kube.get(`/apis/${group}/v1/namespaces/${ns}/gears/one`)).spec.size === 1, { timeout: 3_000 });
  }, 60_000);

  test('over a branch that was pushed by force', async () => {
    const ns = 'agent-force';
    const deliverer = open.agent(ns);
    await deliverer.deliver({ one: { web: { objects: config(ns, 'a', 'b', 'c', 'd') } } });
    await deliverer.deliver({ one: { web: { objects: config(ns, 'a', 'b', 'c', 'd', 'e') } } });
    // History without the first two commits, and less in it: one deletion is within the budget, all of them are not.
    const forced = deliverer.branch.pushOrphan({ one: { web: { objects: config(ns, 'a', 'b', 'c', 'd', 'f') } } });
    await deliverer.running.deliver(forced);
    expect((await context.kube.list(maps(ns))).map(each => each.metadata.name)).toEqual(['a', 'b', 'c', 'd', 'f']);
    const empty = deliverer.branch.pushOrphan({ one: {} });
    await deliverer.running.deliver(empty);
    expect((await context.kube.list(maps(ns))).map(each => each.metadata.name)).toEqual(['a', 'b', 'c', 'd', 'f']);
    expect((await context.kube.get(delivery(ns))).status.held.objects).toHaveLength(5);
  });

  test('over a repository that is away, or has nothing in it', async () => {
    const ns = 'agent-away';
    const deliverer = open.agent(ns);
    const { branch } = deliverer;
    await deliverer.deliver({ one: { web: { objects: config(ns, 'a', 'b') } } });
    const commit = deliverer.running.agent.state.commit;
    const away = async (): Promise<void> => {
      const before = deliverer.running.of('source').length;
      deliverer.running.agent.wake();
      await deliverer.running.until(() => deliverer.running.of('source').length > before);
      expect(deliverer.running.agent.state).toMatchObject({ commit, sourceError: { code: expect.stringMatching(/^FLT/) } });
      await context.kube.patch(maps(ns, 'a'), { data: { key: 'theirs' } });
      await waitUntil('drift is healed all the same', async () => (await context.kube.get(maps(ns, 'a'))).data.key === 'value', { timeout: 3_000 });
      expect((await context.kube.list(maps(ns))).map(each => each.metadata.name)).toEqual(['a', 'b']);
    };
    renameSync(branch.url, `${branch.url}-away`);
    await away();
    renameSync(`${branch.url}-away`, branch.url);
    branch.clear();
    branch.pushFiles({});
    await away();
    branch.deleteBranch();
    await away();
    await deliverer.deliver({ one: { web: { objects: config(ns, 'a', 'b', 'c') } } });
    expect((await context.kube.list(maps(ns))).map(each => each.metadata.name)).toEqual(['a', 'b', 'c']);
  });

  test('over a cluster that left the fleet', async () => {
    const ns = 'agent-left';
    const deliverer = open.agent(ns);
    await deliverer.deliver({ one: { web: { objects: config(ns, 'a', 'b') } } });
    const { branch, running } = deliverer;
    branch.push({ two: { web: { objects: config(ns, 'a', 'b') } } });
    running.agent.wake();
    await running.until(() => running.agent.state.sourceError !== undefined);
    await sleep(500);
    expect(running.agent.state.clusters).toEqual([]);
    expect((await context.kube.list(maps(ns))).map(each => each.metadata.name)).toEqual(['a', 'b']);
    expect((await context.kube.get(delivery(ns))).status.inventory).toHaveLength(3);
    await deliverer.deliver({ one: { web: { objects: config(ns, 'a', 'b', 'c') } } });
    expect((await context.kube.list(maps(ns))).map(each => each.metadata.name)).toEqual(['a', 'b', 'c']);
  });
});

describeWithCluster('what replaces an object comes before it goes', { clusters: ['one'], controllers: true }, context => {
  useIsolatedGit();
  const open = opener(context);
  const available = (object: KubeObject | undefined): boolean => (object?.status?.availableReplicas ?? 0) > 0;

  test.each(['an agent', 'an apply that waits'])('with %s', async way => {
    const ns = way === 'an agent' ? 'rename-agent' : 'rename-apply';
    const slow = (name: string): Manifest => {
      const deployment = a.deployment(name, undefined, ns);
      return { ...deployment, spec: { ...deployment.spec as object, minReadySeconds: 2 } };
    };
    const tree = (name: string): WrittenFleet => ({ one: { web: { objects: [...config(ns, 'a', 'b', 'c'), slow(name)] } } });
    const deliverer = way === 'an agent' ? open.agent(ns) : {
      deliver: async (fleet: WrittenFleet) => {
        const folder = writeTree(fleet, { fleet: ns, namespace: `flotilla-${ns}`, contexts: { one: context.plane.name } });
        await applyFleet({ source: new FolderSource(folder), kubeconfig: context.plane.kubeconfig, wait: true, timeoutMs: 20_000 });
      },
    };
    await deliverer.deliver(tree('old'));
    await waitUntil('the old one is there', async () => available(await context.kube.tryGet(deployments(ns, 'old'))));
    let together = false;
    const end = new AbortController();
    const watching = (async () => {
      while (!end.signal.aborted) {
        const [fresh, old] = [await context.kube.tryGet(deployments(ns, 'new')), await context.kube.tryGet(deployments(ns, 'old'))];
        // Read in this order: a new one that was not available yet when the old one had gone.
        if (!old && fresh && !available(fresh)) throw new Error('the old one went before the new one was available');
        together ||= old !== undefined && fresh !== undefined && !available(fresh);
        await sleep(10);
      }
    })();
    try {
      await deliverer.deliver(tree('new'));
      await waitUntil('the old one is gone', async () => await context.kube.tryGet(deployments(ns, 'old')) === undefined);
    } finally {
      end.abort();
    }
    await watching;
    expect(together).toBe(true);
    expect(available(await context.kube.get(deployments(ns, 'new')))).toBe(true);
  }, 60_000);
});
