import { MemberProcess, overlapsOf } from './member-processes';
import { isAlreadyExists } from '../../../lib/kube/classify';
import { SYSTEM_CLOCK } from '../../../lib/reconcile/hub/clock';
import { ClusterLeases } from '../../../lib/reconcile/hub/cluster-leases';
import { isOvertaken, LeaseStore } from '../../../lib/reconcile/hub/lease-store';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { RealConnection } from '../../kube/real-connection';

const CLUSTERS = ['a', 'b', 'c', 'd', 'e', 'f'];
const NAMESPACE = 'default';

describeWithCluster('clusters that are shared by Leases', {}, context => {
  const real = new RealConnection(context);
  const processes: MemberProcess[] = [];

  beforeAll(async () => {
    const rules = [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'list', 'create', 'update', 'delete'] }];
    const api = 'rbac.authorization.k8s.io';
    await context.kube.create({ apiVersion: `${api}/v1`, kind: 'Role', metadata: { name: 'hub', namespace: NAMESPACE }, rules });
    await context.kube.create({
      apiVersion: `${api}/v1`, kind: 'RoleBinding', metadata: { name: 'hub', namespace: NAMESPACE },
      roleRef: { apiGroup: api, kind: 'Role', name: 'hub' }, subjects: [{ apiGroup: api, kind: 'User', name: 'limited' }],
    });
  });
  afterAll(async () => {
    for (const process of processes) process.signal('SIGKILL');
    await Promise.all(processes.map(async process => process.ended));
  });

  const start = (identity: string): MemberProcess => {
    const process = new MemberProcess(identity, context.plane.user('limited').kubeconfig, NAMESPACE, CLUSTERS);
    processes.push(process);
    return process;
  };

  /** Until each of some processes holds so many; in milliseconds. */
  const until = async (members: readonly MemberProcess[], each: number, limitMs: number): Promise<number> => {
    const started = Date.now();
    while (!members.every(({ held }) => held.length === each)) {
      if (Date.now() - started > limitMs) {
        throw new Error(`after ${limitMs / 1000} s: ${members.map(({ identity, held, errors }) => `${identity} holds ${held.join(' ')} ${errors}`).join('; ')}`);
      }
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    return Date.now() - started;
  };

  test('what a killed, a frozen or an ended process held is taken over in time, and the frozen one knows when it wakes', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map(start);
    await until([one, two, three], 2, 30_000);

    one.signal('SIGKILL');
    expect(await until([two, three], 3, 25_000)).toBeLessThan(20_000);

    two.signal('SIGSTOP');
    const before = two.samples.length;
    two.poke();
    expect(await until([three], 6, 25_000)).toBeLessThan(20_000);
    two.signal('SIGCONT');
    await until([two, three], 3, 20_000);
    // The first thing it said when it woke, before its timers, and what came next.
    const gap = two.samples.findIndex(({ at }, index) => index >= Math.max(1, before - 5) && at - two.samples[index - 1].at > 5_000);
    expect(gap).toBeGreaterThan(0);
    expect(two.samples[gap].held).toEqual([]);

    const quiet = three.samples.at(-1)!;
    await new Promise(resolve => setTimeout(resolve, 10_000));
    const writes = three.samples.at(-1)!.requests.writes - quiet.requests.writes;
    // One renewal in four to five seconds, however many clusters.
    expect(writes).toBeLessThanOrEqual(4);

    two.signal('SIGTERM');
    expect(await until([three], 6, 10_000)).toBeLessThan(5_000);
    await two.ended;
    expect(overlapsOf(processes, CLUSTERS)).toEqual([]);
    // Of the frozen one, a request may have been under way.
    expect([one.errors, two.errors, three.errors]).toEqual(['', expect.stringMatching(/^(FLT5003 cluster 'hub' \(\S+ context 'test'\) had not answered .*\n[^]*)?$/), '']);
    three.signal('SIGTERM');
    await three.ended;
  }, 180_000);

  test('of two who change a Lease only one succeeds, also when it was deleted meanwhile', async () => {
    const fleet = 'store'.padEnd(200, '.x');
    const store = new LeaseStore({ connection: await real.as('limited'), clock: SYSTEM_CLOCK, namespace: NAMESPACE, fleet, timeoutMs: 10_000 });
    const first = await store.create('cluster', 'c'.repeat(253), { holderIdentity: 'a', leaseDurationSeconds: 15 });
    expect(isAlreadyExists(await store.create('cluster', 'c'.repeat(253), {}).catch(error => error))).toBe(true);
    const second = await store.update(first, { holderIdentity: '' });
    expect((await store.list('cluster')).map(({ spec }) => spec.holderIdentity ?? '')).toEqual(['']);
    expect(isOvertaken(await store.update(first, { holderIdentity: 'b' }).catch(error => error))).toBe(true);
    expect(isOvertaken(await store.remove(first).catch(error => error))).toBe(true);
    await store.remove(second);
    // This kind can be created by an update: it must not be.
    expect(isOvertaken(await store.update(second, { holderIdentity: 'b' }).catch(error => error))).toBe(true);
    expect(await store.tryRead('cluster', 'c'.repeat(253))).toBeUndefined();
  });

  test('who may not touch Leases holds nothing and says why', async () => {
    const errors: string[] = [];
    const leases = new ClusterLeases({
      connection: await real.as('nobody'), namespace: NAMESPACE, fleet: 'shop', identity: 'nobody', onChange: () => undefined, onError: ({ code }) => errors.push(code),
    });
    leases.setClusters(['a']);
    await new Promise(resolve => setTimeout(resolve, 1_000));
    expect(leases.holds('a')).toBe(false);
    expect(leases.guard('a').aborted).toBe(true);
    await leases.release();
    expect(errors[0]).toBe('FLT5006');
  });
});
