import { configMap, deployment, sampleFiles, twoClusters } from './sample-fleet';
import { diffTrees, TreeDiff } from '../../lib/tree/diff';
import { groupChanges } from '../../lib/tree/diff-groups';
import { Manifest } from '../../lib/tree/manifest';

function summary({ changes }: TreeDiff): string[] {
  return changes.map(({ action, subject, cluster, application, object, fields, movedFrom }) =>
    [action, subject, cluster, application, object?.kind, object?.name, ...fields.map(field => field.path), movedFrom && `from ${movedFrom}`].filter(part => part).join(' '));
}

function secret(data: Record<string, string>): Manifest {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'shop', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(data) } }, data };
}

test('a changed image is one field of one object on each cluster', () => {
  const diff = diffTrees(sampleFiles(twoClusters('web:1')), sampleFiles(twoClusters('web:2')));
  expect(diff.changes[0]).toEqual({
    subject: 'object',
    action: 'changed',
    cluster: 'prod-eu',
    application: 'web',
    file: 'clusters/prod-eu/web/shop/deployment.apps.web.yaml',
    object: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
    fields: [{ path: 'spec.template.spec.containers[server].image', before: 'web:1', after: 'web:2' }],
  });
  expect(diff.changes).toHaveLength(2);
});

test('all kinds of documents are compared, in the order of the fleet', () => {
  const before = sampleFiles({ a: { api: [configMap('x')], web: [configMap('y')] }, b: {} });
  const after = sampleFiles({ a: { new: [configMap('x')], web: [configMap('y', { key: 'other' }), configMap('z')] }, c: {} });
  after.set('clusters/a/web.yaml', (after.get('clusters/a/web.yaml') as string).replace('namespace: shop', 'namespace: shop\n  prune:\n    budget: 50'));
  expect(summary(diffTrees(before, after))).toEqual([
    'changed fleet spec.clusters',
    'removed delivery a api',
    'removed object a api ConfigMap x',
    'added delivery a new',
    'added object a new ConfigMap x from api',
    'changed delivery a web spec.prune',
    'changed object a web ConfigMap y data.key',
    'added object a web ConfigMap z',
    'removed cluster b',
    'added cluster c',
  ]);
});

test('the order of keys, comments and quotes change nothing', () => {
  const files = sampleFiles({ a: { web: [configMap('x')] } });
  const path = 'clusters/a/web/shop/configmap.x.yaml';
  const other = new Map(files).set(path, '# a comment\nkind: "ConfigMap"\ndata: {key: value}\napiVersion: v1\nmetadata: {namespace: shop, name: x}\n');
  expect(diffTrees(files, other).changes).toEqual([]);
});

test('files that are not the tree\'s are passed over', () => {
  const files = sampleFiles({ a: { web: [configMap('x')] } });
  expect(diffTrees(files, new Map(files).set('README.md', 'x').set('clusters/a/web/NOTES', 'x')).changes).toEqual([]);
});

test('no value of a Secret is shown, and that it changed is', () => {
  const before = sampleFiles({ a: { web: [secret({ password: 'aHVudGVyMg==', same: 'c2FtZQ==' })] } });
  const after = sampleFiles({ a: { web: [secret({ password: 'aHVudGVyMw==', same: 'c2FtZQ==', token: 'dG9rZW4=' })] } });
  const { changes } = diffTrees(before, after);
  expect(changes[0].fields.map(field => field.path)).toEqual(['data.password', 'data.token', 'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]']);
  expect(changes[0].fields[0]).toEqual({ path: 'data.password', before: expect.stringMatching(/^hidden:[0-9a-f]{8}$/), after: expect.stringMatching(/^hidden:/) });
  expect(JSON.stringify(changes)).not.toMatch(/aHVudGVy|dG9rZW4|c2FtZQ/);
});

test('a file that cannot be read shows as a hash', () => {
  const files = sampleFiles({ a: { web: [secret({ password: 'aHVudGVyMg==' })] } });
  const { changes } = diffTrees(files, new Map(files).set('clusters/a/web/shop/secret.s.yaml', 'password: [hunter2'));
  expect(changes).toHaveLength(1);
  expect(JSON.stringify(changes)).not.toContain('hunter2');
  expect(changes[0].fields[0].path).toBe('');
});

describe('groupChanges', () => {
  test('shows the same change of many clusters once', () => {
    const tree = (image: (i: number) => string): Map<string, string> => sampleFiles(Object.fromEntries(Array.from({ length: 12 }, (_, i) =>
      [`c${String(i).padStart(2, '0')}`, { web: [deployment('web', image(i)), configMap('web', { host: `${i}.example` })] }])));
    const groups = groupChanges(diffTrees(tree(() => 'web:1'), tree(i => i === 5 ? 'web:3' : 'web:2')));
    expect(groups.map(group => [group.fields[0].after, group.clusters.length])).toEqual([['web:2', 11], ['web:3', 1]]);
    expect(groups[0]).toMatchObject({ subject: 'object', application: 'web', action: 'changed', object: { kind: 'Deployment' } });
    expect(groups[0].clusters.slice(0, 6)).toEqual(['c00', 'c01', 'c02', 'c03', 'c04', 'c06']);
    expect(groups[0].files[0]).toBe('clusters/c00/web/shop/deployment.apps.web.yaml');
  });

  test('does not depend on the rest of the object being the same', () => {
    const tree = (replicas: number): Map<string, string> => sampleFiles({ a: { web: [deployment('web', 'a:1', replicas)] }, b: { web: [deployment('web', 'b:1', replicas)] } });
    expect(groupChanges(diffTrees(tree(1), tree(2))).map(group => group.clusters)).toEqual([['a', 'b']]);
  });

  test('puts clusters that came together, and the fleet first', () => {
    const groups = groupChanges(diffTrees(sampleFiles({}), sampleFiles(twoClusters())));
    expect(groups.map(({ subject, action, application, clusters }) => [subject, action, application, clusters.length])).toEqual([
      ['fleet', 'changed', undefined, 0], ['cluster', 'added', undefined, 2],
      ['delivery', 'added', 'api', 2], ['object', 'added', 'api', 2], ['object', 'added', 'api', 2],
      ['delivery', 'added', 'web', 2], ['object', 'added', 'web', 2], ['object', 'added', 'web', 2], ['object', 'added', 'web', 2],
    ]);
  });
});

test('a change on a thousand clusters is compared once', () => {
  const tree = (image: string): Map<string, string> => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`c${i}`, { web: [deployment('web', image)] }]));
    return sampleFiles(many);
  };
  const [before, after] = [tree('web:1'), tree('web:2')];
  const started = performance.now();
  expect(groupChanges(diffTrees(before, after))).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(1000);
});
