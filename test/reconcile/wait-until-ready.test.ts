import { a } from './written-tree';
import { PART_OF_LABEL } from '../../lib/reconcile/applyset';
import { describeUnready, ReadinessReader } from '../../lib/reconcile/readiness';
import { waitUntilReady } from '../../lib/reconcile/wait-until-ready';
import { identityOf, type Manifest, type ObjectIdentity } from '../../lib/tree/manifest';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { waitUntil } from '../control-plane/wait-until';
import { RealConnection } from '../kube/real-connection';

// No controllers: a Deployment becomes ready when the test says so.
describeWithCluster('waiting for readiness', { auditLog: true }, context => {
  const real = new RealConnection(context);
  const ns = 'waiting';

  beforeAll(async () => {
    await context.kube.apply(a.namespace(ns));
    await context.kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'lists-only' },
      rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] }],
    });
    await context.kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'lists-only' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'lists-only' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'limited' }],
    });
  });

  async function deploy(name: string, setId: string): Promise<ObjectIdentity> {
    const manifest: Manifest = a.deployment(name, undefined, ns);
    await context.kube.apply({ ...manifest, metadata: { ...manifest.metadata, labels: { [PART_OF_LABEL]: setId } } });
    return identityOf(manifest);
  }

  /** Says of a Deployment what its controller would. */
  async function conclude(name: string, failed = false): Promise<number> {
    const status = failed
      ? { observedGeneration: 1, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'too long' }] }
      : { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: [{ type: 'Available', status: 'True' }] };
    await context.kube.patch(`/apis/apps/v1/namespaces/${ns}/deployments/${name}/status`, { status });
    return Date.now();
  }

  /** Watches of a user that have ended so far. */
  function watches(user: string): number {
    return context.plane.auditEvents().filter(each => each.verb === 'watch' && each.user.username === user && each.stage === 'ResponseComplete').length;
  }

  const inAMinute = (): number => Date.now() + 60_000;
  const pause = async (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

  test('it ends at once when the status changes, after one list and one watch', async () => {
    const delays: number[] = [];
    for (let i = 0; i < 5; i++) {
      const connection = await real.as('admin');
      const reader = new ReadinessReader(connection, real.discovery);
      const id = await deploy(`once-${i}`, 'set');
      let end = 0;
      const waiting = waitUntilReady(reader, [id], 'set', inAMinute()).then(states => { end = Date.now(); return states; });
      await pause(i === 0 ? 3000 : 700);
      expect([end, connection.requests.total]).toEqual([0, 2]);
      const changed = await conclude(`once-${i}`);
      expect(describeUnready(await waiting)).toBeUndefined();
      expect(connection.requests.total).toBe(2);
      delays.push(end - changed);
    }
    const median = delays.sort((x, y) => x - y)[2];
    expect(median).toBeLessThan(200);
  });

  test('fifty applications that wait for one kind share a list and a watch', async () => {
    const connection = await real.as('admin');
    const reader = new ReadinessReader(connection, real.discovery);
    const before = watches('admin');
    const ids = await Promise.all(Array.from({ length: 50 }, async (_, i) => deploy(`many-${i}`, `set-${i}`)));
    const waiting = ids.map(async (id, i) => waitUntilReady(reader, [id], `set-${i}`, inAMinute()));
    await pause(1000);
    expect(connection.requests.total).toBe(2);
    for (const { name } of ids) await conclude(name);
    expect((await Promise.all(waiting)).map(describeUnready)).toEqual(ids.map(() => undefined));
    expect(connection.requests.total).toBeLessThanOrEqual(3);
    await waitUntil('the one watch has ended', () => watches('admin') === before + 1, { timeout: 5000 });
  });

  test('an object that is deleted and made again is waited for', async () => {
    const reader = new ReadinessReader(real.connection, real.discovery);
    const id = await deploy('again', 'set');
    const waiting = waitUntilReady(reader, [id], 'set', inAMinute());
    await pause(300);
    await context.kube.delete(`/apis/apps/v1/namespaces/${ns}/deployments/again`);
    await deploy('again', 'set');
    await conclude('again');
    expect(describeUnready(await waiting)).toBeUndefined();
  });

  test('it ends with what has failed for good, at its deadline, and by its signal', async () => {
    const reader = new ReadinessReader(real.connection, real.discovery);
    const [failing, stuck] = [await deploy('failing', 'set'), await deploy('stuck', 'set')];
    const both = waitUntilReady(reader, [failing, stuck], 'set', inAMinute());
    await pause(300);
    await conclude('failing', true);
    expect((await both).map(({ failed }) => failed)).toEqual([true, false]);

    const start = Date.now();
    expect(describeUnready(await waitUntilReady(reader, [stuck], 'set', start + 500))).toContain('stuck is not ready');
    expect(Date.now() - start).toBeGreaterThanOrEqual(490);
    expect(Date.now() - start).toBeLessThan(1500);

    const end = new AbortController();
    const ended = waitUntilReady(reader, [stuck], 'set', inAMinute(), end.signal);
    setTimeout(() => end.abort(new Error('given up')), 300);
    await expect(ended).rejects.toThrow('given up');
  });

  test('who may list and not watch asks again and again, as long as it takes', async () => {
    const connection = await real.as('limited');
    const reader = new ReadinessReader(connection, real.discovery);
    const id = await deploy('listed', 'set');
    const waiting = waitUntilReady(reader, [id], 'set', inAMinute());
    await pause(1500);
    expect(connection.requests.total).toBeGreaterThan(4);
    await conclude('listed');
    expect(describeUnready(await waiting)).toBeUndefined();
    expect(watches('limited')).toBe(1);
  });

  test('a server that goes away and comes back is waited through', async () => {
    const reader = new ReadinessReader(real.connection, real.discovery);
    const id = await deploy('outlives', 'set');
    const waiting = waitUntilReady(reader, [id], 'set', inAMinute());
    await pause(300);
    await context.plane.stopApiServer('SIGKILL');
    await context.plane.startApiServer();
    await conclude('outlives');
    expect(describeUnready(await waiting)).toBeUndefined();
  });
});
