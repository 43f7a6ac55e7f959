import { a, WrittenFleet, WrittenOptions, writeTree } from './written-tree';
import { applyFleet, ApplyOptions, ApplyResult } from '../../lib/reconcile/apply';
import { fleetStatus } from '../../lib/reconcile/status';
import { FolderSource } from '../../lib/tree/folder-source';
import type { Manifest } from '../../lib/tree/manifest';
import { IMMUTABLE_ANNOTATION, PRUNE_ANNOTATION, WAVE_ANNOTATION } from '../../lib/tree/names';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { kubectl } from '../control-plane/kubectl';

/** What happened, in words, unchanged objects aside. */
function words(result: ApplyResult): string[] {
  return result.clusters.flatMap(cluster => [
    ...(cluster.error ? [`${cluster.cluster}: ${cluster.error.code}`] : []),
    ...cluster.targets.flatMap(({ application, outcome, objects }) => [
      `${application} ${outcome}`,
      ...objects.filter(each => each.action !== 'unchanged').map(each => `${each.action} ${each.object}${each.error ? ` ${each.error.code}` : ''}`),
    ]),
  ]);
}

function withAnnotations(manifest: Manifest, annotations: Record<string, string>): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

describeWithCluster('apply', { clusters: ['one'] }, context => {
  const namespaces = new Set<string>();
  /** Each test has a namespace and a fleet of its own in the one cluster. */
  function site(namespace: string): (clusters: WrittenFleet[string], options?: WrittenOptions & Partial<ApplyOptions>) => Promise<ApplyResult> {
    namespaces.add(namespace);
    return (applications, options = {}) => {
      const folder = writeTree({ one: applications }, { fleet: namespace, namespace: `flotilla-${namespace}`, ...options });
      return applyFleet({ source: new FolderSource(folder), kubeconfig: context.plane.kubeconfig, ...options });
    };
  }

  test('installs, is idle the second time, changes what changed, prunes what left, and leaves everything else alone', async () => {
    const apply = site('life');
    const ns = 'life';
    const objects = [a.namespace(ns), a.configMap('a', undefined, ns), a.configMap('b', undefined, ns), a.deployment('web', undefined, ns), a.service('web', ns)];
    expect(words(await apply({ web: { objects } }))).toEqual([
      'web applied', `created Namespace/${ns}`, `created ConfigMap/${ns}/a`, `created ConfigMap/${ns}/b`, `created Service/${ns}/web`,
      `created Deployment.apps/${ns}/web`,
    ]);
    await context.kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ab', namespace: ns }, data: { of: 'somebody else' } });

    const again = await apply({ web: { objects } });
    expect(words(again)).toEqual(['web unchanged']);
    expect(again.clusters[0].requests.writes).toBe(0);

    const changed = [objects[0], a.configMap('a', { key: 'new' }, ns), ...objects.slice(2)];
    const second = await apply({ web: { objects: changed } });
    expect(words(second)).toEqual(['web applied', `configured ConfigMap/${ns}/a`]);
    expect(second.clusters[0].requests.writes).toBe(2);

    const fewer = changed.filter(each => each.metadata.name !== 'b');
    expect(words(await apply({ web: { objects: fewer } }))).toEqual(['web applied', `pruned ConfigMap/${ns}/b`]);
    expect((await context.kube.list(`/api/v1/namespaces/${ns}/configmaps`)).map(each => each.metadata.name)).toEqual(['a', 'ab']);
    expect((await apply({ web: { objects: fewer } })).clusters[0].requests.writes).toBe(0);
  });

  test('heals what somebody changed, took away or deleted', async () => {
    const apply = site('drift');
    const ns = 'drift';
    const objects = [a.namespace(ns), a.configMap('a', { key: 'ours' }, ns), a.configMap('b', undefined, ns), a.deployment('web', undefined, ns)];
    await apply({ web: { objects } });
    await context.kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: ns }, data: { key: 'theirs' } });
    await context.kube.delete(`/api/v1/namespaces/${ns}/configmaps/b`);
    expect(words(await apply({ web: { objects } }))).toEqual(['web applied', `configured ConfigMap/${ns}/a`, `created ConfigMap/${ns}/b`]);
    expect((await context.kube.get(`/api/v1/namespaces/${ns}/configmaps/a`)).data).toEqual({ key: 'ours' });

    // A field that is not ours moves the generation: one dry run, and no write.
    await context.kube.request('PATCH', `/apis/apps/v1/namespaces/${ns}/deployments/web`, { spec: { minReadySeconds: 3 } },
      { 'content-type': 'application/merge-patch+json' });
    const looked = await apply({ web: { objects } });
    expect(words(looked)).toEqual(['web unchanged']);
    expect(looked.clusters[0].requests.writes).toBe(0);
    // The order of a keyed list moves the generation too, and is ours.
    const path = `/apis/apps/v1/namespaces/${ns}/deployments/web`;
    await context.kube.request('PATCH', path, [{ op: 'add', path: '/spec/template/spec/containers/0', value: { name: 'injected', image: 'i' } }],
      { 'content-type': 'application/json-patch+json' });
    await context.kube.request('PATCH', path, { spec: { replicas: 5 } }, { 'content-type': 'application/merge-patch+json' });
    expect(words(await apply({ web: { objects } }))).toEqual(['web applied', `configured Deployment.apps/${ns}/web`]);
    expect((await context.kube.get(path)).spec.replicas).toBe(1);
  });

  test('custom resources are applied as soon as their definition is served', async () => {
    const apply = site('custom');
    const objects = [a.widget('w', 1, 'custom'), a.namespace('custom'), a.crd('widgets', 'Widget')];
    const result = await apply({ web: { objects } });
    expect(words(result)).toEqual([
      'web applied', 'created CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com', 'created Namespace/custom',
      'created Widget.example.com/custom/w',
    ]);
    expect((await apply({ web: { objects } })).clusters[0].requests.writes).toBe(0);
  });

  test('what is to go after the rollout stays until the application is ready without it, also where nobody waits', async () => {
    const ns = 'rollout';
    const apply = site(ns);
    const settings = (name: string) => withAnnotations(a.configMap(name, undefined, ns), { [PRUNE_ANNOTATION]: 'after-rollout' });
    const plain = (name: string) => a.configMap(name, undefined, ns);
    const objects = (name: string) => [a.namespace(ns), settings(name), plain(`${name}-plain`), a.deployment('web', `registry.example/web:${name}`, ns)];
    const web = (name: string) => ({ web: { objects: objects(name), spec: { prune: { budget: 100 } } } });
    const report = async (replicas: number) => {
      const { generation } = (await context.kube.get(`/apis/apps/v1/namespaces/${ns}/deployments/web`)).metadata;
      const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
      const conditions = [{ type: 'Available', status: replicas > 0 ? 'True' : 'False' }];
      const status = JSON.stringify({ status: { observedGeneration: generation, ...counts, conditions } });
      await kubectl(['patch', 'deployment', 'web', '-n', ns, '--subresource=status', '--type=merge', '-p', status], { kubeconfig: context.plane.kubeconfig });
    };
    await apply(web('one'));
    await report(1);
    expect(words(await apply(web('two')))).toContain(`pruned ConfigMap/${ns}/one-plain`);
    expect(await context.kube.tryGet(`/api/v1/namespaces/${ns}/configmaps/one`)).toBeDefined();
    expect(words(await apply(web('two')))).toEqual(['web unchanged']);

    await report(1);
    expect(words(await apply(web('two')))).toEqual(['web applied', `pruned ConfigMap/${ns}/one`]);
  });

  test('a bad object has its own result; its peers are applied, later waves and pruning wait', async () => {
    const apply = site('bad');
    const ns = 'bad';
    const good = [a.namespace(ns), a.configMap('a', undefined, ns), a.configMap('old', undefined, ns), a.configMap('x', undefined, ns), a.service('web', ns)];
    await apply({ web: { objects: good } });
    const bad = { ...a.deployment('web', undefined, ns), spec: { replicas: 'many' } } as unknown as Manifest;
    const next = [...good.filter(each => each.metadata.name !== 'old'), bad, a.deployment('fine', undefined, ns),
      withAnnotations(a.configMap('later', undefined, ns), { [WAVE_ANNOTATION]: '1' })];
    const result = await apply({ web: { objects: next }, other: { objects: [a.configMap('other', undefined, ns)] } });
    expect(words(result)).toEqual([
      'other applied', `created ConfigMap/${ns}/other`,
      'web failed', `created Deployment.apps/${ns}/fine`, `failed Deployment.apps/${ns}/web FLT5103`, `skipped ConfigMap/${ns}/later`,
    ]);
    expect(await context.kube.tryGet(`/api/v1/namespaces/${ns}/configmaps/old`)).toBeDefined();
    const delivery = await context.kube.get(`/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/web`);
    expect(delivery.status.failures).toEqual([{ object: `Deployment.apps/${ns}/web`, code: 'FLT5103', message: expect.any(String), since: expect.any(String) }]);
    expect(delivery.status.conditions.find((each: { type: string }) => each.type === 'Ready')).toMatchObject({ status: 'False', reason: 'ApplyFailed' });

    const mended = [...next.filter(each => each !== bad), a.deployment('web', undefined, ns)];
    expect(words(await apply({ web: { objects: mended }, other: { objects: [a.configMap('other', undefined, ns)] } }))).toEqual([
      'other unchanged', 'web applied', `created Deployment.apps/${ns}/web`, `created ConfigMap/${ns}/later`, `pruned ConfigMap/${ns}/old`,
    ]);
  });

  test('an object that moves between applications is handed over, not deleted, in one run', async () => {
    const apply = site('move');
    const ns = 'move';
    const moving = a.configMap('moving', undefined, ns);
    const rest = [a.namespace(ns), a.configMap('a', undefined, ns), a.configMap('b', undefined, ns)];
    await apply({ first: { objects: [...rest, moving] }, second: { objects: [a.configMap('c', undefined, ns)] } });
    const { uid } = (await context.kube.get(`/api/v1/namespaces/${ns}/configmaps/moving`)).metadata;
    const after = { first: { objects: rest }, second: { objects: [a.configMap('c', undefined, ns), moving] } };
    expect(words(await apply(after))).toEqual([
      'first unchanged', `released ConfigMap/${ns}/moving`, 'second applied', `configured ConfigMap/${ns}/moving`,
    ]);
    expect((await context.kube.get(`/api/v1/namespaces/${ns}/configmaps/moving`)).metadata.uid).toBe(uid);
    expect((await apply(after)).clusters[0].requests.writes).toBe(0);
  });

  test('an application that was renamed keeps its objects', async () => {
    const apply = site('rename');
    const ns = 'rename';
    const objects = [a.namespace(ns), a.configMap('a', undefined, ns), a.service('web', ns)];
    await apply({ before: { objects } });
    const { uid } = (await context.kube.get(`/api/v1/namespaces/${ns}/configmaps/a`)).metadata;
    expect(words(await apply({ after: { objects } }))).toEqual([
      'after applied', `configured Namespace/${ns}`, `configured ConfigMap/${ns}/a`, `configured Service/${ns}/web`,
      'before removed', `released ConfigMap/${ns}/a`, `released Namespace/${ns}`, `released Service/${ns}/web`,
    ]);
    expect((await context.kube.get(`/api/v1/namespaces/${ns}/configmaps/a`)).metadata.uid).toBe(uid);
    expect(await context.kube.tryGet(`/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/before`)).toBeUndefined();
    expect((await apply({ after: { objects } })).clusters[0].requests.writes).toBe(0);
  });

  test('an application that left the tree is held until the deletion is allowed', async () => {
    const apply = site('gone');
    const ns = 'gone';
    const objects = [a.namespace(ns), a.configMap('a', undefined, ns), a.configMap('b', undefined, ns)];
    await apply({ web: { objects, spec: { prune: { budget: 100 } } }, careful: { objects: [a.configMap('c', undefined, ns), a.configMap('d', undefined, ns)] } });
    const result = await apply({});
    expect(words(result)).toEqual([
      'careful unchanged', 'web removed', `released Namespace/${ns}`, `pruned ConfigMap/${ns}/a`, `pruned ConfigMap/${ns}/b`,
    ]);
    expect(result.clusters[0].targets[0].held?.objects).toEqual([`ConfigMap/${ns}/c`, `ConfigMap/${ns}/d`]);
    expect((await apply({})).clusters[0].requests.writes).toBe(0);
    expect(await context.kube.tryGet(`/api/v1/namespaces/${ns}/configmaps/c`)).toBeDefined();
  });

  test('an immutable change is refused with what to do, and obeys the one who asks for it', async () => {
    const apply = site('fixed');
    const ns = 'fixed';
    const secret = (value: string, annotations: Record<string, string> = {}): Manifest => ({
      ...withAnnotations(a.configMap('fixed', { key: value }, ns), annotations), immutable: true,
    });
    const others = [a.namespace(ns), a.configMap('a', undefined, ns)];
    await apply({ web: { objects: [...others, secret('1')] } });
    expect(words(await apply({ web: { objects: [...others, secret('2')] } }))).toEqual(['web failed', `failed ConfigMap/${ns}/fixed FLT5107`]);
    const wished = await apply({ web: { objects: [...others, secret('3', { [IMMUTABLE_ANNOTATION]: 'recreate' })] } });
    expect(words(wished)).toEqual(['web applied', `created ConfigMap/${ns}/fixed`]);
    expect((await context.kube.get(`/api/v1/namespaces/${ns}/configmaps/fixed`)).data).toEqual({ key: '3' });
  });

  test('an object that its annotation keeps stays when it leaves the tree', async () => {
    const apply = site('keep');
    const ns = 'keep';
    const rest = [a.namespace(ns), a.configMap('a', undefined, ns), a.configMap('b', undefined, ns)];
    await apply({ web: { objects: [...rest, withAnnotations(a.configMap('kept', undefined, ns), { [PRUNE_ANNOTATION]: 'keep' })] } });
    expect(words(await apply({ web: { objects: rest } }))).toEqual(['web unchanged', `released ConfigMap/${ns}/kept`]);
    expect(await context.kube.tryGet(`/api/v1/namespaces/${ns}/configmaps/kept`)).toBeDefined();
  });

  test('an application waits for those that it depends on, and says which one keeps it', async () => {
    const apply = site('wait');
    const ns = 'wait';
    const tree = {
      base: { objects: [a.namespace(ns), a.configMap('base', undefined, ns)] },
      web: { objects: [a.configMap('web', undefined, ns)], spec: { dependsOn: ['base'] } },
      never: { objects: [a.deployment('never', undefined, ns)], spec: { dependsOn: ['base'] } },
      after: { objects: [a.configMap('after', undefined, ns)], spec: { dependsOn: ['never'] } },
      circle: { objects: [a.configMap('circle', undefined, ns)], spec: { dependsOn: ['circle2'] } },
      circle2: { objects: [a.configMap('circle2', undefined, ns)], spec: { dependsOn: ['circle'] } },
    };
    const result = await apply(tree, { timeoutMs: 1500 });
    const outcomes = Object.fromEntries(result.clusters[0].targets.map(target => [target.application, target.outcome]));
    expect(outcomes).toEqual({ after: 'blocked', base: 'applied', circle: 'blocked', circle2: 'blocked', never: 'applied', web: 'applied' });
    const after = result.clusters[0].targets.find(target => target.application === 'after');
    expect(after?.message).toContain('it depends on never, where Deployment.apps/wait/never is not ready');
    expect(await context.kube.tryGet(`/api/v1/namespaces/${ns}/configmaps/after`)).toBeUndefined();
  });

  test('a namespace that another application brings a moment later is waited for', async () => {
    const apply = site('late');
    const tree = {
      first: { objects: [a.namespace('late-1'), a.configMap('first', undefined, 'late-1')] },
      second: { objects: [a.namespace('late-2')], spec: { dependsOn: ['first'] } },
      web: { objects: [a.configMap('web', undefined, 'late-2')] },
    };
    const result = await apply(tree);
    expect(words(result).filter(word => word.includes('failed'))).toEqual([]);
    expect(await context.kube.tryGet('/api/v1/namespaces/late-2/configmaps/web')).toBeDefined();
    const lost = await apply({ ...tree, lost: { objects: [a.configMap('lost', undefined, 'nowhere')] } });
    expect(words(lost)).toContain('failed ConfigMap/nowhere/lost FLT5105');
  });

  test('the Delivery is an ApplySet that kubectl reads and does not prune', async () => {
    const apply = site('set');
    const ns = 'set';
    await apply({ web: { objects: [a.namespace(ns), a.configMap('a', undefined, ns), a.deployment('web', undefined, ns)] } });
    const delivery = await context.kube.get(`/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/web`);
    expect(delivery.metadata.annotations).toMatchObject({
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Deployment.apps,Namespace',
      'applyset.kubernetes.io/additional-namespaces': ns,
    });
    const id = delivery.metadata.labels?.['applyset.kubernetes.io/id'];
    const { labels } = (await context.kube.get(`/api/v1/namespaces/${ns}/configmaps/a`)).metadata;
    expect(labels?.['applyset.kubernetes.io/part-of']).toBe(id);
    const stdout = await kubectl(['get', 'deliveries', '-n', `flotilla-${ns}`], { kubeconfig: context.plane.kubeconfig });
    expect(stdout).toMatch(/NAME +READY +REASON +OBJECTS/);
  });

  test('status shows what is synced, out of sync and missing, and writes nothing', async () => {
    const apply = site('show');
    const ns = 'show';
    const tree = { web: { objects: [a.namespace(ns), a.configMap('a', undefined, ns)] }, api: { objects: [a.configMap('b', undefined, ns)] } };
    await apply(tree);
    await context.kube.delete(`/api/v1/namespaces/${ns}/configmaps/a`);
    const folder = writeTree({ one: { ...tree, fresh: { objects: [a.configMap('c', undefined, ns)] } } }, { fleet: ns, namespace: `flotilla-${ns}` });
    const status = await fleetStatus({ source: new FolderSource(folder), kubeconfig: context.plane.kubeconfig });
    expect(status.targets.map(({ application, sync, state }) => [application, sync, state])).toEqual([
      ['api', 'Synced', 'Ready'], ['fresh', 'Missing', 'Missing'], ['web', 'OutOfSync', 'Progressing'],
    ]);
  });
});
