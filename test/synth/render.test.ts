import { ApiObject, App, Chart, Include, JsonPatch, Lazy, Yaml } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import { errorsOf, objectsIn, shop, web } from './one-cluster';
import { Application, Target } from '../../lib';

const CRON = { apiVersion: 'batch/v1', kind: 'CronJob' };
const JOB = { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'job', image: 'job' }] } } } };

/** Charts as cdk8s users write them, L1, L2 and everything in between. */
const CHARTS: Record<string, (chart: Chart) => void> = {
  'constructs of cdk8s-plus': chart => {
    const deployment = new kplus.Deployment(chart, 'server', { containers: [{ image: 'registry.example/web:1', portNumber: 8080 }] });
    deployment.exposeViaIngress('/', { ingress: new kplus.Ingress(chart, 'ingress') });
    const config = new kplus.ConfigMap(chart, 'config', { data: { a: 'b' } });
    deployment.containers[0].mount('/etc/config', kplus.Volume.fromConfigMap(chart, 'volume', config));
    new kplus.HorizontalPodAutoscaler(chart, 'hpa', { target: deployment, maxReplicas: 9 });
    new kplus.ServiceAccount(chart, 'account', { metadata: { annotations: { 'example.com/role': 'web' } } });
    new kplus.CronJob(chart, 'a-job-with-a-name-that-is-much-too-long-for-kubernetes-to-take', {
      schedule: { expressionString: '0 0 * * *' } as never, containers: [{ image: 'job' }],
    });
  },
  'generated classes': chart => {
    new k8s.KubeDeployment(chart, 'l1', {
      metadata: { labels: { app: 'a' } },
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a', ports: [{ containerPort: 80 }], resources: { limits: { cpu: k8s.Quantity.fromNumber(1) } } }] } },
      },
    });
    new k8s.KubeService(chart, 'service', { spec: { ports: [{ port: 80, targetPort: k8s.IntOrString.fromString('http') }] } });
    new k8s.KubePodDisruptionBudget(chart, 'pdb', { spec: { maxUnavailable: k8s.IntOrString.fromNumber(1) } });
  },
  'plain objects, lazy values and patches': chart => {
    const object = new ApiObject(chart, 'object', { ...CRON, spec: { schedule: Lazy.any({ produce: () => '* * * * *' }), jobTemplate: JOB } });
    object.addJsonPatch(JsonPatch.add('/spec/suspend', true));
    object.metadata.addLabel('late', 'yes');
    new ApiObject(chart, 'named', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'named', namespace: 'elsewhere' }, data: { empty: '' } });
  },
  'charts inside of the chart': chart => {
    const inner = new Chart(chart, 'inner', { namespace: 'inner', labels: { part: 'inner' }, disableResourceNameHashes: true });
    new kplus.ConfigMap(inner, 'config', { data: { a: 'b' } });
    new kplus.ConfigMap(new Chart(inner, 'innermost', { namespace: 'shop' }), 'config', { data: { a: 'b' } });
  },
  'an included file': chart => {
    const file = Yaml.tmp([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'included' }, data: { a: 'b' } }, { ...CRON, spec: { schedule: '* * * * *', jobTemplate: JOB } }]);
    new Include(chart, 'include', { url: file });
  },
};

test.each(Object.entries(CHARTS))('%s become what cdk8s makes of them, names included', (_title, render) => {
  const chart = new Chart(new App(), 'web', { namespace: 'shop' });
  render(chart);
  const charts = chart.node.findAll().filter(construct => construct instanceof Chart);
  const expected = charts.flatMap(one => one.toJson()).map(object => JSON.parse(JSON.stringify(object)));
  const objects = Object.values(objectsIn(web(render)));
  const key = (object: { kind: string; metadata: { name: string; namespace?: string } }) => `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`;
  const byKey = (a: never, b: never) => (key(a) < key(b) ? -1 : 1);
  // Waves are our own; cdk8s writes objects in their order instead.
  const plain = objects.map(({ metadata: { annotations = {}, ...metadata }, ...object }) => {
    const { 'cdk8s-flotilla.dev/wave': _, ...others } = annotations;
    return { ...object, metadata: { ...metadata, ...(Object.keys(others).length > 0 ? { annotations: others } : {}) } };
  });
  expect([...plain].sort(byKey as never)).toEqual([...expected].sort(byKey as never));
});

test('names are the same on every cluster', () => {
  const names = Object.keys(objectsIn(web(CHARTS['constructs of cdk8s-plus'], shop(['a', 'b']))));
  const on = (cluster: string) => names.filter(path => path.startsWith(`${cluster}/`)).map(path => path.slice(cluster.length));
  expect(on('a')).toHaveLength(7);
  expect(on('a')).toEqual(on('b'));
});

test('render knows its target', () => {
  const fleet = shop(['us-1']);
  const targets: unknown[] = [];
  new Application(fleet, 'web', { namespace: 'shop', placement: {}, render: (_chart, _values, target) => targets.push(target) });
  new Application(fleet, 'x', { placement: {}, render: (_chart, _values, target: Target<typeof fleet>) => targets.push(target) });
  fleet.synthesize();
  expect(targets).toEqual([
    { fleet: 'shop', cluster: 'us-1', environment: 'prod', kubernetesVersion: '1.36', labels: { region: 'us' }, application: 'web', namespace: 'shop' },
    { fleet: 'shop', cluster: 'us-1', environment: 'prod', kubernetesVersion: '1.36', labels: { region: 'us' }, application: 'x' },
  ]);
});

test('context that was set on the application is seen by its constructs', () => {
  const fleet = web(chart => { new kplus.ConfigMap(chart, 'c', { data: { registry: chart.node.getContext('registry') } }); });
  fleet.node.findChild('web').node.setContext('registry', 'registry.example');
  expect(Object.values(objectsIn(fleet))).toEqual([expect.objectContaining({ data: { registry: 'registry.example' } })]);
});

test('lists are taken apart', () => {
  const item = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } };
  const fleet = web(chart => {
    new ApiObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items: [item, { apiVersion: 'v1', kind: 'List', items: [{ ...item, metadata: { name: 'two', namespace: 'other' } }] }] });
    new k8s.KubeConfigMapList(chart, 'typed', { items: [{ metadata: { name: 'three' } }] });
    new ApiObject(chart, 'custom', { apiVersion: 'example.com/v1', kind: 'AllowList', items: ['a'] });
  });
  expect(Object.keys(objectsIn(fleet))).toEqual([
    'a/web/other/configmap.two.yaml',
    'a/web/shop/allowlist.example.com.web-custom-c8d2e5d4.yaml',
    'a/web/shop/configmap.one.yaml',
    'a/web/shop/configmap.three.yaml',
  ].map(path => expect.stringMatching(path.replace(/c8.{6}/, 'c8[0-9a-f]{6}'))));
});

test('null stays in lists, where its place matters', () => {
  const fleet = web(chart => { new ApiObject(chart, 'x', { apiVersion: 'example.com/v1', kind: 'X', spec: { list: [null, 1], gone: null } }); });
  expect(Object.values(objectsIn(fleet))).toEqual([expect.objectContaining({ spec: { list: [null, 1] } })]);
});

test('an error in render names the line in it, the clusters and what was thrown, once', () => {
  const fleet = shop(['eu-1', 'us-1', 'us-2']);
  new Application(fleet, 'web', {
    placement: {},
    render: (_chart, _values, target) => {
      if (target.labels.region === 'us') {
        throw new TypeError('no such region');
      }
    },
  });
  const [error, ...others] = errorsOf(fleet);
  expect(others).toEqual([]);
  expect(error).toMatchObject({
    code: 'FLT2006',
    what: "the render of the application 'web' threw",
    where: { construct: 'shop/web', source: expect.stringMatching(/^test\/synth\/render.test.ts:\d+:15$/), cluster: 'us-1, us-2', application: 'web' },
    cause: expect.objectContaining({ message: 'no such region' }),
  });
});

test('different errors on different clusters are different', () => {
  const fleet = shop(['a', 'b']);
  new Application(fleet, 'web', { placement: {}, render: (_chart, _values, target) => { throw new Error(target.cluster); } });
  expect(errorsOf(fleet).map(error => [error.where.cluster, (error.cause as Error).message])).toEqual([['a', 'a'], ['b', 'b']]);
});

test.each([
  ['undefined', undefined], ['null', null], ['a string', 'no'],
])('a render that throws %s is an error', (_title, thrown) => {
  expect(errorsOf(web(() => { throw thrown; }))).toEqual([expect.objectContaining({ code: 'FLT2006', where: expect.objectContaining({ construct: 'shop/web' }) })]);
});

test('an asynchronous render is an error, and its failure later on ends nothing', async () => {
  const fleet = web((async () => { throw new Error('later'); }) as never);
  expect(errorsOf(fleet)).toMatchObject([{ code: 'FLT2007', what: "the render of the application 'web' returns a promise", where: { construct: 'shop/web', cluster: 'a' } }]);
  await new Promise(resolve => setImmediate(resolve));
});

test('two constructs of one name are the error of cdk8s, with the line of the second', () => {
  const [error] = errorsOf(web(chart => {
    new kplus.ConfigMap(chart, 'same');
    new kplus.ConfigMap(chart, 'same');
  }));
  expect(error.message).toMatch(/There is already a Construct with name 'same'/);
  expect(error.where.source).toMatch(/render.test.ts:\d+:5$/);
});
