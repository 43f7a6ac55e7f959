import { agentDeliverer, Deliverer, DELIVERERS } from './deliverers';
import type { Manifest } from '../../../lib/tree/manifest';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { useIsolatedGit } from '../../git/repositories';
import { Fault, FaultyProxy } from '../faulty-proxy';
import { a, WrittenApplication, WrittenFleet } from '../written-tree';

const maps = (ns: string, name = ''): string => `/api/v1/namespaces/${ns}/configmaps/${name}`.replace(/\/$/, '');
const delivery = (ns: string, name = 'web'): string => `/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/${name}`;

function annotated(manifest: Manifest, annotations: Record<string, string>): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`cdk8s-flotilla.dev/${key}`, value])) } };
}

/** A tree of one application. */
function web(objects: readonly Manifest[], spec: WrittenApplication['spec'] = {}): WrittenFleet {
  return { one: { web: { objects, spec } } };
}

/** ConfigMaps, so many that one may be pruned without an approval. */
function some(ns: string, ...names: string[]): Manifest[] {
  return [a.namespace(ns), ...names.map(name => a.configMap(name, undefined, ns)), a.service('web', ns)];
}

const INVALID = (ns: string): Manifest => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'invalid', namespace: ns }, spec: { ports: [{ port: 99_999 }] } });

describeWithCluster('what other tools have stumbled over', { clusters: ['one'] }, context => {
  useIsolatedGit();
  const open: (Deliverer | FaultyProxy)[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(each => each.stop()));
  });

  async function proxied(): Promise<FaultyProxy> {
    const proxy = await FaultyProxy.start(context.plane);
    open.push(proxy);
    return proxy;
  }
  function start<T extends Deliverer>(make: (options: Parameters<typeof agentDeliverer>[0]) => T, name: string, proxy?: FaultyProxy): T {
    const deliverer = make({ name, kubeconfig: proxy?.kubeconfig ?? context.plane.kubeconfig, context: context.plane.name });
    open.push(deliverer);
    return deliverer;
  }
  async function namesIn(ns: string): Promise<(string | undefined)[]> {
    return (await context.kube.list(`${maps(ns)}?labelSelector=applyset.kubernetes.io/part-of`)).map(each => each.metadata.name).sort();
  }
  async function inventory(ns: string, name = 'web'): Promise<string[]> {
    const { status } = await context.kube.get(delivery(ns, name));
    return status.inventory.map((line: string) => line.split(' ')[0]).sort();
  }
  async function codes(ns: string): Promise<[string, string][]> {
    const { status } = await context.kube.get(delivery(ns));
    return (status.failures ?? []).map(({ object, code }: { object: string; code: string }) => [object, code]);
  }

  describe.each(DELIVERERS)('%s', (way, make) => {
    const named = (name: string): string => `weak-${way.slice(3)}-${name}`;

    test('does not delete an object whose manifest is invalid, though it may be created again', async () => {
      const ns = named('invalid');
      const deliverer = start(make, ns);
      const job = (change: (spec: any) => void): Manifest => {
        const template = { metadata: { labels: { app: 'web' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.example/web:1' }] } };
        const spec = { template };
        change(spec);
        return annotated({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job', namespace: ns }, spec } as Manifest, { 'on-immutable': 'recreate' });
      };
      const path = `/apis/batch/v1/namespaces/${ns}/jobs/job`;
      await deliverer.deliver(web([a.namespace(ns), job(() => undefined)]));
      const { uid } = (await context.kube.get(path)).metadata;

      const mistakes: [string, (spec: any) => void][] = [
        ['an immutable field and an invalid one', spec => { spec.template.spec.containers[0].image = 'registry.example/web:2'; spec.template.spec.restartPolicy = 'Sometimes'; }],
        ['a field that is not there', spec => { spec.template.spec.containers[0].image = 'registry.example/web:2'; spec.nonsense = true; }],
        ['no container', spec => { spec.template.spec.containers = []; }],
      ];
      for (const [title, mistake] of mistakes) {
        await deliverer.deliver(web([a.namespace(ns), job(mistake)]));
        expect([title, (await context.kube.get(path)).metadata.uid]).toEqual([title, uid]);
        expect([title, await codes(ns)]).toEqual([title, [[`Job.batch/${ns}/job`, expect.stringMatching(/^FLT510[23]$/)]]]);
      }
      await deliverer.deliver(web([a.namespace(ns), job(spec => { spec.template.spec.containers[0].image = 'registry.example/web:2'; })]));
      await waitUntil('the Job is a new one', async () => (await context.kube.tryGet(path))?.metadata.uid !== uid);
      expect(await codes(ns)).toEqual([]);
    });

    test('does not delete an object whose creation a policy would refuse', async () => {
      const ns = named('policy');
      const deliverer = start(make, ns);
      const map = (data: Record<string, string>): Manifest => annotated({ ...a.configMap('fixed', data, ns), immutable: true }, { 'on-immutable': 'recreate' });
      await deliverer.deliver(web([a.namespace(ns), map({ key: '1' })]));
      const { uid } = (await context.kube.get(maps(ns, 'fixed'))).metadata;
      const policy = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
      await context.kube.create({
        apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: ns },
        spec: {
          failurePolicy: 'Fail', matchConstraints: {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns } },
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] }],
          },
          validations: [{ expression: "!has(object.data) || !('key' in object.data) || object.data.key != 'bad'", message: 'no bad keys' }],
        },
      });
      await context.kube.create({
        apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: ns },
        spec: { policyName: ns, validationActions: ['Deny'] },
      });
      await waitUntil('the policy holds', async () => (await context.kube.request('POST', `${maps(ns)}?dryRun=All`, a.configMap('probe', { key: 'bad' }, ns))).status >= 400);

      await deliverer.deliver(web([a.namespace(ns), map({ key: 'bad' })]));
      expect((await context.kube.tryGet(maps(ns, 'fixed')))?.metadata.uid).toBe(uid);
      expect(await codes(ns)).toHaveLength(1);
      await deliverer.deliver(web([a.namespace(ns), map({ key: 'good' })]));
      expect((await context.kube.get(maps(ns, 'fixed'))).data).toEqual({ key: 'good' });
      await context.kube.delete(`${policy}/${ns}`);
      await context.kube.delete(`/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/${ns}`);
    });

    test('keeps its inventory when an apply fails, and prunes by it later', async () => {
      const ns = named('inventory');
      const proxy = await proxied();
      const deliverer = start(make, ns, proxy);
      await deliverer.deliver(web(some(ns, 'a', 'b', 'c', 'leaves')));
      await deliverer.deliver(web([...some(ns, 'a', 'b', 'c'), INVALID(ns)]));
      expect(await codes(ns)).toEqual([[`Service/${ns}/invalid`, 'FLT5102']]);
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'leaves']);
      expect(await inventory(ns)).toContain(`ConfigMap/${ns}/leaves`);

      // The record itself cannot be written.
      proxy.fault = (method, url) => method === 'PATCH' && url.includes('/deliveries/') ? 500 : undefined;
      await deliverer.deliver(web([...some(ns, 'a', 'b', 'c', 'd'), INVALID(ns)]));
      proxy.fault = undefined;
      await deliverer.deliver(web(some(ns, 'a', 'b', 'c', 'd')));
      await waitUntil('what left the tree is gone', async () => (await namesIn(ns)).join() === 'a,b,c,d');
      expect(await inventory(ns)).toEqual([`ConfigMap/${ns}/a`, `ConfigMap/${ns}/b`, `ConfigMap/${ns}/c`, `ConfigMap/${ns}/d`, `Namespace/${ns}`, `Service/${ns}/web`]);
    });

    test('holds the later stages when an earlier one fails', async () => {
      const ns = named('stages');
      const deliverer = start(make, ns);
      const later = (name: string): Manifest => annotated(a.configMap(name, undefined, ns), { wave: '1' });
      await deliverer.deliver(web([...some(ns, 'a'), INVALID(ns), a.deployment('same-wave', undefined, ns), later('later')]));
      expect(await namesIn(ns)).toEqual(['a']);
      expect(await context.kube.tryGet(`/apis/apps/v1/namespaces/${ns}/deployments/same-wave`)).toBeUndefined();
      await deliverer.deliver(web([...some(ns, 'a'), later('later')]));
      expect(await namesIn(ns)).toEqual(['a', 'later']);
    });

    test('prunes what was left while pruning was disabled, when it is enabled again', async () => {
      const ns = named('toggle');
      const deliverer = start(make, ns);
      const off = { prune: { enabled: false } };
      await deliverer.deliver(web(some(ns, 'a', 'b', 'c', 'd', 'leaves')));
      await deliverer.deliver(web(some(ns, 'a', 'b', 'c', 'd'), off));
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'd', 'leaves']);
      await deliverer.deliver(web(some(ns, 'a', 'b', 'c', 'd', 'e'), off));
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'd', 'e', 'leaves']);
      await deliverer.deliver(web(some(ns, 'a', 'b', 'c', 'd', 'e')));
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(await inventory(ns)).not.toContain(`ConfigMap/${ns}/leaves`);
    });

    test.each<[string, Fault]>([['500', 500], ['403', 403], ['a reset', 'reset']])('takes %s for no proof that something is absent', async (title, fault) => {
      const ns = named(`blind-${title.replace(/\W/g, '')}`);
      const proxy = await proxied();
      await start(make, ns).deliver(web(some(ns, 'a', 'b', 'c', 'd', 'leaves')));
      await Promise.all(open.splice(1).map(each => each.stop()));
      const before = await inventory(ns);
      const broken = (_method: string, url: string): boolean => /\/configmaps(\?|$)|\/configmaps\/[^?]*$/.test(url);
      proxy.fault = (method, url) => method === 'GET' && broken(method, url) ? fault : undefined;
      const deliverer = start(make, ns, proxy);
      await deliverer.deliver(web(some(ns, 'a', 'b', 'c', 'd')));
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'd', 'leaves']);
      expect(await inventory(ns)).toEqual(before);

      proxy.fault = undefined;
      await Promise.all(open.splice(1).map(each => each.stop()));
      await start(make, ns, proxy).deliver(web(some(ns, 'a', 'b', 'c', 'd')));
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'd']);
    });

    test('takes an empty source for no wish to delete all', async () => {
      const ns = named('empty');
      const deliverer = start(make, ns);
      const tree: WrittenFleet = { one: { ...web(some(ns, 'a', 'b', 'c')).one, single: { objects: [a.configMap('single', undefined, ns)] } } };
      await deliverer.deliver(tree);
      const all = ['a', 'b', 'c', 'single'];
      expect(await namesIn(ns)).toEqual(all);

      await deliverer.deliver({ one: { web: { objects: [] }, single: { objects: [] } } });
      expect([await namesIn(ns), (await context.kube.get(delivery(ns))).status.held.objects]).toEqual([all, expect.any(Array)]);
      await deliverer.deliver({ one: {} });
      expect([await namesIn(ns), (await context.kube.get(delivery(ns, 'single'))).status.held.objects]).toEqual([all, [`ConfigMap/${ns}/single`]]);
      await deliverer.deliver(tree);
      expect(await inventory(ns)).toHaveLength(5);
      expect((await context.kube.get(delivery(ns))).status.held).toBeUndefined();
    });

    test('deletes nothing while part of the tree cannot be parsed', async () => {
      const ns = named('parse');
      const deliverer = start(make, ns);
      const other: WrittenApplication = { objects: [a.configMap('x', undefined, ns), a.configMap('y', undefined, ns)] };
      await deliverer.deliver({ one: { ...web(some(ns, 'a', 'b', 'c', 'leaves')).one, other } });
      await deliverer.deliver({ one: { ...web(some(ns, 'a', 'b', 'c', 'd')).one, other } }, { [`clusters/one/other/${ns}/configmap.x.yaml`]: 'apiVersion: v1\n\tkind: [' });
      // What can be read is applied, and nothing is pruned.
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'd', 'leaves', 'x', 'y']);
      await deliverer.deliver({ one: { ...web(some(ns, 'a', 'b', 'c', 'd')).one, other } });
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'd', 'x', 'y']);

      for (const [file, text] of [['fleet.yaml', '{{'], ['clusters/one.yaml', 'kind: Nonsense'], ['clusters/one/web.yaml', '[]']]) {
        await deliverer.deliver(web(some(ns, 'a')), { [file]: text });
        expect([file, await namesIn(ns)]).toEqual([file, ['a', 'b', 'c', 'd', 'x', 'y']]);
      }
    });

    test('goes on when the definition of a custom resource is gone, and heals when it is back', async () => {
      const ns = named('crd');
      const group = `${ns}.example.com`;
      const deliverer = start(make, ns);
      const crd = a.crd('gears', 'Gear', group);
      const gear = (name: string): Manifest => ({ apiVersion: `${group}/v1`, kind: 'Gear', metadata: { name, namespace: ns }, spec: { size: 1 } });
      const gone = async (): Promise<void> => {
        await context.kube.delete(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gears.${group}`);
        await waitUntil('the definition is gone', async () => await context.kube.find(crd as KubeObject) === undefined && (await context.kube.request('GET', `/apis/${group}/v1/gears`)).status === 404);
      };
      const come = async (): Promise<void> => {
        await context.kube.create(crd as KubeObject);
        await waitUntil('the kind is served', async () => (await context.kube.request('GET', `/apis/${group}/v1/gears`)).status === 200);
      };
      await come();
      await deliverer.deliver({ one: { ...web([...some(ns, 'a', 'b', 'c'), gear('one')]).one, other: { objects: [a.configMap('other', undefined, ns)] } } });
      expect((await context.kube.find(gear('one') as KubeObject))?.spec).toEqual({ size: 1 });

      // Still in the tree: told, and the others go on.
      await gone();
      await deliverer.deliver({ one: { ...web([...some(ns, 'a', 'b', 'c', 'd'), gear('one')]).one, other: { objects: [a.configMap('other', { key: 'new' }, ns)] } } });
      expect(await codes(ns)).toEqual([[`Gear.${group}/${ns}/one`, 'FLT5104']]);
      expect((await context.kube.get(maps(ns, 'other'))).data).toEqual({ key: 'new' });
      expect(await namesIn(ns)).toEqual(['a', 'b', 'c', 'd', 'other']);

      // Out of the tree, with the definition gone: there is nothing left to prune, and the delivery ends well.
      await deliverer.deliver(web([...some(ns, 'a', 'b', 'c', 'd')]));
      await waitUntil('the resource is forgotten', async () => !(await inventory(ns)).includes(`Gear.${group}/${ns}/one`), { timeout: 5_000 });
      const { status } = await context.kube.get(delivery(ns));
      expect([status.failures, status.conditions.find((c: { type: string }) => c.type === 'Ready').status]).toEqual([undefined, 'True']);

      // Back in the tree, the definition comes later.
      await deliverer.deliver(web([...some(ns, 'a', 'b', 'c', 'd'), gear('one')]));
      expect(await codes(ns)).toEqual([[`Gear.${group}/${ns}/one`, 'FLT5104']]);
      await come();
      if (way === 'an apply') await deliverer.deliver(web([...some(ns, 'a', 'b', 'c', 'd'), gear('one')]));
      await waitUntil('it is healed', async () => (await context.kube.find(gear('one') as KubeObject)) !== undefined && (await codes(ns)).length === 0, { timeout: 20_000 });
    }, 60_000);
  });

});
