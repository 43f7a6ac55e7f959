import { createColors } from 'picocolors';
import { CommandResult, flotilla } from './flotilla';
import { runCommand } from '../../lib/cli/run';
import type { Manifest } from '../../lib/tree/manifest';
import { importsOf, readLib } from '../house/source-file';
import { closure } from '../house/violations';
import { a, writeTree } from '../reconcile/written-tree';
import { temporaryFolder } from '../temporary-folder';

const USUAL = ['--repo', 'https://git.example.com/shop/live.git', '--image', 'registry.example/flotilla:1'];
const gadget: Manifest = { apiVersion: 'gadgets.example/v1', kind: 'Gadget', metadata: { name: 'g', namespace: 'shop' } };

function bootstrap(...args: string[]): Promise<CommandResult> {
  // No cluster is asked: there is none to be found.
  return flotilla(['bootstrap', ...args], { env: { KUBECONFIG: '/nowhere' } });
}

async function printed(...args: string[]): Promise<readonly Manifest[]> {
  const { code, out, err } = await bootstrap(...args, '-o', 'json');
  expect([code, err]).toEqual([0, '']);
  return (JSON.parse(out) as { items: Manifest[] }).items;
}

describe('flotilla bootstrap', () => {
  test('prints the same bytes each time, without asking a cluster', async () => {
    const dir = writeTree({ one: { web: { objects: [a.configMap('a'), a.deployment('web')] } } });
    const args = ['agent', ...USUAL, '--cluster', 'one', '--dir', dir];
    const [first, second] = [await bootstrap(...args), await bootstrap(...args)];
    expect(first).toEqual(second);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out.match(/^---$/gm)?.length).toBe(10);
    expect(first.out).toContain('- apiGroups:\n  - apps\n  resources:\n  - deployments\n  verbs:\n  - create\n  - delete\n  - get\n  - list\n  - patch\n  - watch\n');
  });

  test('goes by the namespace of the fleet', async () => {
    const dir = writeTree({ one: { web: { objects: [a.configMap('a')] } } }, { namespace: 'fleet-of-shop' });
    const namespaces = async (...more: string[]): Promise<string[]> => (await printed('agent', ...USUAL, '--cluster', 'one', '--dir', dir, ...more))
      .filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
    expect(await namespaces()).toEqual(['fleet-of-shop']);
    expect(await namespaces('--namespace', 'agents')).toEqual(['agents', 'fleet-of-shop']);
  });

  test('says what it had to guess', async () => {
    const dir = writeTree({ one: { web: { objects: [gadget] } } });
    const { code, out, err } = await bootstrap('agent', ...USUAL, '--cluster', 'one', '--dir', dir);
    expect([code, err]).toEqual([0, expect.stringMatching(/^warning: .* guessed: Gadget\.gadgets\.example \(gadgets\); .*--context\)\n$/)]);
    expect(out).toContain('- gadgets\n');
  });

  test.each<[string, string[], number, RegExp]>([
    ['neither agent nor hub', ['spoke', ...USUAL], 2, /^error: .*'spoke' is invalid/],
    ['no image', ['agent', '--repo', 'https://git.example.com/a.git'], 2, /^error: required option '--image/],
    ['no cluster of an agent', ['agent', ...USUAL, '--permissions', 'edit'], 2, /^FLT6050 an agent serves one cluster/],
    ['permissions of a hub', ['hub', ...USUAL, '--permissions', 'edit'], 2, /^FLT6006 a hub delivers nothing to its own cluster, and was given --permissions/],
    ['a password in the address', ['hub', '--image', 'a', '--repo', 'https://a:s3cret@git.example.com/a.git'], 2, /^FLT6051 (?![^]*s3cret)/],
    ['an interval without a unit', ['hub', ...USUAL, '--interval', '60'], 2, /^error: .*number with a unit/],
    ['a port that is none', ['hub', ...USUAL, '--egress-port', 'https'], 2, /^error: .*whole number/],
    ['a tree that is not there', ['agent', ...USUAL, '--cluster', 'one', '--dir', temporaryFolder()], 1, /^FLT3005 /],
    ['a cluster that the tree does not have', ['agent', ...USUAL, '--cluster', 'two', '--dir', writeTree({ one: {} })], 2, /^FLT6007 .*'two'/],
    ['no kubeconfig for --apply', ['hub', ...USUAL, '--apply', '--kubeconfig', '/nowhere'], 1, /^FLT5002 /],
  ])('%s is told, and nothing is printed', async (_title, args, code, words) => {
    const result = await bootstrap(...args);
    expect([result.code, result.out, result.err]).toEqual([code, '', expect.stringMatching(words)]);
  });
});

describe('flotilla cluster add', () => {
  test('asks first, and does nothing on a no', async () => {
    const asked: string[] = [];
    let err = '';
    const code = await runCommand(['cluster', 'add', 'eks-prod', '--name', 'prod', '--hub-context', 'hub', '--permissions', 'cluster-admin', '--kubeconfig', '/nowhere'], {
      env: {}, cwd: process.cwd(), out: () => undefined, err: text => { err += text; }, interactive: true, colors: createColors(false),
      signal: new AbortController().signal, confirm: async question => { asked.push(question); return false; },
    });
    expect(asked).toEqual(['This gives the hub (context hub) access to the cluster prod (context eks-prod): with cluster-admin.']);
    expect([code, err]).toEqual([2, expect.stringMatching(/^FLT6053 the answer was no, and nothing was done/)]);
  });
});

test('the command line runs without cdk8s, as in the image', () => {
  const imports = readLib().flatMap(file => importsOf(file)).filter(({ typeOnly }) => !typeOnly);
  const reached = closure(['lib/cli/main.ts'], imports).filter(({ package: name }) => name === 'cdk8s' || name === 'constructs');
  expect(reached.map(({ from }) => from)).toEqual([]);
});
