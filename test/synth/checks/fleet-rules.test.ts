import { ApiObject } from 'cdk8s';
import { verdict } from './one-object';
import { Application, Cluster, Environment, Fleet, FlotillaError } from '../../../lib';

const NAMES = ['dev', 'prod'] as const;

/** A fleet of two clusters, `dev` and `prod`, with a Deployment and a ConfigMap on each. */
function shop(): Fleet<'dev' | 'prod'> {
  const fleet = new Fleet('shop', { environments: NAMES });
  NAMES.forEach(name => new Cluster(new Environment(fleet, name), name));
  new Application(fleet, 'web', {
    namespace: 'shop', placement: {}, values: { replicas: 1 }, overlays: [{ where: { cluster: 'dev' }, values: { replicas: 3 } }],
    render: (chart, { replicas }) => {
      new ApiObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' } });
      new ApiObject(chart, 'deployment', {
        apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
        spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } } },
      });
    },
  });
  return fleet;
}

function errorOf(fleet: Fleet<'dev' | 'prod'>): FlotillaError {
  try {
    fleet.synthesize();
  } catch (error) {
    return error as FlotillaError;
  }
  throw new Error('no error');
}

test('a rule that an object breaks is an error that names the rule and its line, the object, its construct and the clusters', () => {
  const fleet = shop();
  const isLimited = (container: { resources?: { limits?: { memory?: string } } }) => container.resources?.limits?.memory !== undefined;
  fleet.require('a memory limit', object => object.kind !== 'Deployment' || object.spec.template.spec.containers.every(isLimited));
  expect(errorOf(fleet)).toMatchObject({
    code: 'FLT2320',
    what: expect.stringMatching(/^Deployment\.apps\/shop\/web breaks the rule 'a memory limit' \(test\/synth\/checks\/fleet-rules\.test\.ts:\d+:\d+\)$/),
    where: {
      construct: 'shop/web/deployment', cluster: 'dev, prod', application: 'web',
      source: expect.stringMatching(/^test\/synth\/checks\/fleet-rules\.test\.ts:\d+:\d+$/),
    },
  });
});

test('a rule sees what is written on each target, with the namespace and after overlays, and may say what is wrong', () => {
  const fleet = shop();
  const seen: string[] = [];
  fleet.require('two replicas in prod', ({ kind, metadata, spec }, target) => {
    seen.push(`${target.cluster} ${target.kubernetesVersion} ${kind} ${metadata.namespace}`);
    return kind === 'Deployment' && target.environment === 'prod' && spec.replicas < 2 ? `it has ${spec.replicas}` : undefined;
  });
  const { what, where } = errorOf(fleet);
  expect(what).toMatch(/breaks the rule 'two replicas in prod' \(.*\): it has 1$/);
  expect(where.cluster).toBe('prod');
  expect(seen).toEqual(['dev 1.36 ConfigMap shop', 'dev 1.36 Deployment shop', 'prod 1.36 ConfigMap shop', 'prod 1.36 Deployment shop']);
});

test('a rule may be a warning', () => {
  const fleet = shop();
  fleet.require('no ConfigMaps', ({ kind }) => kind !== 'ConfigMap', { level: 'warning' });
  expect(verdict(fleet)).toEqual({ errors: [], warnings: [expect.stringMatching(/^FLT2320 ConfigMap\/shop\/config breaks the rule 'no ConfigMaps' \(/)] });
});

test('a rule that changes the object changes nothing', () => {
  const [fleet, same] = [shop(), shop()];
  fleet.require('nothing', object => { delete (object as { spec?: unknown }).spec; });
  expect(fleet.synthesize().files).toEqual(same.synthesize().files);
});

test.each<[string, (object: { kind: string }) => unknown, string]>([
  ['throws', () => { throw new TypeError('no such field'); }, "FLT2324 the rule 'r' threw when it looked at ConfigMap/shop/config"],
  ['throws nothing', () => { throw undefined; }, "FLT2324 the rule 'r' threw when it looked at ConfigMap/shop/config"],
  ['is asynchronous', async () => { throw new Error('late'); }, "FLT2324 the rule 'r' says a promise of ConfigMap/shop/config"],
  ['returns a number', () => 1, "FLT2324 the rule 'r' says 1 of ConfigMap/shop/config"],
  ['returns null', () => null, "FLT2324 the rule 'r' says null of ConfigMap/shop/config"],
])('a rule that %s is told once, with its line', (_title, rule, what) => {
  const fleet = shop();
  fleet.require('r', rule as never, { level: 'warning' });
  expect(verdict(fleet)).toEqual({ errors: [what], warnings: [] });
  expect(errorOf(fleet).where.source).toMatch(/^test\/synth\/checks\/fleet-rules\.test\.ts:\d+:\d+$/);
});

test('an object opts out of a rule by its name', () => {
  const fleet = shop();
  fleet.require('no ConfigMaps', ({ kind }) => kind !== 'ConfigMap');
  new Application(fleet, 'other', {
    namespace: 'shop', placement: {},
    render: chart => { new ApiObject(chart, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', annotations: { 'cdk8s-flotilla.dev/skip-checks': 'no ConfigMaps', 'a': 'b' } } }); },
  });
  expect(verdict(fleet).errors.map(line => line.slice(0, 28))).toEqual(['FLT2320 ConfigMap/shop/confi']);
});

test.each<[string, readonly unknown[]]>([
  ['has no name', ['', () => true]],
  ['is no function', ['r', 'x']],
  ['is required twice', ['taken', () => true]],
  ['has the level "off"', ['r', () => true, { level: 'off' }]],
])('a rule that %s is refused at its line', (title, [name, rule, options]) => {
  const fleet = shop();
  fleet.require('taken', () => true);
  expect(() => fleet.require(name as never, rule as never, options as never)).toThrow(expect.objectContaining({
    code: 'FLT2321', what: expect.stringContaining(title), where: { construct: 'shop', source: expect.stringMatching(/fleet-rules\.test\.ts/) },
  }));
});
