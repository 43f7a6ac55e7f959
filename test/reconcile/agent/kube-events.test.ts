import { agentDeliverer } from './deliverers';
import { LiveBranch } from './live-branch';
import { RunningAgent } from './running-agent';
import { FlotillaError } from '../../../lib/errors';
import { ApiError } from '../../../lib/kube/api-error';
import type { Connection, KubeRequest } from '../../../lib/kube/connection';
import type { AgentEvent } from '../../../lib/reconcile/agent/events';
import { KubeEvents } from '../../../lib/reconcile/agent/kube-events';
import type { DeliveryRecord } from '../../../lib/reconcile/record';
import type { TargetResult } from '../../../lib/reconcile/report';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { kubectl } from '../../control-plane/kubectl';
import { waitUntil } from '../../control-plane/wait-until';
import { useIsolatedGit } from '../../git/repositories';
import { FaultyProxy } from '../faulty-proxy';
import { a, WrittenFleet } from '../written-tree';

describe('events about deliveries', () => {
  const requests: KubeRequest[] = [];
  const told: AgentEvent[] = [];
  const records = new Map<string, DeliveryRecord>();
  let answer: (request: KubeRequest) => void;
  let busy: boolean;
  let events: KubeEvents;
  let end: AbortController;

  beforeEach(() => {
    jest.useFakeTimers();
    [requests, told].forEach(list => { list.length = 0; });
    records.clear();
    addApplications('web');
    busy = false;
    answer = () => undefined;
    end = new AbortController();
    const request = (sent: KubeRequest): Promise<unknown> => {
      requests.push(sent);
      answer(sent);
      return Promise.resolve({ status: 200, body: {}, headers: {} });
    };
    events = new KubeEvents({
      connection: { name: 'one', server: 'https://one', requests: { total: 0, writes: 0 }, request } as unknown as Connection,
      cluster: 'one', namespace: () => 'flotilla-system', records, isBusy: () => busy, listener: event => told.push(event), signal: end.signal,
    });
  });
  afterEach(() => {
    end.abort();
    jest.useRealTimers();
  });

  function addApplications(...names: string[]): void {
    for (const application of names) {
      records.set(application, { application, uid: `uid-${application}`, spec: { fleet: 'shop', cluster: 'one', application }, status: {}, inventory: [], kinds: [] });
    }
  }
  function run(result: Partial<TargetResult>): void {
    events.tell({ type: 'run', cluster: 'one', commit: 'c0ffee', seconds: 1, result: { application: 'web', outcome: 'applied', revision: 'abc', ready: true, objects: [], errors: [], ...result } });
  }
  const drift = (object: string): void => events.tell({ type: 'drift', cluster: 'one', application: 'web', object, writer: 'kubectl-edit', seconds: 0.1 });
  const bodies = (): any[] => requests.map(({ body }) => body);

  test('have the form that Kubernetes itself gives them', async () => {
    run({});
    await jest.advanceTimersByTimeAsync(2_000);
    expect(requests).toMatchObject([{ method: 'POST', path: '/api/v1/namespaces/flotilla-system/events' }]);
    expect(bodies()).toMatchObject([{
      kind: 'Event', metadata: { namespace: 'flotilla-system', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) },
      involvedObject: { apiVersion: 'cdk8s-flotilla.dev/v1alpha1', kind: 'Delivery', name: 'web', namespace: 'flotilla-system', uid: 'uid-web' },
      type: 'Normal', reason: 'Applied', message: 'applied revision abc of commit c0ffee, and all is ready', count: 1, reportingComponent: 'cdk8s-flotilla',
    }]);
  });

  test.each<[string, Partial<TargetResult>, [string, string]]>([
    ['a failure', { outcome: 'failed', ready: false, message: '1 of 2 objects could not be applied' }, ['Warning', 'ApplyFailed']],
    ['a dependency', { outcome: 'blocked', ready: false, message: 'it depends on db' }, ['Normal', 'DependencyNotReady']],
  ])('tell %s', async (_title, result, [type, reason]) => {
    run(result);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(bodies()).toMatchObject([{ type, reason, message: result.message }]);
  });

  test('tell what was pruned and what is held, each once, and that it is ready again', async () => {
    const held = { digest: 'd1gest', objects: ['a', 'b'] };
    run({ outcome: 'failed', ready: false, message: 'no' });
    run({ objects: [{ object: 'ConfigMap/shop/a', action: 'pruned' }], held });
    run({ outcome: 'unchanged', held });
    run({ outcome: 'failed', ready: false, message: 'no' });
    run({ outcome: 'unchanged' });
    await jest.advanceTimersByTimeAsync(2_000);
    expect(bodies().map(({ reason, count }) => [reason, count]).sort()).toEqual([['Applied', 1], ['ApplyFailed', 2], ['PruneHeld', 1], ['Pruned', 1], ['Ready', 1]]);
  });

  test('count what comes again instead of telling it again', async () => {
    drift('ConfigMap/shop/a');
    await jest.advanceTimersByTimeAsync(2_000);
    for (let i = 0; i < 3; i++) drift('ConfigMap/shop/a');
    await jest.advanceTimersByTimeAsync(2_000);
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
    expect(bodies()[1]).toMatchObject({ count: 4 });
    // The server has forgotten it in the meantime.
    answer = ({ method, path }) => {
      if (method === 'PATCH') throw new ApiError({ status: 404, reason: 'NotFound', message: 'gone', details: { name: 'web.1', kind: 'events' }, request: { method, path } });
    };
    drift('ConfigMap/shop/a');
    await jest.advanceTimersByTimeAsync(2_000);
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH', 'POST']);
  });

  test('become one when many of one kind differ', async () => {
    for (let i = 0; i < 100; i++) drift(`ConfigMap/shop/${i}`);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(requests.length).toBeLessThanOrEqual(11);
    expect(bodies().find(({ message }) => message.startsWith('(combined from similar events)'))).toMatchObject({ count: 90 });
  });

  test('are few when very much happens, warnings before the rest, and what is dropped is counted', async () => {
    const names = Array.from({ length: 250 }, (_, i) => `app-${i}`);
    addApplications(...names);
    names.forEach(application => run({ application }));
    run({ application: 'app-249', outcome: 'failed', ready: false, message: 'no' });
    await jest.advanceTimersByTimeAsync(600_000);
    expect(requests.length).toBeLessThanOrEqual(25 + 30_000 / 5_000);
    expect(bodies()[0]).toMatchObject({ reason: 'ApplyFailed' });
    expect(events.dropped).toBe(251 - requests.length);

    requests.length = 0;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(requests).toEqual([]);
  });

  test('wait while there is something else to do, for a second', async () => {
    busy = true;
    run({});
    await jest.advanceTimersByTimeAsync(900);
    expect(requests).toEqual([]);
    await jest.advanceTimersByTimeAsync(500);
    expect(requests).toHaveLength(1);
  });

  test('say of a Secret no word of the server', async () => {
    const error = new FlotillaError('FLT5102', { what: 'Secret/shop/key is not valid: data: hunter2', fix: 'correct it', where: { object: 'Secret/shop/key' } });
    run({ outcome: 'failed', ready: false, message: '1 of 1 objects could not be applied', errors: [error] });
    await jest.advanceTimersByTimeAsync(2_000);
    expect(bodies()).toMatchObject([{ message: '1 of 1 objects could not be applied: Secret/shop/key (FLT5102)' }]);
  });

  test('are told of once when they cannot be written', async () => {
    answer = ({ method, path }) => { throw new ApiError({ status: 403, reason: 'Forbidden', message: 'events is forbidden', request: { method, path } }); };
    drift('ConfigMap/shop/a');
    drift('ConfigMap/shop/b');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(told).toMatchObject([{ type: 'events', cluster: 'one', error: { code: 'FLT5101' } }]);
  });
});

describeWithCluster('kubectl on deliveries', { clusters: ['one'] }, context => {
  useIsolatedGit();
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(each => each.stop()));
  });
  const run = (...args: string[]): Promise<string> => kubectl(args, { kubeconfig: context.plane.kubeconfig });

  test('describes, lists and waits for them', async () => {
    const ns = 'kubectl-web';
    const deliverer = agentDeliverer({ name: ns, kubeconfig: context.plane.kubeconfig, context: context.plane.name });
    open.push(deliverer);
    const tree = (...names: string[]): WrittenFleet => (
      { one: { web: { objects: [a.namespace(ns), ...names.map(name => a.configMap(name, undefined, ns))] } } }
    );
    await deliverer.deliver(tree('a', 'b', 'c', 'd'));
    const namespace = `flotilla-${ns}`;
    expect(await run('wait', '--for=condition=Ready', 'delivery/web', '-n', namespace, '--timeout=5s')).toContain('condition met');
    const [header, row] = (await run('get', 'deliveries', '-n', namespace)).split('\n');
    expect(header.split(/\s+/)).toEqual(['NAME', 'READY', 'REASON', 'OBJECTS', 'COMMIT', 'AGE']);
    expect(row.split(/\s+/)).toEqual(['web', 'True', 'Ready', '5', deliverer.running.agent.state.commit, expect.any(String)]);
    expect(await run('get', 'flotilla', '-n', namespace, '-o', 'wide')).toContain('5 of 5 objects are as committed and ready');

    await context.kube.patch(`/api/v1/namespaces/${ns}/configmaps/a`, { data: { key: 'theirs' } });
    await deliverer.running.until(() => deliverer.running.of('drift').length > 0);
    await deliverer.deliver(tree('a', 'b', 'c'));
    const bad = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bad', namespace: ns }, spec: { ports: [{ port: 99_999 }] } };
    await deliverer.deliver({ one: { web: { objects: [...tree('a').one.web.objects, bad] } } });
    const described = await waitUntil('kubectl shows the events', async () => {
      const text = await run('describe', 'delivery', 'web', '-n', namespace);
      // The conditions name some of these reasons too.
      const events = text.slice(text.indexOf('\nEvents:'));
      return ['Applied', 'DriftHealed', 'Pruned', 'ApplyFailed'].every(reason => events.includes(reason)) && text;
    }, { timeout: 10_000, every: 500 });
    expect(described).toMatch(/Normal\s+Applied\s+\S+\s+cdk8s-flotilla\s+applied revision/);
    expect(described).toMatch(/Warning\s+ApplyFailed\s+\S+( \(.*\))?\s+cdk8s-flotilla\s+1 of 2 objects could not be applied: Service\/kubectl-web\/bad is not valid/);
    await expect(run('wait', '--for=condition=Ready', 'delivery/web', '-n', namespace, '--timeout=1s')).rejects.toThrow('timed out');
  }, 40_000);

  test('that are 250 at once make few events, and a steady cluster gets none', async () => {
    const ns = 'kubectl-many';
    const proxy = await FaultyProxy.start(context.plane);
    open.push(proxy);
    const branch = new LiveBranch({ fleet: ns, namespace: `flotilla-${ns}`, contexts: { one: context.plane.name } });
    const apps = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`app-${i}`, { objects: [a.configMap(`map-${i}`, undefined, ns)] }]));
    const commit = branch.push({ one: { ...apps, base: { objects: [a.namespace(ns)] } } });
    const agent = new RunningAgent(branch, { kubeconfig: proxy.kubeconfig });
    open.unshift(agent);
    await agent.until(() => agent.agent.state.commit === commit, 60_000);
    await agent.until(() => agent.agent.state.clusters.every(({ state }) => state === 'steady') && agent.of('run').length >= 251, 60_000);
    await new Promise(resolve => setTimeout(resolve, 3_000));
    expect(proxy.writes('/events').length).toBeGreaterThan(0);
    expect(proxy.writes('/events').length).toBeLessThanOrEqual(30);
    await agent.stop();
    open.splice(open.indexOf(agent), 1);

    proxy.seen.length = 0;
    const next = new RunningAgent(branch, { kubeconfig: proxy.kubeconfig });
    open.unshift(next);
    await next.settled();
    await new Promise(resolve => setTimeout(resolve, 2_000));
    expect(proxy.writes()).toEqual([]);
  }, 120_000);

  test('are delivered all the same when events may not be written', async () => {
    const ns = 'kubectl-denied';
    const proxy = await FaultyProxy.start(context.plane);
    open.push(proxy);
    proxy.fault = (_method, url) => url.includes('/events') ? 403 : undefined;
    const deliverer = agentDeliverer({ name: ns, kubeconfig: proxy.kubeconfig, context: context.plane.name });
    open.unshift(deliverer);
    for (const value of ['1', '2', '3']) {
      await deliverer.deliver({ one: { web: { objects: [a.namespace(ns), a.configMap('a', { value }, ns)] } } });
    }
    await waitUntil('it was tried', () => proxy.writes('/events').length > 1);
    expect((await context.kube.get(`/api/v1/namespaces/${ns}/configmaps/a`)).data.value).toBe('3');
    expect(deliverer.running.of('events')).toHaveLength(1);
  });
});
