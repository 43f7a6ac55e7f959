import { appliedOf, desiredOf, liveOf, manifestOf, targetOf } from './cluster-of';
import { PART_OF_LABEL } from '../../lib/reconcile/applyset';
import type { DesiredCluster } from '../../lib/reconcile/desired';
import type { Observed } from '../../lib/reconcile/observe';
import { planCluster, TargetPlan } from '../../lib/reconcile/plan';
import { digestOf } from '../../lib/reconcile/policy';
import { see } from '../../lib/reconcile/seen';
import { comparePruning } from '../../lib/reconcile/stages';
import { scopesOf } from '../../lib/reconcile/tenant';
import { identityOf } from '../../lib/tree/manifest';
import { PRUNE_ANNOTATION } from '../../lib/tree/names';

const WEB = ['ConfigMap/a', 'ConfigMap/b', 'Service/web', 'Deployment.apps/web'];

/** What a plan does, in words: `apply ConfigMap/shop/a (changed)`. */
function words(plans: readonly TargetPlan[]): string[] {
  return plans.flatMap(({ application, steps, pruning }) => [
    ...steps.flatMap(step => step.objects.filter(each => each.action !== 'none')
      .map(each => `${application}: ${each.action} ${each.object.key}${each.action === 'apply' ? ` (${each.reason})` : ''}`)),
    ...pruning.deletions.map(each => `${application}: delete ${each.key}`),
    ...pruning.forgotten.map(({ entry, reason }) => `${application}: forget ${entry.id.kind} ${entry.id.name} (${reason})`),
    ...(pruning.held ? [`${application}: hold ${pruning.held.objects.length}`] : []),
  ]);
}

function plan(desired: DesiredCluster, observed: Observed): string[] {
  return words(planCluster(desired, observed));
}

describe('what is applied', () => {
  test('nothing, when the cluster is as the tree wants it', () => {
    const plans = planCluster(desiredOf({ web: WEB }), appliedOf({ web: WEB }));
    expect(words(plans)).toEqual([]);
    expect(plans.map(each => each.idle)).toEqual([true]);
  });

  test('everything, in a cluster that has nothing', () => {
    expect(plan(desiredOf({ web: WEB }), { records: new Map(), live: new Map(), unknown: new Set() })).toEqual([
      'web: apply ConfigMap/shop/a (new)', 'web: apply ConfigMap/shop/b (new)', 'web: apply Service/shop/web (new)',
      'web: apply Deployment.apps/shop/web (new)',
    ]);
  });

  const key = 'ConfigMap/shop/a';
  const setId = targetOf('web', []).setId;
  const cases: [string, (live: Parameters<NonNullable<Parameters<typeof appliedOf>[1]>>[0]) => unknown, string[]][] = [
    ['an object that is gone', live => live.delete(key), [`web: apply ${key} (new)`]],
    ['an object that lost our label', live => live.set(key, liveOf(setId, 'ConfigMap/a', { labels: {} })), [`web: apply ${key} (new)`]],
    ['an object that is another one of the same name', live => live.set(key, liveOf(setId, 'ConfigMap/a', { uid: 'other' })),
      [`web: apply ${key} (drifted)`]],
    ['an object of whose fields somebody took some', live => live.set(key, liveOf(setId, 'ConfigMap/a', {
      managedFields: [{ manager: 'cdk8s-flotilla', operation: 'Apply', apiVersion: 'v1', time: '2026-01-01T00:00:00Z', fieldsV1: {} }],
    })), [`web: apply ${key} (drifted)`]],
    ['an object whose managed fields are gone', live => live.set(key, liveOf(setId, 'ConfigMap/a', { managedFields: [] })),
      [`web: apply ${key} (drifted)`]],
    ['an object that is being deleted', live => live.set(key, liveOf(setId, 'ConfigMap/a', { deletionTimestamp: '2026-01-01T00:00:00Z' })),
      [`web: apply ${key} (drifted)`]],
    ['an object that others wrote to is only looked at', live => live.set(key, liveOf(setId, 'ConfigMap/a', { generation: 7 })), [`web: look ${key}`]],
    ['an object that belongs to another application', live => live.set(key, liveOf('applyset-other-v1', 'ConfigMap/a')),
      [`web: apply ${key} (handed-over)`]],
  ];
  test.each(cases)('%s', (_title, change, expected) => {
    expect(plan(desiredOf({ web: WEB }), appliedOf({ web: WEB }, live => { change(live); }))).toEqual(expected);
  });

  test('an object whose file changed', () => {
    expect(plan(desiredOf({ web: ['ConfigMap/a@2', ...WEB.slice(1)] }), appliedOf({ web: WEB }))).toEqual([`web: apply ${key} (changed)`]);
  });

  test('objects of a kind that cannot be listed, without a conclusion from their absence', () => {
    const observed = appliedOf({ web: WEB }, live => live.delete(key));
    expect(plan(desiredOf({ web: WEB }), { ...observed, unknown: new Set(['ConfigMap']) })).toEqual([`web: apply ${key} (unknown)`]);
    expect(plan(desiredOf({ web: WEB.slice(1) }), { ...observed, unknown: new Set(['ConfigMap']) })).toEqual([]);
  });
});

describe('the order', () => {
  test('definitions, then settings, then workloads, then admission; waves between', () => {
    const target = targetOf('web', [
      'ValidatingWebhookConfiguration.admissionregistration.k8s.io/hook', 'Deployment.apps/web', 'ConfigMap/a', 'Namespace/shop',
      'CustomResourceDefinition.apiextensions.k8s.io/widgets', 'Job.batch/later', 'Widget.example.com/w',
    ]);
    const objects = target.objects.map(object => object.id.name === 'later' ? Object.assign(object, { wave: 1 }) : object);
    const [{ steps }] = planCluster(
      { ...desiredOf({}), targets: [{ ...target, objects }] }, { records: new Map(), live: new Map(), unknown: new Set() },
    );
    expect(steps.map(step => step.objects.map(({ object }) => object.id.kind))).toEqual([
      ['Namespace', 'CustomResourceDefinition'], ['ConfigMap'], ['Deployment', 'Widget'], ['ValidatingWebhookConfiguration'], ['Job'],
    ]);
  });
});

describe('what is pruned', () => {
  test('an object that left the tree', () => {
    expect(plan(desiredOf({ web: WEB.slice(1) }), appliedOf({ web: WEB }))).toEqual(['web: delete ConfigMap/shop/a']);
  });

  test('nothing that lost our label, is another object, or is gone', () => {
    const observed = appliedOf({ web: WEB }, live => {
      live.delete('ConfigMap/shop/a');
      live.set('ConfigMap/shop/b', liveOf(targetOf('web', []).setId, 'ConfigMap/b', { uid: 'other' }));
      live.set('Service/shop/web', liveOf('x', 'Service/web', { labels: {} }));
    });
    expect(plan(desiredOf({ web: ['Deployment.apps/web'] }, { specs: { web: { prune: { budget: 100 } } } }), observed)).toEqual([
      'web: forget ConfigMap a (gone)', 'web: forget ConfigMap b (released)', 'web: forget Service web (released)',
    ]);
  });

  test('an object that moves between applications is handed over, not deleted', () => {
    const before = { web: WEB, api: ['ConfigMap/c'] };
    const after = { web: WEB.slice(1), api: ['ConfigMap/c', 'ConfigMap/a'] };
    expect(plan(desiredOf(after), appliedOf(before))).toEqual(['api: apply ConfigMap/shop/a (handed-over)']);
  });

  test('an object of an application that was renamed is handed over, not deleted', () => {
    const plans = planCluster(desiredOf({ shopfront: WEB }), appliedOf({ web: WEB }));
    expect(words(plans).filter(word => word.includes('delete'))).toEqual([]);
    expect(words(plans)).toHaveLength(4);
  });

  test('no Namespace, CustomResourceDefinition or volume claim, unless the object says so', () => {
    const kept = ['Namespace/shop', 'CustomResourceDefinition.apiextensions.k8s.io/w', 'PersistentVolumeClaim/data'];
    const observed = appliedOf({ web: [...WEB, ...kept] });
    expect(plan(desiredOf({ web: WEB }), observed)).toEqual([
      'web: forget Namespace shop (kept)', 'web: forget CustomResourceDefinition w (kept)', 'web: forget PersistentVolumeClaim data (kept)',
    ]);
    const annotations = { [PRUNE_ANNOTATION]: 'delete' };
    const wished = appliedOf({ web: [...WEB, kept[0]] }, live => {
      const namespace = live.get('Namespace/shop');
      live.set('Namespace/shop', { ...namespace!, metadata: { ...namespace!.metadata, annotations } });
    });
    expect(plan(desiredOf({ web: WEB }), wished)).toEqual(['web: delete Namespace/shop']);
  });

  test('no object that its annotation keeps', () => {
    const observed = appliedOf({ web: WEB }, live => {
      const object = live.get('ConfigMap/shop/a');
      live.set('ConfigMap/shop/a', { ...object!, metadata: { ...object!.metadata, annotations: { [PRUNE_ANNOTATION]: 'keep' } } });
    });
    expect(plan(desiredOf({ web: WEB.slice(1) }), observed)).toEqual(['web: forget ConfigMap a (kept)']);
  });

  test('nothing of an application whose pruning is off; it can go when pruning is on again', () => {
    const off = desiredOf({ web: WEB.slice(1) }, { specs: { web: { prune: { enabled: false } } } });
    const [{ pruning }] = planCluster(off, appliedOf({ web: WEB }));
    expect(pruning.deletions).toEqual([]);
    expect(pruning.staying.map(entry => entry.id.name)).toEqual(['a']);
  });

  test('nothing, while part of the tree cannot be read: it may want the object', () => {
    expect(plan(desiredOf({ web: WEB.slice(1) }, { unreadable: ['api'] }), appliedOf({ web: WEB }))).toEqual([]);
  });

  test('nothing of an application that cannot be read', () => {
    expect(plan(desiredOf({}, { unreadable: ['web'] }), appliedOf({ web: WEB }))).toEqual([]);
  });

  test('no object that the tree wants under another group', () => {
    const observed = appliedOf({ web: [...WEB, 'Event/e'] }, live => {
      const event = live.get('Event/shop/e');
      live.set('Event.events.k8s.io/shop/e', { ...event!, apiVersion: 'events.k8s.io/v1' });
    });
    expect(plan(desiredOf({ web: [...WEB, 'Event.events.k8s.io/e'] }), observed)).toEqual([
      'web: apply Event.events.k8s.io/shop/e (new)', 'web: forget Event e (handed-over)',
    ]);
  });

  test('the workload goes before what it needs', () => {
    const observed = appliedOf({ web: WEB });
    const approvals = new Map([['web', new Set([digestOf(['ConfigMap/shop/a', 'ConfigMap/shop/b', 'Service/shop/web', 'Deployment.apps/shop/web'])])]]);
    expect(plan(desiredOf({ web: [] }, { approvals }), observed)[0]).toBe('web: delete Deployment.apps/shop/web');
  });
});

describe('the prune budget', () => {
  const many = Array.from({ length: 12 }, (_, i) => `ConfigMap/m${i}`);
  const cases: [string, number, number | undefined, boolean][] = [
    ['a quarter may go', 3, undefined, false],
    ['more than a quarter is held', 4, undefined, true],
    ['a larger budget lets more go', 6, 50, false],
    ['all of it is held whatever the budget', 12, 99, true],
    ['not even one may go at a budget of 0', 1, 0, true],
    ['all of it may go at a budget of 100', 12, 100, false],
  ];
  test.each(cases)('%s', (_title, gone, budget, held) => {
    const desired = desiredOf({ web: many.slice(gone) }, { specs: { web: { prune: budget === undefined ? undefined : { budget } } } });
    const [{ pruning }] = planCluster(desired, appliedOf({ web: many }));
    expect(pruning.held !== undefined).toBe(held);
    expect(pruning.deletions).toHaveLength(held ? 0 : gone);
  });

  test('one of two may go, or a small application could never lose an object', () => {
    const [{ pruning }] = planCluster(desiredOf({ web: ['ConfigMap/a'] }), appliedOf({ web: ['ConfigMap/a', 'ConfigMap/b'] }));
    expect(pruning.deletions).toHaveLength(1);
  });

  test('an application that left the tree is held as a whole, until exactly that is approved', () => {
    const observed = appliedOf({ web: WEB, api: ['ConfigMap/c'] });
    const [, removal] = planCluster(desiredOf({ api: ['ConfigMap/c'] }), observed);
    expect(removal.pruning.held?.objects).toHaveLength(4);
    const wrong = desiredOf({ api: ['ConfigMap/c'] }, { approvals: new Map([['web', new Set(['0123456789ab'])]]) });
    expect(planCluster(wrong, observed)[1].pruning.deletions).toEqual([]);
    const right = desiredOf({ api: ['ConfigMap/c'] }, { approvals: new Map([['web', new Set([removal.pruning.held?.digest ?? ''])]]) });
    expect(planCluster(right, observed)[1].pruning.deletions).toHaveLength(4);
  });

  test('an empty tree of an application is held, too', () => {
    expect(plan(desiredOf({ web: [] }), appliedOf({ web: WEB }))).toEqual(['web: hold 4']);
  });
});

test('objects of another fleet are no business of ours', () => {
  const observed = appliedOf({ web: WEB });
  const record = observed.records.get('web');
  const foreign = { ...observed, records: new Map([['web', { ...record!, spec: { ...record!.spec, fleet: 'other' } }]]) };
  expect(plan(desiredOf({}), foreign)).toEqual([]);
});

test('an object that we never finished applying is ours when it carries our label and our fields', () => {
  const observed = appliedOf({ web: WEB });
  const record = observed.records.get('web');
  const pending = record!.inventory.map(entry => ({ id: entry.id }));
  const crashed = { ...observed, records: new Map([['web', { ...record!, inventory: pending }]]) };
  expect(plan(desiredOf({ web: WEB.slice(1) }), crashed)).toContain('web: delete ConfigMap/shop/a');
  const alien = { ...crashed, live: new Map(crashed.live).set('ConfigMap/shop/a', see(liveOf(targetOf('web', []).setId, 'ConfigMap/a', { managedFields: [] }).metadata)) };
  expect(plan(desiredOf({ web: WEB.slice(1) }), alien)).not.toContain('web: delete ConfigMap/shop/a');
  expect(PART_OF_LABEL).toBe('applyset.kubernetes.io/part-of');
});

describe('a tenant', () => {
  const serviceAccount = { name: 'deployer', namespace: 'shop' };
  const TENANT = 'system:serviceaccount:shop:deployer' as const;
  const specs = { web: { serviceAccount } };
  /** What was applied as the tenant, seen by the one and not by the other. */
  function seenBy(tenant: 'the tenant' | 'ourselves', unknown: string[] = []): Observed {
    const { records, ...sight } = appliedOf({ web: WEB });
    const spec = { ...records.get('web')!.spec, serviceAccount };
    const known = new Map([['web', { ...records.get('web')!, spec }]]);
    const blind = { live: new Map(), unknown: new Set(unknown) };
    return tenant === 'the tenant' ? { records: known, ...blind, tenants: new Map([[TENANT, sight]]) } : { records: known, ...sight, tenants: new Map([[TENANT, blind]]) };
  }

  test('is planned for by what it sees itself', () => {
    expect(plan(desiredOf({ web: WEB }, { specs }), seenBy('the tenant'))).toEqual([]);
    expect(plan(desiredOf({ web: WEB.slice(1) }, { specs }), seenBy('the tenant'))).toEqual(['web: delete ConfigMap/shop/a']);
    expect(plan(desiredOf({ web: WEB }, { specs }), seenBy('ourselves'))).toHaveLength(4);
  });

  test('loses nothing in a namespace that it may not list, and forgets nothing when it has not looked at all', () => {
    const fewer = desiredOf({ web: WEB.slice(1) }, { specs });
    const unlisted = planCluster(fewer, seenBy('ourselves', ['ConfigMap/shop']))[0].pruning;
    expect([unlisted.deletions, unlisted.forgotten, unlisted.staying.map(({ id }) => id.name)]).toEqual([[], [], ['a']]);
    expect(planCluster(fewer, seenBy('ourselves', ['ConfigMap/other']))[0].pruning.forgotten).toMatchObject([{ reason: 'gone' }]);
    const unseen = planCluster(fewer, { ...seenBy('ourselves'), tenants: new Map() })[0].pruning;
    expect([unseen.deletions, unseen.forgotten, unseen.staying.map(({ id }) => id.name)]).toEqual([[], [], ['a']]);
  });

  test('that left is pruned by what the account of its record sees', () => {
    const none = desiredOf({}, { approvals: new Map() });
    expect(plan(none, seenBy('the tenant'))).toEqual(['web: hold 4']);
    expect(planCluster(none, { ...seenBy('ourselves'), tenants: new Map() })[0].pruning.staying).toHaveLength(4);
  });

  test('is looked at namespace by namespace, all others kind by kind', () => {
    const desired = desiredOf({ web: ['ConfigMap/a', 'Namespace/shop'], api: ['ConfigMap/c'] }, { specs });
    const keys = [...scopesOf(desired, seenBy('the tenant').records)].map(([tenant, scopes]) => [tenant, [...scopes.keys()]]);
    expect(keys).toEqual([[undefined, ['ConfigMap']], [TENANT, ['ConfigMap/shop', 'Namespace', 'Service/shop', 'Deployment.apps/shop']]]);
  });

  test('that another one takes over from is looked at as the other', () => {
    const other = desiredOf({ web: WEB }, { specs: { web: { serviceAccount: { name: 'other', namespace: 'shop' } } } });
    expect([...scopesOf(other, seenBy('the tenant').records).keys()]).toEqual([undefined, 'system:serviceaccount:shop:other']);
  });
});

test('permissions are pruned last, after those that they may be needed for', () => {
  const objects = ['Role.rbac.authorization.k8s.io/r', 'ConfigMap/a', 'Deployment.apps/web', 'CustomResourceDefinition.apiextensions.k8s.io/c', 'ValidatingWebhookConfiguration.admissionregistration.k8s.io/v'];
  const ids = objects.map(text => identityOf(manifestOf(text).manifest));
  expect(ids.sort(comparePruning).map(({ kind }) => kind)).toEqual(['ValidatingWebhookConfiguration', 'Deployment', 'ConfigMap', 'CustomResourceDefinition', 'Role']);
});

describe('objects of ours that no inventory names', () => {
  /** A cluster whose Delivery `web` was read, without the lines that name these. */
  function losing(names: readonly string[], change: Parameters<typeof appliedOf>[1] = () => undefined): Observed {
    const observed = appliedOf({ web: WEB }, change);
    const record = observed.records.get('web')!;
    const inventory = record.inventory.filter(({ id }) => !names.includes(`${id.kind}/${id.name}`));
    return { ...observed, records: new Map([['web', { ...record, version: '1', inventory }]]) };
  }
  const lacking = (plans: readonly TargetPlan[]): string[] => plans.flatMap(({ inventory }) => inventory.filter(({ hash }) => !hash).map(({ id }) => `${id.kind}/${id.name}`));
  const without = WEB.filter(each => each !== 'ConfigMap/b');

  test('are answered for again, and pruned when somebody has approved it', () => {
    const desired = desiredOf({ web: without });
    const plans = planCluster(desired, losing(['ConfigMap/b']));
    expect([words(plans), lacking(plans), plans[0].idle]).toEqual([['web: hold 1'], ['ConfigMap/b'], false]);
    const approvals = new Map([['web', new Set([digestOf(['ConfigMap/shop/b'])])]]);
    expect(plan({ ...desired, approvals }, losing(['ConfigMap/b']))).toEqual(['web: delete ConfigMap/shop/b']);
  });

  test('are found when the whole Delivery is gone', () => {
    const { live, unknown } = appliedOf({ web: WEB });
    const plans = planCluster(desiredOf({ web: without }), { records: new Map(), live, unknown });
    expect([lacking(plans), words(plans).filter(each => !each.includes('apply'))]).toEqual([['ConfigMap/b'], ['web: hold 1']]);
  });

  test('are found when the application left the tree', () => {
    expect(plan(desiredOf({}, { specs: {} }), losing(['ConfigMap/b']))).toEqual(['web: hold 4']);
  });

  test.each<[string, Parameters<typeof appliedOf>[1]]>([
    ['somebody else made it, with a copy of our label', live => live.set('ConfigMap/shop/b', liveOf(targetOf('web', []).setId, 'ConfigMap/b', { managedFields: [] }))],
    ['it is kept', live => live.set('ConfigMap/shop/b', liveOf(targetOf('web', []).setId, 'ConfigMap/b', { annotations: { [PRUNE_ANNOTATION]: 'keep' } }))],
    ['it is on its way out', live => live.set('ConfigMap/shop/b', liveOf(targetOf('web', []).setId, 'ConfigMap/b', { deletionTimestamp: '2026-01-01T00:00:00Z' }))],
    ['it is of another set', live => live.set('ConfigMap/shop/b', liveOf('applyset-other-v1', 'ConfigMap/b'))],
  ])('are left alone when %s', (_title, change) => {
    const plans = planCluster(desiredOf({ web: without }), losing(['ConfigMap/b'], change));
    expect([words(plans), lacking(plans)]).toEqual([[], []]);
  });

  test('are not looked for in a record that we wrote ourselves', () => {
    const observed = losing(['ConfigMap/b']);
    const record = { ...observed.records.get('web')!, version: undefined };
    expect(lacking(planCluster(desiredOf({ web: without }), { ...observed, records: new Map([['web', record]]) }))).toEqual([]);
  });
});
