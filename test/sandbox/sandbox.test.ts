import { Agent } from 'node:https';
import { Sandbox } from '../../lib/testing';
import { httpsJson } from '../control-plane/https-json';

interface Ask {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const ask = async (sandbox: Sandbox, method: string, path: string, { body, headers }: Ask = {}) => httpsJson(new URL(path, sandbox.url), {
  method, agent: new Agent({ ca: sandbox.ca }), body, headers: { authorization: `Bearer ${sandbox.token}`, ...headers },
});

describe('a sandbox', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await Sandbox.start({ controllers: false, users: { jo: ['devs'] } });
  });
  afterEach(() => sandbox.close());

  test('keeps its objects, its address and its tokens over a restart, unless told otherwise', async () => {
    await ask(sandbox, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'shop' } } });
    const { url, token } = sandbox;
    await sandbox.restart();
    expect([sandbox.url, sandbox.token]).toEqual([url, token]);
    expect(await ask(sandbox, 'GET', '/api/v1/namespaces/shop')).toMatchObject({ status: 200 });
    await sandbox.restart({ keepData: false });
    expect(await ask(sandbox, 'GET', '/api/v1/namespaces/shop')).toMatchObject({ status: 404 });
  });

  test('knows its users by token and by certificate', async () => {
    const who = { method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: {} };
    expect((await ask(sandbox, who.method, who.path, { body: {}, headers: { authorization: `Bearer ${sandbox.findToken('jo')}` } })).body)
      .toMatchObject({ status: { userInfo: { username: 'jo', groups: ['devs', 'system:authenticated'] } } });
    const { cert, key } = sandbox.issueCertificate('ann', ['ops', 'devs']);
    const answer = await httpsJson(new URL(who.path, sandbox.url), { method: 'POST', agent: new Agent({ ca: sandbox.ca, cert, key }), body: {}, headers: {} });
    expect(answer.body).toMatchObject({ status: { userInfo: { username: 'ann', groups: ['ops', 'devs', 'system:authenticated'] } } });
  });

  test('refuses connections while it is stopped', async () => {
    await sandbox.stop();
    await expect(ask(sandbox, 'GET', '/healthz')).rejects.toThrow('ECONNREFUSED');
    await sandbox.restart();
    expect((await ask(sandbox, 'GET', '/healthz')).body).toBe('ok');
  });

  test('a watch of what is forgotten has to begin anew', async () => {
    sandbox.compact();
    const { body } = await ask(sandbox, 'GET', '/api/v1/namespaces?watch=1&resourceVersion=2');
    expect(body).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: expect.stringMatching(/^too old resource version: 2 \(\d+\)$/) } });
    expect(await ask(sandbox, 'GET', '/api/v1/namespaces?resourceVersion=2&resourceVersionMatch=Exact')).toMatchObject({ status: 410, body: { reason: 'Expired' } });
  });

  test('several sandboxes of a process have nothing in common but their authority', async () => {
    const other = await Sandbox.start({ controllers: false });
    await ask(sandbox, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'shop' } } });
    expect(await ask(other, 'GET', '/api/v1/namespaces/shop')).toMatchObject({ status: 404 });
    expect(await ask(other, 'GET', '/api/v1/namespaces', { headers: { authorization: `Bearer ${sandbox.token}` } })).toMatchObject({ status: 401 });
    await other.close();
  });

  test('a large list is compressed when asked for', async () => {
    for (let i = 0; i < 20; i++) {
      await ask(sandbox, 'POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: `c${i}` }, data: { a: 'x'.repeat(10_000) } } });
    }
    const { headers } = await ask(sandbox, 'GET', '/api/v1/namespaces/default/configmaps', { headers: { 'accept-encoding': 'gzip' } });
    expect(headers['content-encoding']).toBe('gzip');
  });

  test('suffers what it is told to', async () => {
    sandbox.faults.add({ kind: 'throttle', retryAfter: 3 });
    expect(await ask(sandbox, 'GET', '/api/v1/namespaces')).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
  });
});
