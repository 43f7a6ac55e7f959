import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { connect } from '../../lib/kube/connect';
import { inCluster, inClusterAccess } from '../../lib/kube/in-cluster';
import { readAccess } from '../../lib/kube/kubeconfig';

const folder = temporaryFolder();
const server = 'https://east.example:6443';
const nothing: NodeJS.ProcessEnv = { HOME: join(folder, 'nobody') };

function write(content: object | string, name: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const contexts = (...names: string[]) => names.map(name => ({ name, context: { cluster: name, user: name } }));
const clusters = (...names: string[]) => names.map(name => ({ name, cluster: { server: `https://${name}.example` } }));
const users = (...names: string[]) => names.map(name => ({ name, user: { token: name } }));
const fleet = (...names: string[]) => ({ contexts: contexts(...names), clusters: clusters(...names), users: users(...names) });

describe('where it is looked for', () => {
  const option = write({ ...fleet('option'), 'current-context': 'option' }, 'option');
  const variable = write({ ...fleet('variable'), 'current-context': 'variable' }, 'variable');
  const home = join(folder, 'somebody');
  write({ ...fleet('home'), 'current-context': 'home' }, 'somebody/.kube/config');

  test.each<[string, string | undefined, NodeJS.ProcessEnv, string]>([
    ['the option', option, { KUBECONFIG: variable, HOME: home }, 'option'],
    ['then KUBECONFIG', undefined, { KUBECONFIG: variable, HOME: home }, 'variable'],
    ['then the home folder', undefined, { HOME: home }, 'home'],
  ])('%s', (_, kubeconfig, env, context) => {
    expect(readAccess({ kubeconfig }, env)).toMatchObject({ context, cluster: { server: `https://${context}.example` } });
  });

  test('then the service account of the Pod', () => {
    const account = join(folder, 'serviceaccount');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(inCluster(env, account)).toBe(false);
    write('token', 'serviceaccount/token');
    expect(inCluster({}, account)).toBe(false);
    expect(inCluster(env, account)).toBe(true);
    expect(inClusterAccess(env, account)).toMatchObject({
      cluster: { server: 'https://[fd00::1]:443', caFile: join(account, 'ca.crt'), insecure: false }, user: { tokenFile: join(account, 'token') },
    });
  });
});

describe('several files', () => {
  test('the first to say something of a name is right; a missing one is no matter', () => {
    const a = write({ ...fleet('shared'), 'current-context': 'shared' }, 'several/a');
    const b = write({ ...fleet('only-b'), 'current-context': 'only-b', ...{ clusters: [...clusters('only-b'), { name: 'shared', cluster: { server: 'https://no' } }] } }, 'several/b');
    const kubeconfig = [join(folder, 'several/missing'), a, b].join(delimiter);
    expect(readAccess({ kubeconfig }, nothing)).toMatchObject({ context: 'shared', cluster: { server: 'https://shared.example' } });
    expect(readAccess({ kubeconfig, context: 'only-b' }, nothing)).toMatchObject({ context: 'only-b' });
  });

  test('a path in a file is relative to that file', () => {
    const a = write({ 'contexts': contexts('x'), 'current-context': 'x' }, 'paths/a/config');
    const b = write({
      clusters: [{ name: 'x', cluster: { server, 'certificate-authority': 'ca.crt' } }],
      users: [{ name: 'x', user: { 'client-certificate': '../client.crt', 'client-key': '/abs/client.key', 'exec': { command: 'bin/login', args: [1, 'b'] } } }],
    }, 'paths/b/config');
    expect(readAccess({ kubeconfig: [a, b].join(delimiter) }, nothing)).toMatchObject({
      cluster: { caFile: join(folder, 'paths/b/ca.crt') },
      user: { certFile: join(folder, 'paths/client.crt'), keyFile: '/abs/client.key', exec: { command: join(folder, 'paths/b/bin/login'), args: ['1', 'b'] } },
    });
  });
});

test('a file is read again when it has changed', () => {
  const path = write(kubeconfigOf({ server: 'https://old' }), 'changing');
  expect(readAccess({ kubeconfig: path }).cluster.server).toBe('https://old');
  write(kubeconfigOf({ server: 'https://new' }), 'changing');
  expect(readAccess({ kubeconfig: path }).cluster.server).toBe('https://new');
});

test('a context without a user, and names that YAML takes for numbers, are fine', () => {
  const path = write(`{ contexts: [{ name: 1, context: { cluster: 2 } }], clusters: [{ name: 2, cluster: { server: '${server}/' } }], current-context: 1 }`, 'numbers');
  expect(readAccess({ kubeconfig: path })).toEqual({ context: '1', cluster: expect.objectContaining({ server }), user: {} });
});

describe('FLT5001', () => {
  const path = write(fleet('west', 'east'), 'contexts');

  test('names the context, those there are, and the files', async () => {
    await expect(connect({ name: 'x', kubeconfig: path, context: 'est' })).rejects.toMatchObject({
      code: 'FLT5001', what: "the kubeconfig has no context 'est'; there are east, west", where: { file: path },
    });
  });

  test('also says when none is current', async () => {
    await expect(connect({ name: 'x', kubeconfig: path })).rejects.toMatchObject({ code: 'FLT5001', what: expect.stringContaining('no current context') });
  });

  test('does not list a thousand', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `c${String(i).padStart(4, '0')}`);
    const many = write(fleet(...names), 'thousand');
    await expect(connect({ name: 'x', kubeconfig: many, context: 'est' })).rejects.toThrow(/c0000, .*c0019 and 980 more/);
  });
});

describe('FLT5002', () => {
  test.each<[string, () => string, RegExp]>([
    ['a file that is not there', () => join(folder, 'nowhere'), /there is no kubeconfig .*nowhere/],
    ['one that is no YAML', () => write('a: [', 'bad-yaml'), /bad-yaml cannot be parsed: .+ in line \d/],
    ['one that is no mapping', () => write('- a', 'list'), /holds no mapping/],
    ['an empty one', () => write('', 'empty'), /empty cannot be parsed/],
    ['contexts that are no list', () => write({ contexts: {} }, 'bad-contexts'), /'contexts' is no list/],
    ['an entry without a name', () => write({ users: [{ user: {} }] }, 'nameless'), /entry of 'users' without a name/],
    ['a cluster that is not described', () => write({ ...fleet('a'), 'clusters': [], 'current-context': 'a' }, 'no-cluster'), /names the cluster 'a', which/],
    ['a user that is not described', () => write({ ...fleet('a'), 'users': [], 'current-context': 'a' }, 'no-user'), /names the user 'a', which/],
    ['a cluster without a server', () => write(kubeconfigOf({}), 'no-server'), /cluster 'test' has no server/],
    ['a server that is no URL', () => write(kubeconfigOf({ server: 'east.example:6443' }), 'no-url'), /'east\.example:6443', which is no http\(s\) URL/],
  ])('is %s', async (_, path, message) => {
    await expect(connect({ name: 'x', kubeconfig: path() })).rejects.toMatchObject({ code: 'FLT5002', what: expect.stringMatching(message), fix: expect.any(String) });
  });

  test('is a file that may not be read', async () => {
    const path = writeKubeconfig(folder, {});
    chmodSync(path, 0);
    // Root reads everything.
    const expected = process.getuid?.() === 0 ? 'FLT5001' : 'FLT5002';
    await expect(connect({ name: 'x', kubeconfig: path })).rejects.toMatchObject({ code: expected });
  });

  test('never quotes the file: the lines around a mistake may hold a token', async () => {
    const path = write('users:\n- name: a\n  user:\n    token: s3cr3t\n   bad: [\n', 'with-token');
    const error: Error = await connect({ name: 'x', kubeconfig: path }).then(() => { throw new Error(); }, e => e);
    expect(error).toMatchObject({ code: 'FLT5002' });
    expect(String(error.stack) + JSON.stringify(error)).not.toContain('s3cr3t');
  });
});
