import { setTimeout as sleep } from 'node:timers/promises';
import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { json, reset, resetMidReply, ScriptedServer, silence, status, type Step, text } from './scripted-server';
import type { ApiError } from '../../lib/kube/api-error';
import { connect, type ConnectOptions } from '../../lib/kube/connect';
import type { Connection, KubeRequest } from '../../lib/kube/connection';

const folder = temporaryFolder();
const get: KubeRequest = { method: 'GET', path: '/api/v1/pods' };
const apply: KubeRequest = { method: 'PATCH', path: '/api/v1/namespaces/shop/configmaps/web', contentType: 'application/apply-patch+yaml', body: { data: {} } };
const mergePatch: KubeRequest = { ...apply, contentType: 'application/merge-patch+json' };
const create: KubeRequest = { method: 'POST', path: '/api/v1/namespaces/shop/configmaps', body: {} };
const remove: KubeRequest = { method: 'DELETE', path: '/api/v1/namespaces/shop/configmaps/web', body: { preconditions: { uid: 'u' } } };
const removeAny: KubeRequest = { method: 'DELETE', path: '/api/v1/namespaces/shop/configmaps/web' };
const fine = json(200, { fine: true });
const tooMany = text(429, 'Too many requests, please try again later.\n', { 'retry-after': '1' });

let server: ScriptedServer;
let connection: Connection;

async function open(steps: readonly Step[], options: Partial<ConnectOptions> = {}): Promise<Connection> {
  server = await ScriptedServer.start(steps);
  connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: server.url }, { token: 'secret' })), ...options });
  return connection;
}

async function failure(request: Promise<unknown>): Promise<ApiError> {
  return request.then(() => { throw new Error('it succeeded'); }, (error: ApiError) => error);
}

afterEach(async () => {
  await connection.close();
  await server.stop();
});

describe('a request', () => {
  test('goes out with its parameters, body, media types and token, and comes back parsed', async () => {
    await open([json(201, { kind: 'ConfigMap' }, { 'x-request': '7' })]);
    const reply = await connection.request({ ...create, query: { fieldManager: 'a b', dryRun: undefined }, accept: 'application/json;as=X' });
    expect(reply).toMatchObject({ status: 201, body: { kind: 'ConfigMap' }, headers: { 'x-request': '7' } });
    expect(server.seen).toMatchObject([{
      method: 'POST',
      url: '/api/v1/namespaces/shop/configmaps?fieldManager=a%20b',
      body: '{}',
      headers: { 'authorization': 'Bearer secret', 'content-type': 'application/json', 'accept': 'application/json;as=X' },
    }]);
  });

  test('impersonates a user and groups', async () => {
    await open([(response, request) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request.headers))]);
    const impersonate = { user: 'system:serviceaccount:shop:deployer', groups: ['a', 'b'] };
    const { body } = await connection.request({ ...get, impersonate });
    expect(body).toMatchObject({ 'impersonate-user': impersonate.user, 'impersonate-group': 'a, b' });
  });

  test('keeps the path of a server behind a gateway', async () => {
    server = await ScriptedServer.start([fine]);
    connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: `${server.url}/k8s/clusters/c-1/` })) });
    await connection.request(get);
    expect(server.seen[0].url).toBe('/k8s/clusters/c-1/api/v1/pods');
  });

  test('counts as a write unless it reads or is a dry run; every try counts', async () => {
    await open([status(503, 'ServiceUnavailable', 'later'), fine]);
    await connection.request(apply);
    await connection.request({ ...apply, query: { dryRun: 'All' } });
    await connection.request(get);
    expect(connection.requests).toEqual({ total: 4, writes: 2 });
  });

  test('waits for its turn when all sockets are in use, and its time begins then', async () => {
    await open([response => { setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'), 300); }], { concurrency: 2 });
    // Six of 300 ms on two sockets: the last is through after 900 ms, and began after 600.
    await Promise.all(Array.from({ length: 6 }, async () => connection.request({ ...get, timeoutMs: 700 })));
    expect(server.seen).toHaveLength(6);
    expect(server.connections).toBe(2);
  });
});

describe('an error', () => {
  test('holds what a Status says', async () => {
    const details = { name: 'web', kind: 'configmaps', causes: [{ reason: 'FieldValueInvalid', message: 'bad', field: 'data' }] };
    await open([status(422, 'Invalid', 'ConfigMap "web" is invalid', details)]);
    expect(await failure(connection.request(apply))).toMatchObject({
      status: 422,
      reason: 'Invalid',
      message: 'ConfigMap "web" is invalid',
      details,
      contentType: 'application/json',
      request: { method: 'PATCH', path: apply.path },
      code: undefined,
    });
  });

  test('holds a text where the reply is one', async () => {
    await open([text(404, '404 page not found\n')]);
    expect(await failure(connection.request(get))).toMatchObject({ status: 404, message: '404 page not found', contentType: 'text/plain', reason: undefined });
  });

  test('is a page of HTML that comes with a 200', async () => {
    await open([response => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>')]);
    expect(await failure(connection.request(get))).toMatchObject({ status: 200, code: 'HTML_REPLY' });
    expect(server.seen).toHaveLength(1);
  });

  test('is a reply that is no JSON though it says so', async () => {
    await open([response => response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":')], { retries: 0 });
    expect(await failure(connection.request(get))).toMatchObject({ status: 200, code: 'INVALID_REPLY' });
  });

  test('is a redirection: nobody follows it with a token in hand', async () => {
    await open([response => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()]);
    expect(await failure(connection.request(get))).toMatchObject({ status: 302 });
    expect(server.seen).toHaveLength(1);
  });

  test('never shows the token', async () => {
    await open([reset], { retries: 0 });
    const error = await failure(connection.request(get));
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error.stack) + String(error.cause)).not.toContain('secret');
  });
});

describe('too many requests', () => {
  test.each([['GET', get], ['POST', create], ['merge patch', mergePatch]])('a %s waits as long as the server asks, and succeeds', async (_, request) => {
    await open([tooMany, fine]);
    await connection.request(request);
    expect(server.seen[1].at - server.seen[0].at).toBeGreaterThanOrEqual(990);
  });

  test('goes on for so many tries and no more', async () => {
    await open([text(429, 'no', { 'retry-after': '0' })], { retries: 2 });
    expect(await failure(connection.request(get))).toMatchObject({ status: 429, details: { retryAfterSeconds: 0 } });
    expect(server.seen).toHaveLength(3);
  });

  test('a wait beyond half a minute is not begun', async () => {
    await open([text(429, 'no', { 'retry-after': '3600' })]);
    expect(await failure(connection.request(get))).toMatchObject({ status: 429, details: { retryAfterSeconds: 3600 } });
    expect(server.seen).toHaveLength(1);
  });

  test('a waiting request leaves its socket to others', async () => {
    await open([tooMany, fine], { concurrency: 1 });
    const waiting = connection.request(get);
    await connection.request({ ...get, path: '/api/v1/nodes' });
    await waiting;
    expect(server.seen.map(request => request.url)).toEqual(['/api/v1/pods', '/api/v1/nodes', '/api/v1/pods']);
  });
});

describe.each<[string, Step, object]>([
  ['a connection that is reset', reset, { status: 0, code: 'ECONNRESET' }],
  ['a connection that is reset in the middle of a reply', resetMidReply, { status: 0, code: 'ECONNRESET' }],
  ['502', text(502, 'bad gateway'), { status: 502 }],
  ['503', status(503, 'ServiceUnavailable', 'shutting down'), { status: 503 }],
  ['504', status(504, 'Timeout', 'etcd is slow'), { status: 504 }],
])('%s', (_, broken, expected) => {
  test.each([
    ['a GET', get], ['a server-side apply', apply], ['a deletion of one uid', remove], ['a dry run', { ...create, query: { dryRun: 'All' } }],
  ])('%s is tried again', async (__, request) => {
    await open([broken, broken, fine]);
    expect(await connection.request(request)).toMatchObject({ body: { fine: true } });
    expect(server.seen).toHaveLength(3);
  });

  test.each([['a POST', create], ['a merge patch', mergePatch], ['a deletion without a uid', removeAny]])('%s is not', async (__, request) => {
    await open([broken, fine]);
    expect(await failure(connection.request(request))).toMatchObject(expected);
    expect(server.seen).toHaveLength(1);
  });
});

test.each<[number, Step]>([
  [500, status(500, undefined, 'failed to create typed patch object (shop/web; /v1, Kind=ConfigMap): .spec: field not declared in schema')],
  [403, status(403, 'Forbidden', 'no')],
  [404, status(404, 'NotFound', 'no')],
  [409, status(409, 'Conflict', 'no')],
  [422, status(422, 'Invalid', 'no')],
])('%d is final', async (code, refusal) => {
  await open([refusal, fine]);
  expect(await failure(connection.request(apply))).toMatchObject({ status: code });
  expect(server.seen).toHaveLength(1);
});

describe('time', () => {
  test('a silent server is given up after the time of the request', async () => {
    await open([silence]);
    expect(await failure(connection.request({ ...get, timeoutMs: 100 }))).toMatchObject({ status: 0, code: 'TIMEOUT' });
  });

  test('a reply that trickles in ends with the same time', async () => {
    await open([response => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    }]);
    expect(await failure(connection.request({ ...get, timeoutMs: 150 }))).toMatchObject({ status: 0, code: 'TIMEOUT' });
  });

  test('a server that has never answered is reported at once when it refuses the connection', async () => {
    await open([fine]);
    await server.stop();
    const began = Date.now();
    expect(await failure(connection.request(get))).toMatchObject({ status: 0, code: 'ECONNREFUSED' });
    expect(Date.now() - began).toBeLessThan(1_000);
  });

  test('one that has answered may be on its way up again', async () => {
    await open([fine]);
    await connection.request(get);
    const { port } = new URL(server.url);
    await server.stop();
    const waiting = connection.request(create);
    await sleep(300);
    server = await ScriptedServer.start([json(201, {})], { port: Number(port) });
    expect(await waiting).toMatchObject({ status: 201 });
  });
});

describe('giving up', () => {
  const abortedError = { status: 0, code: 'ABORTED' };

  test("the request's signal ends it", async () => {
    await open([silence]);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    expect(await failure(connection.request({ ...get, signal: controller.signal }))).toMatchObject(abortedError);
  });

  test("the connection's signal ends it", async () => {
    const controller = new AbortController();
    await open([silence], { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect(await failure(connection.request(get))).toMatchObject(abortedError);
  });

  test('a wait for the next try ends too', async () => {
    await open([text(429, 'no', { 'retry-after': '20' })]);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const began = Date.now();
    expect(await failure(connection.request({ ...get, signal: controller.signal }))).toMatchObject(abortedError);
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  test('so does a wait for a socket, and the socket stays with the others', async () => {
    await open([silence, fine], { concurrency: 1 });
    const first = failure(connection.request({ ...get, timeoutMs: 300, path: '/slow' }));
    const controller = new AbortController();
    const second = failure(connection.request({ ...get, signal: controller.signal }));
    const third = connection.request(get);
    controller.abort();
    expect(await second).toMatchObject(abortedError);
    expect(await first).toMatchObject({ code: 'TIMEOUT' });
    expect(await third).toMatchObject({ status: 200 });
  });

  test('close ends what runs and refuses what comes', async () => {
    await open([silence]);
    const running = failure(connection.request(get));
    setTimeout(() => void connection.close(), 50);
    expect(await running).toMatchObject(abortedError);
    expect(await failure(connection.request(get))).toMatchObject(abortedError);
  });

  test('one signal for many requests raises no warning of a leak', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    await open([fine], { signal: new AbortController().signal });
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 50 }, async () => connection.request({ ...get, signal })));
    await new Promise(resolve => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});
