import { a, writeTree } from './written-tree';
import { applyFleet } from '../../lib/reconcile/apply';
import { fleetStatus } from '../../lib/reconcile/status';
import type { HealthRule } from '../../lib/rules/health-rule';
import { FolderSource } from '../../lib/tree/folder-source';
import type { Manifest } from '../../lib/tree/manifest';
import { describeWithCluster } from '../control-plane/describe-cluster';

const GEAR: HealthRule = {
  kind: 'Gear', group: 'rules.example.com', healthy: "object.status.stage == 'turning'", degraded: "status.stage == 'broken'", message: "'stage ' + status.stage",
};

/** A kind that says how it is in words of its own: by the conventions alone it would be healthy as soon as it exists. */
const definition = (() => {
  const crd = structuredClone(a.crd('gears', 'Gear', 'rules.example.com')) as any;
  crd.spec.versions[0].schema.openAPIV3Schema['x-kubernetes-preserve-unknown-fields'] = true;
  return crd as Manifest;
})();
const gear = (namespace: string): Manifest => ({ apiVersion: 'rules.example.com/v1', kind: 'Gear', metadata: { name: 'big', namespace }, spec: { size: 1 } });

describeWithCluster('health rules of a Delivery', { clusters: ['one'] }, context => {
  function site(ns: string, health: readonly HealthRule[] | undefined) {
    const objects = [a.namespace(ns), definition, gear(ns)];
    const fleet = { one: { web: { objects, spec: health && { health } }, next: { objects: [a.configMap('after', undefined, ns)], spec: { dependsOn: ['web'] } } } };
    const options = { source: new FolderSource(writeTree(fleet, { fleet: ns, namespace: `flotilla-${ns}` })), kubeconfig: context.plane.kubeconfig };
    return {
      apply: async (timeoutMs: number) => {
        const { clusters: [{ targets }] } = await applyFleet({ ...options, wait: true, timeoutMs });
        return targets.map(({ application, outcome, ready, message }) => ({ application, outcome, ready, message }));
      },
      state: async () => (await fleetStatus(options)).targets.map(({ application, state }) => `${application} ${state}`),
      report: (stage: string) => context.kube.request('PATCH', `/apis/rules.example.com/v1/namespaces/${ns}/gears/big`, { status: { stage } },
        { 'content-type': 'application/merge-patch+json' }),
    };
  }

  test('an application is ready, and its dependents start, when the rule says so', async () => {
    const { apply, report, state } = site('rule', [GEAR]);
    expect(await apply(1500)).toEqual([
      expect.objectContaining({ application: 'next', outcome: 'blocked' }),
      expect.objectContaining({ application: 'web', ready: false, message: expect.stringContaining('Gear.rules.example.com/rule/big is not ready (not known to be healthy') }),
    ]);
    await report('starting');
    expect(await state()).toEqual(['next DependencyNotReady', 'web Progressing']);
    // A watch sees it become ready while the run waits.
    const run = apply(30_000);
    setTimeout(() => void report('turning'), 700);
    expect(await run).toEqual([
      expect.objectContaining({ application: 'next', outcome: 'applied', ready: true }), expect.objectContaining({ application: 'web', ready: true }),
    ]);
    expect(await state()).toEqual(['next Ready', 'web Ready']);
  });

  test('nobody waits for what the rule calls degraded', async () => {
    const { apply, report, state } = site('broken', [GEAR]);
    const start = Date.now();
    const run = apply(40_000);
    setTimeout(() => void report('broken'), 3000);
    expect(await run).toEqual(expect.arrayContaining([expect.objectContaining({ application: 'web', ready: false, message: expect.stringContaining('(stage broken)') })]));
    expect(Date.now() - start).toBeLessThan(20_000);
    expect(await state()).toContain('web Degraded');
  });

  test('without a rule the kind is what the conventions make of it', async () => {
    const { apply } = site('plain', undefined);
    expect(await apply(5_000)).toEqual([expect.objectContaining({ ready: true }), expect.objectContaining({ ready: true })]);
  });
});
