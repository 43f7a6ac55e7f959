import { setTimeout as sleep } from 'node:timers/promises';
import { AgentDeliverer, agentDeliverer } from './deliverers';
import { Backoff } from '../../../lib/reconcile/agent/backoff';
import type { Manifest } from '../../../lib/tree/manifest';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { useIsolatedGit } from '../../git/repositories';
import { FaultyProxy } from '../faulty-proxy';
import { a, WrittenFleet } from '../written-tree';

describeWithCluster('failures of an agent', { clusters: ['one'] }, context => {
  useIsolatedGit();
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(open.splice(0).map(each => each.stop()));
  });

  async function start(ns: string, user?: string): Promise<{ readonly proxy: FaultyProxy; readonly deliverer: AgentDeliverer }> {
    const proxy = await FaultyProxy.start(context.plane, user);
    const deliverer = agentDeliverer({ name: ns, kubeconfig: proxy.kubeconfig, context: context.plane.name });
    open.push(deliverer, proxy);
    return { proxy, deliverer };
  }
  const status = async (ns: string): Promise<any> => (await context.kube.get(`/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/web`)).status;
  const conditions = async (ns: string): Promise<Record<string, string>> => (
    Object.fromEntries((await status(ns)).conditions.map(({ type, status: value }: { type: string; status: string }) => [type, value]))
  );
  const map = (ns: string, name: string): string => `/api/v1/namespaces/${ns}/configmaps/${name}`;
  const invalid = (ns: string, name: string): Manifest => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: ns }, spec: { ports: [{ port: 99_999 }] } });
  function tree(ns: string, value: string, ...more: Manifest[]): WrittenFleet {
    return { one: { web: { objects: [a.namespace(ns), a.configMap('a', { value }, ns), a.configMap('b', undefined, ns), ...more] } } };
  }

  test('are data: what failed and since when, what was applied last, and what before', async () => {
    const ns = 'failures-data';
    const { deliverer } = await start(ns);
    await deliverer.deliver(tree(ns, '0'));
    const good = await status(ns);
    expect(await conditions(ns)).toEqual({ Ready: 'True', Reconciling: 'False', Stalled: 'False', Degraded: 'False' });
    expect([good.revision, good.failures]).toEqual([good.observedRevision, undefined]);

    await deliverer.deliver(tree(ns, '1', invalid(ns, 'x'), invalid(ns, 'y')));
    const failed = await status(ns);
    expect(await conditions(ns)).toEqual({ Ready: 'False', Reconciling: 'False', Stalled: 'True', Degraded: 'False' });
    expect([failed.revision, failed.observedRevision === failed.revision]).toEqual([good.revision, false]);
    expect(failed.failures).toEqual(['x', 'y'].map(name => ({
      object: `Service/${ns}/${name}`, code: 'FLT5102', message: expect.stringContaining('must be between 1 and 65535'), since: expect.stringMatching(/^\d{4}-.*Z$/),
    })));

    // One is mended: the other one failed since the first time.
    await sleep(1_100);
    await deliverer.deliver(tree(ns, '2', invalid(ns, 'x')));
    expect((await status(ns)).failures).toEqual([failed.failures[0]]);

    for (let i = 3; i < 15; i++) await deliverer.deliver(tree(ns, String(i)));
    const last = await status(ns);
    const { commit } = deliverer.running.agent.state;
    expect([last.failures, last.history.length, last.history[0].revision, last.history[0].commit]).toEqual([undefined, 10, last.revision, commit]);
    expect(new Set(last.history.map(({ revision }: { revision: string }) => revision)).size).toBe(10);
    expect(await conditions(ns)).toEqual({ Ready: 'True', Reconciling: 'False', Stalled: 'False', Degraded: 'False' });
  }, 60_000);

  test('of an invalid object are not tried again and again', async () => {
    const ns = 'failures-invalid';
    const { proxy, deliverer } = await start(ns);
    await deliverer.deliver(tree(ns, '1', invalid(ns, 'x')));
    await waitUntil('the events are told', () => proxy.writes('/events').length > 0);
    const before = proxy.seen.length;
    await sleep(10_000);
    expect(proxy.seen.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
    // Drift of the others is healed all the same.
    await context.kube.patch(map(ns, 'a'), { data: { value: 'theirs' } });
    await waitUntil('drift is healed', async () => (await context.kube.get(map(ns, 'a'))).data.value === '1', { timeout: 2_000, every: 10 });
  }, 30_000);

  test.each([503, 429, 500])('of a server that answers %d are tried again, more and more seldom, and heal', async code => {
    const ns = `failures-${code}`;
    const { proxy, deliverer } = await start(ns);
    await deliverer.deliver(tree(ns, '1'));
    const path = map(ns, 'a');
    proxy.fault = (method, url) => method === 'PATCH' && url.startsWith(path) ? code : undefined;
    proxy.seen.length = 0;
    deliverer.branch.push(tree(ns, '2'));
    deliverer.running.agent.wake();
    await sleep(8_000);
    const tries = proxy.writes(path).map(({ at }) => at);
    expect(tries.length).toBeGreaterThanOrEqual(2);
    expect(tries.length).toBeLessThanOrEqual(16);
    proxy.fault = undefined;
    await waitUntil('it is applied', async () => (await context.kube.get(path)).data.value === '2', { timeout: 25_000 });
    await waitUntil('and said', async () => (await status(ns)).failures === undefined && (await conditions(ns)).Ready === 'True');
  }, 60_000);

  test('of missing rights heal when they are granted: at the next commit, or at the slow retry', async () => {
    const ns = 'failures-rights';
    const delays: number[] = [];
    const { after } = Backoff.prototype;
    jest.spyOn(Backoff.prototype, 'after').mockImplementation(function (this: Backoff, ...args) {
      delays.push(after.apply(this, args));
      return Math.min(delays.at(-1) as number, quick ? 1_000 : Infinity);
    });
    let quick = false;
    const role = (...resources: string[]): KubeObject => ({
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'limited' },
      rules: [
        { apiGroups: ['cdk8s-flotilla.dev', 'apiextensions.k8s.io'], resources: ['*'], verbs: ['*'] },
        { apiGroups: [''], resources: ['namespaces', 'services', 'events'], verbs: ['*'] },
        ...resources.length > 0 ? [{ apiGroups: [''], resources, verbs: ['*'] }] : [],
      ],
    });
    await context.kube.apply(role());
    await context.kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'limited' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'limited' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'limited' }],
    });
    const { proxy, deliverer } = await start(ns, 'limited');
    await waitUntil('the rights hold', async () => (await context.plane.client('limited').request('GET', '/api/v1/services')).status === 200);
    await deliverer.deliver(tree(ns, '1', a.service('web', ns)));
    expect((await status(ns)).failures.map(({ object, code }: { object: string; code: string }) => [object, code])).toEqual([
      [`ConfigMap/${ns}/a`, 'FLT5101'], [`ConfigMap/${ns}/b`, 'FLT5101'],
    ]);
    expect(await context.kube.tryGet(`/api/v1/namespaces/${ns}/services/web`)).toBeDefined();
    expect(delays.length).toBeGreaterThan(0);
    expect(delays.every(delay => delay >= 7.5 * 60_000 && delay <= 12.5 * 60_000)).toBe(true);
    const before = proxy.writes(map(ns, '')).length;
    await sleep(3_000);
    expect(proxy.writes(map(ns, '')).length).toBe(before);

    await context.kube.apply(role('configmaps'));
    await deliverer.deliver(tree(ns, '2', a.service('web', ns)));
    expect((await context.kube.get(map(ns, 'a'))).data.value).toBe('2');
    expect((await status(ns)).failures).toBeUndefined();

    await context.kube.apply(role());
    await sleep(1_000);
    quick = true;
    await deliverer.deliver(tree(ns, '3', a.service('web', ns)));
    expect((await status(ns)).failures).toHaveLength(1);
    await context.kube.apply(role('configmaps'));
    await waitUntil('it is healed without a commit', async () => (await status(ns)).failures === undefined, { timeout: 10_000 });
    expect((await context.kube.get(map(ns, 'a'))).data.value).toBe('3');
  }, 60_000);
});
