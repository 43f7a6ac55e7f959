import { applied, Answer, discoveryOf, fakeConnection } from './agent/fake-cluster';
import { appliedOf, desiredOf } from './cluster-of';
import { applySetId } from '../../lib/reconcile/applyset';
import type { ClusterContext } from '../../lib/reconcile/context';
import type { DesiredCluster } from '../../lib/reconcile/desired';
import { planApplication } from '../../lib/reconcile/plan';
import { executePruning } from '../../lib/reconcile/prune';
import { formatIdentity } from '../../lib/tree/manifest';

const SET = applySetId('web', 'flotilla-system');

interface Pruned {
  readonly objects: readonly string[];
  readonly left: readonly string[];
  readonly sent: readonly string[];
}

/** Prunes what the tree no longer wants of `web`, in a cluster that shows the plan one thing and answers another. */
async function prune(desired: DesiredCluster, observed: ReturnType<typeof appliedOf>, answer: Answer, more: Partial<ClusterContext> = {}): Promise<Pruned> {
  const connection = fakeConnection(answer);
  const discovery = await discoveryOf(connection);
  const plan = planApplication(desired, observed, 'web')!;
  const entries = new Map(observed.records.get('web')!.inventory.map(entry => [formatIdentity(entry.id), entry]));
  const context = { connection, discovery, desired, observed, options: { wait: false }, ...more } as ClusterContext;
  const results = await executePruning(context, SET, plan.pruning, entries);
  return { objects: results.map(({ object, action, reason }) => [action, object, reason].filter(Boolean).join(' ')), left: [...entries.keys()], sent: connection.sent };
}

const seenWithoutB = appliedOf({ web: ['ConfigMap/a', 'ConfigMap/b'] }, live => live.delete('ConfigMap/shop/b'));

describe('an object that is said to be gone', () => {
  test('is asked for before it is forgotten, and stays in the inventory when it lives', async () => {
    const found: string[] = [];
    const { objects, left } = await prune(desiredOf({ web: ['ConfigMap/a'] }), seenWithoutB, () => applied('b', 'uid-ConfigMap/b', SET), {
      found: (_resource, object) => found.push(object.metadata.name),
    });
    expect([objects, left, found]).toEqual([['skipped ConfigMap/shop/b'], ['ConfigMap/shop/a', 'ConfigMap/shop/b'], ['b']]);
  });

  test.each<[string, Answer]>([
    ['there is none', () => undefined],
    ['it is another one of its name', () => applied('b', 'uid-of-another', SET)],
    ['it has the label of another application', () => applied('b', 'uid-ConfigMap/b', applySetId('api', 'flotilla-system'))],
  ])('is forgotten when the cluster says that %s', async (_title, answer) => {
    const { objects, left, sent } = await prune(desiredOf({ web: ['ConfigMap/a'] }), seenWithoutB, answer);
    expect([objects, left, sent]).toEqual([['released ConfigMap/shop/b gone'], ['ConfigMap/shop/a'], ['GET /api/v1/namespaces/shop/configmaps/b']]);
  });

  test('is not forgotten when the cluster does not tell', async () => {
    const { objects, left } = await prune(desiredOf({ web: ['ConfigMap/a'] }), seenWithoutB, () => { throw new Error('no answer'); });
    expect([objects, left]).toEqual([['failed ConfigMap/shop/b'], ['ConfigMap/shop/a', 'ConfigMap/shop/b']]);
  });

  test('is not handed over before the other application has it', async () => {
    const { objects, left } = await prune(desiredOf({ web: ['ConfigMap/a'], api: ['ConfigMap/b'] }), seenWithoutB, () => applied('b', 'uid-ConfigMap/b', SET));
    expect([objects, left]).toEqual([['skipped ConfigMap/shop/b'], ['ConfigMap/shop/a', 'ConfigMap/shop/b']]);
  });

  test('is not let go of because a stale view shows the label of another', async () => {
    const stale = appliedOf({ web: ['ConfigMap/a', 'ConfigMap/b'] }, live => {
      const b = live.get('ConfigMap/shop/b')!;
      live.set('ConfigMap/shop/b', { ...b, metadata: { ...b.metadata, labels: { 'applyset.kubernetes.io/part-of': 'applyset-other-v1' } } });
    });
    const { objects } = await prune(desiredOf({ web: ['ConfigMap/a'] }), stale, () => applied('b', 'uid-ConfigMap/b', SET));
    expect(objects).toEqual(['skipped ConfigMap/shop/b']);
  });

  test('is not asked for when it is kept anyway', async () => {
    const { objects, sent } = await prune(desiredOf({ web: ['ConfigMap/a'] }), appliedOf({ web: ['ConfigMap/a', 'Namespace/b'] }), () => undefined);
    expect([objects, sent]).toEqual([['released Namespace/b kept'], []]);
  });
});

describe('a deletion', () => {
  const both = appliedOf({ web: ['Namespace/z', 'ConfigMap/a', 'ConfigMap/b'] });

  test('does not follow when a newer tree came, which may want the object again', async () => {
    let newer = false;
    const { objects, left, sent } = await prune(desiredOf({ web: ['ConfigMap/a', 'Namespace/z'] }), both, () => {
      newer = true;
      return applied('b', 'uid-ConfigMap/b', SET);
    }, { superseded: () => newer });
    expect([objects, left.length, sent]).toEqual([['skipped ConfigMap/shop/b'], 3, ['GET /api/v1/namespaces/shop/configmaps/b']]);
  });

  test('is not even looked at when the newer tree was there before', async () => {
    const { objects, left, sent } = await prune(desiredOf({ web: ['ConfigMap/a', 'Namespace/z'] }), both, () => undefined, { superseded: () => true });
    expect([objects, left.length, sent]).toEqual([['skipped ConfigMap/shop/b'], 3, []]);
  });
});
