import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Application, ObjectSelector, Overlay, PatchedObject, PatchOverlayProps } from '../../../lib';
import { errorsOf, objectsIn, shop } from '../one-cluster';

const SHARED = { apiVersion: 'example.com/v1', kind: 'Shared', metadata: { name: 'shared' }, spec: { size: 1 } };

class SharedObject extends ApiObject {
  // A careless class: every chart gets the same object.
  public toJson(): unknown {
    return SHARED;
  }
}

function patched(patches: readonly PatchOverlayProps<never>[], clusters = ['a']) {
  const fleet = shop(clusters);
  new Application(fleet, 'web', {
    namespace: 'shop',
    placement: {},
    overlays: patches as never,
    render: chart => {
      new ApiObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' }, data: { a: '1' } });
      new ApiObject(chart, 'other', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other', namespace: 'elsewhere' }, data: { a: '1' } });
      new kplus.ClusterRole(chart, 'role', { metadata: { name: 'role' } });
      new ApiObject(chart, 'certificate', { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'tls' } });
      new SharedObject(chart, 'shared', SHARED);
    },
  });
  return fleet;
}

const mark = (object: PatchedObject) => { object.metadata.annotations = { patched: 'yes' }; };

function patch(selector: ObjectSelector, change: (object: PatchedObject) => void = mark, where = {}): PatchOverlayProps<never> {
  return { where, patch: selector, with: change } as PatchOverlayProps<never>;
}

test.each<[string, ObjectSelector, string[]]>([
  ['a kind', { kind: 'ConfigMap' }, ['a/web/elsewhere/configmap.other.yaml', 'a/web/shop/configmap.config.yaml']],
  ['a kind and a name', { kind: 'ConfigMap', name: 'config' }, ['a/web/shop/configmap.config.yaml']],
  ['a kind and a namespace', { kind: 'ConfigMap', namespace: 'elsewhere' }, ['a/web/elsewhere/configmap.other.yaml']],
  ['a kind with its group', { kind: 'Certificate.cert-manager.io' }, ['a/web/shop/certificate.cert-manager.io.tls.yaml']],
  ['a kind of the cluster', { kind: 'ClusterRole', name: 'role' }, ['a/web/_cluster/clusterrole.rbac.authorization.k8s.io.role.yaml']],
])('a patch changes the objects of %s', (_title, selector, paths) => {
  const objects = Object.entries(objectsIn(patched([patch(selector)])));
  expect(objects.filter(([, { metadata }]) => metadata.annotations?.patched).map(([path]) => path)).toEqual(paths);
});

test('patches apply in the order written, then those that are constructs, on the clusters that they select', () => {
  const append = (text: string) => (object: PatchedObject) => { object.data.a += text; };
  const fleet = patched([patch({ kind: 'ConfigMap', name: 'config' }, append('2')), patch({ kind: 'ConfigMap' }, append('3'), { cluster: 'a' })], ['a', 'b']);
  new Overlay(fleet.node.findChild('web') as never, 'late', patch({ kind: 'ConfigMap' }, append('4'), { cluster: 'b' }));
  const objects = objectsIn(fleet);
  expect(['a', 'b'].map(cluster => objects[`${cluster}/web/shop/configmap.config.yaml`].data)).toEqual([{ a: '123' }, { a: '124' }]);
});

test('a patch of one target changes no other, even where a class hands out the same object', () => {
  const objects = objectsIn(patched([patch({ kind: 'Shared' }, object => { object.spec.size++; })], ['a', 'b', 'c']));
  expect(Object.entries(objects).filter(([path]) => path.includes('shared')).map(([, { spec }]) => spec)).toEqual([{ size: 2 }, { size: 2 }, { size: 2 }]);
  expect(SHARED.spec.size).toBe(1);
});

test('a patch may give an object another name', () => {
  const paths = Object.keys(objectsIn(patched([patch({ kind: 'ConfigMap', name: 'config' }, object => { object.metadata.name = 'renamed'; })])));
  expect(paths).toContain('a/web/shop/configmap.renamed.yaml');
});

test.each<[string, ObjectSelector, string, string]>([
  ['a misspelt name', { kind: 'ConfigMap', name: 'confg' }, "there is no ConfigMap 'confg'", "name one of 'config', 'other', or narrow its `where`"],
  ['a kind that is not rendered', { kind: 'Deployment' }, 'there is no Deployment',
    'patch one of the kinds that web has (Certificate, ClusterRole, ConfigMap, Shared), or narrow its `where`'],
  ['another group', { kind: 'Certificate.example.com', name: 'tls', namespace: 'shop' }, "there is no Certificate.example.com 'tls' in namespace 'shop'",
    'patch one of the kinds that web has (Certificate, ClusterRole, ConfigMap, Shared), or narrow its `where`'],
])('a patch that matches nothing is an error: %s', (_title, selector, what, fix) => {
  expect(errorsOf(patched([patch(selector)], ['a', 'b']))).toMatchObject([{
    code: 'FLT2008',
    what: `the patch overlays[0] of shop/web matches no object: ${what}`,
    fix,
    where: { construct: 'overlays[0] of shop/web', source: expect.stringMatching(/^test\/synth\/overlays\/patch.test.ts:/), cluster: 'a, b' },
  }]);
});

test('a patch that throws is an error with the line in it', () => {
  expect(errorsOf(patched([patch({ kind: 'ClusterRole' }, object => { object.spec.x.y = 1; })]))).toMatchObject([{
    code: 'FLT2009',
    what: "the patch overlays[0] of shop/web threw at ClusterRole.rbac.authorization.k8s.io 'role'",
    where: { source: expect.stringMatching(/^test\/synth\/overlays\/patch.test.ts:\d+:\d+$/), cluster: 'a', application: 'web' },
  }]);
});

test('an asynchronous patch is an error', () => {
  const late = (async () => { throw new Error('later'); }) as never;
  expect(errorsOf(patched([patch({ kind: 'ClusterRole' }, late)]))).toMatchObject([{ code: 'FLT2010', what: 'the patch overlays[0] of shop/web returns a promise' }]);
});
