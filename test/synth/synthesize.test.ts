import { ApiObject } from 'cdk8s';
import { load } from 'js-yaml';
import { errorsOf, shop } from './one-cluster';
import { Application, ApplicationProps, Cluster, Environment, Fleet } from '../../lib';
import { fleet as design } from '../model/fixtures/design';

const render = () => {};

function documents(fleet: Pick<Fleet, 'synthesize'>): Record<string, unknown> {
  return Object.fromEntries([...fleet.synthesize().files].map(([path, content]) => [path, load(content)]));
}

test('the example of the design becomes the tree of the design', () => {
  const { files, ...counts } = design.synthesize();
  expect([...files.keys()]).toEqual([
    'clusters/prod-eu-west-1.yaml',
    'clusters/prod-eu-west-1/database.yaml',
    'clusters/prod-eu-west-1/database/shop/postgres.example.com.db.yaml',
    'clusters/prod-eu-west-1/web.yaml',
    'clusters/prod-eu-west-1/web/shop/deployment.apps.web.yaml',
    'clusters/prod-us-west-2.yaml',
    'clusters/prod-us-west-2/database.yaml',
    'clusters/prod-us-west-2/database/shop/postgres.example.com.db.yaml',
    'clusters/prod-us-west-2/web.yaml',
    'clusters/prod-us-west-2/web/shop/deployment.apps.web.yaml',
    'clusters/staging.yaml',
    'clusters/staging/database.yaml',
    'clusters/staging/database/shop/postgres.example.com.db.yaml',
    'clusters/staging/web.yaml',
    'clusters/staging/web/shop/deployment.apps.web.yaml',
    'fleet.yaml',
  ]);
  expect(counts).toEqual({ targets: 6, objects: 6, clusters: ['prod-eu-west-1', 'prod-us-west-2', 'staging'], warnings: [] });
  const web = (cluster: string) => load(files.get(`clusters/${cluster}/web/shop/deployment.apps.web.yaml`) as string);
  expect(web('prod-eu-west-1')).toMatchObject({ spec: { replicas: 6, minReadySeconds: 30, template: { spec: { containers: [{ env: [{ value: 'web.eu.example' }] }] } } } });
  expect(web('prod-us-west-2')).toMatchObject({ spec: { replicas: 6, minReadySeconds: 0, template: { spec: { containers: [{ env: [{ value: 'web.example' }] }] } } } });
  expect(web('staging')).toMatchObject({ spec: { replicas: 1, minReadySeconds: 0 } });
});

test('the fleet and its clusters are described', () => {
  const fleet = new Fleet('shop', { environments: ['staging', 'dev'], labels: { region: ['eu'] }, namespace: 'deliveries' });
  const dev = new Environment(fleet, 'dev', { labels: { 'team': 'a', 'cost-center': 'b' } });
  new Cluster(dev, 'z', { labels: { team: 'c', region: 'eu' }, access: { context: 'admin@z' } });
  new Cluster(dev, 'a');
  expect(documents(fleet)).toEqual({
    'fleet.yaml': {
      apiVersion: 'cdk8s-flotilla.dev/v1alpha1',
      kind: 'Fleet',
      metadata: { name: 'shop' },
      spec: { treeVersion: 1, namespace: 'deliveries', environments: ['staging', 'dev'], clusters: ['a', 'z'] },
    },
    'clusters/a.yaml': {
      apiVersion: 'cdk8s-flotilla.dev/v1alpha1',
      kind: 'Cluster',
      metadata: { name: 'a' },
      spec: { environment: 'dev', labels: { 'team': 'a', 'cost-center': 'b' }, access: {} },
    },
    'clusters/z.yaml': {
      apiVersion: 'cdk8s-flotilla.dev/v1alpha1',
      kind: 'Cluster',
      metadata: { name: 'z' },
      spec: { environment: 'dev', labels: { 'team': 'c', 'cost-center': 'b', 'region': 'eu' }, access: { context: 'admin@z' } },
    },
  });
});

test.each<[string, Partial<ApplicationProps<never, never>>, object]>([
  ['nothing but its names by default', {}, {}],
  ['its namespace', { namespace: 'shop' }, { namespace: 'shop' }],
  ['no prune policy that is the default', { prune: { enabled: true, budget: 25 } }, {}],
  ['the part of its prune policy that is not the default', { prune: { enabled: true, budget: 0 } }, { prune: { budget: 0 } }],
  ['the account in its namespace', { namespace: 'shop', serviceAccount: 'deployer' }, { namespace: 'shop', serviceAccount: { name: 'deployer', namespace: 'shop' } }],
  ['the account of another namespace', { namespace: 'shop', serviceAccount: { name: 'deployer', namespace: 'team' } }, { namespace: 'shop', serviceAccount: { name: 'deployer', namespace: 'team' } }],
  ['that it is not pruned', { prune: { enabled: false } }, { prune: { enabled: false } }],
])('a Delivery says %s', (_title, props, spec) => {
  const fleet = shop();
  new Application(fleet, 'web', { placement: {}, render, ...props as object });
  expect(documents(fleet)['clusters/a/web.yaml']).toEqual({
    apiVersion: 'cdk8s-flotilla.dev/v1alpha1', kind: 'Delivery', metadata: { name: 'web' }, spec: { fleet: 'shop', cluster: 'a', application: 'web', ...spec },
  });
});

test('a Delivery waits for the applications that are placed on its cluster, sorted, each once', () => {
  const fleet = shop(['a', 'b']);
  const everywhere = new Application(fleet, 'z', { placement: {}, render });
  const only = new Application(fleet, 'cache', { placement: { cluster: 'a' }, render });
  new Application(fleet, 'web', { placement: {}, render, dependsOn: [everywhere, only, everywhere] }).addDependency(only);
  const tree = documents(fleet);
  expect(['a', 'b'].map(cluster => (tree[`clusters/${cluster}/web.yaml`] as { spec: object }).spec)).toMatchObject([{ dependsOn: ['cache', 'z'] }, { dependsOn: ['z'] }]);
});

test('a cluster without applications is described all the same', () => {
  expect([...shop().synthesize().files.keys()]).toEqual(['clusters/a.yaml', 'fleet.yaml']);
});

test('applications that wait for each other are an error that shows the cycle', () => {
  const fleet = shop();
  const [a, b, c] = ['a', 'b', 'c'].map(name => new Application(fleet, name, { placement: {}, render }));
  a.addDependency(b);
  b.addDependency(c);
  c.addDependency(a);
  new Application(fleet, 'behind', { placement: {}, render, dependsOn: [a] });
  expect(errorsOf(fleet)).toMatchObject([{
    code: 'FLT2004', what: "applications wait for each other: 'a' waits for 'b' waits for 'c' waits for 'a'", where: { construct: 'shop/a', source: expect.stringMatching(/synthesize.test.ts/) },
  }]);
});

test('an application that lands on no cluster is an error', () => {
  const fleet = shop();
  new Application(fleet, 'web', { placement: { region: 'us' }, render });
  expect(errorsOf(fleet)).toMatchObject([{ code: 'FLT2005', what: "the placement of the application 'web' selects no cluster", where: { construct: 'shop/web' } }]);
});

test('an application in a fleet without clusters is an error', () => {
  const fleet = shop([]);
  new Application(fleet, 'web', { placement: {}, render });
  expect(errorsOf(fleet)).toMatchObject([{ code: 'FLT2005', what: "the application 'web' runs on no cluster: the fleet has none" }]);
});

test('a model that is wrong is not rendered', () => {
  const fleet = shop();
  const rendered = jest.fn();
  new Application(fleet, 'web', { placement: { cluster: 'b' }, render: rendered });
  expect(errorsOf(fleet)).toMatchObject([{ code: 'FLT1007' }]);
  expect(rendered).not.toHaveBeenCalled();
});

test('objects of the same name in many namespaces and groups each get a file', () => {
  const fleet = shop();
  new Application(fleet, 'web', {
    placement: {},
    render: chart => {
      [['v1', 'a'], ['x.io/v1', 'a'], ['x.io/v1', 'b'], ['y.io/v1', 'a']].forEach(([apiVersion, namespace], i) => {
        new ApiObject(chart, `o${i}`, { apiVersion, kind: 'Service', metadata: { name: 'same', namespace } });
      });
    },
  });
  expect([...fleet.synthesize().files.keys()].filter(path => path.includes('same'))).toHaveLength(4);
});
