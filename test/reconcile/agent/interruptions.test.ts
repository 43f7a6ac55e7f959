import { setTimeout as sleep } from 'node:timers/promises';
import { HeldBranch } from './held-branch';
import { RunningAgent } from './running-agent';
import type { Connection, KubeRequest } from '../../../lib/kube/connection';
import { approvalDocument, approvalFile } from '../../../lib/reconcile/load';
import { digestOf } from '../../../lib/reconcile/policy';
import { API_VERSION } from '../../../lib/tree/names';
import { clusterFile } from '../../../lib/tree/paths';
import { emitYaml } from '../../../lib/yaml/emit';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { a, WrittenApplication, WrittenFleet } from '../written-tree';

/** Holds one request back until it is let go. */
class Gate {
  public reached = false;
  private open!: () => void;
  private readonly opened = new Promise<void>(resolve => { this.open = resolve; });

  constructor(private readonly method: KubeRequest['method'], private readonly path: string) {}

  public release(): void {
    this.open();
  }

  public wrap(connection: Connection): Connection {
    return {
      name: connection.name, server: connection.server, requests: connection.requests,
      request: async request => {
        if (request.method === this.method && request.path === this.path && !this.reached) {
          this.reached = true;
          await this.opened;
        }
        return connection.request(request);
      },
      watch: (resource, options) => connection.watch(resource, options), close: async () => connection.close(),
    };
  }
}

describeWithCluster('an agent that is interrupted', { clusters: ['one'] }, context => {
  const agents: RunningAgent[] = [];
  afterEach(async () => {
    await Promise.all(agents.splice(0).map(agent => agent.stop()));
  });

  const spec = { prune: { budget: 100 } };
  const maps = (ns: string, name: string): string => `/api/v1/namespaces/${ns}/configmaps/${name}`;
  const delivery = (ns: string, name: string): string => `/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/${name}`;
  const application = (ns: string, names: string, key = '1'): WrittenApplication => ({ objects: names.split(' ').map(name => a.configMap(name, { key }, ns)), spec });
  const fleet = (ns: string, names: string, more: Readonly<Record<string, WrittenApplication>> = {}, key = '1'): WrittenFleet => ({
    one: { base: { objects: [a.namespace(ns)] }, web: application(ns, names, key), ...more },
  });
  const branchOf = (ns: string): HeldBranch => new HeldBranch({ fleet: ns, namespace: `flotilla-${ns}`, contexts: { one: context.plane.name } });
  const namesOf = async (ns: string): Promise<string[]> => ((await context.kube.tryGet(delivery(ns, 'web')))?.status?.inventory ?? [])
    .map((line: string) => line.split(' ')[0].split('/').at(-1));

  function start(branch: HeldBranch, gate?: Gate): RunningAgent {
    const agent = new RunningAgent(branch, { kubeconfig: context.plane.kubeconfig, through: connection => gate?.wrap(connection) ?? connection });
    agents.push(agent);
    return agent;
  }

  async function takesOver(agent: RunningAgent, branch: HeldBranch): Promise<void> {
    agent.agent.wake();
    await agent.until(() => agent.agent.state.commit === branch.commit, 60_000);
  }

  test('by the removal of an application during its first run, removes it', async () => {
    const ns = 'interrupted-removal';
    const branch = branchOf(ns);
    const gate = new Gate('PATCH', delivery(ns, 'api'));
    const agent = start(branch, gate);
    await agent.deliver(branch.push(fleet(ns, 'a')));
    branch.push(fleet(ns, 'a', { api: application(ns, 'b') }));
    agent.agent.wake();
    await agent.until(() => gate.reached, 60_000);
    branch.push(fleet(ns, 'a'));
    await takesOver(agent, branch);
    gate.release();
    await agent.until(() => agent.of('run').some(({ result }) => result.application === 'api' && result.outcome === 'removed'), 60_000);
    expect([await context.kube.tryGet(delivery(ns, 'api')), await context.kube.tryGet(maps(ns, 'b'))]).toEqual([undefined, undefined]);
  });

  test('by a commit about something else, does the rest soon after', async () => {
    const ns = 'interrupted-commit';
    const branch = branchOf(ns);
    const agent = start(branch);
    await agent.deliver(branch.push(fleet(ns, 'a b c')));
    await agent.stop();
    agents.splice(0);
    const gate = new Gate('PATCH', maps(ns, 'a'));
    branch.push(fleet(ns, 'a b', {}, '2'));
    const next = start(branch, gate);
    await next.until(() => gate.reached, 60_000);
    branch.push(fleet(ns, 'a b', { api: application(ns, 'x') }, '2'));
    await takesOver(next, branch);
    gate.release();
    await next.until(async () => await context.kube.tryGet(maps(ns, 'c')) === undefined && (await namesOf(ns)).join() === 'a,b', 20_000);
  });

  test('by the loss of a Delivery while it is down, answers for its objects again and asks before it prunes them', async () => {
    const ns = 'interrupted-loss';
    const branch = branchOf(ns);
    const agent = start(branch);
    await agent.deliver(branch.push(fleet(ns, 'a b')));
    await agent.stop();
    agents.splice(0);
    const { uid } = (await context.kube.get(maps(ns, 'b'))).metadata;
    await context.kube.delete(delivery(ns, 'web'));
    branch.push(fleet(ns, 'a'));
    const next = start(branch);
    await next.until(async () => (await context.kube.tryGet(delivery(ns, 'web')))?.status?.held !== undefined, 60_000);
    expect([await namesOf(ns), (await context.kube.get(maps(ns, 'b'))).metadata.uid]).toEqual([['a', 'b'], uid]);

    branch.push(fleet(ns, 'a'), { [approvalFile('one', 'web')]: emitYaml(approvalDocument('one', 'web', [digestOf([`ConfigMap/${ns}/b`])])) });
    await takesOver(next, branch);
    await next.until(async () => await context.kube.tryGet(maps(ns, 'b')) === undefined && (await namesOf(ns)).join() === 'a', 20_000);
  });

  test('by another way to its cluster, asks nothing more by the former one when what was under way there ends', async () => {
    const ns = 'interrupted-session';
    const branch = branchOf(ns);
    const gate = new Gate('PATCH', maps(ns, 'a'));
    const watches: string[][] = [];
    const agent = new RunningAgent(branch, {
      kubeconfig: context.plane.kubeconfig,
      through: connection => {
        const mine: string[] = [];
        watches.push(mine);
        return {
          ...gate.wrap(connection),
          watch: (resource, options) => {
            mine.push(resource.plural);
            return connection.watch(resource, options);
          },
        };
      },
    });
    agents.push(agent);
    await agent.deliver(branch.push(fleet(ns, '', { web: application(ns, 'z') })));
    // What the first run brought is followed now.
    await sleep(500);
    branch.push(fleet(ns, 'a'));
    agent.agent.wake();
    await agent.until(() => gate.reached, 60_000);
    branch.push(fleet(ns, 'a'), {
      [clusterFile('one')]: emitYaml({
        apiVersion: API_VERSION, kind: 'Cluster', metadata: { name: 'one' },
        spec: { environment: 'dev', labels: {}, access: { secret: { name: 'another-way' } } },
      }),
    });
    await takesOver(agent, branch);
    await agent.until(() => watches.length === 2, 60_000);
    const [former] = watches;
    const before = former.length;
    gate.release();
    await agent.until(async () => (await namesOf(ns)).join() === 'a', 60_000);
    await sleep(1_000);
    expect(former.slice(before)).toEqual([]);
  });

  test('by lines that somebody took from a Delivery while it was down, finds them again', async () => {
    const ns = 'interrupted-lines';
    const branch = branchOf(ns);
    const agent = start(branch);
    await agent.deliver(branch.push(fleet(ns, 'a b')));
    await agent.stop();
    agents.splice(0);
    await context.kube.patch(delivery(ns, 'web'), { status: { inventory: [] } });
    branch.push(fleet(ns, 'a'));
    start(branch);
    await agent.until(async () => (await namesOf(ns)).join() === 'a,b', 60_000);
    expect(await context.kube.tryGet(maps(ns, 'b'))).toBeDefined();
  });

  test.each<[string, (path: string) => Promise<unknown>]>([
    ['deletes', path => context.kube.delete(path)],
    ['empties', path => context.kube.patch(path, { status: { inventory: [] } })],
    ['takes the label of', path => context.kube.patch(path, { metadata: { labels: { 'applyset.kubernetes.io/id': null } } })],
  ])('by somebody who %s a Delivery, writes it as it was', async (word, act) => {
    const ns = `interrupted-${word.split(' ')[0]}`;
    const branch = branchOf(ns);
    const agent = start(branch);
    await agent.deliver(branch.push(fleet(ns, 'a b')));
    await act(delivery(ns, 'web'));
    await agent.until(async () => {
      const live = await context.kube.tryGet(delivery(ns, 'web'));
      return live?.status?.inventory?.length === 2 && live.metadata.labels?.['applyset.kubernetes.io/id'] !== undefined;
    }, 20_000);
    expect(agent.of('run').flatMap(({ result }) => result.objects).filter(({ action }) => action === 'pruned' || action === 'released')).toEqual([]);
  });
});
