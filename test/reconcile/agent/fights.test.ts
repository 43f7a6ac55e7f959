import { setTimeout as sleep } from 'node:timers/promises';
import { agentDeliverer } from './deliverers';
import { Fights } from '../../../lib/reconcile/agent/fights';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { useIsolatedGit } from '../../git/repositories';
import { FaultyProxy } from '../faulty-proxy';
import { a } from '../written-tree';

describe('fights over an object', () => {
  const KEY = 'ConfigMap/shop/a';
  const START = Date.parse('2026-01-01T00:00:00Z');

  /** Somebody changes the object back as soon as it was put right. Gives when it was put right, in seconds. */
  function fight(fights: Fights, seconds: number, writer?: string): number[] {
    const times: number[] = [];
    for (let now = START; now < START + seconds * 1000; now += 50) {
      if (fights.delayOf(KEY, now) === 0) {
        fights.healed(KEY, 'web', writer, now);
        times.push((now - START) / 1000);
      }
    }
    return times;
  }

  test('are put right at once some times, and then ever more seldom, at last every five minutes', () => {
    const fights = new Fights();
    const times = fight(fights, 3_600, 'theirs');
    const pauses = times.slice(1).map((time, i) => Math.round(time - times[i]));
    expect(pauses.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(pauses.slice(4, 13)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256]);
    expect(pauses.slice(13).every(pause => pause === 300)).toBe(true);
    expect(fight(new Fights(), 20).length).toBeLessThanOrEqual(10);
  });

  test('are told with the writer and since when, and end after a peace of twice the pause', () => {
    const fights = new Fights();
    for (let i = 0; i < 4; i++) fights.healed(KEY, 'web', 'theirs', START);
    expect(fights.of('web', START)).toEqual([]);
    fights.healed(KEY, 'web', undefined, START);
    expect(fights.of('web', START)).toEqual([{ object: KEY, writer: 'theirs', since: '2026-01-01T00:00:00Z' }]);
    expect(fights.of('other', START)).toEqual([]);
    expect(fights.peaceOf('web')).toBe(START + 60_000);
    expect(fights.of('web', START + 60_000)).toEqual([]);
    expect([fights.delayOf(KEY, START + 60_000), fights.peaceOf('web')]).toEqual([0, undefined]);
  });

  test('do not touch other objects, and seldom changes are none', () => {
    const fights = new Fights();
    for (let i = 0; i < 6; i++) fights.healed(KEY, 'web', 'theirs', START);
    expect([fights.delayOf(KEY, START), fights.delayOf('ConfigMap/shop/b', START)]).toEqual([2_000, 0]);
    const seldom = new Fights();
    expect(Array.from({ length: 20 }, (_, i) => seldom.healed(KEY, 'web', 'theirs', START + i * 61_000)).every(delay => delay === 0)).toBe(true);
  });
});

describeWithCluster('an agent whose changes are taken back', { clusters: ['one'] }, context => {
  useIsolatedGit();
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(each => each.stop()));
  });

  test('writes ever more seldom, names who does it, heals the rest at once, and forgets it in peace', async () => {
    const ns = 'fight';
    const proxy = await FaultyProxy.start(context.plane);
    const deliverer = agentDeliverer({ name: ns, kubeconfig: proxy.kubeconfig, context: context.plane.name });
    open.push(deliverer, proxy);
    const path = (name: string): string => `/api/v1/namespaces/${ns}/configmaps/${name}`;
    const record = async (): Promise<any> => (await context.kube.get(`/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/web`)).status;
    await deliverer.deliver({ one: { web: { objects: [a.namespace(ns), a.configMap('fought', undefined, ns), a.configMap('other', undefined, ns)] } } });
    proxy.seen.length = 0;

    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fought', namespace: ns }, data: { key: 'theirs' } };
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      await context.kube.apply(theirs, { fieldManager: 'stubborn-operator' });
      await sleep(50);
    }
    // 5 at once, then after 1, 2, 4 and 8 s.
    expect(proxy.writes(path('fought')).length).toBeGreaterThanOrEqual(6);
    expect(proxy.writes(path('fought')).length).toBeLessThanOrEqual(10);
    expect(proxy.writes('/deliveries/').length).toBeLessThanOrEqual(25);
    expect(deliverer.running.of('fight').map(({ object, writer }) => [object, writer])[0]).toEqual([`ConfigMap/${ns}/fought`, 'stubborn-operator']);
    const delays = deliverer.running.of('fight').map(({ delayMs }) => delayMs);
    expect(delays).toEqual([...delays].sort((x, y) => x - y));

    const status = await record();
    expect(status.fights).toEqual([{ object: `ConfigMap/${ns}/fought`, writer: 'stubborn-operator', since: expect.any(String) }]);
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Fighting', status: 'True', message: expect.stringContaining('stubborn-operator') }));
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'False', reason: 'Fighting' }));

    await context.kube.patch(path('other'), { data: { key: 'theirs' } });
    await waitUntil('the other object is healed', async () => (await context.kube.get(path('other'))).data.key === 'value', { timeout: 1_500, every: 10 });

    // Peace: it is healed once more, and after a minute or twice the last pause nothing is left of it.
    await waitUntil('it is healed', async () => (await context.kube.get(path('fought'))).data.key === 'value', { timeout: 40_000 });
    await waitUntil('the fight is forgotten', async () => (await record()).fights === undefined, { timeout: 100_000, every: 500 });
    expect((await record()).conditions.filter((c: { type: string }) => ['Fighting', 'Ready'].includes(c.type)).map((c: { type: string; status: string }) => [c.type, c.status])).toEqual([['Ready', 'True']]);
  }, 180_000);
});
