import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helmRequest, renderOne } from './requests';
import { counted, folderWith, useHelm, useOwnCache, writeFiles } from './settings';
import { Application, HelmChart } from '../../lib';
import { SourceCache } from '../../lib/source/cache';
import { shop } from '../synth/one-cluster';
import { temporaryFolder } from '../temporary-folder';

const cache = useOwnCache();
const helm = useHelm();

const FILES = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'web/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: {{ .Values.a | quote }}}\n',
  'values.yaml': 'a: file\n',
};

/** A chart, and a helm that counts. */
function setUp() {
  const folder = folderWith(FILES);
  const program = counted(`exec '${helm()}' "$@"`);
  process.env.FLOTILLA_HELM = program.path;
  const chart = join(folder, 'web');
  return { folder, chart, program, render: (a = 'x') => renderOne(helmRequest(chart, { values: { a } }), [folder]) };
}

const results = (): string[] => readdirSync(join(cache(), 'sources/1/results')).map(name => join(cache(), 'sources/1/results', name));

test('forty targets of one chart with three sets of values run helm three times, and a second synth never', () => {
  const { folder, chart, program } = setUp();
  const clusters = Array.from({ length: 40 }, (_, i) => `c${i}`);
  const synthesize = () => {
    const fleet = shop(clusters, [], { sourceFolders: [folder] });
    new Application(fleet, 'web', {
      namespace: 'shop', placement: {}, sources: (_, target) => [new HelmChart({ chart, values: { a: Number(target.cluster.slice(1)) % 3 } })],
    });
    return fleet.synthesize().files;
  };
  const first = synthesize();
  expect(program.starts()).toHaveLength(3);
  expect(first.get('clusters/c4/web/shop/configmap.web.yaml')).toContain('a: "1"');
  expect(synthesize()).toEqual(first);
  expect(program.starts()).toHaveLength(3);
});

test.each([
  ['a template', ({ chart }: { chart: string }) => writeFiles(chart, { 'templates/b.yaml': '' })],
  ['a value of the chart', ({ chart }: { chart: string }) => writeFiles(chart, { 'values.yaml': 'b: 1\n' })],
  ['a values file', ({ folder }: { folder: string }) => writeFiles(folder, { 'values.yaml': 'a: other\n' })],
  ['the program', () => writeFileSync(process.env.FLOTILLA_HELM!, `${readFileSync(process.env.FLOTILLA_HELM!, 'utf8')}# 2\n`)],
])('a change of %s renders anew', (_, change) => {
  const at = setUp();
  const render = () => renderOne(helmRequest(at.chart, { valuesFiles: [join(at.folder, 'values.yaml')] }), [at.folder]);
  expect([render().errors, render().errors, at.program.starts().length]).toEqual([[], [], 1]);
  change(at);
  expect([render().errors, at.program.starts().length]).toEqual([[], 2]);
});

test('what failed is not kept', () => {
  const { chart, program, render } = setUp();
  writeFiles(chart, { 'templates/b.yaml': '{{ fail "no" }}' });
  expect([render().errors.length, render().errors.length, program.starts().length]).toEqual([1, 1, 2]);
});

test.each([
  ['is cut off', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, -5))],
  ['is empty', (path: string) => writeFileSync(path, '')],
  ['has other bytes', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"web"', '"evil"'))],
])('an entry that %s is rendered anew', (_, damage) => {
  const { program, render } = setUp();
  const first = render();
  results().forEach(damage);
  expect([render(), render(), program.starts().length]).toEqual([first, first, 2]);
});

test('a cache that cannot be written is as if there were none', () => {
  const { program, render } = setUp();
  const file = join(cache(), 'file');
  writeFileSync(file, '');
  process.env.FLOTILLA_CACHE = join(file, 'below');
  expect([render().errors, render().manifests.length, program.starts().length]).toEqual([[], 1, 2]);
});

test('a cache with a folder in the place of an entry is as if there were none', () => {
  const { program, render } = setUp();
  render();
  const [path] = results();
  writeFileSync(path, '');
  render();
  chmodSync(path, 0o600);
  expect([render().errors, program.starts().length]).toEqual([[], 2]);
  process.env.FLOTILLA_CACHE = temporaryFolder();
  mkdirSync(join(process.env.FLOTILLA_CACHE, 'sources/1/results', path.split('/').at(-1)!), { recursive: true });
  expect([render().errors, render().manifests.length]).toEqual([[], 1]);
});

test('only the user can read what is kept', () => {
  setUp().render();
  expect(results().map(path => (statSync(path).mode % 0o1000).toString(8))).toEqual(['600']);
});

test('two processes that render the same at once come to the same, and leave whole entries', async () => {
  const { chart, folder } = setUp();
  const program = join(folder, 'two.ts');
  writeFileSync(program, `
    import { renderSources } from '${process.cwd()}/lib/source/render-sources';
    const requests = ${JSON.stringify(['a', 'b', 'c'].map(a => helmRequest(chart, { values: { a } })))};
    console.log(JSON.stringify([...renderSources(requests, { sourceFolders: [${JSON.stringify(folder)}] }).values()]));
  `);
  const outputs = await Promise.all([0, 1].map(async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', program], { env: { ...process.env }, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
    await once(child, 'close');
    return text;
  }));
  expect(outputs[0]).toContain('"data":{"a":"c"}');
  expect(outputs[1]).toBe(outputs[0]);
  expect(results()).toHaveLength(3);
  expect(results().every(path => /^[0-9a-f]{64}$/.test(path.split('/').at(-1)!))).toBe(true);
});

describe('the bounds of a cache', () => {
  const day = 24 * 3_600_000;
  const bounded = (bytes: number): SourceCache => {
    const small = new SourceCache(join(temporaryFolder(), 'c'), { maxAgeMs: 30 * day, maxBytes: bytes, everyMs: 0 });
    ['a', 'b', 'c'].forEach((key, i) => {
      small.write('results', key, 'x'.repeat(1000));
      const used = new Date(Date.now() - (10 - i) * day);
      utimesSync(small.path('results', key), used, used);
    });
    return small;
  };
  const left = (kept: SourceCache): string[] => ['a', 'b', 'c'].filter(key => existsSync(kept.path('results', key)));

  test.each([
    ['too much', 2500, 0, ['b', 'c']], ['too old', 10_000, 21 * day, ['b', 'c']], ['neither', 10_000, 0, ['a', 'b', 'c']],
  ])('what is %s goes', (_, bytes, later, expected) => {
    const kept = bounded(bytes);
    kept.clean(Date.now() + later - (later ? day / 2 : 0));
    expect(left(kept)).toEqual(expected);
  });

  test('what was used lately stays', () => {
    const kept = bounded(2500);
    expect(kept.tryRead('results', 'a')).toHaveLength(1000);
    kept.clean();
    expect(left(kept)).toEqual(['a', 'c']);
  });
});
