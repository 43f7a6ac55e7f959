import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { errorsOf, objectsIn, shop, web } from './one-cluster';
import { Application } from '../../lib';

const definition = (scope: string, name = 'issuers') => (chart: Chart): void => {
  new ApiObject(chart, name, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'issuers.example.com' },
    spec: {
      group: 'example.com', scope, names: { kind: 'Issuer', plural: 'issuers' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
};
const issuer = (chart: Chart): void => { new ApiObject(chart, 'issuer', { apiVersion: 'example.com/v1', kind: 'Issuer', metadata: { name: 'issuer' } }); };

function apart(first: (chart: Chart) => void, second: (chart: Chart) => void, namespace?: string) {
  const fleet = shop();
  new Application(fleet, 'first', { placement: {}, render: first });
  new Application(fleet, 'second', { placement: {}, namespace, render: second });
  return fleet;
}

test('objects of the cluster lose the namespace that cdk8s puts on everything', () => {
  const fleet = web(chart => {
    new kplus.Namespace(chart, 'namespace', { metadata: { name: 'shop' } });
    new kplus.ClusterRole(chart, 'role', { metadata: { name: 'system:shop' } });
    new kplus.ConfigMap(chart, 'config', { metadata: { name: 'config' } });
    definition('Namespaced')(chart);
  });
  const objects = objectsIn(fleet);
  expect(Object.entries(objects).map(([path, { metadata }]) => [path, metadata.namespace])).toEqual([
    ['a/web/_cluster/clusterrole.rbac.authorization.k8s.io.system%3ashop.yaml', undefined],
    ['a/web/_cluster/customresourcedefinition.apiextensions.k8s.io_issuers.example.com.yaml', undefined],
    ['a/web/_cluster/namespace.shop.yaml', undefined],
    ['a/web/shop/configmap.config.yaml', 'shop'],
  ]);
});

test.each<[string, ReturnType<typeof shop>, string]>([
  ['a definition of another application on the cluster says: the cluster', apart(definition('Cluster'), issuer, 'shop'), 'a/second/_cluster/issuer.example.com.issuer.yaml'],
  ['a definition says: a namespace', apart(definition('Namespaced'), issuer, 'shop'), 'a/second/shop/issuer.example.com.issuer.yaml'],
  ['the fleet says: the cluster', web(issuer, shop(['a'], ['Issuer.example.com'])), 'a/web/_cluster/issuer.example.com.issuer.yaml'],
  ['a definition knows better than the fleet', web(chart => { definition('Namespaced')(chart); issuer(chart); }, shop(['a'], ['Issuer.example.com'])),
    'a/web/shop/issuer.example.com.issuer.yaml'],
  ['nobody says: with a namespace it stays in it', web(issuer), 'a/web/shop/issuer.example.com.issuer.yaml'],
  ['nobody says: without a namespace it stays without', apart(() => {}, issuer), 'a/second/_cluster/issuer.example.com.issuer.yaml'],
])('where a custom kind lives when %s', (_title, fleet, path) => {
  expect(Object.keys(objectsIn(fleet))).toContain(path);
});

test.each<[string, (chart: Chart) => void, string]>([
  ['a built-in kind', chart => { new kplus.ConfigMap(chart, 'c', { metadata: { name: 'c' } }); }, "ConfigMap 'c' has no namespace"],
  ['a custom kind whose definition says so', chart => { definition('Namespaced')(chart); issuer(chart); }, "Issuer.example.com 'issuer' has no namespace"],
])('%s without a namespace is an error', (_title, render, what) => {
  expect(errorsOf(apart(() => {}, render))).toMatchObject([{ code: 'FLT2002', what, fix: 'give the application second or the object a `namespace`' }]);
});

test('the namespace of the application is that of charts inside of its chart, too', () => {
  const fleet = web(chart => { new kplus.ConfigMap(new Chart(chart, 'inner'), 'c', { metadata: { name: 'c' } }); });
  expect(Object.keys(objectsIn(fleet))).toEqual(['a/web/shop/configmap.c.yaml']);
});

test('an empty namespace is none', () => {
  const fleet = web(chart => { new ApiObject(chart, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: '' } }); });
  expect(Object.keys(objectsIn(fleet))).toEqual(['a/web/shop/configmap.c.yaml']);
});
