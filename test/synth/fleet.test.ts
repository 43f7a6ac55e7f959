import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { shop, web } from './one-cluster';
import { Application } from '../../lib';
import { FolderSource } from '../../lib/tree/folder-source';
import { readFleetTree } from '../../lib/tree/read';
import { fleet as design } from '../model/fixtures/design';

const config = (name: string) => (chart: Chart): void => { new kplus.ConfigMap(chart, 'config', { metadata: { name }, data: { a: 'b' } }); };

let folder: string;
const { CDK8S_OUTDIR, FLOTILLA_REPORT } = process.env;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  delete process.env.CDK8S_OUTDIR;
  delete process.env.FLOTILLA_REPORT;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  Object.assign(process.env, CDK8S_OUTDIR && { CDK8S_OUTDIR }, FLOTILLA_REPORT && { FLOTILLA_REPORT });
});

test('synth writes the tree, and only what changed the next time', () => {
  const outdir = join(folder, 'deep', 'tree');
  expect(web(config('one')).synth({ outdir })).toEqual({ outdir, clusters: 1, targets: 1, objects: 1, written: 4, deleted: 0, unchanged: 0, warnings: [] });
  writeFileSync(join(outdir, 'README.md'), 'mine');
  expect(web(config('two')).synth({ outdir })).toMatchObject({ written: 1, deleted: 1, unchanged: 3 });
  expect(existsSync(join(outdir, 'clusters/a/web/shop/configmap.two.yaml'))).toBe(true);
  expect(existsSync(join(outdir, 'clusters/a/web/shop/configmap.one.yaml'))).toBe(false);
  expect(readFileSync(join(outdir, 'README.md'), 'utf8')).toBe('mine');
});

test('synth writes where cdk8s synth says', () => {
  process.env.CDK8S_OUTDIR = join(folder, 'out');
  expect(web(config('one')).synth()).toMatchObject({ outdir: join(folder, 'out') });
  expect(existsSync(join(folder, 'out', 'fleet.yaml'))).toBe(true);
});

test('synth writes to dist otherwise', () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    expect(web(config('one')).synth()).toMatchObject({ outdir: 'dist' });
  } finally {
    process.chdir(before);
  }
  expect(existsSync(join(folder, 'dist', 'fleet.yaml'))).toBe(true);
});

test('synth throws and writes nothing when there are errors', () => {
  const outdir = join(folder, 'tree');
  expect(() => web(() => { throw new Error('no'); }).synth({ outdir })).toThrow(/^FLT2006 the render of the application 'web' threw/);
  expect(existsSync(outdir)).toBe(false);
});

test('whoever runs the program gets a report', () => {
  process.env.FLOTILLA_REPORT = join(folder, 'report.json');
  const outdir = join(folder, 'tree');
  const report = () => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  web(config('one')).synth({ outdir });
  expect(report()).toEqual({ ok: true, fleet: 'shop', outdir, clusters: 1, targets: 1, objects: 1, written: 4, deleted: 0, unchanged: 0, warnings: [], errors: [] });

  const broken = shop();
  ['x', 'y'].forEach(name => new Application(broken, name, { placement: {}, render: () => { throw new Error('no'); } }));
  expect(() => broken.synth({ outdir })).toThrow('FLT2006');
  expect(report()).toEqual({
    ok: false,
    fleet: 'shop',
    outdir,
    clusters: 0,
    targets: 0,
    objects: 0,
    errors: ['x', 'y'].map(name => ({
      code: 'FLT2006',
      what: `the render of the application '${name}' threw`,
      fix: expect.any(String),
      cause: 'no',
      where: { construct: `shop/${name}`, source: expect.stringMatching(/^test\/synth\/fleet.test.ts:/), cluster: 'a', application: name },
    })),
  });
});

test('a tree that cannot be written is in the report as well', () => {
  process.env.FLOTILLA_REPORT = join(folder, 'report.json');
  const outdir = join(folder, 'file');
  writeFileSync(outdir, '');
  expect(() => web(config('one')).synth({ outdir })).toThrow(/^FLT3/);
  expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toMatchObject({ ok: false, errors: [{ code: expect.stringMatching(/^FLT3/) }] });
});

test('the reader of the tree reads what synth writes', async () => {
  design.synth({ outdir: folder });
  const tree = await readFleetTree(new FolderSource(folder));
  const found = tree.clusters.map(({ name, error, deliveries }) => (
    { name, error, applications: deliveries.map(one => [one.application, one.error]) }
  ));
  expect(found).toEqual(['prod-eu-west-1', 'prod-us-west-2', 'staging'].map(name => (
    { name, error: undefined, applications: [['database', undefined], ['web', undefined]] }
  )));
});
