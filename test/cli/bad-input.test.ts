import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandResult, flotilla } from './flotilla';
import type { ApplyResult } from '../../lib/reconcile/apply';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { a, writeTree } from '../reconcile/written-tree';
import { temporaryFolder } from '../temporary-folder';

const LIBRARY = join(__dirname, '..', '..', 'build', 'index.js');
/** A fleet program in JavaScript, so that it needs no compiler. */
const PROGRAM = `
const { Application, Cluster, Environment, Fleet } = require(${JSON.stringify(LIBRARY)});
const { ApiObject } = require(${JSON.stringify(require.resolve('cdk8s'))});
const fleet = new Fleet('shop', { environments: ['dev'] });
new Cluster(new Environment(fleet, 'dev'), 'one');
new Application(fleet, 'web', {
  namespace: 'shop', placement: {}, values: { key: process.env.KEY ?? '1' },
  render: (chart, values) => { new ApiObject(chart, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: values }); },
});
fleet.synth();
`;

/** A folder with a fleet program. */
function project(program = PROGRAM): string {
  const path = temporaryFolder();
  writeFileSync(join(path, 'main.js'), program);
  writeFileSync(join(path, 'cdk8s.yaml'), 'app: node main.js\n');
  return path;
}

function git(cwd: string, ...args: string[]): string {
  const env = { ...process.env, GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.com', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.com' };
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A bare repository whose branch `live` holds these files. */
function repository(files: Readonly<Record<string, string>>): string {
  const work = temporaryFolder();
  git(work, 'init', '--quiet', '--initial-branch=live');
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(join(work, file), content);
  }
  git(work, 'add', '--all');
  git(work, 'commit', '--quiet', '--message=first');
  const bare = temporaryFolder();
  git(bare, 'clone', '--quiet', '--bare', work, 'repo.git');
  return join(bare, 'repo.git');
}

/** What, and what to do: every message has both. */
function told(result: CommandResult): string {
  const text = `${result.out}\n${result.err}`;
  expect(text).toMatch(/^FLT\d{4} \S.*\n(?: {2,}.*\n)*? {2}fix \S/m);
  expect(text).not.toMatch(/^\s+at .*\.[jt]s:\d+:\d+\)?$/m);
  return text;
}

describe('synth', () => {
  test('says how to start where there is no fleet program', async () => {
    const result = await flotilla(['synth'], { cwd: temporaryFolder() });
    expect([result.code, told(result)]).toEqual([2, expect.stringContaining('FLT6001 there is no cdk8s.yaml')]);
  });

  test('shows what a program says that fails', async () => {
    const result = await flotilla(['synth'], { cwd: project('console.error("no such thing"); process.exit(4);') });
    expect([result.code, told(result)]).toEqual([2, expect.stringMatching(/no such thing\s+FLT6002 the fleet program ended with exit code 4/)]);
  });

  test('says so when a program makes no fleet', async () => {
    const result = await flotilla(['synth'], { cwd: project('console.log("hello");') });
    expect([result.code, told(result)]).toEqual([2, expect.stringContaining('FLT6003 the fleet program did not synthesize a fleet')]);
  });

  test('shows every error of the model with its place, and writes nothing', async () => {
    const cwd = project(PROGRAM.replace('fleet.synth();', `
new Application(fleet, 'nowhere', { placement: { cluster: 'two' }, render: () => {} });
new Application(fleet, 'typo', { placement: { environment: 'prd' }, render: () => {} });
fleet.synth();`));
    const result = await flotilla(['synth'], { cwd });
    expect(result.code).toBe(1);
    const text = told(result);
    expect(text).toMatch(/FLT1007 .*"two"/s);
    expect(text).toMatch(/FLT1004 .*"prd"/s);
    expect(text).toMatch(/source main\.js:\d+:\d+/);
    expect(existsSync(join(cwd, 'dist'))).toBe(false);
  });

  test('leaves a folder that cannot be written to as it is', async () => {
    // Even root writes no file there.
    const result = await flotilla(['synth', '--output', '/proc/self/task'], { cwd: project() });
    expect([result.code, told(result)]).toEqual([1, expect.stringMatching(/FLT3011 .*\/proc\/self\/task/)]);
  });

  test('does not mix up its two ways to write', async () => {
    const result = await flotilla(['synth', '--output', 'dist', '--repo', '.'], { cwd: project() });
    expect([result.code, told(result)]).toEqual([2, expect.stringContaining('FLT6006')]);
  });

  const remote = (): string => repository({ 'README.md': 'hello' });

  test('says how to set an identity when git has none', async () => {
    const result = await flotilla(['synth', '--repo', remote()], { cwd: project() });
    expect([result.code, result.err]).toEqual([0, '']);
    const home = temporaryFolder();
    writeFileSync(join(home, '.gitconfig'), '[user]\n\tuseConfigOnly = true\n');
    const before = { ...process.env };
    for (const name of ['EMAIL', ...['AUTHOR', 'COMMITTER'].flatMap(who => [`GIT_${who}_NAME`, `GIT_${who}_EMAIL`])]) {
      delete process.env[name];
    }
    Object.assign(process.env, { HOME: home, XDG_CONFIG_HOME: home, GIT_CONFIG_NOSYSTEM: '1' });
    try {
      const repo = remote();
      const refused = await flotilla(['synth', '--repo', repo], { cwd: project() });
      expect([refused.code, told(refused)]).toEqual([1, expect.stringMatching(/FLT4007 .*\n(.*\n)*.*git config/)]);
      expect(git(repo, 'log', '--format=%s', 'live')).toBe('first\n');
    } finally {
      for (const name of Object.keys(process.env)) {
        delete process.env[name];
      }
      Object.assign(process.env, before);
    }
  });

  test('says so when there is no git', async () => {
    const path = process.env.PATH;
    const cwd = project();
    const bin = temporaryFolder();
    execFileSync('ln', ['-s', process.execPath, join(bin, 'node')]);
    process.env.PATH = bin;
    try {
      const result = await flotilla(['synth', '--repo', cwd], { cwd, env: { PATH: bin } });
      expect([result.code, told(result)]).toEqual([1, expect.stringContaining('FLT4001')]);
    } finally {
      process.env.PATH = path;
    }
  });
});

describe('the tree', () => {
  const cases: [string, () => string[], number, RegExp][] = [
    ['is not named', () => [], 2, /FLT6005 the command was not told where the tree is/],
    ['is named twice', () => ['--dir', 'x', '--repo', 'y'], 2, /FLT6005 .*both --dir and --repo/],
    ['is in a folder that does not exist', () => ['--dir', join(temporaryFolder(), 'nothing')], 1, /FLT3003 .*nothing/],
    ['is in a folder that holds no fleet', () => ['--dir', temporaryFolder()], 1, /FLT3005 .*it is empty/],
    ['is in a repository that does not exist', () => ['--repo', join(temporaryFolder(), 'nothing')], 1, /FLT4003/],
    ['is on a branch that does not exist', () => ['--repo', repository({ 'a.txt': 'a' }), '--branch', 'prod'], 1, /FLT4004 .*"prod"[^]*fix .*live/],
    ['is on a branch that holds no fleet', () => ['--repo', repository({ 'README.md': 'a' }), '--branch', 'live'], 1, /FLT3005 .*README\.md/],
    ['is of a newer version', () => ['--dir', edited('fleet.yaml', text => text.replace('treeVersion: 1', 'treeVersion: 9'))], 1, /FLT3006 .*9/],
    ['is not YAML', () => ['--dir', edited('fleet.yaml', () => 'a: [')], 1, /FLT3002 .*fleet\.yaml/],
  ];

  /** A tree of one cluster of which one file was edited by hand. */
  function edited(file: string, edit: (text: string) => string): string {
    const path = writeTree({ one: { web: { objects: [a.configMap('a')] } } });
    writeFileSync(join(path, file), edit(readFileSync(join(path, file), 'utf8')));
    return path;
  }

  test.each(['apply', 'plan', 'status'].flatMap(command => cases.map(([title, args, code, words]) => [command, title, args, code, words] as const)))(
    '%s says so when it %s', async (command, _title, args, code, words) => {
      const result = await flotilla([command, ...args()]);
      expect([result.code, told(result)]).toEqual([code, expect.stringMatching(words)]);
      expect(result.out).toBe('');
    });

  test('a cluster or an application that the fleet does not have is named beside those that it has', async () => {
    const dir = writeTree({ one: { web: { objects: [a.configMap('a')] } } });
    expect(told(await flotilla(['apply', '--dir', dir, '--cluster', 'two']))).toMatch(/FLT6007 .*'two'[^]*fix name one of one/);
    expect(told(await flotilla(['apply', '--dir', dir, '--app', 'wep']))).toMatch(/FLT6007 .*'wep'[^]*fix name one of web/);
  });
});

test.each([['aply'], ['apply', '--wat'], ['apply', '--timeout', 'soon'], ['synth', '-o', 'xml'], ['approve', 'x']])('%s %s is a wrong use', async (...args: string[]) => {
  const result = await flotilla(args);
  expect([result.code, result.out]).toEqual([2, '']);
  expect(result.err).toMatch(/^error: /);
});

describeWithCluster('clusters that make trouble', { clusters: ['one', 'two'] }, context => {
  let kubeconfig: string;

  beforeAll(async () => {
    const clusters = ['one', 'two'].map(name => ({
      name, cluster: { 'server': context.findPlane(name).url, 'certificate-authority': context.findPlane(name).caFile },
    }));
    const limited = context.plane.user('limited').token;
    kubeconfig = join(temporaryFolder(), 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify({
      apiVersion: 'v1', kind: 'Config',
      clusters: [
        ...clusters, { name: 'dead', cluster: { server: 'https://127.0.0.1:9' } },
        { name: 'liar', cluster: { 'server': context.plane.url, 'certificate-authority': context.findPlane('two').caFile } },
      ],
      users: [
        { name: 'one', user: { token: context.plane.token } }, { name: 'two', user: { token: context.findPlane('two').token } },
        { name: 'stranger', user: { token: 'nonsense' } }, { name: 'limited', user: { token: limited } },
      ],
      contexts: [
        { name: 'one', context: { cluster: 'one', user: 'one' } }, { name: 'two', context: { cluster: 'two', user: 'two' } },
        { name: 'dead', context: { cluster: 'dead', user: 'one' } }, { name: 'liar', context: { cluster: 'liar', user: 'one' } },
        { name: 'stranger', context: { cluster: 'one', user: 'stranger' } }, { name: 'limited', context: { cluster: 'one', user: 'limited' } },
      ],
    }));
    await context.kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'all-but-deployments' },
      rules: [
        { apiGroups: ['', 'apiextensions.k8s.io', 'cdk8s-flotilla.dev'], resources: ['*'], verbs: ['*'] },
      ],
    });
    await context.kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'limited' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all-but-deployments' },
      subjects: [{ kind: 'User', name: 'limited', apiGroup: 'rbac.authorization.k8s.io' }],
    });
  });

  /** A fleet whose cluster `odd` has this context; `two` has nothing wrong. */
  async function applyWith(odd: string, ns: string): Promise<{ result: CommandResult; data: ApplyResult }> {
    const web = { objects: [a.namespace(ns), a.configMap('a', undefined, ns), a.deployment('web', undefined, ns)] };
    const dir = writeTree({ odd: { web }, two: { web } }, { fleet: ns, namespace: `flotilla-${ns}`, contexts: { odd } });
    const args = ['apply', '--dir', dir, '--kubeconfig', kubeconfig];
    const data = JSON.parse((await flotilla([...args, '-o', 'json'])).out) as ApplyResult;
    return { result: await flotilla(args), data };
  }

  test.each([
    ['a context that does not exist', 'nowhere', /FLT5001 .*"?nowhere/],
    ['a server that does not answer', 'dead', /FLT5003 .*127\.0\.0\.1:9/],
    ['a token that nobody knows', 'stranger', /FLT5005/],
    ['a certificate of another authority', 'liar', /FLT5004/],
  ])('%s: the others are finished, and it is said', async (_title, odd, words) => {
    const { result, data } = await applyWith(odd, `bad-${odd}`);
    expect(result.code).toBe(1);
    expect(told(result)).toMatch(words);
    expect(data.clusters.map(({ cluster, error, targets }) => [cluster, error !== undefined, targets.map(target => target.outcome)]))
      .toEqual([['odd', true, []], ['two', false, ['applied']]]);
  });

  test('a kind that one may not write: its peers are applied, and it is said what is missing', async () => {
    const { result, data } = await applyWith('limited', 'bad-limited');
    expect(result.code).toBe(1);
    expect(told(result)).toMatch(/FLT5101 .*Deployment.*\n(.*\n)*.*kubectl .*auth can-i patch deployments\.apps/);
    const objects = data.clusters[0].targets[0].objects.map(({ object, action }) => [object, action]);
    expect(objects).toEqual([['Namespace/bad-limited', 'created'], ['ConfigMap/bad-limited/a', 'created'], ['Deployment.apps/bad-limited/web', 'failed']]);
  });

  test('one file that is not YAML: its application is left alone, the others are applied', async () => {
    const tree = { one: { good: { objects: [a.namespace('bad-yaml'), a.configMap('good', undefined, 'bad-yaml')] }, web: { objects: [a.configMap('a', undefined, 'bad-yaml')] } } };
    const dir = writeTree(tree, { fleet: 'bad-yaml', namespace: 'flotilla-bad-yaml' });
    const args = ['apply', '--dir', dir, '--kubeconfig', kubeconfig];
    expect((await flotilla(args)).code).toBe(0);
    writeFileSync(join(dir, 'clusters/one/web/bad-yaml/configmap.a.yaml'), 'kind: [');
    rmSync(join(dir, 'clusters/one/good/bad-yaml/configmap.good.yaml'));
    const result = await flotilla(args);
    expect([result.code, told(result)]).toEqual([1, expect.stringMatching(/FLT3002 .*configmap\.a\.yaml/)]);
    expect(await context.kube.tryGet('/api/v1/namespaces/bad-yaml/configmaps/a')).toBeDefined();
    // Who knows what the unreadable application wants: nothing is deleted.
    expect(await context.kube.tryGet('/api/v1/namespaces/bad-yaml/configmaps/good')).toBeDefined();
  });

  test('an object that the API server rejects: the server\'s causes, the file, the rest is applied', async () => {
    const bad = { ...a.service('web', 'bad-object'), spec: { ports: [{ port: 99999 }] } };
    const dir = writeTree({ one: { web: { objects: [a.namespace('bad-object'), a.configMap('a', undefined, 'bad-object'), bad] } } },
      { fleet: 'bad-object', namespace: 'flotilla-bad-object' });
    const result = await flotilla(['apply', '--dir', dir, '--kubeconfig', kubeconfig]);
    expect([result.code, told(result)]).toEqual([1, expect.stringMatching(/FLT5102 .*\n(.*\n)*.*99999/)]);
    expect(result.out).toContain('clusters/one/web/bad-object/service.web.yaml');
    expect(await context.kube.tryGet('/api/v1/namespaces/bad-object/configmaps/a')).toBeDefined();
  });

  test('two clusters of the model that are one: the second is refused', async () => {
    const objects = { web: { objects: [a.namespace('bad-twin'), a.configMap('a', undefined, 'bad-twin')] } };
    const dir = writeTree({ one: objects, twin: objects }, { fleet: 'bad-twin', namespace: 'flotilla-bad-twin', contexts: { twin: 'one' } });
    const args = ['apply', '--dir', dir, '--kubeconfig', kubeconfig];
    await flotilla([...args, '--cluster', 'one']);
    const result = await flotilla([...args, '--cluster', 'twin']);
    expect([result.code, told(result)]).toEqual([1, expect.stringMatching(/FLT5203 .*'twin'.*'one'/)]);
  });

  test('a fleet that meets another one in its namespace is refused', async () => {
    const objects = { web: { objects: [a.namespace('bad-fleet'), a.configMap('a', undefined, 'bad-fleet')] } };
    const apply = (fleet: string): Promise<CommandResult> => flotilla([
      'apply', '--dir', writeTree({ one: objects }, { fleet, namespace: 'flotilla-bad-fleet' }), '--kubeconfig', kubeconfig,
    ]);
    expect((await apply('first')).code).toBe(0);
    const result = await apply('second');
    expect([result.code, told(result)]).toEqual([1, expect.stringMatching(/FLT5202 .*'first'/)]);
  });
});

test('no test leaves a half-written tree', () => {
  expect(readdirSync(tmpdir()).filter(name => name.startsWith('flotilla-tree-'))).toEqual([]);
});
