import { LiveBranch } from './live-branch';
import { RunningAgent } from './running-agent';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { useIsolatedGit } from '../../git/repositories';
import { a, WrittenFleet } from '../written-tree';

describeWithCluster('an agent', { clusters: ['one'] }, context => {
  useIsolatedGit();
  const agents: RunningAgent[] = [];
  afterEach(async () => {
    await Promise.all(agents.splice(0).map(agent => agent.stop()));
  });

  function start(branch: LiveBranch, more: Partial<ConstructorParameters<typeof RunningAgent>[1]> = {}): RunningAgent {
    const agent = new RunningAgent(branch, { kubeconfig: context.plane.kubeconfig, ...more });
    agents.push(agent);
    return agent;
  }

  function branchOf(ns: string): LiveBranch {
    return new LiveBranch({ fleet: ns, namespace: `flotilla-${ns}`, contexts: { one: context.plane.name } });
  }

  function fleet(ns: string, key = '1'): WrittenFleet {
    return { one: { web: { objects: [a.namespace(ns), a.configMap('a', { key }, ns), a.configMap('b', { key }, ns), a.service('web', ns)] } } };
  }

  const maps = (ns: string, name: string): string => `/api/v1/namespaces/${ns}/configmaps/${name}`;
  const delivery = (ns: string, name = 'web'): string => `/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/${name}`;

  test('delivers a branch, follows it, and goes back with it', async () => {
    const ns = 'agent-follows';
    const branch = branchOf(ns);
    const first = branch.push(fleet(ns));
    const agent = start(branch);
    await agent.deliver(first);
    expect((await context.kube.get(maps(ns, 'a'))).data).toEqual({ key: '1' });
    expect((await context.kube.get(delivery(ns))).status).toMatchObject({
      commit: first, objects: 4, ready: 4, history: [{ commit: first }],
      conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' }), expect.objectContaining({ type: 'Degraded', status: 'False' })]),
    });

    await agent.deliver(branch.push(fleet(ns, '2')));
    expect((await context.kube.get(maps(ns, 'b'))).data).toEqual({ key: '2' });
    await agent.deliver(branch.revert());
    expect((await context.kube.get(maps(ns, 'b'))).data).toEqual({ key: '1' });
    expect((await context.kube.get(delivery(ns))).status.history).toHaveLength(3);
  });

  test('delivers a branch of a repository that names its objects by SHA-256', async () => {
    const ns = 'agent-sha256';
    const branch = new LiveBranch({ fleet: ns, namespace: `flotilla-${ns}`, contexts: { one: context.plane.name }, format: 'sha256' });
    const first = branch.push(fleet(ns));
    const agent = start(branch);
    await agent.deliver(first);
    await agent.deliver(branch.push(fleet(ns, '2')));
    const second = branch.head;
    expect((await context.kube.get(maps(ns, 'b'))).data).toEqual({ key: '2' });
    const { status } = await context.kube.get(delivery(ns));
    expect([first.length, status.commit, status.revision.length]).toEqual([64, second, 64]);
    expect(status.history.map(({ commit }: { commit: string }) => commit)).toEqual([second, first]);
    await context.kube.patch(maps(ns, 'a'), { data: { key: 'theirs' } });
    await agent.until(async () => (await context.kube.get(maps(ns, 'a'))).data.key === '2');
    // One that starts finds nothing to do.
    await agent.stop();
    const { resourceVersion } = (await context.kube.get(delivery(ns))).metadata;
    await start(branch).deliver(second);
    expect((await context.kube.get(delivery(ns))).metadata.resourceVersion).toBe(resourceVersion);
  });

  test('puts right what is edited, deleted, or taken from it', async () => {
    const ns = 'agent-drift';
    const branch = branchOf(ns);
    const agent = start(branch);
    await agent.deliver(branch.push(fleet(ns)));
    const writes: [string, () => Promise<unknown>][] = [
      ['an edit', () => context.kube.patch(maps(ns, 'a'), { data: { key: 'theirs' } })],
      ['a deletion', () => context.kube.delete(maps(ns, 'a'))],
      ['the label', () => context.kube.patch(maps(ns, 'a'), { metadata: { labels: { 'applyset.kubernetes.io/part-of': null } } })],
    ];
    for (const [title, write] of writes) {
      const before = agent.of('drift').length;
      await write();
      await agent.until(() => agent.of('drift').length > before);
      const live = await context.kube.get(maps(ns, 'a'));
      expect([title, live.data, live.metadata.labels?.['applyset.kubernetes.io/part-of']]).toEqual([title, { key: '1' }, expect.stringContaining('applyset-')]);
    }
    expect(agent.of('drift').map(({ seconds }) => seconds).every(seconds => seconds < 1)).toBe(true);
  });

  test('puts right what waits for another application, and goes on when that one is ready', async () => {
    const ns = 'agent-waits';
    const branch = branchOf(ns);
    const agent = start(branch);
    const tree = (web: string): WrittenFleet => ({
      one: {
      // Nothing runs Pods here: a Deployment never becomes ready.
        db: { objects: [a.namespace(ns), ...web === '1' ? [] : [a.deployment('db', undefined, ns)]] },
        web: { objects: [a.configMap('a', { key: web }, ns)], spec: { dependsOn: ['db'] } },
      },
    });
    await agent.deliver(branch.push(tree('1')));
    await agent.deliver(branch.push(tree('2')));
    expect((await context.kube.get(delivery(ns))).status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'False', reason: 'DependencyNotReady' }));
    expect((await context.kube.get(delivery(ns, 'db'))).status).toMatchObject({ revision: expect.any(String), ready: 1 });
    expect((await context.kube.get(maps(ns, 'a'))).data).toEqual({ key: '1' });

    await context.kube.patch(`/apis/apps/v1/namespaces/${ns}/deployments/db/status`, {
      status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: [{ type: 'Available', status: 'True' }] },
    });
    await agent.until(async () => (await context.kube.get(maps(ns, 'a'))).data?.key === '2', 2_000);
    await agent.settled();

    // A rollout that hangs again holds up what is new, and not what others change.
    await context.kube.patch(`/apis/apps/v1/namespaces/${ns}/deployments/db/status`, { status: { availableReplicas: 0, readyReplicas: 0 } });
    await agent.until(async () => (await context.kube.get(delivery(ns, 'db'))).status.ready === 1);
    await agent.deliver(branch.push(tree('3')));
    await context.kube.patch(maps(ns, 'a'), { data: { key: 'theirs' } });
    // What the tree says now is not applied yet, so there is nothing to put right: the object is told to wait.
    await context.kube.delete(maps(ns, 'a'));
    await context.kube.patch(`/apis/apps/v1/namespaces/${ns}/deployments/db/status`, { status: { availableReplicas: 1, readyReplicas: 1 } });
    await agent.until(async () => (await context.kube.tryGet(maps(ns, 'a')))?.data?.key === '3', 2_000);
  });

  test('heals drift while the application that it depends on is not ready', async () => {
    const ns = 'agent-heals';
    const branch = branchOf(ns);
    const agent = start(branch);
    const web = { objects: [a.configMap('a', { key: '1' }, ns)], spec: { dependsOn: ['db'] } };
    await agent.deliver(branch.push({ one: { db: { objects: [a.namespace(ns)] }, web } }));
    await agent.deliver(branch.push({ one: { db: { objects: [a.namespace(ns), a.deployment('db', undefined, ns)] }, web } }));
    await context.kube.patch(maps(ns, 'a'), { data: { key: 'theirs' } });
    await agent.until(async () => (await context.kube.get(maps(ns, 'a'))).data?.key === '1', 2_000);
  });

  test('sends nothing while nothing changes, and takes up its work without a write', async () => {
    const ns = 'agent-quiet';
    const branch = branchOf(ns);
    const agent = start(branch);
    await agent.deliver(branch.push(fleet(ns)));
    await new Promise(resolve => setTimeout(resolve, 3_000));
    const before = agent.connection.requests.total;
    await new Promise(resolve => setTimeout(resolve, 3_000));
    expect(agent.connection.requests.total).toBe(before);
    await agent.stop();
    agents.splice(agents.indexOf(agent), 1);

    const next = start(branch);
    await next.settled();
    expect(next.of('run').flatMap(run => run.result.objects)).toEqual([]);
    expect(next.connection.requests.writes).toBe(0);
    expect(next.of('run')).toEqual([]);
  });
});
