import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { errorsOf, objectsIn, shop, web } from './one-cluster';
import { Application } from '../../lib';

class Raw extends ApiObject {
  constructor(chart: Chart, id: string, private readonly json: unknown) {
    super(chart, id, { apiVersion: 'v1', kind: 'ConfigMap' });
  }

  public toJson(): unknown {
    return this.json;
  }
}

const render = (json: Record<string, unknown>) => (chart: Chart): void => { new ApiObject(chart, 'x', { apiVersion: 'v1', kind: 'ConfigMap', ...json }); };
const raw = (json: unknown) => (chart: Chart): void => { new Raw(chart, 'x', json); };
const NAMED = { metadata: { name: 'a' } };

test.each<[string, (chart: Chart) => void, string, string]>([
  ['a generateName', render({ metadata: { generateName: 'a-' } }), 'FLT2014', 'ConfigMap web/x has the generateName "a-"'],
  ['no name', raw({ apiVersion: 'v1', kind: 'Pod', metadata: {} }), 'FLT2014', 'Pod web/x has no name'],
  ['no metadata', raw({ apiVersion: 'v1', kind: 'Pod' }), 'FLT2014', 'Pod web/x has no name'],
  ['a name with a slash', render({ metadata: { name: '../../a' } }), 'FLT2014', 'ConfigMap web/x has the name "../../a"'],
  ['a name that is a number', raw({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 1 } }), 'FLT2014', 'Pod web/x has the name 1'],
  ['a name that is too long', render({ metadata: { name: 'a'.repeat(254) } }), 'FLT2014', `ConfigMap web/x has the name "${'a'.repeat(254)}"`],
  ['a kind that would be a path', render({ kind: '../../x', ...NAMED }), 'FLT2013', 'web/x has the kind "../../x"'],
  ['no kind', raw({ apiVersion: 'v1', ...NAMED }), 'FLT2013', 'web/x has the kind undefined'],
  ['an apiVersion without a version', render({ apiVersion: 'apps', ...NAMED }), 'FLT2013', 'web/x has the apiVersion "apps"'],
  ['no apiVersion', raw({ kind: 'Pod', ...NAMED }), 'FLT2013', 'web/x has the apiVersion undefined'],
  ['an apiVersion that would be a path', raw({ apiVersion: '../v1', kind: 'Pod', ...NAMED }), 'FLT2013', 'web/x has the apiVersion "../v1"'],
  ['no object at all', raw('text'), 'FLT2013', 'web/x becomes "text" and no object'],
  ['nothing', raw(undefined), 'FLT2013', 'web/x becomes nothing and no object'],
  ['a namespace that cannot be', render({ metadata: { name: 'a', namespace: 'A' } }), 'FLT2015', 'ConfigMap \'a\' has the namespace "A"'],
  ['a date, which JSON has not', render({ data: { a: new Date(0) } }), 'FLT2011', expect.stringMatching(/^ConfigMap 'web-x-c8\w+' cannot be turned into a manifest$/) as never],
  ['a number that is none', render({ ...NAMED, data: { a: NaN } }), 'FLT3001', expect.stringMatching(/^ConfigMap\/shop\/a cannot be written: .*data\.a.*NaN/) as never],
  ['a Secret in plain text', chart => { new kplus.Secret(chart, 'x', { metadata: { name: 's' }, stringData: { b: 'hunter2', a: 'hunter2' } }); }, 'FLT2003', "Secret 's' holds 'a', 'b' in plain text"],
  ['a Secret in base64', render({ kind: 'Secret', ...NAMED, data: { a: 'aHVudGVyMg==' } }), 'FLT2003', "Secret 'a' holds 'a' in plain text"],
  ['fields to ignore that cannot be read', render({ metadata: { name: 'a', annotations: { 'cdk8s-flotilla.dev/ignore': 'data.x, spec[0]' } } }), 'FLT2020',
    'ConfigMap \'a\' ignores "data.x, spec[0]", which cannot be read: it has "]" where `*]`, `"key"]` or `key=value]` should be'],
  ['an Ingress without rules', chart => { new kplus.Ingress(chart, 'x'); }, 'FLT2012', 'validation of web/x failed: ingress with no rules or default backend'],
])('%s is an error that names the construct, its line and the cluster', (_title, create, code, what) => {
  const [error, ...others] = errorsOf(web(create, shop(['a', 'b'])));
  expect(others).toEqual([]);
  expect(error).toMatchObject({ code, what, where: { source: expect.stringMatching(/^test\/synth\/check-object.test.ts:\d+:\d+$/), cluster: 'a, b', application: 'web' } });
  expect(error.where.construct).toMatch(/^shop\/web\/x/);
  expect(error.message).not.toMatch(/hunter2|aHVudGVyMg/);
});

test.each<[string, Record<string, unknown>]>([
  ['encrypted by SOPS', { data: { a: 'ENC[AES256_GCM,data:p673w==,type:str]' }, sops: { version: '3.9.0' } }],
  ['without data', {}],
  ['with empty data', { data: {}, stringData: {} }],
  ['of a service account, which a controller fills', { type: 'kubernetes.io/service-account-token' }],
])('a Secret %s may be committed', (_title, secret) => {
  expect(Object.keys(objectsIn(web(render({ kind: 'Secret', ...NAMED, ...secret }))))).toEqual(['a/web/shop/secret.a.yaml']);
});

test('a Secret of another group is none', () => {
  expect(errorsOf(web(render({ apiVersion: 'example.com/v1', kind: 'Secret', data: { a: 'b' } })))).toEqual([]);
});

test.each([
  ['v1', 'Pod'], ['apps/v1', 'Deployment'], ['a.b-c.example.com/v2alpha10', 'Some-Kind'], ['example.com/stable', 'x'],
])('%s %s may be committed', (apiVersion, kind) => {
  expect(errorsOf(web(render({ apiVersion, kind })))).toEqual([]);
});

test('a validation of the model that fails is an error', () => {
  const fleet = web(() => {});
  fleet.node.findChild('web').node.addValidation({ validate: () => ['too small', 'too green'] });
  expect(errorsOf(fleet)).toMatchObject(['too small', 'too green'].map(message => ({
    code: 'FLT2012', what: `validation of shop/web failed: ${message}`, where: { construct: 'shop/web', source: expect.stringMatching(/one-cluster.ts/) },
  })));
});

test('a validation of the chart comes from the line of the application', () => {
  const fleet = web(chart => { chart.node.addValidation({ validate: () => ['too small'] }); });
  expect(errorsOf(fleet)).toMatchObject([{ code: 'FLT2012', where: { construct: 'shop/web', source: expect.stringMatching(/one-cluster.ts/), cluster: 'a' } }]);
});

test('a validation that throws is an error', () => {
  const fleet = web(chart => { chart.node.addValidation({ validate: () => { throw new Error('broken'); } }); });
  expect(errorsOf(fleet)).toMatchObject([{ code: 'FLT2012', what: 'validation of web failed', cause: { message: 'broken' } }]);
});

test('one identity from two applications is an error that names both constructs with their lines', () => {
  const fleet = shop(['a', 'b', 'c']);
  const config = (version: string) => (chart: Chart) => {
    new ApiObject(chart, 'config', { apiVersion: version, kind: 'Config', metadata: { name: 'same' } });
  };
  new Application(fleet, 'api', { namespace: 'shop', placement: {}, render: config('example.com/v1') });
  new Application(fleet, 'web', { namespace: 'shop', placement: { cluster: ['a', 'c'] }, render: config('example.com/v2') });
  expect(errorsOf(fleet)).toMatchObject([{
    code: 'FLT2001',
    what: expect.stringMatching(/^Config\.example\.com\/shop\/same is rendered twice onto one cluster: by shop\/api\/config \(test.*:\d+:5\) and by shop\/web\/config \(test.*:\d+:5\)$/),
    where: { construct: 'shop/web/config', cluster: 'a, c', application: 'web' },
  }]);
});

test('kinds that differ in case alone would share a file and are an error', () => {
  const fleet = web(chart => {
    new ApiObject(chart, 'x', { apiVersion: 'example.com/v1', kind: 'Config', ...NAMED });
    new ApiObject(chart, 'y', { apiVersion: 'example.com/v1', kind: 'CONFIG', ...NAMED });
  });
  expect(errorsOf(fleet)).toMatchObject([{ code: 'FLT2016', where: { construct: 'shop/web/y' } }]);
});

test('all errors of a fleet are shown together, each with its own construct', () => {
  const fleet = shop();
  new Application(fleet, 'api', { namespace: 'shop', placement: {}, render: () => { throw new Error('no'); } });
  new Application(fleet, 'web', {
    namespace: 'shop',
    placement: {},
    render: chart => {
      new kplus.Secret(chart, 'secret', { stringData: { a: 'b' } });
      new kplus.Ingress(chart, 'ingress');
    },
  });
  expect(errorsOf(fleet).map(({ code, where }) => [code, where.construct])).toEqual([
    ['FLT2006', 'shop/api'], ['FLT2012', 'shop/web/ingress'], ['FLT2003', 'shop/web/secret/Resource'],
  ]);
  expect(() => fleet.synthesize()).toThrow(/FLT2006[^]*FLT2012[^]*FLT2003/);
});

test('more clusters than a line can take are counted', () => {
  const names = Array.from({ length: 20 }, (_, i) => `c${String(i).padStart(2, '0')}`);
  const [error] = errorsOf(web(() => { throw new Error('no'); }, shop(names)));
  expect(error.where.cluster).toBe(`${names.slice(0, 12).join(', ')} and 8 more`);
});
