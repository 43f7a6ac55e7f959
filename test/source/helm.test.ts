import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { helmRequest, renderOne } from './requests';
import { counted, folderWith, useHelm, useOwnCache, writeFiles } from './settings';
import { Application, HelmChart } from '../../lib';
import { HelmRequest } from '../../lib/source/request';
import { errorsOf, shop } from '../synth/one-cluster';

const cache = useOwnCache();
const helm = useHelm();

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\ndata:\n';
const CHART = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';

/** A chart `web` in a folder that sources may read. */
function chartWith(files: Readonly<Record<string, string>>) {
  const folder = folderWith({ 'web/Chart.yaml': CHART });
  const chart = join(folder, 'web');
  writeFiles(chart, files);
  return { chart, folder, render: (more?: Partial<HelmRequest>) => renderOne(helmRequest(chart, more), [folder]) };
}

describe('a chart', () => {
  test('gets release, namespace, version of Kubernetes, API versions, values files and values, of which the last win', () => {
    const { folder, render } = chartWith({
      'values.yaml': 'a: default\nb: default\nc: default\nd: default\n',
      'templates/map.yaml': `${CONFIG_MAP}  values: {{ list .Values.a .Values.b .Values.c .Values.d | toString | quote }}\n  kube: {{ .Capabilities.KubeVersion.Version }}\n  has: {{ .Capabilities.APIVersions.Has "x.io/v1/X" | quote }}\n`,
    });
    writeFiles(folder, { 'one.yaml': 'b: one\nc: one\n', 'two.yaml': 'c: two\n' });
    const values = { d: 'values', a: null };
    const { manifests, errors } = render({ valuesFiles: [join(folder, 'one.yaml'), join(folder, 'two.yaml')], values, apiVersions: ['x.io/v1/X'], releaseName: 'r', namespace: 'ns' });
    expect(errors).toEqual([]);
    expect(manifests).toEqual([{
      file: 'web/templates/map.yaml',
      manifest: expect.objectContaining({ metadata: { name: 'r', namespace: 'ns' }, data: { values: '[<nil> one two values]', kube: 'v1.36.0', has: 'true' } }),
    }]);
  });

  test('gives its definitions, unless they are not wanted', () => {
    const { render } = chartWith({ 'crds/x.yaml': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: xs.x.io}\n' });
    expect(render().manifests.map(({ file }) => file)).toEqual(['web/crds/x.yaml']);
    expect(render({ includeCrds: false }).manifests).toEqual([]);
  });

  test.each([
    ['fails by itself', { 'templates/a.yaml': '{{ fail "no host was given" }}' }, {}, /no host was given/, /correct the values, or the template/],
    ['is for another version of Kubernetes', { 'Chart.yaml': `${CHART}kubeVersion: '>=1.99'\n` }, {}, /chart requires kubeVersion: >=1.99/, /Kubernetes 1.36/],
    ['has a schema that does not know a key', { 'values.schema.json': '{"properties":{"a":{"type":"string"}},"additionalProperties":false}' }, { values: { replica: 3 } }, /additional properties 'replica' not allowed/, /values.schema.json of the chart/],
    ['lacks what it depends on', { 'Chart.yaml': `${CHART}dependencies:\n- {name: redis, version: 1.0.0, repository: 'https://charts.example'}\n` }, {}, /found in Chart.yaml, but missing in charts\/ directory: redis/, /helm dependency build .*web/],
    ['is a folder without a chart', { 'Chart.yaml': '' }, {}, /chart/i, /correct the values|Chart.yaml/],
  ])('that %s is an error with the words of helm, the target and the values', (_, files, more, words, fix) => {
    const { chart, folder } = chartWith(files);
    writeFiles(folder, { 'prod.yaml': 'b: 1\n' });
    const fleet = shop(['a', 'b'], [], { sourceFolders: [folder] });
    const valuesFiles = 'values' in more ? [] : [join(folder, 'prod.yaml')];
    new Application(fleet, 'web', { namespace: 'shop', placement: {}, sources: [new HelmChart({ chart, valuesFiles, ...more })] });
    const [error, ...others] = errorsOf(fleet);
    expect(others).toEqual([]);
    expect(error).toMatchObject({ code: 'FLT2104', where: { construct: 'shop/web/sources[0]', cluster: 'a, b', application: 'web', source: expect.stringContaining('helm.test.ts') } });
    expect(String(error.cause)).toMatch(words);
    expect(error.fix).toMatch(fix);
    expect(error.fix).toContain(valuesFiles[0] ?? join(cache(), 'sources'));
    if (valuesFiles.length === 0) {
      expect(readFileSync(/\(the values: (.*)\)$/.exec(error.fix)![1], 'utf8')).toContain('"replica": 3');
    }
  });

  test('whose output has a key twice is an error that names the template', () => {
    const { render } = chartWith({ 'templates/a.yaml': `${CONFIG_MAP}  a: '1'\n`, 'templates/b.yaml': `${CONFIG_MAP}  a: '1'\n  a: '2'\n` });
    expect(render().errors).toEqual([expect.objectContaining({ code: 'FLT3002', where: expect.objectContaining({ file: 'web/templates/b.yaml' }) })]);
  });
});

describe('a chart with chance in its templates', () => {
  const starts = (render: () => ReturnType<typeof renderOne>): { starts: number; result: ReturnType<typeof renderOne> } => {
    const program = counted(`exec '${helm()}' "$@"`);
    process.env.FLOTILLA_HELM = program.path;
    const result = render();
    return { starts: program.starts().length, result };
  };

  test.each([
    ['none', "'x'", 1],
    ['in a branch that is not taken', '{{ if .Values.off }}{{ randAlphaNum 10 }}{{ end }}', 1],
    ['in a text and a comment', '{{/* now */}}{{ "uuidv4" }}{{ .Values.now }}', 1],
    ['whose result nobody uses', '{{ default (randAlphaNum 10) .Values.password | quote }}', 3],
    ['in a field and a variable', '{{ $now := "x" }}{{ $now }}{{ .Values.now }}', 1],
    ['in keys that are sorted', '{{ keys .Values | sortAlpha | toString | quote }}', 1],
  ])('%s (%s) takes as many runs as needed: %i', (_, text, runs) => {
    const { render } = chartWith({ 'values.yaml': 'password: x\nnow: x\n', 'templates/a.yaml': `${CONFIG_MAP}  a: ${text}\n` });
    const { starts: count, result } = starts(render);
    expect([count, result.errors, result.manifests.length]).toEqual([runs, [], 1]);
  });

  test.each([
    ['a random text', '{{ randAlphaNum 10 }}', 'randAlphaNum (templates/a.yaml:7)'],
    ['the time', '{{ now | date "2006" | quote }}', 'now (templates/a.yaml:7)'],
    ['a certificate', '{{ (genCA "x" 1).Cert | quote }}', 'genCA (templates/a.yaml:7)'],
  ])('that is %s is an error', (_, text, where) => {
    const { render } = chartWith({ 'templates/a.yaml': `${CONFIG_MAP}  a: ${text}\n` });
    expect(render().errors).toEqual([expect.objectContaining({ code: 'FLT2110', what: expect.stringContaining("data.a of ConfigMap 'rel'"), fix: expect.stringContaining(where) })]);
  });

  test('is taken as it comes by who says so, once for as long as the cache has it', () => {
    const { render } = chartWith({ 'templates/a.yaml': `${CONFIG_MAP}  a: {{ randAlphaNum 10 }}\n` });
    let first: ReturnType<typeof render>;
    const { starts: count, result } = starts(() => {
      first = render({ deterministic: false });
      return render({ deterministic: false });
    });
    expect([count, result]).toEqual([1, first!]);
    expect(result.manifests[0].manifest.data).toEqual({ a: expect.stringMatching(/^\w{10}$/) });
    expect(render().errors).toEqual([expect.objectContaining({ code: 'FLT2110' })]);
  });

  test('is looked for in texts of any shape', () => {
    const { render } = chartWith({
      'data.txt': `${'{{ "a'.repeat(100_000)}${'/*'.repeat(100_000)}${'`'.repeat(99_999)}`, 'templates/a.yaml': `${CONFIG_MAP}  a: x\n`,
    });
    const { starts: count, result } = starts(() => render({ values: { text: `{{ ${'/* a */ " '.repeat(100_000)}` } }));
    expect([count, result.errors, result.manifests.length]).toEqual([1, [], 1]);
  });

  test('in values that are templates is an error', () => {
    const { render } = chartWith({ 'templates/a.yaml': `${CONFIG_MAP}  a: {{ tpl .Values.text . | quote }}\n` });
    expect(render({ values: { text: '{{ uuidv4 }}' } }).errors).toEqual([expect.objectContaining({ code: 'FLT2110' })]);
    expect(render({ values: { text: 'plain' } }).errors).toEqual([]);
  });

  test('in the archive of a subchart is found, and costs nothing when it is not called', () => {
    const { chart, folder, render } = chartWith({ 'Chart.yaml': `${CHART}dependencies:\n- {name: sub, version: 1.0.0}\n` });
    writeFiles(folder, { 'sub/Chart.yaml': CHART.replace('web', 'sub'), 'sub/templates/a.yaml': `${CONFIG_MAP}  a: {{ if .Values.on }}{{ randAlphaNum 10 }}{{ end }}\n` });
    mkdirSync(join(chart, 'charts'));
    expect(spawnSync('tar', ['-czf', join(chart, 'charts/sub-1.0.0.tgz'), '-C', folder, 'sub']).status).toBe(0);
    const { starts: count, result } = starts(render);
    expect([count, result.errors, result.manifests.map(({ file }) => file)]).toEqual([1, [], ['web/charts/sub/templates/a.yaml']]);
    expect(render({ values: { sub: { on: true } } }).errors).toEqual([expect.objectContaining({ code: 'FLT2110', fix: expect.stringContaining('randAlphaNum') })]);
  });
});

describe('a chart that is elsewhere', () => {
  test.each([
    ['without a version', { chart: 'web', repository: 'https://charts.example' }, /has no version/],
    ['of a range of versions', { chart: 'oci://registry.example/web', version: '^1.2.0' }, /"\^1.2.0", which may be another one tomorrow/],
    ['of a repository without a URL', { chart: 'web', repository: 'stable', version: '1.2.3' }, /the repository "stable".* is no URL/],
  ])('%s is refused', (_, more, what) => {
    expect(renderOne(helmRequest('', more), []).errors).toEqual([expect.objectContaining({ code: 'FLT2108', what: expect.stringMatching(what) })]);
  });

  test('is fetched once for all its values, and kept', () => {
    const { folder } = chartWith({ 'templates/a.yaml': `${CONFIG_MAP}  a: {{ .Values.a | quote }}\n` });
    // `helm pull` unpacks the chart; there is no registry here.
    const fake = counted(`if [ "$1" = pull ]; then while [ "$1" != --untardir ]; do shift; done; exec cp -r '${join(folder, 'web')}' "$2"; fi\nexec '${helm()}' "$@"`);
    process.env.FLOTILLA_HELM = fake.path;
    const render = (a: string) => renderOne(helmRequest('oci://registry.example/web', { version: '1.0.0', values: { a } }), []);
    expect(render('1').manifests[0].manifest.data).toEqual({ a: '1' });
    expect(render('2').manifests[0].manifest.data).toEqual({ a: '2' });
    expect(fake.starts().map(args => args.split(' ')[0])).toEqual(['pull', 'template', 'template']);
  });

  test('and cannot be fetched is an error with the words of helm', () => {
    const result = renderOne(helmRequest('web', { repository: 'http://127.0.0.1:9', version: '1.0.0' }), []);
    expect(result.errors).toEqual([expect.objectContaining({ code: 'FLT2109', what: 'helm cannot fetch the chart web 1.0.0 of http://127.0.0.1:9', cause: expect.stringContaining('connection refused') })]);
  });
});
