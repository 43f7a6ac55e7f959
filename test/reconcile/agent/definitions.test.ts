import { setTimeout as sleep } from 'node:timers/promises';
import { AgentDeliverer, agentDeliverer } from './deliverers';
import type { Manifest } from '../../../lib/tree/manifest';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { useIsolatedGit } from '../../git/repositories';
import { FaultyProxy } from '../faulty-proxy';
import { a, WrittenFleet } from '../written-tree';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** What a deleted definition took with it is back so soon after it may be, in ms. */
const SOON = 3_000;
/** Retries of what failed are further apart than `SOON` by then. */
const LONG = 10_000;

const isEstablished = (definition: KubeObject | undefined): boolean => !definition?.metadata.deletionTimestamp
  && Boolean(definition?.status?.conditions?.some((each: { type: string; status: string }) => each.type === 'Established' && each.status === 'True'));

describeWithCluster('an agent and definitions that somebody deletes', { clusters: ['one'] }, context => {
  useIsolatedGit();
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.stop();
  });

  /** A kind of its own for a test, three objects of it, and an agent. */
  class Story {
    readonly group: string;
    readonly definition: Manifest;
    readonly path: string;
    readonly agent: AgentDeliverer;

    constructor(readonly ns: string, kubeconfig = context.plane.kubeconfig) {
      this.group = `${ns}.example.com`;
      this.definition = a.crd('gears', 'Gear', this.group);
      this.path = `${DEFINITIONS}/gears.${this.group}`;
      this.agent = agentDeliverer({ name: ns, kubeconfig, context: context.plane.name });
      open.unshift(this.agent);
    }

    gears(size = 1): Manifest[] {
      return ['one', 'two', 'three'].map(name => ({ apiVersion: `${this.group}/v1`, kind: 'Gear', metadata: { name, namespace: this.ns }, spec: { size } }));
    }

    async uid(): Promise<string | undefined> {
      return (await context.kube.get(this.path)).metadata.uid;
    }

    async install(): Promise<void> {
      await context.kube.create(this.definition as KubeObject);
      await waitUntil('the kind is served', async () => (await context.kube.request('GET', this.collection)).status === 200);
    }

    async gone(): Promise<void> {
      await waitUntil('the definition is gone', async () => (await context.kube.tryGet(this.path)) === undefined, { timeout: 20_000 });
    }

    /** It is another one, and serves. */
    async anew(former: string | undefined): Promise<void> {
      await waitUntil('the definition is established anew', async () => {
        const live = await context.kube.tryGet(this.path);
        return live?.metadata.uid !== former && isEstablished(live);
      }, { timeout: 20_000, every: 20 });
    }

    get collection(): string {
      return `/apis/${this.group}/v1/namespaces/${this.ns}/gears`;
    }

    async sizes(): Promise<(number | undefined)[]> {
      const { status, body } = await context.kube.request('GET', this.collection);
      return status === 200 ? (body as { items: KubeObject[] }).items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ spec }) => spec?.size) : [];
    }

    /** All objects are back, nothing was taken for unwanted, and the kind is followed as before. */
    async isWhole(size = 1, timeout = SOON): Promise<void> {
      await waitUntil('all objects are back', async () => (await this.sizes()).join() === [size, size, size].join(), { timeout, every: 20 });
      const results = this.agent.running.of('run').flatMap(({ result }) => result.objects);
      expect(results.filter(({ action }) => action === 'pruned' || action === 'released')).toEqual([]);
      await waitUntil('the records say so', async () => {
        const deliveries = await context.kube.list(`/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${this.ns}/deliveries`);
        const lines = deliveries.flatMap(({ status }) => status?.inventory ?? []);
        return deliveries.length > 0 && lines.filter(line => line.startsWith(`Gear.${this.group}/`)).length === 3
          && deliveries.every(({ status }) => status.conditions.some((each: { type: string; status: string }) => each.type === 'Ready' && each.status === 'True'));
      }, { timeout: 10_000 });
      await context.kube.patch(`${this.collection}/one`, { spec: { size: 99 } });
      await waitUntil('drift is healed', async () => (await context.kube.get(`${this.collection}/one`)).spec.size === size, { timeout: SOON });
    }
  }

  test.each<[string, string, (story: Story) => WrittenFleet['one']]>([
    ['with its objects', 'crd-with', story => ({ web: { objects: [a.namespace(story.ns), story.definition, ...story.gears()] } })],
    ['beside the application of its objects', 'crd-beside', story => ({ kinds: { objects: [a.namespace(story.ns), story.definition] }, web: { objects: story.gears() } })],
    ['that the application of its objects depends on', 'crd-depends', story => ({
      kinds: { objects: [a.namespace(story.ns), story.definition] }, web: { objects: story.gears(), spec: { dependsOn: ['kinds'] } },
    })],
  ])('one of the tree, delivered %s, is back at once, and what went with it', async (_title, ns, tree) => {
    const story = new Story(ns);
    await story.agent.deliver({ one: tree(story) });
    const uid = await story.uid();
    await context.kube.delete(story.path);
    await story.anew(uid);
    await story.isWhole();
  }, 60_000);

  test('one that is held up for seconds: nothing is created meanwhile, and all of it as soon as it is back', async () => {
    const story = new Story('crd-held');
    await story.agent.deliver({ one: { kinds: { objects: [a.namespace(story.ns), story.definition] }, web: { objects: story.gears() } } });
    await context.kube.patch(`${story.collection}/one`, { metadata: { finalizers: ['example.com/wait'] } });
    await story.agent.running.settled();
    const uid = await story.uid();
    await context.kube.delete(story.path);
    await sleep(4_000);
    expect(await story.sizes()).toEqual([]);
    await context.kube.patch(`${story.collection}/one`, { metadata: { finalizers: null } });
    await story.anew(uid);
    await story.isWhole();
  }, 60_000);

  test('one that is not ours: its objects of ours are back as soon as it is', async () => {
    const story = new Story('crd-theirs');
    await story.install();
    await story.agent.deliver({ one: { web: { objects: [a.namespace(story.ns), ...story.gears()] } } });
    const uid = await story.uid();
    await context.kube.delete(story.path);
    await story.gone();
    await sleep(LONG);
    expect(await context.kube.tryGet(story.path)).toBeUndefined();
    await context.kube.create(story.definition as KubeObject);
    await story.anew(uid);
    await story.isWhole();
  }, 60_000);

  test('one that is not ours, and comes after what needs it', async () => {
    const story = new Story('crd-late');
    await story.agent.deliver({ one: { web: { objects: [a.namespace(story.ns), ...story.gears()] } } });
    await sleep(LONG);
    await context.kube.create(story.definition as KubeObject);
    await story.anew(undefined);
    await story.isWhole();
  }, 60_000);

  test('one that goes while its objects are written', async () => {
    const proxy = await FaultyProxy.start(context.plane);
    open.push(proxy);
    const story = new Story('crd-during', proxy.kubeconfig);
    const tree = (size: number): WrittenFleet => ({ one: { web: { objects: [a.namespace(story.ns), story.definition, ...story.gears(size)] } } });
    await story.agent.deliver(tree(1));
    const uid = await story.uid();
    let deleting: Promise<unknown> | undefined;
    proxy.fault = (method, url) => {
      if (method === 'PATCH' && url.startsWith(story.collection)) deleting ??= context.kube.delete(story.path);
      return undefined;
    };
    story.agent.branch.push(tree(2));
    story.agent.running.agent.wake();
    await waitUntil('it is deleted', () => deleting !== undefined, { timeout: 20_000 });
    await deleting;
    await story.anew(uid);
    await story.isWhole(2, 10_000);
  }, 60_000);

  test('that of the Deliveries: all of them are written again, as they were', async () => {
    const story = new Story('crd-own');
    const deliveries = `/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${story.ns}/deliveries`;
    await story.agent.deliver({ one: { web: { objects: [a.namespace(story.ns), a.configMap('a', { key: '1' }, story.ns)] }, other: { objects: [a.configMap('b', { key: '1' }, story.ns)] } } });
    const before = await context.kube.list(deliveries);
    await context.kube.delete(`${DEFINITIONS}/deliveries.cdk8s-flotilla.dev`);
    await waitUntil('the records are back', async () => {
      const { status, body } = await context.kube.request('GET', deliveries);
      const items = status === 200 ? (body as { items: KubeObject[] }).items : [];
      return items.length === 2 && items.every(({ metadata, status: { inventory } }, i) => (
        metadata.uid !== before[i].metadata.uid && JSON.stringify(inventory) === JSON.stringify(before[i].status.inventory)
      ));
    }, { timeout: 10_000 });
    await context.kube.patch(`/api/v1/namespaces/${story.ns}/configmaps/a`, { data: { key: 'theirs' } });
    await waitUntil('drift is healed', async () => (await context.kube.get(`/api/v1/namespaces/${story.ns}/configmaps/a`)).data.key === '1', { timeout: SOON });
    // They are followed again.
    await context.kube.delete(`${deliveries}/web`);
    await waitUntil('a record that is deleted is written again', async () => await context.kube.tryGet(`${deliveries}/web`) !== undefined, { timeout: 5_000 });
  }, 60_000);
});
