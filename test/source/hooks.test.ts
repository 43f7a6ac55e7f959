import { mapHooks, type HookMode } from '../../lib/source/helm/hooks';
import { SourceManifest } from '../../lib/source/request';

function object(kind: string, name: string, annotations: Readonly<Record<string, string>> = {}): SourceManifest {
  return { manifest: { apiVersion: kind === 'Job' ? 'batch/v1' : 'v1', kind, metadata: { name, annotations: { ...annotations } } } };
}

function hook(kind: string, name: string, events: string, weight?: string): SourceManifest {
  return object(kind, name, { 'helm.sh/hook': events, ...(weight === undefined ? {} : { 'helm.sh/hook-weight': weight }) });
}

/** Name and wave of each object that is left. */
function waves(objects: readonly SourceManifest[], mode: HookMode = 'waves'): string[] {
  return mapHooks(objects, mode, 'web').manifests.map(({ manifest: { metadata } }) => `${metadata.name} ${metadata.annotations?.['cdk8s-flotilla.dev/wave'] ?? 0}`);
}

test.each([
  ['before an installation or an upgrade', [hook('Job', 'a', 'pre-install'), hook('Job', 'b', 'pre-upgrade,pre-install')], ['web 0', 'a -1', 'b -1']],
  ['after an installation or an upgrade', [hook('Job', 'a', 'post-install'), hook('Job', 'b', 'post-upgrade')], ['web 0', 'a 1', 'b 1']],
  ['with weights, before', [hook('Job', 'a', 'pre-install', '5'), hook('Secret', 'b', 'pre-install', '-3'), hook('Job', 'c', 'pre-install')], ['web 0', 'a -1', 'b -3', 'c -2']],
  ['with weights, after', [hook('Job', 'a', 'post-install', '5'), hook('Job', 'b', 'post-install', '-3')], ['web 0', 'a 2', 'b 1']],
  ['with a weight that is none', [hook('Job', 'a', 'post-install', 'last')], ['web 0', 'a 1']],
  ['after objects with waves of their own', [object('ConfigMap', 'late', { 'cdk8s-flotilla.dev/wave': '3' }), hook('Job', 'a', 'post-install')], ['web 0', 'late 3', 'a 4']],
  ['before and after', [hook('Role', 'a', 'pre-install,post-install')], ['web 0', 'a -1']],
  ['of Helm 2, for definitions', [hook('CustomResourceDefinition', 'a', 'crd-install')], ['web 0', 'a 0']],
  ['of tests', [hook('Pod', 'a', 'test'), hook('Pod', 'b', 'test-success, test-failure')], ['web 0']],
  ['of deletions and rollbacks', [hook('Job', 'a', 'pre-delete'), hook('Job', 'b', 'post-delete,post-rollback')], ['web 0']],
])('hooks %s have their waves', (_, hooks, expected) => {
  expect(waves([object('ConfigMap', 'web'), ...hooks])).toEqual(expected);
});

test('a hook keeps its annotations, which Argo CD knows', () => {
  const [{ manifest }] = mapHooks([hook('Role', 'a', 'pre-install', '1')], 'waves', 'web').manifests;
  expect(manifest.metadata.annotations).toEqual({ 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': '1', 'cdk8s-flotilla.dev/wave': '-1' });
});

test.each([
  ['as Helm does by default', undefined, 'recreate'], ['by its policy', 'before-hook-creation,hook-succeeded', 'recreate'], ['not by its policy', 'hook-succeeded', undefined],
])('a Job that runs as a hook is created anew when it changes, %s', (_, policy, expected) => {
  const job = object('Job', 'a', { 'helm.sh/hook': 'post-install', ...(policy === undefined ? {} : { 'helm.sh/hook-delete-policy': policy }) });
  expect(mapHooks([job], 'waves', 'web').manifests[0].manifest.metadata.annotations?.['cdk8s-flotilla.dev/on-immutable']).toBe(expected);
});

test('hooks that are left out are warnings, but for tests', () => {
  const { warnings } = mapHooks([hook('Job', 'cleanup', 'pre-delete'), hook('Pod', 'try', 'test'), hook('Job', 'both', 'pre-install,post-install')], 'waves', 'web');
  expect(warnings.map(({ code, what }) => `${code} ${what}`)).toEqual([
    "FLT2114 the hook Job 'cleanup' (pre-delete) of the chart web is left out: nothing here runs hooks of deletions and rollbacks",
    "FLT2114 the hook Job 'both' (pre-install, post-install) of the chart web runs before the other objects, and not once more after them",
  ]);
});

test('hooks can be left out, or refused by name', () => {
  const objects = [object('ConfigMap', 'web'), hook('Job', 'a', 'pre-install'), hook('Pod', 'try', 'test')];
  expect(mapHooks(objects, 'omit', 'web')).toEqual({ manifests: [objects[0]], warnings: [] });
  expect(() => mapHooks(objects, 'refuse', 'web')).toThrow(/FLT2111 the chart web has the hook Job 'a' \(pre-install\)/);
  expect(mapHooks([objects[0], objects[2]], 'refuse', 'web').manifests).toEqual([objects[0]]);
});
