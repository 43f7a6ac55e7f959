import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, newProject, ROOT } from './program';
import { parseYaml } from '../../lib/yaml/parse';
import { flotilla } from '../cli/flotilla';

const CHARTS = join(ROOT, '..', 'shared', 'corpora', 'charts');
const folder = newProject();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A chart, and its imported type. */
async function importChart(name: string, files: Record<string, string>, chart = `name: ${name}\nversion: 1.0.0\n`): Promise<string> {
  mkdirSync(join(folder, name));
  Object.entries({ 'Chart.yaml': chart, ...files }).forEach(([file, text]) => writeFileSync(join(folder, name, file), text));
  const { code, out, err } = await flotilla(['import', 'helm', name], { cwd: folder });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

/** How many errors the compiler finds in each of several values of an imported type. */
function refusals(type: string, name: string, values: readonly string[]): number[] {
  writeFileSync(join(folder, 'type.ts'), type);
  const files = values.map((value, index) => {
    writeFileSync(join(folder, `values-${index}.ts`), `import { ${name} } from './type';\nexport const values: ${name} = ${value};\n`);
    return `values-${index}.ts`;
  });
  const found = compile(folder, 'type.ts', ...files);
  expect(found.filter(error => error.startsWith('type.ts'))).toEqual([]);
  return files.map(file => found.filter(error => error.startsWith(`${file}: `)).length);
}

(existsSync(CHARTS) ? describe : describe.skip).each([['ingress-nginx', 'IngressNginxValues', 'controller'], ['metrics-server', 'MetricsServerValues', 'apiService']])('the values of %s', (chart, name, key) => {
  const files = existsSync(CHARTS) ? readdirSync(join(CHARTS, chart, 'ci')) : [];
  const type = `${chart}.ts`;

  beforeAll(async () => {
    expect(await flotilla(['import', 'helm', join(CHARTS, chart), '-o', type], { cwd: folder })).toEqual({ code: 0, out: '', err: `${name}, from values.yaml, is in ${type}\n` });
  });

  test('take its defaults and each values file of its own tests', () => {
    const literals = [...files.map(file => join('ci', file)), 'values.yaml'].map((file, index) => {
      const values = JSON.stringify(parseYaml(readFileSync(join(CHARTS, chart, file), 'utf8'), file), undefined, 2);
      writeFileSync(join(folder, `${chart}-${index}.ts`), `import { ${name} } from './${chart}';\nexport const values: ${name} = ${values};\n`);
      return `${chart}-${index}.ts`;
    });
    expect(literals.length).toBeGreaterThan(4);
    expect(compile(folder, type, ...literals)).toEqual([]);
  });

  test('refuse a key that is misspelt, and a value of another type', () => {
    const head = `import { HelmChart } from 'cdk8s-flotilla';\nimport { ${name} } from './${chart}';\n`;
    writeFileSync(join(folder, 'misspelt.ts'), `${head}new HelmChart<${name}>({ chart: 'web', values: { ${key}s: {} } });\n`);
    writeFileSync(join(folder, 'wrong.ts'), `${head}new HelmChart<${name}>({ chart: 'web', values: { ${key}: 'none' } });\n`);
    writeFileSync(join(folder, 'right.ts'), `${head}new HelmChart<${name}>({ chart: 'web', values: { ${key}: {} } });\n`);
    expect(compile(folder, 'misspelt.ts', 'wrong.ts', 'right.ts')).toEqual([
      expect.stringMatching(new RegExp(`^misspelt.*'${key}s' does not exist in type '${name}'`)), expect.stringMatching(/^wrong/),
    ]);
  });
});

test('comments of values.yaml become docstrings: those of helm-docs, and those above a key; what was commented out does not, and is a key', async () => {
  const type = await importChart('web', {
    'values.yaml': `
# Of the file, with a blank line below.

# -- Pods to run.
# More of it.
replicas: 2 # not this
# tag: latest
image: ""
# -- Belongs to what is commented out.
# pullPolicy: Always
## Plain text: with a colon.
##
"odd-key":
  # Ends a comment */ early.
  - one
# - item
port: 80
nodeSelector:
  kubernetes.io/os: linux
free: {}
nothing:
mixed: [1, a, {b: c}]
resources:
  limits: {cpu: 1}
`,
  });
  expect(type).toBe(`// Written by \`flotilla import helm\` from values.yaml of the chart web 1.0.0. Write it again after an update of the chart rather than edit it.
/* eslint-disable */

/** Values of the chart web 1.0.0. \`null\` takes a default of the chart away. */
export interface WebValues {
  /**
   * Pods to run.
   * More of it.
   *
   * @default 2
   */
  replicas?: number | null;
  image?: string | null;

  /** Plain text: with a colon. */
  'odd-key'?: string[] | null;

  /** @default 80 */
  port?: number | string | null;
  nodeSelector?: Record<string, string | null> | null;
  free?: Record<string, unknown> | null;
  nothing?: unknown;
  mixed?: (number | string | {
    b?: string | null;
    [key: string]: unknown;
  })[] | null;
  resources?: {
    limits?: {
      /** @default 1 */
      cpu?: number | null;
      [key: string]: unknown;
    } | null;
    [key: string]: unknown;
  } | null;
  tag?: unknown;
  pullPolicy?: unknown;
  global?: Record<string, unknown> | null;
}
`);
});

test('values of other charts are left open', async () => {
  const type = await importChart('parent', { 'values.yaml': 'db: {enabled: true}\n' }, 'name: parent\nversion: 1.0.0\ndependencies: [{name: postgres, alias: db}, {name: redis}]\n');
  expect(refusals(type, 'ParentValues', ['{ db: { enabled: true, any: 1 }, redis: { any: 1 }, global: { any: 1 } }', '{ postgres: {} }'])).toEqual([0, 1]);
});

test.each([
  ['nothing by default', '', ['{}', '{ global: {} }', '{ a: 1 }'], [0, 0, 1]],
  ['aliases and merge keys', 'a: &a {b: 1}\nc: {<<: *a, d: x}\n', ['{ c: { b: 2, d: "y" } }', '{ c: { e: 1 } }'], [0, 1]],
  ['nulls, which take a default away', 'a: {b: {c: 1}}\n', ['{ a: null }', '{ a: { b: null } }', '{ a: { b: { c: null } } }'], [0, 0, 0]],
])('%s', async (title, values, literals, expected) => {
  const name = title.replace(/\W.*/, '');
  expect(refusals(await importChart(name, { 'values.yaml': values }), `${name[0].toUpperCase()}${name.slice(1)}Values`, literals)).toEqual(expected);
});

describe('a schema of values', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      kind: { enum: ['Deployment', 'DaemonSet', null], description: 'What runs the pods.', default: 'Deployment' },
      image: { $ref: '#/$defs/image' },
      port: { type: ['integer', 'string'] },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      hosts: { type: 'array', items: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/host' }] } },
      env: { type: 'object', patternProperties: { '^[A-Z]+$': { type: ['string', 'number'] } } },
      both: { allOf: [{ $ref: '#/$defs/image' }, { properties: { more: { type: 'boolean' } } }] },
      tree: { $ref: '#/$defs/tree' },
      one: { type: 'object', properties: { a: { const: 'x' }, b: { type: 'number' } }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      old: { type: 'string', deprecated: true },
      anything: {},
    },
    $defs: {
      image: { type: 'object', description: 'An image.', properties: { repository: { type: 'string' }, tag: { type: 'string' } } },
      host: { type: 'object', properties: { name: { type: 'string' } } },
      tree: { type: 'object', properties: { leaf: { type: 'string' }, inner: { $ref: '#/$defs/tree' } } },
    },
  };
  let type: string;

  beforeAll(async () => {
    type = await importChart('described', { 'values.yaml': 'not: read\n', 'values.schema.json': JSON.stringify(schema) });
  });

  const cases: readonly (readonly [string, string])[] = [
    ["{ kind: 'DaemonSet' }", "{ kind: 'Pod' }"],
    ["{ image: { repository: 'web', tag: null } }", "{ image: { repo: 'web' } }"],
    ["{ port: 'http' }", '{ port: true }'],
    ["{ labels: { 'a/b': 'c' } }", '{ labels: { a: 1 } }'],
    ["{ hosts: ['a', { name: 'b' }] }", '{ hosts: [1] }'],
    ['{ env: { A: 1 } }', '{ env: { A: true } }'],
    ["{ both: { tag: 'a', more: true } }", '{ both: { less: true } }'],
    ["{ tree: { leaf: 'a', inner: { inner: {} } } }", '{ tree: { leaf: 1 } }'],
    ["{ one: { a: 'x' } }", "{ one: { a: 'y' } }"],
    ['{ anything: [{}] }', '{ nothing: 1 }'],
  ];
  let counts: number[];

  beforeAll(() => {
    counts = refusals(type, 'DescribedValues', cases.flat());
  });

  test.each(cases.map(([right, wrong], index) => [right, wrong, index] as const))('takes %s and refuses %s', (_, __, index) => {
    expect(counts.slice(2 * index, 2 * index + 2)).toEqual([0, 1]);
  });

  test('has its descriptions as docstrings', () => {
    expect(type).toContain("  /**\n   * What runs the pods.\n   *\n   * @default \"Deployment\"\n   */\n  kind?: 'Deployment' | 'DaemonSet' | null");
    expect(type).toContain('  /** An image. */\n  image?: {');
    expect(type).toContain('  /** @deprecated */\n  old?: string | null;');
  });
});

test.each([
  ['a folder without a chart', ['empty'], /^FLT2501 'empty' is not a chart: it has no Chart\.yaml/],
  ['a chart without a name', ['nameless'], /^FLT2501 the Chart\.yaml of 'nameless' names no chart/],
  ['a schema that is no JSON', ['no-json'], /^FLT2503 the values\.schema\.json of the chart is not JSON/],
  ['values that are no YAML', ['no-yaml'], /^FLT3002 no-yaml\/values\.yaml cannot be read as YAML/],
])('%s is refused', async (_, args, message) => {
  const files: Record<string, string> = {
    'empty/README.md': '', 'nameless/Chart.yaml': 'version: 1\n', 'no-json/Chart.yaml': 'name: no-json\n', 'no-json/values.schema.json': '{',
    'no-yaml/Chart.yaml': 'name: no-yaml\n', 'no-yaml/values.yaml': 'a: [\n',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  expect(await flotilla(['import', 'helm', ...args], { cwd: folder })).toMatchObject({ code: 1, out: '', err: expect.stringMatching(message) });
});

describe('a chart of a repository', () => {
  const args = ['import', 'helm', 'web', '--repository', 'https://charts.example', '--version', '1.2.3'];

  test('needs helm, and says how to get it', async () => {
    expect(await flotilla(args, { cwd: folder, env: { PATH: folder } })).toMatchObject({
      code: 1, err: expect.stringMatching(/^FLT2502 helm, which pulls the chart 'web', is not installed\n {2}fix install helm 3 or newer/),
    });
  });

  test('is pulled by helm', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // It does what `helm pull --untar --untardir` does, and tells what it was asked for.
    writeFileSync(join(bin, 'helm'), `#!${process.execPath}
const { mkdirSync, writeFileSync } = require('node:fs');
const folder = process.argv.at(-1);
mkdirSync(folder + '/web');
writeFileSync(folder + '/web/Chart.yaml', 'name: web\\nversion: 1.2.3\\n');
writeFileSync(folder + '/web/values.yaml', '# -- ' + process.argv.slice(2, -1).join(' ') + '\\na: 1\\n');
`, { mode: 0o755 });
    const { out, code } = await flotilla(args, { cwd: folder, env: { PATH: bin } });
    expect(code).toBe(0);
    expect(out).toContain('* pull web --repo https://charts.example --version 1.2.3 --untar --untardir\n');
  });
});
