import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificate } from './certificate';
import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { json, ScriptedServer, status, type Step } from './scripted-server';
import type { ApiError } from '../../lib/kube/api-error';
import { isUnauthorized, isUnreachable } from '../../lib/kube/classify';
import { clusterError } from '../../lib/kube/cluster-error';
import { connect } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';

const folder = temporaryFolder();
const get = { method: 'GET', path: '/api' } as const;
let server: ScriptedServer;
let connection: Connection;

/** Lets in whoever presents one of these. */
function accepting(...accepted: string[]): Step {
  return (response, request, socket) => {
    const step = accepted.includes(request.headers.authorization ?? '') ? json(200, {}) : status(401, 'Unauthorized', 'Unauthorized');
    step(response, request, socket);
  };
}

async function open(step: Step, user: object, kubeconfig?: string): Promise<Connection> {
  server = await ScriptedServer.start([step]);
  connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: server.url }, user), kubeconfig) });
  return connection;
}

async function failure(): Promise<ApiError> {
  return connection.request(get).then(() => { throw new Error('it succeeded'); }, (error: ApiError) => error);
}

const presented = () => server.seen.map(request => request.headers.authorization);

afterEach(async () => {
  jest.restoreAllMocks();
  await connection.close();
  await server.stop();
});

describe('what is presented', () => {
  test.each<[string, object, string]>([
    ['a token', { token: 'abc' }, 'Bearer abc'],
    ['name and password', { username: 'ann', password: 'p:w' }, `Basic ${Buffer.from('ann:p:w').toString('base64')}`],
  ])('%s', async (_, user, header) => {
    await open(accepting(header), user);
    await connection.request(get);
    expect(presented()).toEqual([header]);
  });

  test('a token file, relative to the kubeconfig, without its line break; it wins over a token', async () => {
    writeFileSync(join(folder, 'relative-token'), 'from-file\n');
    await open(accepting('Bearer from-file'), { tokenFile: 'relative-token', token: 'other' });
    await connection.request(get);
    expect(presented()).toEqual(['Bearer from-file']);
  });

  test('the user that the kubeconfig impersonates, unless the request impersonates another', async () => {
    await open(json(200, {}), { 'token': 'abc', 'as': 'ann', 'as-groups': ['a'] });
    await connection.request(get);
    await connection.request({ ...get, impersonate: { user: 'bob' } });
    expect(server.seen.map(({ headers }) => [headers['impersonate-user'], headers['impersonate-group']])).toEqual([['ann', 'a'], ['bob', undefined]]);
  });
});

describe('renewal', () => {
  const tokenFile = join(folder, 'token');

  test('a rotated token file is read at once when the server refuses the old token', async () => {
    writeFileSync(tokenFile, 'old');
    let accepted = 'Bearer old';
    await open((...args) => accepting(accepted)(...args), { tokenFile });
    await connection.request(get);
    writeFileSync(tokenFile, 'new');
    accepted = 'Bearer new';
    await connection.request(get);
    await connection.request(get);
    expect(presented()).toEqual(['Bearer old', 'Bearer old', 'Bearer new', 'Bearer new']);
  });

  test('it is read again after half a minute in any case, and not before', async () => {
    writeFileSync(tokenFile, 'old');
    await open(json(200, {}), { tokenFile });
    const start = Date.now();
    const now = jest.spyOn(Date, 'now').mockReturnValue(start);
    await connection.request(get);
    writeFileSync(tokenFile, 'new');
    now.mockReturnValue(start + 29_000);
    await connection.request(get);
    now.mockReturnValue(start + 31_000);
    await connection.request(get);
    expect(presented()).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
  });

  test('a token file that is away for a moment does not stop what runs', async () => {
    writeFileSync(tokenFile, 'old');
    await open(json(200, {}), { tokenFile });
    const start = Date.now();
    const now = jest.spyOn(Date, 'now').mockReturnValue(start);
    await connection.request(get);
    rmSync(tokenFile);
    now.mockReturnValue(start + 31_000);
    await connection.request(get);
    expect(presented()).toEqual(['Bearer old', 'Bearer old']);
  });

  test('a kubeconfig that is written anew counts too', async () => {
    let accepted = 'Bearer old';
    await open((...args) => accepting(accepted)(...args), { token: 'old' }, 'rotated');
    await connection.request(get);
    accepted = 'Bearer new';
    writeKubeconfig(folder, kubeconfigOf({ server: server.url }, { token: 'new' }), 'rotated');
    await connection.request(get);
    expect(presented()).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
  });

  test('requests that are refused together all succeed with the new token', async () => {
    writeFileSync(tokenFile, 'old');
    let accepted = 'Bearer old';
    await open((...args) => accepting(accepted)(...args), { tokenFile });
    await connection.request(get);
    writeFileSync(tokenFile, 'new');
    accepted = 'Bearer new';
    await Promise.all(Array.from({ length: 20 }, async () => connection.request(get)));
    expect(presented().filter(header => header === 'Bearer new')).toHaveLength(20);
  });

  test('what stays refused is refused once: nothing else is there to present', async () => {
    await open(accepting(), { token: 'old' });
    const error = await failure();
    expect(isUnauthorized(error)).toBe(true);
    expect(presented()).toEqual(['Bearer old']);
    expect(clusterError(connection, error)).toMatchObject({
      code: 'FLT5005', what: expect.stringContaining("context 'test'"), fix: expect.stringContaining('kubectl --context test'),
    });
  });

  test('a renewed client certificate gets sockets of its own', async () => {
    const authority = certificate({ name: 'authority' });
    const { cert, key } = certificate({ name: 'server', issuer: authority });
    const files = { cert: join(folder, 'client.crt'), key: join(folder, 'client.key') };
    const write = (name: string) => {
      const client = certificate({ name, issuer: authority });
      writeFileSync(files.cert, client.cert);
      writeFileSync(files.key, client.key);
    };
    write('first');
    const subjects: unknown[] = [];
    server = await ScriptedServer.start([(response, request, socket) => {
      const { subject } = (socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }).getPeerCertificate();
      subjects.push(subject.CN);
      (subject.CN === 'second' ? json(200, {}) : status(401, 'Unauthorized', 'Unauthorized'))(response, request, socket);
    }], { tls: { cert, key, ca: authority.cert, requestCert: true } });
    const cluster = { 'server': server.url, 'certificate-authority-data': Buffer.from(authority.cert).toString('base64') };
    const user = { 'client-certificate': files.cert, 'client-key': files.key };
    connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf(cluster, user)) });
    expect(await failure()).toMatchObject({ status: 401 });
    write('second');
    await connection.request(get);
    expect(subjects).toEqual(['first', 'first', 'second']);
  });
});

describe('a credential plugin', () => {
  const runs = join(folder, 'runs');

  /** A program that prints what `script` gives, in the language of this test. */
  function plugin(script: string, more: object = {}): object {
    const path = join(folder, 'plugin.js');
    writeFileSync(path, `#!${process.execPath}\nrequire('fs').appendFileSync(${JSON.stringify(runs)}, 'x');\n${script}`);
    chmodSync(path, 0o755);
    return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin.js', ...more } };
  }

  const credential = (token: string, expires?: string) => `{ kind: 'ExecCredential', status: { token: ${token}, expirationTimestamp: ${JSON.stringify(expires)} } }`;
  const print = (value: string) => `console.log(JSON.stringify(${value}))`;
  const runCount = () => readFileSync(runs, 'utf8').length;

  beforeEach(() => writeFileSync(runs, ''));

  test('runs with its arguments, its variables and the cluster, once for many requests', async () => {
    const script = print(credential('[process.argv[2], process.env.LEVEL, JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.cluster.server].join(\',\')'));
    await open(json(200, {}), plugin(script, { args: ['one'], env: [{ name: 'LEVEL', value: 'two' }], provideClusterInfo: true }));
    await Promise.all([1, 2, 3].map(async () => connection.request(get)));
    expect(presented()).toEqual(Array(3).fill(`Bearer one,two,${server.url}`));
    expect(runCount()).toBe(1);
  });

  test('runs again when its token is about to expire', async () => {
    await open(json(200, {}), plugin(print(credential('String(process.pid)', new Date(Date.now() + 60_000).toISOString()))));
    const start = Date.now();
    const now = jest.spyOn(Date, 'now').mockReturnValue(start);
    await connection.request(get);
    now.mockReturnValue(start + 31_000);
    await connection.request(get);
    expect(runCount()).toBe(2);
    expect(new Set(presented()).size).toBe(2);
  });

  test('runs again when its token is refused, but not for every refusal', async () => {
    await open(accepting(), plugin(print(credential('String(process.pid)'))));
    const start = Date.now();
    const now = jest.spyOn(Date, 'now').mockReturnValue(start);
    await failure();
    expect(runCount()).toBe(1);
    now.mockReturnValue(start + 6_000);
    await failure();
    await failure();
    expect(runCount()).toBe(2);
  });

  test.each<[string, string, object, RegExp]>([
    ['that fails', "console.error('token expired, run login'); process.exit(3)", {}, /plugin\.js failed \(3\): token expired, run login/],
    ['that is not there', '', { command: './nowhere', installHint: 'install it so' }, /nowhere is not there or cannot be run \(ENOENT\)\s+install it so/],
    ['that prints no credential', 'console.log("s3cr3t")', {}, /printed no ExecCredential/],
    ['that prints one without a token', print('{ status: {} }'), {}, /printed no ExecCredential/],
    ['that wants a terminal', '', { interactiveMode: 'Always' }, /wants a terminal/],
  ])('%s is said to be the cause', async (_, script, more, message) => {
    await open(json(200, {}), plugin(script, more));
    const error = await failure();
    expect(error).toMatchObject({ status: 0, code: 'CREDENTIALS', message: expect.stringMatching(message) });
    expect([isUnauthorized(error), isUnreachable(error)]).toEqual([true, false]);
    expect(clusterError(connection, error)).toMatchObject({ code: 'FLT5005', message: expect.stringMatching(message) });
    expect(server.seen).toEqual([]);
  });

  test('never shows what looks like a token, on whatever stream it was printed', async () => {
    const token = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMzQ1Njc4OTAifQ';
    await open(json(200, {}), plugin(`console.log(${JSON.stringify(token)}); console.error('bad: ${token}'); process.exit(1)`));
    const error = await failure();
    expect(String(error.stack)).toContain('bad: …');
    expect(String(error.stack) + String((error.cause as Error).stack)).not.toContain(token);
  });
});

test('an auth-provider that Kubernetes has given up says what to use instead', async () => {
  await open(json(200, {}), { 'auth-provider': { name: 'gcp', config: {} } });
  expect(await failure()).toMatchObject({ code: 'CREDENTIALS', message: expect.stringContaining('gke-gcloud-auth-plugin') });
});

test('an id token of OpenID Connect is presented while it is valid', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part({ exp: Date.now() / 1000 + 600 })}.x`;
  await open(json(200, {}), { 'auth-provider': { name: 'oidc', config: { 'id-token': token, 'client-id': 'a', 'idp-issuer-url': 'https://127.0.0.1:1' } } });
  await connection.request(get);
  expect(presented()).toEqual([`Bearer ${token}`]);
});
