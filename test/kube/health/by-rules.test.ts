import { assessByRules, KubeObject } from '../../../lib/kube/health';
import type { HealthRule } from '../../../lib/rules/health-rule';

const RULE: HealthRule = {
  kind: 'Gear', group: 'example.com', healthy: "object.status.phase == 'Ready' && object.status.ready >= object.spec.replicas", degraded: "status.phase == 'Failed'",
  progressing: 'has(status.busy) && status.busy', suspended: 'object.spec.?paused.orValue(false)', message: "status.phase + ': ' + string(status.ready)",
};

function gear(status?: Record<string, unknown>, spec: Record<string, unknown> = { replicas: 2 }, metadata: KubeObject['metadata'] = {}): KubeObject {
  return { apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'big', ...metadata }, spec, ...status && { status } };
}

test.each<[string, KubeObject, object]>([
  ['what is healthy', gear({ phase: 'Ready', ready: 2 }), { status: 'Healthy', wait: 'Current', message: 'Ready: 2' }],
  ['what is not healthy yet', gear({ phase: 'Ready', ready: 1 }), { status: 'Progressing', wait: 'InProgress', message: 'Ready: 1' }],
  ['what has failed', gear({ phase: 'Failed', ready: 0 }), { status: 'Degraded', wait: 'Failed', message: 'Failed: 0' }],
  ['what is busy though it failed', gear({ phase: 'Failed', busy: true, ready: 0 }), { status: 'Progressing', wait: 'InProgress', message: 'Failed: 0' }],
  ['what is stopped on purpose, whatever else is true', gear({ phase: 'Failed', busy: true }, { paused: true }), { status: 'Suspended', wait: 'Current' }],
  ['what has no status yet', gear(), { status: 'Progressing', wait: 'InProgress', message: 'not known to be healthy: No such key: status' }],
  ['what has a status without the field', gear({}), { status: 'Progressing', wait: 'InProgress', message: 'not known to be healthy: No such key: ready' }],
  ['what has another type in the field', gear({ phase: 'Ready', ready: 'two' }), expect.objectContaining({ status: 'Progressing', wait: 'InProgress' })],
  ['what was not observed since it changed', gear({ phase: 'Ready', ready: 2, observedGeneration: 1 }, {}, { generation: 2 }),
    { status: 'Progressing', wait: 'InProgress', message: 'the newest spec has not been observed yet' }],
  ['what is being deleted', gear({ phase: 'Ready', ready: 2 }, {}, { deletionTimestamp: 'now' }), { status: 'Progressing', wait: 'Terminating', message: 'the object is being deleted' }],
])('%s', (_title, object, expected) => {
  expect(assessByRules(object, [RULE])).toEqual(expected);
});

test('an object that is not there is missing, and waited for', () => {
  expect(assessByRules(undefined, [RULE])).toEqual({ status: 'Missing', wait: 'InProgress' });
});

test('kinds without a rule are judged by what is known of them', () => {
  const job: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', status: { conditions: [{ type: 'Complete', status: 'True' }] } };
  expect(assessByRules(job, [RULE])).toMatchObject({ status: 'Healthy', wait: 'Current' });
  expect(assessByRules({ ...gear({ phase: 'Failed' }), apiVersion: 'other.com/v1' }, [RULE])).toMatchObject({ status: 'Degraded', wait: 'InProgress' });
});

test('a rule that names the group counts before one that does not', () => {
  const rules = [{ kind: 'Gear', healthy: 'false' }, { kind: 'Gear', group: 'example.com', healthy: 'true' }];
  expect(assessByRules(gear(), rules).status).toBe('Healthy');
  expect(assessByRules({ ...gear(), apiVersion: 'other.com/v1' }, rules).status).toBe('Progressing');
});

test('the expressions of Flux work as they are, whole numbers are integers, and hidden properties are none', () => {
  const object = gear({ conditions: [{ type: 'Ready', status: 'True' }], count: 3, share: 0.5 });
  const verdict = (healthy: string) => assessByRules(object, [{ kind: 'Gear', healthy }]).status === 'Healthy';
  expect([
    "status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')", 'status.count + 1 == 4', 'status.share < 1 && status.share > 0.4',
    "metadata.name == 'big' && kind == 'Gear'", '!has(status.constructor)', "!('__proto__' in status)",
  ].filter(each => !verdict(each))).toEqual([]);
});

test('what would take too long is not true, and says so', () => {
  const items = Array.from({ length: 20_000 }, (_, i) => i);
  const start = Date.now();
  const { status, message } = assessByRules(gear({ items }), [{ kind: 'Gear', healthy: 'status.items.all(a, status.items.exists(b, a == b))' }]);
  expect([status, message]).toEqual(['Progressing', 'not known to be healthy: it would go through lists of 20000 items too often']);
  expect(Date.now() - start).toBeLessThan(1000);
});

test('an expression that is wrong, in a rule that nobody checked, throws nothing', () => {
  expect(assessByRules(gear({ phase: 'Ready' }), [{ kind: 'Gear', healthy: '((' }]).status).toBe('Progressing');
});
