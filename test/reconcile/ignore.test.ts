import { setTimeout as sleep } from 'node:timers/promises';
import { a, WrittenApplication, writeTree } from './written-tree';
import { applyFleet } from '../../lib/reconcile/apply';
import { previewFleet } from '../../lib/reconcile/preview';
import { RELEASED_MANAGER } from '../../lib/reconcile/release';
import type { DeliverySpec } from '../../lib/tree/documents';
import { FolderSource } from '../../lib/tree/folder-source';
import type { Manifest } from '../../lib/tree/manifest';
import { IGNORE_ANNOTATION } from '../../lib/tree/names';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { kubectl } from '../control-plane/kubectl';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const REPLICAS = [{ kind: 'Deployment', group: 'apps', fields: ['spec.replicas'] }];

function deployment(ns: string, change: (spec: Record<string, any>) => void = () => undefined, replicas: number | undefined = 3): Manifest {
  const manifest = structuredClone(a.deployment('web', undefined, ns)) as Manifest & { spec: Record<string, any> };
  manifest.spec.replicas = replicas;
  if (replicas === undefined) delete manifest.spec.replicas;
  change(manifest.spec);
  return manifest;
}

const autoscaler = (ns: string, name = 'web'): Manifest => ({
  apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace: ns },
  spec: {
    minReplicas: 2, maxReplicas: 9, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  },
});

const webhooks = (names: readonly string[], change: (hook: Record<string, any>) => void = () => undefined): Manifest => ({
  apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'hooks' },
  webhooks: names.map(name => {
    const hook = {
      name, clientConfig: { service: { name: 'hook', namespace: 'default', path: '/' }, caBundle: Buffer.from('ours').toString('base64') },
      rules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothings'] }],
      sideEffects: 'None', admissionReviewVersions: ['v1'], failurePolicy: 'Ignore',
    };
    change(hook);
    return hook;
  }),
} as unknown as Manifest);

describeWithCluster('fields that others own', { clusters: ['one'] }, context => {
  /** Each test has a namespace and a fleet of its own in the one cluster. */
  function site(ns: string) {
    const source = (applications: Record<string, WrittenApplication>) => (
      new FolderSource(writeTree({ one: applications }, { fleet: ns, namespace: `flotilla-${ns}` }))
    );
    const apply = async (objects: readonly Manifest[], spec: Partial<DeliverySpec> = {}, more: Record<string, WrittenApplication> = {}) => {
      const wanted = source({ web: { objects: [a.namespace(ns), ...objects], spec }, ...more });
      const { clusters: [cluster] } = await applyFleet({ source: wanted, kubeconfig: context.plane.kubeconfig });
      const changed = cluster.targets.flatMap(target => target.objects).filter(each => each.action !== 'unchanged')
        .map(each => `${each.action} ${each.object.split('/')[0]}${each.reason ? ` ${each.reason}` : ''}${each.error ? ` ${each.error.code}` : ''}`);
      return { changed: [...cluster.error ? [cluster.error.message] : [], ...changed], writes: cluster.requests.writes };
    };
    const preview = async (objects: readonly Manifest[], spec: Partial<DeliverySpec> = {}) => (
      await previewFleet({ source: source({ web: { objects: [a.namespace(ns), ...objects], spec } }), kubeconfig: context.plane.kubeconfig })
    ).clusters[0].targets[0].changes;
    const path = `/apis/apps/v1/namespaces/${ns}/deployments/web`;
    return {
      apply, preview, path,
      scale: (replicas: number) => kubectl(['scale', 'deployment/web', '-n', ns, `--replicas=${replicas}`], { kubeconfig: context.plane.kubeconfig }),
      replicas: async () => (await context.kube.get(path)).spec.replicas as number,
      managers: async () => (await owners(path)).filter(([, fields]) => 'f:replicas' in ((fields['f:spec'] ?? {}) as object)).map(([name]) => name),
    };
  }
  async function owners(path: string): Promise<[string, Record<string, unknown>][]> {
    const fields = (await context.kube.get(path)).metadata.managedFields as unknown as { manager: string; fieldsV1: Record<string, unknown> }[];
    return fields.map(({ manager, fieldsV1 }) => [manager, fieldsV1]);
  }
  const patch = (path: string, body: unknown, headers = MERGE) => context.kube.request('PATCH', path, body, headers);

  test('replicas are written once, at creation; from then on they are whatever others make of them', async () => {
    const { apply, replicas, scale, managers, preview } = site('once');
    expect((await apply([deployment('once')], { ignore: REPLICAS })).changed).toContain('created Deployment.apps new');
    expect([await replicas(), await managers()]).toEqual([3, [RELEASED_MANAGER]]);
    expect((await apply([deployment('once')], { ignore: REPLICAS })).writes).toBe(0);

    await scale(5);
    expect(await managers()).toEqual(['kubectl']);
    expect(await preview([deployment('once')], { ignore: REPLICAS })).toEqual([]);
    expect(await apply([deployment('once')], { ignore: REPLICAS })).toEqual({ changed: [], writes: 0 });

    // Another number in the file changes nothing either; everything else is applied and healed.
    const changed = deployment('once', spec => { spec.minReadySeconds = 2; }, 7);
    expect((await apply([changed], { ignore: REPLICAS })).changed).toEqual(['configured Deployment.apps changed']);
    await patch(site('once').path, { spec: { minReadySeconds: 9, replicas: 6 } });
    expect((await apply([changed], { ignore: REPLICAS })).changed).toEqual(['configured Deployment.apps drifted']);
    expect((await context.kube.get(site('once').path)).spec).toMatchObject({ replicas: 6, minReadySeconds: 2 });
    expect((await apply([changed], { ignore: REPLICAS })).writes).toBe(0);
  });

  test.each([
    ['stay in the manifest', 3], ['leave the manifest in the same commit', undefined],
  ])('replicas that were ours keep the value that is live when a rule comes, when they %s', async (_title, left) => {
    const ns = left ? 'later' : 'later-gone';
    const { apply, replicas, scale, managers, preview } = site(ns);
    await apply([deployment(ns)]);
    expect([await replicas(), await managers()]).toEqual([3, ['cdk8s-flotilla']]);
    expect(await preview([deployment(ns, undefined, left)], { ignore: REPLICAS })).toEqual([]);
    expect((await apply([deployment(ns, undefined, left)], { ignore: REPLICAS })).changed).toEqual(['configured Deployment.apps changed']);
    expect([await replicas(), await managers()]).toEqual([3, [RELEASED_MANAGER]]);
    expect((await apply([deployment(ns, undefined, left)], { ignore: REPLICAS })).writes).toBe(0);
    await scale(8);
    expect((await apply([deployment(ns, undefined, left)], { ignore: REPLICAS })).writes).toBe(0);
    expect(await replicas()).toBe(8);
  });

  test('without the rule, the file counts again', async () => {
    const { apply, replicas, scale, managers } = site('back');
    await apply([deployment('back')], { ignore: REPLICAS });
    await scale(5);
    expect((await apply([deployment('back')])).changed).toEqual(['configured Deployment.apps changed']);
    expect([await replicas(), await managers()]).toEqual([3, ['cdk8s-flotilla']]);
  });

  test('what an autoscaler scales is left to it, whatever application it comes with; what was scaled before stays', async () => {
    const { apply, replicas, scale } = site('hpa');
    await apply([deployment('hpa')]);
    await scale(6);
    const more = { scaling: { objects: [autoscaler('hpa')] } };
    // To scale it took the field from us already: there is nothing to let go of, and nothing to write.
    expect((await apply([deployment('hpa')], {}, more)).changed).toEqual(['created HorizontalPodAutoscaler.autoscaling new']);
    expect(await replicas()).toBe(6);
    await patch(`${site('hpa').path}/scale`, { spec: { replicas: 4 } });
    expect((await apply([deployment('hpa')], {}, more)).writes).toBe(0);
    expect(await replicas()).toBe(4);

    const broken = { ...a.configMap('x', undefined, 'hpa'), metadata: { name: 'x', namespace: 'hpa', annotations: { [IGNORE_ANNOTATION]: '?' } } };
    expect((await apply([deployment('hpa')], {}, { scaling: { objects: [autoscaler('hpa'), broken] } })).writes).toBe(0);
    expect(await replicas()).toBe(4);
  });

  test('one that others made first keeps their value', async () => {
    const { apply, replicas } = site('adopted');
    await context.kube.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'adopted' } });
    await context.kube.create(deployment('adopted', undefined, 6) as never);
    await apply([deployment('adopted')], { ignore: REPLICAS });
    expect(await replicas()).toBe(6);
  });

  test('one that was deleted is created with the value of the file', async () => {
    const { apply, replicas, scale, path } = site('again');
    await apply([deployment('again')], { ignore: REPLICAS });
    await scale(5);
    await context.kube.delete(path);
    expect((await apply([deployment('again')], { ignore: REPLICAS })).changed).toEqual(['created Deployment.apps new']);
    expect(await replicas()).toBe(3);
  });

  test('a second field that is given up does not cost the first one its value', async () => {
    const { apply, path } = site('two');
    const manifest = deployment('two', spec => { spec.minReadySeconds = 4; });
    await apply([manifest], { ignore: REPLICAS });
    await apply([manifest], { ignore: [{ kind: 'Deployment', fields: ['spec.minReadySeconds', 'spec.replicas'] }] });
    await apply([manifest], { ignore: [{ kind: 'Deployment', fields: ['spec.minReadySeconds', 'spec.replicas', 'spec.template.spec.containers[name=main].image'] }] });
    expect((await context.kube.get(path)).spec).toMatchObject({ replicas: 3, minReadySeconds: 4, template: { spec: { containers: [{ image: 'registry.example/web:1' }] } } });
    await patch(path, [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example/web:2' }], { 'content-type': 'application/json-patch+json' });
    const other = deployment('two', spec => { spec.minReadySeconds = 4; spec.template.spec.containers[0].env = [{ name: 'A', value: 'a' }]; });
    await apply([other], { ignore: [{ kind: 'Deployment', fields: ['spec.minReadySeconds', 'spec.replicas', 'spec.template.spec.containers[name=main].image'] }] });
    expect((await context.kube.get(path)).spec.template.spec.containers[0]).toMatchObject({ image: 'registry.example/web:2', env: [{ name: 'A', value: 'a' }] });
  });

  test('a CA bundle that is injected into the webhooks of a list stays; a webhook that leaves the list goes', async () => {
    const ns = 'hooks';
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/hooks';
    const { apply } = site(ns);
    const ignore = [{ kind: 'ValidatingWebhookConfiguration', fields: ['webhooks[*].clientConfig.caBundle'] }];
    const bundles = async () => ((await context.kube.get(path)).webhooks as any[]).map(({ name, clientConfig }) => [name, Buffer.from(clientConfig.caBundle ?? '', 'base64').toString()]);
    const names = ['a.example.com', 'b.example.com'];
    await apply([webhooks(names)]);
    await apply([webhooks(names)], { ignore });
    expect(await bundles()).toEqual([['a.example.com', 'ours'], ['b.example.com', 'ours']]);
    const injected = Buffer.from('theirs').toString('base64');
    await patch(path, [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: injected }], { 'content-type': 'application/json-patch+json' });
    expect((await apply([webhooks(names)], { ignore })).writes).toBe(0);
    const slower = webhooks(names, hook => { hook.timeoutSeconds = 3; });
    expect((await apply([slower], { ignore })).changed).toEqual(['configured ValidatingWebhookConfiguration.admissionregistration.k8s.io changed']);
    expect(await bundles()).toEqual([['a.example.com', 'theirs'], ['b.example.com', 'ours']]);
    expect((await apply([webhooks([names[0]])], { ignore })).changed).toEqual(['configured ValidatingWebhookConfiguration.admissionregistration.k8s.io changed']);
    expect(await bundles()).toEqual([['a.example.com', 'theirs']]);
    expect((await apply([webhooks([names[0]])], { ignore })).writes).toBe(0);
  });

  test('a key of a ConfigMap, by the annotation of the object', async () => {
    const ns = 'key';
    const path = `/api/v1/namespaces/${ns}/configmaps/ca`;
    const { apply } = site(ns);
    const configMap = (data: Record<string, string>): Manifest => ({
      ...a.configMap('ca', data, ns), metadata: { name: 'ca', namespace: ns, annotations: { [IGNORE_ANNOTATION]: 'data["ca.crt"], metadata.annotations["example.com/at"]' } },
    });
    await apply([configMap({ 'ca.crt': 'empty', 'other': 'ours' })]);
    await patch(path, { data: { 'ca.crt': 'injected' }, metadata: { annotations: { 'example.com/at': 'now' } } });
    expect((await apply([configMap({ 'ca.crt': 'empty', 'other': 'ours' })])).writes).toBe(0);
    await patch(path, { data: { other: 'theirs' } });
    expect((await apply([configMap({ 'ca.crt': 'empty', 'other': 'ours' })])).changed).toEqual(['configured ConfigMap drifted']);
    expect((await context.kube.get(path)).data).toEqual({ 'ca.crt': 'injected', 'other': 'ours' });
  });

  test('the data of a Secret, all of it', async () => {
    const ns = 'secret';
    const path = `/api/v1/namespaces/${ns}/secrets/filled`;
    const { apply } = site(ns);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'filled', namespace: ns }, type: 'Opaque', stringData: { token: 'none' } } as Manifest;
    const ignore = [{ kind: 'Secret', group: '', fields: ['data'] }];
    await apply([secret]);
    await apply([secret], { ignore });
    expect((await context.kube.get(path)).data).toEqual({ token: Buffer.from('none').toString('base64') });
    await patch(path, { stringData: { token: 'theirs', more: 'x' } });
    expect((await apply([secret], { ignore })).writes).toBe(0);
    expect((await context.kube.get(path)).data).toMatchObject({ token: Buffer.from('theirs').toString('base64') });
  });

  test('a field inside of a list that the server takes as a whole cannot be left to others', async () => {
    const ns = 'whole';
    const { apply } = site(ns);
    const ingress = {
      apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: ns },
      spec: { tls: [{ hosts: ['a.example.com'], secretName: 'ours' }], defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    } as Manifest;
    await apply([ingress]);
    expect((await apply([ingress], { ignore: [{ kind: 'Ingress', fields: ['spec.tls[*].secretName'] }] })).changed).toEqual(['failed Ingress.networking.k8s.io FLT5111']);
    expect((await apply([ingress], { ignore: [{ kind: 'Ingress', fields: ['spec.tls'] }] })).changed).toEqual(['configured Ingress.networking.k8s.io changed']);
    expect((await context.kube.get(`/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses/web`)).spec.tls).toEqual((ingress.spec as any).tls);
  });

  test('an annotation that cannot be read spoils its application alone', async () => {
    const ns = 'bad-annotation';
    const { changed } = await site(ns).apply([{ ...a.configMap('x', undefined, ns), metadata: { name: 'x', namespace: ns, annotations: { [IGNORE_ANNOTATION]: 'data[0]' } } }]);
    expect(changed).toEqual([]);
    expect(await context.kube.tryGet(`/api/v1/namespaces/${ns}`)).toBeUndefined();
  });

  test('a change while the field is handed over is not lost', async () => {
    const ns = 'race';
    const { apply, replicas, scale } = site(ns);
    await apply([deployment(ns)]);
    let scaling = true;
    let last = 3;
    const scaler = (async () => {
      for (let n = 4; scaling && n < 40; n++) {
        await scale(n);
        last = n;
      }
    })();
    await sleep(100);
    await apply([deployment(ns, spec => { spec.minReadySeconds = 1; })], { ignore: REPLICAS });
    scaling = false;
    await scaler;
    expect(await replicas()).toBe(last);
  });
});
