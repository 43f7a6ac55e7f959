import { ApiObject } from 'cdk8s';
import { Application, Cluster, Environment, Fleet, Overlay, PatchedObject, SharedOverlayProps } from '../../../lib';
import { errorsOf, objectsIn } from '../one-cluster';

type Shared = readonly SharedOverlayProps<Fleet>[];

/** Applications `web` and `db` on the clusters `p1` and `p2` of prod, and `d1` of dev. */
function shop(overlays: { readonly fleet?: Shared; readonly prod?: Shared; readonly p1?: Shared } = {}) {
  const fleet = new Fleet('shop', { environments: ['dev', 'prod'], overlays: overlays.fleet as never });
  const prod = new Environment(fleet, 'prod', { overlays: overlays.prod as never });
  const p1 = new Cluster(prod, 'p1', { overlays: overlays.p1 as never });
  new Cluster(prod, 'p2');
  new Cluster(new Environment(fleet, 'dev'), 'd1');
  const [web] = ['web', 'db'].map(name => new Application(fleet, name, {
    namespace: name,
    placement: {},
    render: chart => {
      new ApiObject(chart, 'o', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { order: '' } });
      if (name === 'web') {
        const labels = { app: name };
        new ApiObject(chart, 'd', {
          apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name },
          spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'r.example/web:1' }] } } },
        });
      }
    },
  }));
  return { fleet, prod, p1, web };
}

const append = (text: string, more: object = {}) => (
  { patch: { kind: 'ConfigMap' }, with: (object: PatchedObject) => { object.data.order += text; }, ...more }) as SharedOverlayProps<Fleet>;

function ordersIn(fleet: Fleet<never, never>): Record<string, string> {
  return Object.fromEntries(Object.entries(objectsIn(fleet)).filter(([, { kind }]) => kind === 'ConfigMap')
    .map(([path, { data }]) => [path.split('/').slice(0, 2).join('/'), (data as { order: string }).order]));
}

test('overlays apply from the application over the fleet and the environment to the cluster, and as they were created', () => {
  const { fleet, prod, p1, web } = shop({ fleet: [append('f')], prod: [append('e')], p1: [append('c')] });
  new Overlay(p1, 'late', append('C'));
  new Overlay(prod, 'late', append('E'));
  new Overlay(fleet, 'late', append('F', { where: { cluster: ['p1', 'd1'] } }));
  new Overlay(web, 'late', { where: {}, ...append('a') } as never);
  expect(ordersIn(fleet as never)).toEqual({
    'd1/db': 'fF', 'd1/web': 'afF', 'p1/db': 'fFeEcC', 'p1/web': 'afFeEcC', 'p2/db': 'feE', 'p2/web': 'afeE',
  });
});

test('an overlay of a fleet is for the applications that it names', () => {
  expect(ordersIn(shop({ fleet: [append('f', { applications: ['db'], where: { environment: 'prod' } })] }).fleet as never))
    .toEqual({ 'd1/db': '', 'd1/web': '', 'p1/db': 'f', 'p1/web': '', 'p2/db': 'f', 'p2/web': '' });
});

test('it is enough that an overlay of a fleet matches somewhere', () => {
  const { fleet } = shop({ fleet: [{ images: { web: '2' }, replicas: { web: 3 }, patch: { kind: 'Deployment' }, with: { spec: { paused: true } } }] });
  expect(objectsIn(fleet as never)['p1/web/web/deployment.apps.web.yaml'].spec)
    .toMatchObject({ replicas: 3, paused: true, template: { spec: { containers: [{ name: 'c', image: 'r.example/web:2' }] } } });
});

test.each<[title: string, overlays: Parameters<typeof shop>[0], code: string, what: string, cluster: string | undefined]>([
  ['matches nothing anywhere', { fleet: [{ images: { wbe: '2' } }] }, 'FLT2204', "`images` of the overlay overlays[0] of shop matches nothing: there is no image 'wbe'", 'd1, p1, p2'],
  ['matches nothing in its environment', { prod: [{ patch: { kind: 'Job' }, with: {} }] }, 'FLT2008', 'the patch overlays[0] of shop/prod matches no object: there is no Job', 'p1, p2'],
  ['matches nothing in the application that it names', { fleet: [{ applications: ['db'], remove: { kind: 'Deployment' } }] }, 'FLT2008',
    'the removal overlays[0] of shop matches no object: there is no Deployment', 'd1, p1, p2'],
  ['selects no target', { p1: [{ where: { cluster: 'p2' }, labels: { a: 'b' } }] }, 'FLT2203', 'the overlay overlays[0] of shop/prod/p1 selects no application on any cluster', undefined],
])('an overlay of several targets that %s is one error, unless it is optional', (_title, overlays, code, what, cluster) => {
  const asOptional = (list: Shared) => list.map(overlay => ({ ...overlay, optional: true }));
  const optional = Object.fromEntries(Object.entries(overlays ?? {}).map(([scope, list]) => [scope, asOptional(list as Shared)]));
  expect(errorsOf(shop(overlays).fleet as never)).toMatchObject([{ code, what, where: { source: expect.stringMatching(/scopes\.test\.ts/), ...cluster ? { cluster } : {} } }]);
  expect(errorsOf(shop(optional).fleet as never)).toEqual([]);
});

test('two objects that get one name are an error', () => {
  const { fleet } = shop({ fleet: [{ applications: ['web', 'db'], patch: { kind: 'ConfigMap' }, with: object => { object.metadata.name = 'same'; }, namespace: 'one' }] });
  expect(errorsOf(fleet as never)).toMatchObject([{ code: 'FLT2001', what: expect.stringMatching(/^ConfigMap\/one\/same is rendered twice onto one cluster/), where: { cluster: 'd1, p1, p2' } }]);
});

test('an overlay has the last word on the namespace of the application', () => {
  const paths = Object.keys(objectsIn(shop({ fleet: [{ namespace: 'one' }] }).fleet as never));
  expect(paths.filter(path => path.startsWith('p1'))).toEqual(['p1/db/one/configmap.db.yaml', 'p1/web/one/configmap.web.yaml', 'p1/web/one/deployment.apps.web.yaml']);
});
