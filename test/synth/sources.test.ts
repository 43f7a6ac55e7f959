import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject } from 'cdk8s';
import { errorsOf, shop } from './one-cluster';
import { Application, HelmChart, Manifests } from '../../lib';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-sources-'));
const file = join(folder, 'settings.yaml');
writeFileSync(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: null}\n---\n---\nkind: ConfigMapList\napiVersion: v1\nitems:\n- metadata: {name: b}\n');

test('objects of sources come before those of render, lists taken apart, each in the namespace of the application', () => {
  const fleet = shop(['a'], [], { sourceFolders: [folder] });
  new Application(fleet, 'web', {
    namespace: 'shop', placement: {}, values: { file }, sources: values => [new Manifests({ files: values.file })],
    render: chart => { new ApiObject(chart, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }); },
  });
  const paths = [...fleet.synthesize().files.keys()].filter(path => path.includes('/web/'));
  expect(paths).toEqual(['a', 'b', 'c'].map(name => `clusters/a/web/shop/configmap.${name}.yaml`));
  expect(fleet.synthesize().files.get(paths[0])).toContain('x: null');
});

test.each([
  ['throws', () => { throw new Error('no chart'); }, 'FLT2101'],
  ['is asynchronous', async () => [], 'FLT2102'],
  ['returns no sources', () => [{ chart: 'web' }], 'FLT2102'],
])('a function `sources` that %s is an error of the application', (_, sources, code) => {
  const fleet = shop();
  new Application(fleet, 'web', { placement: {}, sources: sources as never });
  expect(errorsOf(fleet)).toEqual([expect.objectContaining({ code, where: expect.objectContaining({ application: 'web' }) })]);
});

test('a source that fails is one error: overlays of what it lacks then are none', () => {
  const fleet = shop();
  new Application(fleet, 'web', {
    namespace: 'shop', placement: {}, sources: [new Manifests({ files: 'nowhere.yaml' })], overlays: [{ where: {}, images: { web: '2' } }, { where: {}, remove: { kind: 'Job' } }],
  });
  expect(errorsOf(fleet).map(({ code }) => code)).toEqual(['FLT2106']);
});

test('an object that two sources render is an error that names both', () => {
  const fleet = shop(['a'], [], { sourceFolders: [folder] });
  new Application(fleet, 'web', { namespace: 'shop', placement: {}, sources: [new Manifests({ files: file }), new Manifests({ files: [file] })] });
  expect(errorsOf(fleet)[0].what).toMatch(/web\/sources\[0\]\/.*settings\.yaml .*and by shop\/web\/sources\[1\]/);
});

const circle: Record<string, unknown> = {};
circle.again = circle;

test.each([
  ['a function', { a: { b: () => 1 } }, 'a function at a.b'],
  ['a date', { a: [new Date(0)] }, 'an instance of Date at a.0'],
  ['an infinite number', { a: Infinity }, 'Infinity at a'],
  ['a bigint', { a: 1n }, 'a bigint at a'],
  ['themselves', circle, 'a map or list that contains itself, or is nested more than 100 deep, at again.again.again…'],
  ['no map', new Map(), 'an instance of Map'],
])('values of a chart that hold %s are an error that says where', (_, values, found) => {
  const fleet = shop();
  new Application(fleet, 'web', { placement: {}, sources: [new HelmChart({ chart: 'charts/web', values: values as Record<string, unknown> })] });
  expect(errorsOf(fleet)).toEqual([expect.objectContaining({
    code: 'FLT2115', what: `the \`values\` of the chart charts/web hold ${found}`, where: expect.objectContaining({ construct: 'shop/web/sources[0]', application: 'web' }),
  })]);
});
