import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonMap } from '../../lib/patch/json';
import { PatchError } from '../../lib/patch/patch-error';
import { applyStrategicMerge } from '../../lib/patch/strategic-merge';
import { parseYaml } from '../../lib/yaml/parse';

interface Case {
  readonly name: string;
  readonly input: string;
  readonly patch: string;
  readonly expected: string;
}

const CASES = JSON.parse(readFileSync(join(__dirname, '../../../shared/corpora/patch/strategic-merge.json'), 'utf8')) as Case[];

test('the corpus has its 23 cases', () => {
  expect(CASES).toHaveLength(23);
});

test.each(CASES.map(each => [each.name, each] as const))('as kustomize: %s', (_name, { input, patch, expected }) => {
  const document = parseYaml(input, 'input') as JsonMap;
  const before = structuredClone(document);
  expect(applyStrategicMerge(document, parseYaml(patch, 'patch') as JsonMap)).toEqual(parseYaml(expected, 'expected'));
  expect(document).toEqual(before);
});

const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec }) as unknown as JsonMap;

test.each([
  ['$patch: replace replaces an item of a merged list as a whole', { containers: [{ name: 'a', image: 'x', env: [{ name: 'E' }] }, { name: 'b' }] },
    { containers: [{ name: 'a', $patch: 'replace', image: 'y' }] }, { containers: [{ name: 'a', image: 'y' }, { name: 'b' }] }],
  ['$patch: delete removes a map', { securityContext: { runAsUser: 1 } }, { securityContext: { $patch: 'delete' } }, {}],
  ['$retainKeys removes what it does not name', { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] }, { volumes: [{ name: 'v', configMap: { name: 'c' } }] }],
  ['$deleteFromPrimitiveList removes scalars', { containers: [{ name: 'a', args: ['x', 'y', 'z'] }] },
    { containers: [{ 'name': 'a', '$deleteFromPrimitiveList/args': ['x', 'z'] }] }, { containers: [{ name: 'a', args: ['y'] }] }],
  ['$setElementOrder orders by the merge key, and leaves the rest where it is', { containers: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
    { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }] }, { containers: [{ name: 'c' }, { name: 'b' }, { name: 'a' }] }],
  ['directives leave no trace where the object has nothing', {},
    { securityContext: { '$retainKeys': ['runAsUser'], '$setElementOrder/x': [], 'runAsUser': 1, 'fsGroup': null }, volumes: [{ name: 'v' }, { $patch: 'merge' }] },
    { securityContext: { runAsUser: 1 }, volumes: [{ name: 'v' }] }],
  ['empty maps and lists are values', { nodeSelector: { a: 'b' } }, { securityContext: {}, tolerations: [], nodeSelector: {} },
    { nodeSelector: { a: 'b' }, securityContext: {}, tolerations: [] }],
] as const)('%s', (_title, live, patch, expected) => {
  const [object, change] = [pod(live), { spec: patch } as unknown as JsonMap];
  const before = structuredClone([object, change]);
  expect(applyStrategicMerge(object, change)).toEqual(pod(expected));
  expect([object, change]).toEqual(before);
});

test('$patch: delete of the whole object leaves nothing', () => {
  expect(applyStrategicMerge(pod({}), { $patch: 'delete' })).toBeUndefined();
});

test('the lists of a kind that is not of Kubernetes are replaced', () => {
  const gear = (items: object[]) => ({ apiVersion: 'example.com/v1', kind: 'Deployment', spec: { template: { spec: { containers: items } } } }) as unknown as JsonMap;
  expect(applyStrategicMerge(gear([{ name: 'a' }]), gear([{ name: 'b' }]))).toEqual(gear([{ name: 'b' }]));
});

test.each([
  ['a list where the object has a map', { securityContext: {} }, { securityContext: [] }, '`spec.securityContext` is a map, and a list in the patch'],
  ['a directive that there is not', {}, { $patch: 'remove' }, '`$patch` of `spec` is "remove"'],
  ['an item without its key', { containers: [{ name: 'a' }] }, { containers: [{ image: 'b' }] }, 'an item of `spec.containers` has no `name`, by which items are merged'],
  ['an item twice', { containers: [{ name: 'a' }] }, { containers: [{ name: 'a' }, { name: 'a' }] }, 'two items of `spec.containers` have the same `name`'],
] as const)('refused: %s', (_title, live, patch, message) => {
  expect(() => applyStrategicMerge(pod(live), { spec: patch } as unknown as JsonMap)).toThrow(new PatchError(message, ''));
});

test('nothing of the patch is shared with the result', () => {
  const patch = { spec: { tolerations: [{ key: 'a' }], securityContext: { seLinuxOptions: { role: 'r' } } } };
  const merged = applyStrategicMerge(pod({}), patch) as unknown as { spec: typeof patch.spec };
  merged.spec.tolerations[0].key = 'changed';
  merged.spec.securityContext.seLinuxOptions.role = 'changed';
  expect(patch.spec).toEqual({ tolerations: [{ key: 'a' }], securityContext: { seLinuxOptions: { role: 'r' } } });
});
