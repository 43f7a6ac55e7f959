import * as fc from 'fast-check';
import { formatIdentity, ObjectIdentity } from '../../lib/tree/manifest';
import { clusterFile, deliveryFile, objectFile, parseTreePath, targetFolder } from '../../lib/tree/paths';

// Few characters, so that collisions would be found.
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '.', '-', ':', '_', '%', '~', '/', 'ü', '2'), minLength: 1, maxLength: 6 });
const identity: fc.Arbitrary<ObjectIdentity> = fc.record({
  group: fc.constantFrom('', 'a', 'b', 'a.b', 'a.b.a'),
  kind: fc.constantFrom('A', 'B', 'Ab', 'Con'),
  namespace: fc.constantFrom('a', 'con', 'nul', '_cluster', 'b-a'),
  name,
}, { requiredKeys: ['group', 'kind', 'name'] });

describe('objectFile', () => {
  test.each<[string, ObjectIdentity]>([
    ['shop/deployment.apps.web.yaml', { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }],
    ['shop/service.web.yaml', { group: '', kind: 'Service', namespace: 'shop', name: 'web' }],
    ['_cluster/clusterrole.rbac.authorization.k8s.io.web.yaml', { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'web' }],
    ['_cluster/clusterrole.rbac.authorization.k8s.io.system%3aa.yaml', { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:a' }],
    ['shop/configmap_kube-root-ca.crt.yaml', { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'kube-root-ca.crt' }],
    ['%63on/service.web.yaml', { group: '', kind: 'Service', namespace: 'con', name: 'web' }],
  ])('is %s', (path, id) => {
    expect(objectFile(id)).toBe(path);
  });

  test('differs for objects that differ, on file systems that know no upper case, too', () => {
    fc.assert(fc.property(identity, identity, (a, b) => {
      expect(objectFile(a).toLowerCase() === objectFile(b).toLowerCase()).toBe(formatIdentity(a) === formatIdentity(b));
    }), { numRuns: 5000 });
  });

  test('can be a path on any file system', () => {
    const long = fc.string({ unit: fc.constantFrom('a', 'B', '.', ':'), minLength: 1, maxLength: 253 });
    fc.assert(fc.property(fc.record({ group: fc.constantFrom('', 'a.very-long-group.example.com'), kind: fc.constantFrom('Nul', 'Deployment'), name: fc.oneof(name, long) }), id => {
      const [folder, file, ...more] = objectFile(id).split('/');
      expect(more).toEqual([]);
      expect(folder).toBe('_cluster');
      expect(file).toMatch(/^[a-z0-9%][a-z0-9.%_~-]*\.yaml$/);
      expect(file.length).toBeLessThanOrEqual(240);
      expect(file).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./);
    }), { numRuns: 1000 });
  });

  test('differs for long names that begin alike', () => {
    const id = (end: string): ObjectIdentity => ({ group: '', kind: 'ConfigMap', namespace: 'a', name: `${'x'.repeat(252)}${end}` });
    expect(objectFile(id('a'))).not.toBe(objectFile(id('b')));
    expect(objectFile(id('a'))).toMatch(/^a\/configmap\.x{190}~[0-9a-f]{32}\.yaml$/);
  });
});

test.each<[string, unknown]>([
  ['fleet.yaml', { kind: 'fleet' }],
  [clusterFile('prod'), { kind: 'cluster', cluster: 'prod' }],
  [deliveryFile('prod', 'web'), { kind: 'delivery', cluster: 'prod', application: 'web' }],
  [`${targetFolder('prod', 'web')}/shop/service.web.yaml`, { kind: 'object', cluster: 'prod', application: 'web', file: 'shop/service.web.yaml' }],
  ['clusters/prod/web/README.md', undefined],
  ['clusters', undefined],
  ['docs/fleet.yaml', undefined],
  ['other/a.yaml', undefined],
])('parseTreePath knows what %s is', (path, expected) => {
  expect(parseTreePath(path)).toEqual(expected);
});
