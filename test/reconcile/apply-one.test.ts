import { applied, discoveryOf, fakeConnection } from './agent/fake-cluster';
import { appliedOf, desiredOf, liveOf } from './cluster-of';
import { applyOne } from '../../lib/reconcile/apply-one';
import type { ClusterContext } from '../../lib/reconcile/context';
import { planApplication } from '../../lib/reconcile/plan';

/** Applies the one object of an application that nobody sees in the cluster, though the record names it. */
async function applyUnseen(answer: object): Promise<unknown> {
  const desired = desiredOf({ web: ['ConfigMap/a'] });
  const observed = appliedOf({ web: ['ConfigMap/a'] }, live => live.clear());
  const connection = fakeConnection(() => answer);
  const discovery = await discoveryOf(connection);
  const context = { connection, discovery, desired, observed, options: { wait: false }, definedKinds: new Set(), definedNamespaces: new Set() };
  const [step] = planApplication(desired, observed, 'web')!.steps;
  return (await applyOne(context as unknown as ClusterContext, step.objects[0])).result.action;
}

test('an object that was overlooked, and is as we left it, is unchanged', async () => {
  expect(await applyUnseen(liveOf(desiredOf({ web: [] }).targets[0].setId, 'ConfigMap/a'))).toBe('unchanged');
});

test('an object that somebody made anew is not', async () => {
  expect(await applyUnseen(applied('a', 'uid-of-another', desiredOf({ web: [] }).targets[0].setId))).toBe('configured');
});
