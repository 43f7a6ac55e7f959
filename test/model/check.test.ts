import { errorsOf, thrownBy, untyped } from './untyped';
import { openValues } from '../../lib';
import { checkModel } from '../../lib/model/check';

const render = () => {};

type Props = Record<string, unknown>;

/** A fleet of two environments and two clusters, with an application. */
function shop({ fleet = {}, environment = {}, cluster = {}, application = {} }: Record<string, Props> = {}) {
  const root = new untyped.Fleet('shop', { environments: ['staging', 'prod'], labels: { region: ['eu', 'us'] }, ...fleet });
  const prod = new untyped.Environment(root, 'prod', environment);
  new untyped.Cluster(prod, 'prod-eu', cluster);
  new untyped.Cluster(prod, 'prod-us', { labels: { region: 'us' } });
  const web = new untyped.Application(root, 'web', { placement: {}, render, ...application });
  return { root, prod, web };
}

const placed = (placement: unknown) => shop({ application: { placement } }).root;
const added = (props: unknown) => {
  const { root } = shop();
  new untyped.Overlay(root, 'more', props);
  return root;
};
const overlaid = (values: unknown, above: unknown) => shop({ application: { values, overlays: [{ where: {}, values: above }] } }).root;
const circular: Props = { a: [] };
(circular.a as unknown[]).push(circular);

test('a model that says nothing wrong has no errors', () => {
  const { root, web } = shop({
    environment: { labels: { 'cost-center': 'retail', 'region': undefined } },
    cluster: { labels: { region: 'eu', team: 'a.b_c' }, access: { context: 'me@eu' } },
    application: {
      namespace: 'shop',
      placement: { environment: ['prod'], cluster: 'prod-eu', region: undefined, not: { team: 'x' } },
      values: { a: 1, b: { c: [] } },
      overlays: [{ where: {}, values: { a: 2, b: { c: [1] } } }],
      prune: { enabled: false, budget: 100 },
      serviceAccount: 'deployer.web',
      health: [{ kind: 'Gear', group: 'example.com', healthy: "object.status.phase == 'Ready'", message: 'status.message' }],
      ignore: [{ kind: 'Deployment', group: 'apps', name: 'web', fields: ['spec.replicas', 'webhooks[*].clientConfig.caBundle'] }],
    },
  });
  new untyped.Overlay(web, 'more', { where: { cluster: ['prod-us'] }, patch: { kind: 'Service' }, with: render });
  expect(errorsOf(root)).toEqual([]);
});

const CASES: readonly (readonly [title: string, fleet: () => never, error: string])[] = [
  ['an environment that the fleet does not list', () => { const { root } = shop(); new untyped.Environment(root, 'prd'); return root; },
    'FLT1004 the fleet \'shop\' has no environment "prd": did you mean \'prod\'?'],
  ['an unknown label of an environment', () => shop({ environment: { labels: { regoin: 'eu' } } }).root, "FLT1005 the fleet 'shop' has no label 'regoin': did you mean 'region'?"],
  ['an unknown label of a cluster', () => shop({ cluster: { labels: { tier: '1' } } }).root, "FLT1005 the fleet 'shop' has no label 'tier'"],
  ['a label that only looks like one', () => shop({ cluster: { labels: { constructor: 'x' } } }).root, "FLT1005 the fleet 'shop' has no label 'constructor'"],
  ['a value outside of the vocabulary', () => shop({ cluster: { labels: { region: 'uk' } } }).root, 'FLT1006 the label \'region\' cannot be "uk": did you mean \'us\'?'],
  ['a free value that Kubernetes does not take', () => shop({ cluster: { labels: { team: 'a b' } } }).root, 'FLT1006 the label \'team\' cannot be "a b"'],
  ['an empty context', () => shop({ cluster: { access: { context: '' } } }).root, "FLT1019 the context \"\" of the cluster 'prod-eu' is not a name"],
  ['two ways in', () => shop({ cluster: { access: { context: 'a', secret: { name: 'b' } } } }).root, "FLT1019 the cluster 'prod-eu' has two ways in: a context and a secret"],
  ['a secret without a name', () => shop({ cluster: { access: { secret: {} } } }).root, "FLT1019 {} of the cluster 'prod-eu' does not name a Secret"],
  ['a secret whose name cannot be', () => shop({ cluster: { access: { secret: { name: 'A b' } } } }).root, 'FLT1019 {"name":"A b"} of the cluster \'prod-eu\' does not name a Secret'],
  ['a key that no Secret has', () => shop({ cluster: { access: { secret: { name: 'b', key: '' } } } }).root,
    'FLT1019 {"name":"b","key":""} of the cluster \'prod-eu\' does not name a Secret'],
  ['an unknown environment in a placement', () => placed({ environment: ['prod', 'prd'] }), 'FLT1004 the fleet \'shop\' has no environment "prd": did you mean \'prod\'?'],
  ['an unknown label in a placement', () => placed({ regoin: 'eu' }), "FLT1005 the fleet 'shop' has no label 'regoin': did you mean 'region'?"],
  ['an unknown value of a label in a placement', () => placed({ not: { region: ['eu', 'mars'] } }), 'FLT1006 the label \'region\' cannot be "mars"'],
  ['an unknown cluster in a placement', () => placed({ cluster: 'prod-ue' }), 'FLT1007 the fleet \'shop\' has no cluster "prod-ue": did you mean \'prod-eu\'?'],
  ['a placement that is no selector', () => placed('prod'), 'FLT1015 "prod" is not a selector'],
  ['no placement', () => placed(undefined), 'FLT1015 undefined is not a selector'],
  ['a namespace that cannot be', () => shop({ application: { namespace: 'Shop' } }).root, 'FLT1016 the namespace "Shop" is not a DNS label'],
  ['no render', () => shop({ application: { render: undefined } }).root, "FLT1018 the application 'web' has neither `sources` nor a function `render`"],
  ['values that are a list', () => shop({ application: { values: [1] } }).root, "FLT1012 the values of the application 'web' are not a map"],
  ['values that contain themselves', () => shop({ application: { values: circular } }).root,
    "FLT1012 the values of the application 'web' contain themselves, or are nested more than 100 deep"],
  ['a prune budget beyond all of it', () => shop({ application: { prune: { budget: 101 } } }).root, "FLT1013 `prune.budget` of the application 'web' is 101"],
  ['a prune switch that is a string', () => shop({ application: { prune: { enabled: 'no' } } }).root, "FLT1013 `prune.enabled` of the application 'web' is \"no\""],
  ['a service account that cannot be', () => shop({ application: { namespace: 'shop', serviceAccount: 'system:web' } }).root,
    "FLT1022 the `serviceAccount` of the application 'web' has no valid name: \"system:web\""],
  ['a service account that is no name', () => shop({ application: { serviceAccount: 7 } }).root, "FLT1022 the `serviceAccount` of the application 'web' has no valid name: 7"],
  ['a service account without a name', () => shop({ application: { serviceAccount: { namespace: 'shop' } } }).root, "FLT1022 the `serviceAccount` of the application 'web' has no valid name: null"],
  ['a service account in no namespace', () => shop({ application: { serviceAccount: 'deployer' } }).root,
    "FLT1022 the `serviceAccount` of the application 'web' is in no namespace: neither it nor the application names one"],
  ['a service account in a namespace that cannot be', () => shop({ application: { serviceAccount: { name: 'deployer', namespace: 'a.b' } } }).root,
    "FLT1022 the `serviceAccount` of the application 'web' is in the namespace \"a.b\", which is not a DNS label"],
  ['a misspelt key in an overlay', () => overlaid({ replicas: 1 }, { replica: 2 }), "FLT1009 the overlay overlays[0] of shop/web sets 'replica', which the values do not have: did you mean 'replicas'?"],
  ['a misspelt key deep in an overlay', () => overlaid({ a: { b: { cpu: 1 } } }, { a: { b: { cpus: 1 } } }), "FLT1009 the overlay overlays[0] of shop/web sets 'a.b.cpus', which the values do not have: did you mean 'cpu'?"],
  ['an overlay of an application without values', () => overlaid(undefined, { a: 1 }), "FLT1009 the overlay overlays[0] of shop/web sets 'a', which the values do not have"],
  ['a key that only looks as if it were there', () => overlaid({ a: 1 }, JSON.parse('{"__proto__": {"b": 1}}')), "FLT1009 the overlay overlays[0] of shop/web sets '__proto__', which the values do not have"],
  ['a value of another type', () => overlaid({ replicas: 1 }, { replicas: '6' }), "FLT1010 the overlay overlays[0] of shop/web sets 'replicas' to a string, where the values have a number (1)"],
  ['a list in place of a map', () => overlaid({ a: { b: 1 } }, { a: [1] }), "FLT1010 the overlay overlays[0] of shop/web sets 'a' to a list, where the values have a map"],
  ['a map in place of an instance of a class', () => overlaid({ a: new URL('https://a.example') }, { a: {} }), "FLT1010 the overlay overlays[0] of shop/web sets 'a' to a map, where the values have an instance of a class"],
  ['an overlay without where', () => shop({ application: { values: { a: 1 }, overlays: [{ values: { a: 2 } }] } }).root, 'FLT1015 undefined is not a selector'],
  ['an overlay that changes nothing', () => shop({ application: { overlays: [{ where: {} }] } }).root, 'FLT1011 the overlay overlays[0] of shop/web changes nothing'],
  ['a patch of no kind', () => shop({ application: { overlays: [{ where: {}, patch: { name: 'a' }, with: render }] } }).root,
    'FLT1011 the overlay overlays[0] of shop/web does not say which `kind` of object it patches'],
  ['a patch without a function', () => shop({ application: { overlays: [{ where: {}, patch: { kind: 'A' } }] } }).root,
    'FLT1011 the overlay overlays[0] of shop/web has a `patch` without `with`: a function, a strategic merge patch or a list of operations'],
  ...([
    [{ images: { web: 1 } }, "sets `images` 'web' to 1, which cannot be"],
    [{ images: ['web'] }, 'has `images` that are no map'],
    [{ replicas: { web: '6' } }, "sets `replicas` 'web' to \"6\", which cannot be"],
    [{ replicas: { web: -1 } }, "sets `replicas` 'web' to -1, which cannot be"],
    [{ labels: { 'a b': 'c' } }, "sets `labels` 'a b' to \"c\", which cannot be"],
    [{ annotations: { a: 1 } }, "sets `annotations` 'a' to 1, which cannot be"],
    [{ namePrefix: 'Eu_' }, 'has the `namePrefix` "Eu_", which no name can have'],
    [{ nameSuffix: '' }, 'has the `nameSuffix` "", which no name can have'],
    [{ remove: { name: 'a' } }, 'does not say which `kind` of object it removes'],
    [{ labels: { a: 'b' }, optional: 'yes' }, 'has an `optional` that is neither true nor false'],
  ] as const).map(([overlay, what]) => [`an overlay that ${what}`, () => shop({ application: { overlays: [{ where: {}, ...overlay }] } }).root,
    `FLT2201 the overlay overlays[0] of shop/web ${what}`] as const),
  ['an overlay with a `with` alone', () => shop({ application: { overlays: [{ where: {}, with: render }] } }).root, 'FLT1011 the overlay overlays[0] of shop/web has a `with` without a `patch`'],
  ['an overlay in a namespace that cannot be', () => shop({ application: { overlays: [{ where: {}, namespace: 'A' }] } }).root, 'FLT1016 the namespace "A" is not a DNS label'],
  ['an overlay of an application that names applications', () => shop({ application: { overlays: [{ where: {}, labels: { a: 'b' }, applications: ['web'] }] } }).root,
    'FLT2202 the overlay overlays[0] of shop/web names `applications`, and is one of an application'],
  ['an overlay of a fleet for an application that is not there', () => added({ applications: ['wbe'], labels: { a: 'b' } }),
    "FLT2202 the overlay shop/more names the application \"wbe\", which the fleet does not have: did you mean 'web'?"],
  ['applications that are no list', () => added({ applications: 'web', labels: { a: 'b' } }), 'FLT2202 the overlay shop/more has `applications` that are no list'],
  ['an overlay of a fleet with values', () => added({ values: {} }),
    'FLT1011 the overlay shop/more has `values`, which are those of an application: this one changes the objects of several'],
  ['an overlay that is nothing', () => shop({ application: { overlays: [null] } }).root, 'FLT1011 the overlay overlays[0] of shop/web is not a map'],
  ['a dependency on a cluster', () => { const { root, prod, web } = shop(); (web as { addDependency(x: unknown): void }).addDependency(prod); return root; },
    "FLT1014 the application 'web' depends on shop/prod, which is no application of its fleet"],
  ['a dependency on an application of another fleet', () => { const { root, web } = shop(); (web as { addDependency(x: unknown): void }).addDependency(shop().web); return root; },
    "FLT1014 the application 'web' depends on shop/web, which is no application of its fleet"],
  ['a dependency on a name', () => shop({ application: { dependsOn: ['database'] } }).root, "FLT1014 the application 'web' depends on something that is not a construct"],
  ['no environments', () => shop({ fleet: { environments: undefined } }).root, "FLT1008 the fleet 'shop' has no environments"],
  ['an environment twice', () => shop({ fleet: { environments: ['prod', 'dev', 'prod'] } }).root, 'FLT1008 the environment "prod" is listed twice'],
  ['an environment that is no DNS label', () => shop({ fleet: { environments: ['prod', 'Dev'] } }).root, 'FLT1001 the environment name "Dev" is not a DNS label'],
  ['a label that means something else', () => shop({ fleet: { labels: { not: ['a'] } } }).root, "FLT1008 'not' cannot be a label: it means something else in a selector"],
  ['a label that Kubernetes does not take', () => shop({ fleet: { labels: { 'a b': ['a'] } } }).root, "FLT1008 'a b' cannot be the name of a label"],
  ['label values that are no list', () => shop({ fleet: { labels: { tier: 'a' } } }).root, "FLT1008 the values of the label 'tier' are not a list"],
  ['a label value that Kubernetes does not take', () => shop({ fleet: { labels: { tier: ['a', ''] } } }).root, "FLT1008 \"\" cannot be a value of the label 'tier'"],
  ['labels that are a list', () => shop({ fleet: { labels: ['tier'] } }).root, 'FLT1008 `labels` of the fleet is not a map'],
  ['a kind without a group', () => shop({ fleet: { clusterScopedKinds: ['ClusterIssuer'] } }).root, 'FLT1008 "ClusterIssuer" in `clusterScopedKinds` is not a kind with its group'],
  ['a health rule that is no CEL', () => shop({ application: { health: [{ kind: 'Gear', healthy: 'object.status ==' }] } }).root,
    "FLT1020 `health[0].healthy` of the application 'web' \"object.status ==\" is no expression that can be used: Unexpected token: EOF (character 17)"],
  ['a health rule of a name that does not exist', () => shop({ fleet: { health: [{ kind: 'Gear', healthy: 'true', degraded: "state.phase == 'x'" }] } }).root,
    "FLT1020 `health[0].degraded` of the fleet 'shop' \"state.phase == 'x'\" is no expression that can be used: Unknown variable: state (character 1)"],
  ['a health rule that says no yes or no', () => shop({ application: { health: [{ kind: 'Gear', healthy: 'size(object.status)' }] } }).root,
    "FLT1020 `health[0].healthy` of the application 'web' \"size(object.status)\" is no expression that can be used: gives int, and has to give bool"],
  ['a regular expression in a health rule', () => shop({ application: { health: [{ kind: 'Gear', healthy: "status.phase.matches('(a+)+$')" }] } }).root,
    "FLT1020 `health[0].healthy` of the application 'web' \"status.phase.matches('(a+)+$')\" is no expression that can be used: uses `matches`: regular expressions are not supported, use `startsWith`, `endsWith` or `contains` (character 1)"],
  ['a health rule without a kind', () => shop({ application: { health: [{ healthy: 'true' }] } }).root, "FLT1020 `health[0].kind` of the application 'web' has to be a kind, as `Deployment`, and is absent"],
  ['a health rule that only says when it is bad', () => shop({ application: { health: [{ kind: 'Gear', degraded: 'true' }] } }).root,
    "FLT1020 `health[0].healthy` of the application 'web' has to be an expression in CEL, and is absent"],
  ['a health rule in the words of Flux', () => shop({ application: { health: [{ kind: 'Gear', healthy: 'true', inProgress: 'true' }] } }).root,
    "FLT1020 `health[0].inProgress` of the application 'web' is unknown; a rule has `kind`, `group`, `suspended`, `progressing`, `degraded`, `healthy`, `message`"],
  ['an ignored field with an index', () => shop({ application: { ignore: [{ kind: 'Deployment', fields: ['spec.replicas', 'spec.containers[0].image'] }] } }).root,
    "FLT1021 `ignore[0].fields[1]` of the application 'web' \"spec.containers[0].image\" is no path that can be used: it has \"].image\" where `*]`, `\"key\"]` or `key=value]` should be"],
  ['the name of an object as an ignored field', () => shop({ fleet: { ignore: [{ kind: 'Deployment', fields: ['metadata.name'] }] } }).root,
    "FLT1021 `ignore[0].fields[0]` of the fleet 'shop' \"metadata.name\" is no path that can be used: it holds what identifies the object"],
  ['no fields to ignore', () => shop({ application: { ignore: [{ kind: 'Deployment', fields: [] }] } }).root,
    "FLT1021 `ignore[0].fields` of the application 'web' has to be a list of paths, and is []"],
  ['ignored fields that are no list', () => shop({ application: { ignore: { kind: 'Deployment' } } }).root,
    "FLT1021 `ignore` of the application 'web' has to be a list of rules, and is {\"kind\":\"Deployment\"}"],
  ['a namespace of Deliveries that cannot be', () => shop({ fleet: { namespace: 'a.b' } }).root, 'FLT1016 the namespace "a.b" is not a DNS label'],
];

test.each(CASES)('%s is an error', (_title, fleet, error) => {
  expect(errorsOf(fleet())).toEqual([error]);
});

test('one cluster name in two environments is an error that names both', () => {
  const { root } = shop();
  new untyped.Cluster(new untyped.Environment(root, 'staging'), 'prod-eu');
  expect(errorsOf(root)).toEqual([
    expect.stringMatching(/^FLT1017 the cluster name 'prod-eu' is used twice: by shop\/prod\/prod-eu \(test\/model\/check.test.ts:\d+:\d+\) and by shop\/staging\/prod-eu$/),
  ]);
});

test.each([
  ['optional keys, given as undefined', { host: undefined }, { host: 'a' }],
  ['keys that are null', { host: null }, { host: { name: 'a' } }],
  ['null for anything', { host: 'a' }, { host: null }],
  ['empty maps', { env: {} }, { env: { A: '1' } }],
  ['lists of other items', { ports: [1] }, { ports: ['http'] }],
  ['keys of open values', { env: openValues({ A: '1' }) }, { env: { B: 2 } }],
  ['anything, if all of the values are open', openValues({ replicas: 1 }), { replicas: 'many', host: 'a' }],
])('overlays may set %s', (_title, values, above) => {
  expect(errorsOf(overlaid(values, above))).toEqual([]);
});

test('errors of a model are found all at once, each with its construct and line', () => {
  const { root, web } = shop({ cluster: { labels: { region: 'uk' } }, application: { placement: { environment: 'prd' } } });
  new untyped.Overlay(web, 'other', { where: { cluster: 'nowhere' }, values: {} });
  expect(checkModel(root).map(({ code, where }) => ({ code, ...where }))).toEqual([
    { code: 'FLT1006', construct: 'shop/prod/prod-eu', source: expect.stringMatching(/^test\/model\/check.test.ts:\d+:\d+$/), cluster: 'prod-eu' },
    { code: 'FLT1004', construct: 'shop/web', source: expect.stringMatching(/^test\/model\/check.test.ts:\d+:\d+$/), application: 'web' },
    { code: 'FLT1007', construct: 'shop/web/other', source: expect.stringMatching(/^test\/model\/check.test.ts:\d+:\d+$/), application: 'web' },
  ]);
});

test('messages about values do not show strings', () => {
  const [error] = checkModel(overlaid({ password: 1 }, { password: 'hunter2' }));
  expect(error.message).not.toContain('hunter2');
});

test.each([
  ['a name with upper case', () => new untyped.Fleet('Shop', { environments: ['a'] }), 'FLT1001', 'the fleet name "Shop" is not a DNS label'],
  ['a name with a dot', () => new untyped.Cluster(shop().prod, 'a.b'), 'FLT1001', 'the cluster name "a.b" is not a DNS label'],
  ['a name that would be a path', () => new untyped.Application(shop().root, '../a', { placement: {}, render }), 'FLT1001', 'the application name "../a" is not a DNS label'],
  ['no name', () => new untyped.Application(shop().root), 'FLT1001', 'the application name undefined is not a DNS label'],
  ['a name of 64 letters', () => new untyped.Overlay(shop().web, 'a'.repeat(64), {}), 'FLT1001', `the overlay name "${'a'.repeat(64)}" is not a DNS label`],
  ['a name that is taken', () => new untyped.Application(shop().root, 'web', { placement: {}, render }), 'FLT1002',
    "the application 'web' cannot be added to 'shop', which already has a construct of this name"],
  ['an application without props', () => new untyped.Application(shop().root, 'a'), 'FLT1018', "the props of the application 'a' are not a map"],
  ['one overlay instead of a list', () => new untyped.Application(shop().root, 'a', { overlays: {} }), 'FLT1018',
    "the props of the application 'a' are not as they should be: `overlays` and `dependsOn` are lists"],
  ['an environment outside of a fleet', () => new untyped.Environment(shop().prod, 'prod'), 'FLT1003', "the environment 'prod' is not in a fleet"],
  ['a cluster outside of an environment', () => new untyped.Cluster(shop().root, 'a'), 'FLT1003', "the cluster 'a' is not in an environment"],
  ['an application outside of a fleet', () => new untyped.Application(undefined, 'a', {}), 'FLT1003', "the application 'a' is not in a fleet"],
  ['overlays of a fleet that are no list', () => new untyped.Fleet('shop', { environments: ['a'], overlays: {} }), 'FLT2201', '`overlays` of shop is no list'],
  ['an overlay outside of an application', () => new untyped.Overlay({}, 'a', {}), 'FLT1003', "the overlay 'a' is not in an application"],
])('%s is refused at once', (_title, create, code, what) => {
  const error = thrownBy(create);
  expect([error.code, error.what.replace(/ \(test.*\)$/, '')]).toEqual([code, what]);
});
