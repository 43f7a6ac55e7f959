import { expectAnswer, expectedRun, ForeignWrite, Scene } from './foreign-write';
import { CONTAINER, our } from './manifests';
import { applyFleet } from '../../../lib/reconcile/apply';
import { FolderSource } from '../../../lib/tree/folder-source';
import type { Manifest } from '../../../lib/tree/manifest';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { a, writeTree } from '../written-tree';

const restart = { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } } };
const forge = async (scene: Scene): Promise<void> => {
  const { metadata: { managedFields } } = await scene.live();
  await scene.patch({ data: { key: 'theirs' } });
  await scene.patch([{ op: 'replace', path: '/metadata/managedFields', value: managedFields }]);
};

/** No value of ours changes: no write of ours follows. */
const harmless: readonly ForeignWrite[] = [
  { title: 'a PUT of what is there', ours: our.deployment, write: scene => scene.put(() => undefined), moves: [], answer: 'idle' },
  { title: 'a patch to the value that is there', ours: our.configMap, write: scene => scene.patch({ data: { key: 'ours' } }), moves: [], answer: 'idle' },
  { title: 'kubectl label with the value that is there', ours: our.deployment, write: scene => scene.kubectl(['label', 'deployment/web', '--overwrite', 'tier=ours']), moves: [], answer: 'idle' },
  { title: 'an apply that is refused for a conflict', ours: our.configMap, write: async scene => expect(scene.forced({ data: { key: 'theirs' } }, 'stranger', false)).rejects.toThrow('conflict'), moves: [], answer: 'idle' },
  { title: 'a status', ours: our.deployment, write: scene => scene.patch({ status: { replicas: 1 } }, '/status'), moves: ['version'], answer: 'idle' },
  { title: 'the status of a kind without generation', ours: our.autoscaler, write: scene => scene.patch({ status: { currentReplicas: 1, desiredReplicas: 1 } }, '/status'), moves: ['version'], answer: 'looks' },
  { title: 'an apply of the same value by another manager', ours: our.configMap, write: scene => scene.forced({ data: { key: 'ours' } }), moves: ['version'], answer: 'looks' },
  { title: 'a label of theirs', ours: our.configMap, write: scene => scene.kubectl(['label', 'configmap/settings', 'theirs=1']), moves: ['version'], answer: 'looks' },
  { title: 'a key of theirs', ours: our.configMap, write: scene => scene.patch({ data: { theirs: '1' } }), moves: ['version'], answer: 'looks' },
  { title: 'kubectl rollout restart', ours: our.deployment, write: scene => scene.kubectl(['rollout', 'restart', 'deployment/web']), moves: ['version', 'generation'], answer: 'looks' },
  { title: 'a restart by a patch', ours: our.deployment, write: scene => scene.patch(restart), moves: ['version', 'generation'], answer: 'looks' },
  { title: 'an addition below an empty map of ours, which no apply takes back', ours: our.deployment, write: scene => scene.patch([{ op: 'add', path: '/spec/template/spec/volumes/0/emptyDir/medium', value: 'Memory' }]), moves: ['version', 'generation'], answer: 'looks' },
];

/** The fields stay ours though a value differs: something else tells. */
const quiet: readonly ForeignWrite[] = [
  { title: 'another process applies under our name', ours: our.deployment, write: scene => twin(scene, our.deployment), moves: ['time', 'version', 'generation'], answer: 'heals', seconds: true },
  { title: 'another process applies under our name to a kind without generation', ours: our.configMap, write: scene => twin(scene, our.configMap), moves: ['time', 'version'], answer: 'heals', seconds: true },
  { title: 'another order of env', ours: our.deployment, write: scene => scene.patch([{ op: 'replace', path: `${CONTAINER}/env`, value: [{ name: 'B', value: 'b' }, { name: 'A', value: 'a' }] }]), moves: ['version', 'generation'], answer: 'looks, heals', seconds: true },
  { title: 'another order of the ports of a Service', ours: our.service, write: scene => scene.put(live => { live.spec.ports.reverse(); }), moves: ['version'], answer: 'looks, heals', seconds: true },
  { title: 'managedFields forged in two writes', ours: our.configMap, write: forge, moves: ['version'], answer: 'looks, heals', seconds: true },
];

describeWithCluster('writes that leave our fields as they are', { auditLog: true }, context => {
  test.each(harmless.map(write => [write.title, write] as const))('no write follows: %s', async (_, write) => {
    await expectAnswer(context, write);
  });

  test.each(quiet.map(write => [write.title, write] as const))('a value that differs is healed: %s', async (_, write) => {
    await expectAnswer(context, write);
  });

  test('what a binding writes over labels and annotations of a Pod is seen by value', async () => {
    const scene = await Scene.install(context, our.pod);
    const body = {
      apiVersion: 'v1', kind: 'Binding', metadata: { name: 'once', namespace: scene.namespace, annotations: { note: 'theirs' } }, target: { apiVersion: 'v1', kind: 'Node', name: 'node' },
    };
    expect((await scene.kube.request('POST', `${scene.path}/binding`, body)).status).toBe(201);
    expect((await scene.live()).metadata.annotations).toMatchObject({ note: 'theirs' });
    expect(await scene.apply()).toEqual(expectedRun('heals'));
    expect((await scene.live()).metadata.annotations).toMatchObject({ note: 'ours' });
    expect(await scene.apply()).toEqual(expectedRun('idle'));
  });

  test.each([['[]', []], ['[{}]', [{}]]])('managedFields: %s costs one apply', async (_, managedFields) => {
    const scene = await Scene.install(context, our.configMap);
    await scene.patch({ metadata: { managedFields } });
    const after = await scene.apply();
    const again = await scene.apply();
    expect([after.action, after.reason, after.dryRuns, again]).toEqual(['configured', 'drifted', 0, expectedRun('idle')]);
  });

  test('an object made anew with equal values costs one apply', async () => {
    const scene = await Scene.install(context, our.configMap);
    const { metadata: { labels }, data } = await scene.live();
    await scene.kube.delete(scene.path);
    await scene.kube.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: scene.namespace, labels }, data });
    expect((await scene.apply()).action).toBe('configured');
    expect(await scene.apply()).toEqual(expectedRun('idle'));
  });

  test('empty maps of labels and annotations in a manifest are no drift when others add theirs', async () => {
    const scene = await Scene.install(context, ns => ({ ...our.configMap(ns), metadata: { name: 'settings', namespace: ns, labels: {}, annotations: {} } }));
    await scene.patch({ metadata: { annotations: { theirs: '1' } } });
    expect(await scene.apply()).toEqual(expectedRun('looks'));
  });

  test('a rollout that is paused is not resumed; the record says that it is not ready any more', async () => {
    const scene = await Scene.install(context, our.deployment);
    await scene.kubectl(['rollout', 'pause', 'deployment/web']);
    expect(await scene.apply()).toEqual({ ...expectedRun('looks'), writes: 1 });
    expect((await scene.live()).spec.paused).toBe(true);
    expect(await scene.apply()).toEqual(expectedRun('idle'));
  });

  test('what others did beside ours is looked at in every run until the record is next written', async () => {
    const scene = await Scene.install(context, our.configMap);
    await scene.patch({ data: { theirs: '1' } });
    expect([await scene.apply(), await scene.apply()]).toEqual([expectedRun('looks'), expectedRun('looks')]);
  });

  test('another order of finalizers is seen where no generation is counted', async () => {
    await expectAnswer(context, {
      title: '', ours: ns => ({ ...our.configMap(ns), metadata: { name: 'settings', namespace: ns, finalizers: ['example.com/a', 'example.com/b'] } }),
      write: scene => scene.patch({ metadata: { finalizers: ['example.com/b', 'example.com/a'] } }), moves: ['version'], answer: 'looks, heals', seconds: true,
    });
  });

  test('an apply under our name in another version of the kind costs one apply', async () => {
    const scene = await Scene.install(context, our.autoscaler);
    const { metadata: { labels }, spec: { scaleTargetRef } } = await scene.live();
    await context.kube.apply({
      apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', namespace: scene.namespace, labels },
      spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 80 },
    }, { fieldManager: 'cdk8s-flotilla' });
    expect(await scene.apply()).toEqual(expectedRun('heals'));
    expect(await scene.apply()).toEqual(expectedRun('idle'));
  });

  test('an object that others made too large is refused in every run after, which says why, and stays as it is', async () => {
    const keys = Array.from({ length: 2_500 }, (_, i): [string, string] => [`k${i}`.padEnd(250, '-'), 'v']);
    const scene = await Scene.install(context, ns => a.configMap('large', Object.fromEntries(keys), ns));
    expect(await scene.apply()).toEqual(expectedRun('idle'));
    await scene.patch({ data: { theirs: 'x'.repeat(380_000) } });
    expect((await scene.live()).metadata.managedFields).toBeUndefined();
    const { version } = await scene.marks();
    const refused = { action: 'failed', code: 'FLT5112', dryRuns: 0 };
    // The first refusal is recorded, the second says nothing new.
    expect([await scene.apply(), await scene.apply()]).toEqual([{ ...refused, writes: 2 }, { ...refused, writes: 1 }]);
    expect((await scene.marks()).version).toBe(version);
  });

  test.each([['the store', 1_700_000], ['a message to the store', 2_200_000], ['a request', 3_300_000]])('an object that is too large for %s is refused with that reason', async (_what, size) => {
    const ns = `large-${size}`;
    const definition = structuredClone(a.crd('bulks', 'Bulk', 'large.example.com')) as any;
    definition.spec.versions[0].schema.openAPIV3Schema['x-kubernetes-preserve-unknown-fields'] = true;
    const bulk: Manifest = { apiVersion: 'large.example.com/v1', kind: 'Bulk', metadata: { name: 'one', namespace: ns }, content: 'x'.repeat(size) };
    const folder = writeTree({ test: { web: { objects: [a.namespace(ns), definition, bulk] } } }, { fleet: ns, namespace: `flotilla-${ns}` });
    const { clusters: [{ targets: [{ errors }] }] } = await applyFleet({ source: new FolderSource(folder), kubeconfig: context.plane.kubeconfig });
    expect(errors.map(({ code, message }) => [code, message.includes('too large to be stored')])).toEqual([['FLT5112', true]]);
  });

  test('a definition whose new schema drops our field: nothing tells, and the next apply of the object says so', async () => {
    const definition = a.crd('gadgets', 'Gadget', 'drift.example.com');
    const gadget = (ns: string, size: number): Manifest => ({ apiVersion: 'drift.example.com/v1', kind: 'Gadget', metadata: { name: 'one', namespace: ns }, spec: { size } });
    await context.kube.apply(definition as never);
    await new Promise(resolve => setTimeout(resolve, 500));
    const scene = await Scene.install(context, ns => gadget(ns, 1));
    const schema = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties';
    await context.kube.patch('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.drift.example.com', [{ op: 'replace', path: schema, value: { other: { type: 'string' } } }]);
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(await scene.apply()).toEqual(expectedRun('idle'));
    expect(await scene.apply(gadget(scene.namespace, 2))).toMatchObject({ action: 'failed', code: 'FLT5103' });
  });
});

/** Applies the manifest as it is in the cluster, with another value, as a second installation of ours would. */
async function twin(scene: Scene, ours: (namespace: string) => Manifest): Promise<void> {
  const { metadata: { labels } } = await scene.live();
  const manifest = ours(scene.namespace);
  const other = JSON.parse(JSON.stringify(manifest).replace('"replicas":1', '"replicas":9').replace('"key":"ours"', '"key":"theirs"')) as Manifest;
  await scene.forced({ ...other, metadata: { ...manifest.metadata, labels } }, 'cdk8s-flotilla');
}
