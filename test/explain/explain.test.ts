import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ApiObject, Chart } from 'cdk8s';
import { Application, ApplicationProps, Cluster, Environment, Explanation, Fleet, FlotillaError, Manifests, Overlay, PatchedObject, Question } from '../../lib';
import { shop, Shop } from '../synth/one-cluster';
import { temporaryFolder } from '../temporary-folder';

type Props<V extends object> = Omit<ApplicationProps<Shop, V>, 'placement' | 'namespace'>;

/** What is explained of an application `web` in the namespace `shop` on the cluster `a`. */
function explain<V extends object>(question: Partial<Question>, props: Props<V>, fleet: Shop = shop()): Explanation {
  new Application(fleet, 'web', { namespace: 'shop', placement: {}, ...props } as ApplicationProps<Shop, V>);
  return fleet.explain({ cluster: 'a', application: 'web', object: 'configmap/web', ...question });
}

/** `overlays[0] 1 → 2`, one a step. */
function chain({ fields }: Explanation): string[] {
  return fields.flatMap(({ steps }) => steps.map(({ by, name, before, after, change }) => (
    `${by === 'overlay' ? `${name.replace(/ of .*/, '')} ${change}` : by} ${JSON.stringify(before) ?? '-'} → ${JSON.stringify(after) ?? '-'}`
  )));
}

function lineOf({ site }: { readonly site?: string }): number {
  return Number(/^test\/explain\/explain.test.ts:(\d+):\d+$/.exec(String(site))?.[1]);
}

function lineHere(): number {
  return Number(/explain\.test\.ts:(\d+):/.exec(new Error().stack!.split('\n')[2])![1]);
}

const config = (chart: Chart, data: object, id = 'web') => new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id }, data } as never);
const pod = (chart: Chart, spec: object) => new ApiObject(chart, 'pod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec } as never);

test('values are followed into whatever they become, patches are applied after all of them', () => {
  const from = lineHere();
  const found = explain({ field: 'data.size' }, {
    values: { size: 1 },
    overlays: [
      { where: {}, patch: { kind: 'ConfigMap' }, with: object => { object.data.size = `${object.data.size}!`; } },
      { where: { region: 'eu' }, values: { size: 2 } },
      { where: { region: 'us' }, values: { size: 3 } },
      { where: {}, values: { size: 4 } },
    ],
    render: (chart, { size }) => { config(chart, { size: `${size * size}` }); },
  });
  expect(chain(found)).toEqual(['construct - → "1"', 'overlays[1] values "1" → "4"', 'overlays[3] values "4" → "16"', 'overlays[0] patch "16" → "16!"']);
  expect(found.fields[0].steps.slice(1).map(step => lineOf(step) - from)).toEqual([5, 7, 4]);
});

test('each change of an overlay is a step of its own, and the fleet, the environment and the cluster have theirs after the application', () => {
  const from = lineHere();
  const fleet = new Fleet('shop', {
    environments: ['prod'],
    overlays: [
      { labels: { by: 'fleet' } },
      { applications: ['other'], labels: { by: 'nobody' } },
    ],
  });
  const prod = new Environment(fleet, 'prod', { overlays: [{ images: { web: '3' }, labels: { by: 'prod' } }] });
  new Cluster(prod, 'a', {
    overlays: [{ namePrefix: 'a-' }],
  });
  new Application(fleet, 'other', { placement: {}, render: chart => { config(chart, {}, 'other'); }, namespace: 'shop' });
  new Application(fleet, 'web', {
    namespace: 'shop', placement: {}, values: { tag: '1' },
    overlays: [
      { where: {}, values: { tag: '2' }, labels: { by: 'web' } },
    ],
    render: (chart, { tag }) => { pod(chart, { containers: [{ name: 'web', image: `web:${tag}` }] }); },
  });
  const ask = (field: string) => fleet.explain({ cluster: 'a', application: 'web', object: 'pod/web', field });
  const labels = ask('metadata.labels.by');
  expect(chain(labels)).toEqual([
    'construct - → -', 'overlays[0] labels - → "web"', 'overlays[0] labels "web" → "fleet"', 'overlays[0] labels "fleet" → "prod"',
  ]);
  expect(labels.fields[0].steps.slice(1).map(step => [step.name, lineOf(step) - from])).toEqual([
    ['overlays[0] of shop/web', 16], ['overlays[0] of shop', 4], ['overlays[0] of shop/prod', 8],
  ]);
  expect(chain(ask('spec.containers[web].image'))).toEqual(['construct - → "web:1"', 'overlays[0] values "web:1" → "web:2"', 'overlays[0] images "web:2" → "web:3"']);
  const name = ask('metadata.name');
  expect([...chain(name), lineOf(name.fields[0].steps[1]) - from]).toEqual(['construct - → "web"', 'overlays[0] namePrefix "web" → "a-web"', 10]);
});

test('an object that an overlay took out, and references that followed another', () => {
  const props: Props<{}> = {
    overlays: [{ where: {}, remove: { kind: 'ConfigMap', name: 'gone' }, nameSuffix: '-1' }],
    render: chart => {
      config(chart, {}, 'gone');
      config(chart, {}, 'kept');
      pod(chart, { containers: [{ name: 'web', envFrom: [{ configMapRef: { name: 'kept' } }] }] });
    },
  };
  expect(explain({ object: 'cm/gone' }, props).removedBy).toMatchObject({ by: 'overlay', change: 'remove' });
  expect(chain(explain({ object: 'pod/web', field: 'spec.containers[web].envFrom' }, props))).toEqual(['construct - → "kept"', 'overlays[0] nameSuffix "kept" → "kept-1"']);
});

test('an overlay that is a construct has the line of its own', () => {
  const fleet = shop();
  const web = new Application(fleet, 'web', { namespace: 'shop', placement: {}, values: { size: '1' }, render: (chart, values) => { config(chart, values); } });
  const from = lineHere();
  new Overlay(web, 'late', { where: {}, values: { size: '2' } });
  const { fields: [{ steps }] } = fleet.explain({ cluster: 'a', application: 'web', object: 'cm/web', field: 'data.size' });
  expect([steps[1].name, lineOf(steps[1]) - from]).toEqual(['shop/web/late', 1]);
});

test('a field that an overlay removed is found by its name, and says which one it was', () => {
  const found = explain({ field: 'data.old' }, {
    overlays: [{ where: {}, patch: { kind: 'ConfigMap' }, with: object => { delete object.data.old; } }],
    render: chart => { config(chart, { old: 'yes', new: 'yes' }); },
  });
  expect('value' in found.fields[0]).toBe(false);
  expect(chain(found)).toEqual(['construct - → "yes"', 'overlays[0] patch "yes" → -']);
});

test('an item of a list is told by its name: one that comes before it moves nothing', () => {
  const sidecar = (object: PatchedObject) => { object.spec.containers.unshift({ name: 'proxy', image: 'proxy:1', ports: [{ containerPort: 80 }] }); };
  const props: Props<{}> = {
    overlays: [{ where: {}, patch: { kind: 'Pod' }, with: sidecar }],
    render: chart => { pod(chart, { containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] }] }); },
  };
  const { fields } = explain({ object: 'pod/web', field: 'spec.containers' }, props);
  expect(fields.map(({ path, steps }) => `${path}: ${steps[steps.length - 1].by}`)).toEqual([
    'spec.containers[proxy].image: overlay', 'spec.containers[proxy].name: overlay', 'spec.containers[proxy].ports[80].containerPort: overlay',
    'spec.containers[web].image: construct', 'spec.containers[web].name: construct',
    'spec.containers[web].ports[80].containerPort: construct', 'spec.containers[web].ports[80/UDP].containerPort: construct', 'spec.containers[web].ports[80/UDP].protocol: construct',
  ]);
});

test('an overlay that changes nothing but the order of a list is named', () => {
  const found = explain({ object: 'pod/web', field: 'spec.initContainers' }, {
    overlays: [{ where: {}, patch: { kind: 'Pod' }, with: object => { object.spec.initContainers.reverse(); } }],
    render: chart => { pod(chart, { initContainers: [{ name: 'a' }, { name: 'b' }] }); },
  });
  const order = found.fields.filter(field => field.order);
  expect(chain({ ...found, fields: order })).toEqual(['construct - → ["a","b"]', 'overlays[0] patch ["a","b"] → ["b","a"]']);
});

test.each(['web', 'new'])('an object that was renamed is found by either name: %s', name => {
  const found = explain({ object: `configmap/${name}`, field: 'metadata.name' }, {
    overlays: [{ where: {}, patch: { kind: 'ConfigMap' }, with: object => { object.metadata.name = 'new'; } }],
    render: chart => { config(chart, {}); },
  });
  expect([found.object.name, found.file]).toEqual(['new', 'clusters/a/web/shop/configmap.new.yaml']);
  expect(chain(found)).toEqual(['construct - → "web"', 'overlays[0] patch "web" → "new"']);
});

test('objects that swap their names stay themselves', () => {
  const found = explain({ object: 'cm/b', field: 'data' }, {
    values: { swapped: false },
    overlays: [{ where: {}, values: { swapped: true } }],
    render: (chart, { swapped }) => {
      for (const id of ['a', 'b']) {
        new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: swapped ? { a: 'b', b: 'a' }[id] : id }, data: { id } } as never);
      }
    },
  });
  expect([found.madeBy.name, ...chain(found)]).toEqual(['shop/web/a', 'construct - → "a"']);
});

test('an object that is there because of an overlay says so, and one that an overlay removed as well', () => {
  const props: Props<{ first: boolean; second: boolean }> = {
    values: { first: true, second: false },
    overlays: [{ where: {}, values: { first: false, second: true } }],
    render: (chart, { first, second }) => {
      config(chart, {}, 'always');
      if (first) config(chart, { a: '1' }, 'first');
      if (second) config(chart, { a: '1' }, 'second');
    },
  };
  const second = explain({ object: 'configmap/second', field: 'data.a' }, props);
  expect([second.addedBy?.name, second.removedBy, chain(second)]).toEqual(['overlays[0] of shop/web', undefined, ['construct - → -', 'overlays[0] values - → "1"']]);
  const first = explain({ object: 'configmap/first', field: 'data.a' }, props);
  expect([first.file, first.addedBy, first.removedBy?.name, chain(first)]).toEqual([
    undefined, undefined, 'overlays[0] of shop/web', ['construct - → "1"', 'overlays[0] values "1" → -'],
  ]);
});

test('overlays that make no objects without each other are named together', () => {
  const found = explain({ field: 'data.a' }, {
    values: { a: undefined as string | undefined, b: undefined as string | undefined },
    overlays: [{ where: {}, values: { a: 'x' } }, { where: {}, values: { b: 'y' } }, { where: {}, values: { b: 'z' } }],
    render: (chart, { a, b }) => { config(chart, { a: a!.toUpperCase() + b!.toUpperCase() }); },
  });
  expect(chain(found)).toEqual(['construct - → -', 'overlays[1] values - → "XY"', 'overlays[2] values "XY" → "XZ"']);
  expect(found.fields[0].steps[1].together?.map(({ name }) => name)).toEqual(['overlays[0] of shop/web']);
});

test('a wave that synth writes is no work of an overlay', () => {
  const render = (chart: Chart) => config(chart, {}).addDependency(config(chart, {}, 'first'));
  expect(chain(explain({ field: 'metadata.annotations' }, { render }))).toEqual(['construct - → -', 'synth - → "1"']);
});

describe('an object of a source', () => {
  const folder = temporaryFolder();
  ['one', 'two'].forEach(size => writeFileSync(join(folder, `${size}.yaml`), [
    'apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: web}', `data: {size: ${size}, shared: same}`, '---',
    'apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: other, namespace: elsewhere}', '',
  ].join('\n')));
  const file = (size: string) => relative(process.cwd(), join(folder, `${size}.yaml`));
  const props: Props<{ size: string }> = {
    values: { size: 'one' },
    overlays: [{ where: {}, values: { size: 'two' } }],
    sources: ({ size }) => [new Manifests({ files: file(size) })],
  };
  const fleet = () => shop(['a'], [], { sourceFolders: [relative(process.cwd(), folder)] });

  test('is told by the source and the line that creates it', () => {
    const { madeBy } = explain({}, props, fleet());
    expect([madeBy.by, madeBy.name]).toEqual(['source', `shop/web/sources[0]/${file('one')}`]);
    expect(lineOf(madeBy)).toBeGreaterThan(0);
  });

  test('is followed when an overlay of values chooses another file', () => {
    expect(chain(explain({ field: 'data.size' }, props, fleet()))).toEqual(['source - → "one"', 'overlays[0] values "one" → "two"']);
    expect(chain(explain({ field: 'data.shared' }, props, fleet()))).toEqual(['source - → "same"']);
  });

  test('has the namespace of the application from synth, and its own from itself', () => {
    expect(chain(explain({ field: 'metadata.namespace' }, props, fleet()))).toEqual(['source - → -', 'synth - → "shop"']);
    expect(chain(explain({ object: 'cm/other', field: 'metadata.namespace' }, props, fleet()))).toEqual(['source - → "elsewhere"']);
  });
});

test('the namespace of a custom kind is settled as synth settles it, by a definition that another application brings', () => {
  const fleet = shop();
  new Application(fleet, 'definitions', {
    placement: {},
    render: chart => {
      new ApiObject(chart, 'crd', {
        apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'gears.example.com' },
        spec: {
          group: 'example.com', names: { kind: 'Gear', plural: 'gears' }, scope: 'Cluster',
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
        },
      });
    },
  });
  const { file, fields } = explain({ object: 'gears/web', field: 'metadata' }, {
    render: chart => { new ApiObject(chart, 'gear', { apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'web' } }); },
  }, fleet);
  expect(file).toBe('clusters/a/web/_cluster/gear.example.com.web.yaml');
  expect([...fleet.synthesize().files.keys()]).toContain(file);
  expect(fields.map(({ path }) => path)).toEqual(['metadata.name']);
});

describe('what is named', () => {
  const render = (chart: Chart) => {
    config(chart, { 'a.b/c': 'dotted', 'plain': 'x' });
    pod(chart, { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'PORT', value: '80' }] }] });
    new ApiObject(chart, 'policy', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'web' } });
    new ApiObject(chart, 'one', { apiVersion: 'one.example.com/v1', kind: 'Gear', metadata: { name: 'web', namespace: 'x' } });
    new ApiObject(chart, 'two', { apiVersion: 'two.example.com/v1', kind: 'Gear', metadata: { name: 'web', namespace: 'x' } });
    new ApiObject(chart, 'near', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'near' } });
    new ApiObject(chart, 'far', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'far' } });
  };
  const ask = (question: Partial<Question>) => explain(question, { render });

  test.each<[asked: Partial<Question>, kind: string, namespace: string]>([
    [{ object: 'ConfigMap/web' }, 'ConfigMap', 'shop'],
    [{ object: 'configmaps/web' }, 'ConfigMap', 'shop'],
    [{ object: 'cm/web' }, 'ConfigMap', 'shop'],
    [{ object: 'ConfigMap/shop/web' }, 'ConfigMap', 'shop'],
    [{ object: 'networkpolicies/web' }, 'NetworkPolicy', 'shop'],
    [{ object: 'netpol.networking.k8s.io/web' }, 'NetworkPolicy', 'shop'],
    [{ object: 'gear.two.example.com/web' }, 'Gear', 'x'],
    [{ object: 'svc/web', namespace: 'far' }, 'Service', 'far'],
  ])('object %j', (asked, kind, namespace) => {
    expect(ask(asked).object).toMatchObject({ kind, namespace, name: 'web' });
  });

  test.each<[object: string, field: string, paths: string[]]>([
    ['cm/web', 'data.plain', ['data.plain']],
    ['cm/web', '.data', ['data["a.b/c"]', 'data.plain']],
    ['cm/web', 'data["a.b/c"]', ['data["a.b/c"]']],
    ['cm/web', 'data.a.b/c', ['data["a.b/c"]']],
    ['cm/web', 'data.a\\.b/c', ['data["a.b/c"]']],
    ['pod/web', 'spec.containers[web].image', ['spec.containers[web].image']],
    ['pod/web', 'spec.containers[0].image', ['spec.containers[web].image']],
    ['pod/web', 'spec.containers[name=web].image', ['spec.containers[web].image']],
    ['pod/web', 'spec.containers.web.env[0].value', ['spec.containers[web].env[PORT].value']],
  ])('field of %s: %s', (object, field, paths) => {
    expect(ask({ object, field }).fields.map(({ path }) => path)).toEqual(paths);
  });

  test.each<[asked: Partial<Question>, code: string, what: string, fix: RegExp]>([
    [{ cluster: 'b' }, 'FLT2401', "the fleet 'shop' has no cluster 'b': did you mean 'a'?", /name one of 'a'/],
    [{ application: 'wbe' }, 'FLT2402', "the fleet 'shop' has no application 'wbe': did you mean 'web'?", /name one of 'web'/],
    [{ object: 'configmap/wbe' }, 'FLT2403', "the application 'web' has no configmap/wbe on 'a': did you mean 'web'?", /^name one of 'ConfigMap\/shop\/web'$/],
    [{ object: 'confgmap/web' }, 'FLT2403', "the application 'web' has no confgmap/web on 'a': did you mean 'configmap'?", /'Pod\/shop\/web'/],
    [{ object: 'cm/web', namespace: 'x' }, 'FLT2403', "the application 'web' has no cm/web in the namespace 'x' on 'a'", /'ConfigMap\/shop\/web'/],
    [{ object: 'web' }, 'FLT2403', '"web" does not name an object', /deployment\/web/],
    [{ object: 'gear/web' }, 'FLT2404', "'gear/web' stands for 2 objects of the application 'web' on 'a'", /'Gear.one.example.com\/x\/web', 'Gear.two.example.com\/x\/web'/],
    [{ field: 'data.plan' }, 'FLT2405', 'ConfigMap/shop/web has no field "data.plan": did you mean \'data.plain\'?', /^name one of 'data.a.b\/c', 'data.plain', or leave/],
    [{ field: 'spec' }, 'FLT2405', 'ConfigMap/shop/web has no field "spec"', /^name one of 'apiVersion', 'data', 'kind', 'metadata'|^leave/],
  ])('%j is an error', (asked, code, what, fix) => {
    expect(thrown(() => ask(asked))).toMatchObject([{ code, what, fix: expect.stringMatching(fix) }]);
  });
});

test('an application that is somewhere else says so', () => {
  const fleet = shop(['a', 'us']);
  new Application(fleet, 'web', { placement: { region: 'us' }, render: () => {} });
  expect(thrown(() => fleet.explain({ cluster: 'a', application: 'web', object: 'cm/web' }))).toMatchObject([
    { code: 'FLT2402', what: "the application 'web' is not placed on the cluster 'a'" },
  ]);
});

test.each<[string, Props<{}>, string]>([
  ['a render that throws', { render: () => { throw new Error('no'); } }, 'FLT2006'],
  ['a patch that matches nothing', { overlays: [{ where: {}, patch: { kind: 'Deployment' }, with: () => {} }], render: chart => { config(chart, {}); } }, 'FLT2008'],
  ['an object without a name', { render: chart => { new ApiObject(chart, 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '' } }); } }, 'FLT2014'],
  ['a Secret in plain text, whose values are not printed',
    { render: chart => { new ApiObject(chart, 'web', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, stringData: { a: 'b' } }); } }, 'FLT2003'],
])('what synth would refuse is refused: %s', (_title, props, code) => {
  expect(thrown(() => explain({ object: 'secret/web' }, props)).map(error => error.code)).toEqual([code]);
});

function thrown(run: () => unknown): readonly FlotillaError[] {
  try {
    run();
  } catch (error) {
    if (error instanceof FlotillaError) {
      return error.errors;
    }
    throw error;
  }
  return [];
}
