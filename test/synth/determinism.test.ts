import * as kplus from 'cdk8s-plus-28';
import fc from 'fast-check';
import { Application, Cluster, Environment, Fleet, openValues } from '../../lib';

type Shuffle = <T>(items: readonly T[]) => T[];

const inOrder: Shuffle = items => [...items];

/** A fleet whose constructs and maps are made in an order that may differ from call to call. */
function shop(shuffle: Shuffle): Pick<Fleet, 'synthesize'> {
  const mapOf = <T>(entries: Record<string, T>): Record<string, T> => Object.fromEntries(shuffle(Object.entries(entries)));
  const fleet = new Fleet('shop', {
    environments: ['staging', 'prod'],
    labels: mapOf({ region: shuffle(['eu', 'us']), tier: shuffle(['1', '2', '3']) }),
    clusterScopedKinds: shuffle(['A.example.com', 'B.example.com']),
  });
  const environments = Object.fromEntries(shuffle(['staging', 'prod'] as const).map(name => [
    name, new Environment(fleet, name, { labels: mapOf({ 'team': name, 'cost-center': 'retail', 'region': 'eu' }) }),
  ]));
  for (const i of shuffle([1, 2, 3, 10])) {
    for (const [name, environment] of shuffle(Object.entries(environments))) {
      new Cluster(environment, `${name}-${i}`, { labels: mapOf({ region: i % 2 ? 'eu' : 'us', tier: '1' }) });
    }
  }
  const applications = shuffle(['web', 'api', '1', '10', '9']).map(name => new Application(fleet, name, {
    namespace: 'shop',
    placement: mapOf<unknown>({ environment: shuffle(['prod', 'staging']), not: mapOf({ cluster: 'prod-3', tier: '1' }) }) as {},
    values: openValues(mapOf<unknown>({ env: mapOf({ A: '1', B: '2', C: '3' }), z: 1, a: mapOf({ y: 1, x: [mapOf({ c: 1, b: 2 })] }) })),
    overlays: [
      { where: mapOf({ region: 'eu', environment: 'prod' }), values: mapOf<unknown>({ env: mapOf({ D: '4', A: '0' }), b: 1 }) },
      { where: {}, patch: { kind: 'Deployment' }, with: object => { object.metadata.annotations = mapOf({ a: 'b', c: 'd' }); } },
    ],
    render: (chart, values, target) => {
      const env = Object.entries(values.env as Record<string, string>);
      const deployment = new kplus.Deployment(chart, 'server', {
        metadata: { labels: mapOf({ app: name, cluster: target.cluster }) },
        containers: [{ image: 'a', envVariables: Object.fromEntries(env.map(([key, value]) => [key, kplus.EnvValue.fromValue(value)])) }],
      });
      const config = new kplus.ConfigMap(chart, 'config', { data: mapOf({ values: JSON.stringify(values), target: JSON.stringify(target) }) });
      deployment.node.addDependency(config);
    },
  }));
  for (const [i, application] of applications.entries()) {
    if (!['web', 'api'].includes(application.name)) {
      application.addDependency(...shuffle(applications.filter((other, j) => j !== i && ['web', 'api'].includes(other.name))));
    }
  }
  return fleet;
}

const expected = [...shop(inOrder).synthesize().files];

test('the same model gives the same bytes, whatever the order its constructs and maps were made in', () => {
  expect(expected.length).toBe(1 + 8 + 5 * 7 + 5 * 7 * 2);
  fc.assert(fc.property(fc.infiniteStream(fc.nat()), stream => {
    const shuffle: Shuffle = items => items.map(item => [stream.next().value as number, item] as const)
      .sort(([a], [b]) => a - b).map(([, item]) => item);
    expect([...shop(shuffle).synthesize().files]).toEqual(expected);
  }), { numRuns: 25 });
});

test('the files come sorted by path', () => {
  const paths = expected.map(([path]) => path);
  expect(paths).toEqual([...paths].sort());
});

test('one model synthesizes to the same bytes again', () => {
  const fleet = shop(inOrder);
  fleet.synthesize();
  expect([...fleet.synthesize().files]).toEqual(expected);
});
