import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { Agent, call, cluster, failure } from './agent';
import { parseListenAddress } from '../../lib/serve/address';
import type { AgentServer } from '../../lib/serve/serve-agent';

let agent: Agent;
let server: AgentServer | undefined;

beforeEach(() => {
  agent = new Agent();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const { status, text } = await call((server as AgentServer).port, path);
  return { status, body: JSON.parse(text) };
}

describe('/healthz', () => {
  test('answers 200 when nobody tells a heartbeat', async () => {
    server = await agent.serve();
    expect(await get('/healthz')).toEqual({ status: 200, body: { healthy: true } });
  });

  test.each([[0, 200], [60_000, 200], [60_001, 503], [Infinity, 503], [NaN, 503]])('answers to a heartbeat %p ms old with %p, when a minute is allowed', async (age, status) => {
    server = await agent.serve({ heartbeatAgeMs: () => age, maxHeartbeatAgeMs: 60_000 });
    const answer = await get('/healthz');
    expect([answer.status, answer.body.healthy]).toEqual([status, status === 200]);
  });

  test('says how long the loop has not gone round', async () => {
    server = await agent.serve({ heartbeatAgeMs: () => 61_500, maxHeartbeatAgeMs: 60_000 });
    expect((await get('/healthz')).body.reason).toBe('the loop has not gone round for 61.5 seconds; 60 are allowed');
  });

  test('knows nothing of clusters and the source: a restart would not mend them', async () => {
    agent.state = { sourceError: failure(), clusters: [cluster('prod', { state: 'down' })] };
    server = await agent.serve();
    expect((await get('/healthz')).status).toBe(200);
  });
});

describe('/readyz', () => {
  test.each([
    ['a source that was not read', { clusters: [] }, 503, { ready: false, clusters: 0, reasons: ['the source has not been read yet'] }],
    ['a source that cannot be read', { sourceError: failure('FLT4001', 'cannot fetch https://bot:s3cret@git.example/x'), clusters: [] }, 503,
      { ready: false, clusters: 0, reasons: ['the source has not been read yet: FLT4001 cannot fetch https://***@git.example/x'] }],
    ['a cluster that starts', { commit: 'c0ffee', clusters: [cluster('dev'), cluster('prod', { state: 'starting' })] }, 503,
      { ready: false, commit: 'c0ffee', clusters: 2, reasons: ['of 1 of 2 clusters nothing is known yet: prod'] }],
    ['clusters that work, rest and are dead', { commit: 'c0ffee', clusters: [cluster('a', { state: 'working' }), cluster('b'), cluster('c', { state: 'down' })] }, 200,
      { ready: true, commit: 'c0ffee', clusters: 3, down: ['c'] }],
    ['no cluster at all', { commit: 'c0ffee', clusters: [] }, 200, { ready: true, commit: 'c0ffee', clusters: 0 }],
    ['clusters that the fleet does not have', { commit: 'c0ffee', sourceError: failure('FLT6007', 'there is no two'), clusters: [] }, 503,
      { ready: false, commit: 'c0ffee', clusters: 0, reasons: ['nothing is delivered: FLT6007 there is no two'], sourceError: 'FLT6007 there is no two' }],
    ['one of two that the fleet does not have', { commit: 'c0ffee', sourceError: failure('FLT6007', 'there is no two'), clusters: [cluster('one')] }, 200,
      { ready: true, commit: 'c0ffee', clusters: 1, sourceError: 'FLT6007 there is no two' }],
    ['a source that cannot be read any more', { commit: 'c0ffee', sourceError: failure('FLT4001', 'cannot fetch'), clusters: [] }, 200,
      { ready: true, commit: 'c0ffee', clusters: 0, sourceError: 'FLT4001 cannot fetch' }],
  ])('is asked about %s', async (_what, state, status, body) => {
    agent.state = state;
    server = await agent.serve();
    expect(await get('/readyz')).toEqual({ status, body });
  });

  test('names fifty of a thousand clusters', async () => {
    agent.state = { commit: 'c0ffee', clusters: Array.from({ length: 1000 }, (_, i) => cluster(`c${i}`, { state: 'starting' })) };
    server = await agent.serve();
    const { reasons } = (await get('/readyz')).body as { reasons: string[] };
    expect(reasons).toEqual([expect.stringMatching(/^of 1000 of 1000 clusters .* c0, c1, .*, c49, …$/)]);
  });
});

describe('the server', () => {
  test.each([
    ['GET', '/', 404, undefined], ['GET', '/metrics/x', 404, undefined], ['GET', '/%2e%2e/etc', 404, undefined], ['GET', '/constructor', 404, undefined],
    ['POST', '/metrics', 405, 'GET, HEAD'], ['DELETE', '/readyz', 405, 'GET, HEAD'], ['GET', '/webhook', 405, 'POST'], ['HEAD', '/healthz', 200, undefined],
    ['GET', '/healthz?verbose=1', 200, undefined],
  ])('answers %s %s with %p', async (method, path, status, allow) => {
    server = await agent.serve();
    const answer = await call(server.port, path, { method });
    expect([answer.status, answer.headers.allow, answer.headers['cache-control']]).toEqual([status, allow, 'no-store']);
  });

  test('does not tell the words of an error that it does not know', async () => {
    server = await agent.serve({ state: () => { throw new Error('s3cret'); } });
    for (const path of ['/metrics', '/readyz']) {
      expect(await call(server.port, path)).toMatchObject({ status: 500, text: '{"message":"the agent could not tell"}' });
    }
    expect((await call(server.port, '/healthz')).status).toBe(200);
  });

  test('leaves the Request and Response of the process alone', async () => {
    const before = [globalThis.Request, globalThis.Response];
    server = await agent.serve();
    await call(server.port, '/healthz');
    expect([globalThis.Request, globalThis.Response]).toEqual(before);
  });

  test('ends at once while connections are open, and no longer listens to the agent', async () => {
    server = await agent.serve();
    const { port } = server;
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    const cut = new Promise(resolve => socket.on('close', resolve));
    await new Promise<void>(resolve => socket.write('POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab', () => resolve()));
    const start = performance.now();
    await server.close();
    await cut;
    expect(performance.now() - start).toBeLessThan(4000);
    await server.close();
    expect(agent.listeners.size).toBe(0);
    await expect(call(port, '/healthz')).rejects.toThrow('ECONNREFUSED');
  });

  test('says that a port is in use, and leaves nothing behind', async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(agent.serve({ listen: `127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'FLT7001', what: `cannot listen on 127.0.0.1:${port}: EADDRINUSE`, fix: 'end what listens there, or take another port',
    });
    expect(agent.listeners.size).toBe(0);
    await new Promise(resolve => other.close(resolve));
  });

  test.each(['192.0.2.1:0', 'no-such-host.invalid:0'])('says that %s cannot be listened on', async address => {
    await expect(agent.serve({ listen: address })).rejects.toMatchObject({ code: 'FLT7001' });
  });

  test.each(['', ' '])('refuses %j as the secret of the webhook', async webhookSecret => {
    await expect(agent.serve({ webhookSecret })).rejects.toMatchObject({ code: 'FLT7003' });
  });
});

test.each([
  ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }], [':8080', { port: 8080 }], ['8080', { port: 8080 }], ['[::1]:0', { host: '::1', port: 0 }],
  ['[::]:80', { host: '::', port: 80 }], ['localhost:65535', { host: 'localhost', port: 65_535 }],
])('%s is an address to listen on', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
});

test.each(['', 'localhost', 'localhost:', 'a:65536', '::1:80', 'http://a:80', 'a:-1', 'a:1e3', 'a b:80', '[::1]', '[a]:80x', 'a:80/', '\n:80'])('%j is no address to listen on', text => {
  expect(() => parseListenAddress(text)).toThrow('FLT7002');
});
