import { Agent, request } from 'node:https';
import type { Fault } from '../../../lib/sandbox/faults/fault';
import { Sandbox } from '../../../lib/testing';
import { httpsJson, type HttpAnswer } from '../../control-plane/https-json';
import { Target } from '../conformance/target';

const MAPS = '/api/v1/namespaces/default/configmaps';
const GROUPS = '/apis';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface AggregatedGroup {
  readonly metadata: { readonly name: string };
  readonly versions: readonly { readonly freshness: string; readonly resources?: readonly object[] }[];
}

let sandbox: Sandbox;
let target: Target;

beforeEach(async () => {
  sandbox = await Sandbox.start({ controllers: false, users: { jo: [] }, seed: 'one' });
  target = targetOf(sandbox);
  for (const name of ['first', 'second']) expect(await target.ask('POST', MAPS, { body: { metadata: { name }, data: { a: '1' } } })).toMatchObject({ status: 201 });
});
afterEach(async () => {
  target.close();
  await sandbox.close();
});

function targetOf(one: Sandbox): Target {
  return new Target({ url: one.url, ca: one.ca, tokenOf: user => one.findToken(user), compact: () => one.compact() });
}

const namesIn = ({ body }: HttpAnswer): string[] => (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)
  .filter(name => name !== 'kube-root-ca.crt');

/** How a request ends whose answer does not come whole. */
function broken(path: string): Promise<{ status?: number; text: string; error: string }> {
  return new Promise(resolve => {
    let status: number | undefined;
    let text = '';
    const end = (error: Error): void => resolve({ status, text, error: (error as NodeJS.ErrnoException).code ?? error.message });
    const req = request(new URL(path, sandbox.url), { agent: new Agent({ ca: sandbox.ca }), headers: { authorization: `Bearer ${sandbox.token}` } }, response => {
      status = response.statusCode;
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('error', end);
      response.on('end', () => end(new Error('a whole answer')));
    });
    req.on('error', end);
    req.end();
  });
}

/** Whether a request is still without an answer after so many ms. */
async function isWithoutAnswer(path: string, ms: number): Promise<boolean> {
  const agent = new Agent({ ca: sandbox.ca });
  const asked = httpsJson(new URL(path, sandbox.url), { method: 'GET', agent, headers: { authorization: `Bearer ${sandbox.token}` } }).then(() => false, () => false);
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(true), ms);
  });
  const answer = await Promise.race([asked, waited]);
  clearTimeout(timer);
  agent.destroy();
  return answer;
}

/** What one watch gets while a ConfigMap is written so many times. */
function watchWhile(writes: number, more: { events?: number; timeout?: number } = {}) {
  return target.watch(`${MAPS}?watch=1&resourceVersion=${sandbox.api.list('configmaps').length > 0 ? newest() : 0}`, {
    timeout: 700, ...more,
    act: async () => {
      for (let i = 0; i < writes; i++) await target.ask('PATCH', `${MAPS}/first`, { type: 'application/merge-patch+json', body: { data: { a: `w${i}` } } });
    },
  });
}

function newest(): string {
  return String(Math.max(...sandbox.api.list('configmaps').map(({ metadata }) => Number(metadata.resourceVersion))));
}

describe('a request', () => {
  test('is answered later by latency, within what its jitter allows', async () => {
    sandbox.faults.add({ kind: 'latency', delayMs: 300, jitterMs: 100, verb: ['list'] });
    const since = performance.now();
    expect(await target.ask('GET', `${MAPS}/first`)).toMatchObject({ status: 200 });
    const between = performance.now();
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 200 });
    expect(performance.now() - between).toBeGreaterThanOrEqual(195);
    expect(sandbox.faults.list()).toMatchObject([{ hits: 1 }]);
    expect(between).toBeGreaterThan(since);
  });

  test.each<[string, Fault, object]>([
    ['429 in plain text, with Retry-After', { kind: 'throttle', retryAfter: 3 }, {
      status: 429, headers: { 'retry-after': '3', 'content-type': 'text/plain; charset=utf-8' }, body: 'Too many requests, please try again later.\n',
    }],
    ['500', { kind: 'error' }, { status: 500, body: { kind: 'Status', reason: 'InternalError' } }],
    ['502', { kind: 'error', status: 502 }, { status: 502 }],
    ['503 with Retry-After', { kind: 'error', status: 503, retryAfter: 2 }, { status: 503, headers: { 'retry-after': '2' }, body: { reason: 'ServiceUnavailable' } }],
    ['504', { kind: 'error', status: 504 }, { status: 504, body: { reason: 'Timeout' } }],
    ['401, as if credentials had expired', { kind: 'unauthorized' }, { status: 401, body: { kind: 'Status', reason: 'Unauthorized', code: 401 } }],
  ])('is answered with %s, as often as that was ordered', async (_, fault, answer) => {
    sandbox.faults.add({ ...fault, count: 2 });
    expect(await target.ask('GET', MAPS)).toMatchObject(answer);
    expect(await target.ask('PATCH', `${MAPS}/first`, { type: 'application/merge-patch+json', body: { data: { a: 'no' } } })).toMatchObject(answer);
    expect(await target.ask('GET', `${MAPS}/first`)).toMatchObject({ status: 200, body: { data: { a: '1' } } });
  });

  test('loses its connection before the answer', async () => {
    sandbox.faults.add({ kind: 'reset', count: 1 });
    expect(await broken(MAPS)).toMatchObject({ status: undefined, text: '', error: 'ECONNRESET' });
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 200 });
  });

  test('loses its connection in the middle of the answer', async () => {
    const whole = JSON.stringify((await target.ask('GET', MAPS)).body);
    sandbox.faults.add({ kind: 'reset', when: 'middle', count: 1 });
    const { status, text, error } = await broken(MAPS);
    expect({ status, error }).toEqual({ status: 200, error: 'ECONNRESET' });
    expect(text).toBe(whole.slice(0, text.length));
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(whole.length);
  });

  test('that was written loses but its answer', async () => {
    sandbox.faults.add({ kind: 'reset', when: 'middle', count: 1 });
    await expect(target.ask('POST', MAPS, { body: { metadata: { name: 'third' } } })).rejects.toThrow();
    expect(await target.ask('POST', MAPS, { body: { metadata: { name: 'third' } } })).toMatchObject({ status: 409 });
  });

  test('is never answered', async () => {
    sandbox.faults.add({ kind: 'hang' });
    expect(await isWithoutAnswer(MAPS, 400)).toBe(true);
    sandbox.faults.remove('hang');
    expect(await isWithoutAnswer(MAPS, 5_000)).toBe(false);
  });
});

describe('stale reads', () => {
  beforeEach(async () => {
    await target.ask('PATCH', `${MAPS}/first`, { type: 'application/merge-patch+json', body: { data: { a: '2' } } });
    await target.ask('DELETE', `${MAPS}/second`);
    await target.ask('POST', MAPS, { body: { metadata: { name: 'third' } } });
  });

  test.each([
    [1, ['first'], '2', 404],
    [2, ['first', 'second'], '2', 200],
    [3, ['first', 'second'], '1', 200],
  ])('%d writes ago: what was there then, and no more', async (revisions, names, value, second) => {
    const now = newest();
    sandbox.faults.add({ kind: 'stale', revisions });
    const list = await target.ask('GET', MAPS);
    expect(namesIn(list)).toEqual(names);
    expect((list.body as { metadata: object }).metadata).toEqual({ resourceVersion: String(Number(now) - revisions) });
    expect(await target.ask('GET', `${MAPS}/first`)).toMatchObject({ status: 200, body: { data: { a: value } } });
    expect(await target.ask('GET', `${MAPS}/third`)).toMatchObject({ status: 404 });
    expect(await target.ask('GET', `${MAPS}/second`)).toMatchObject({ status: second });
    expect(namesIn(await target.ask('GET', `${MAPS}?fieldSelector=metadata.name%3Dthird`))).toEqual([]);
  });

  test('are never older than what a client asks for', async () => {
    const now = newest();
    sandbox.faults.add({ kind: 'stale', revisions: 3 });
    expect(namesIn(await target.ask('GET', `${MAPS}?resourceVersion=${now}&resourceVersionMatch=NotOlderThan`))).toEqual(['first', 'third']);
    expect(await target.ask('GET', `${MAPS}/third?resourceVersion=${now}`)).toMatchObject({ status: 200 });
  });

  test('are never older than what is remembered', async () => {
    sandbox.compact();
    sandbox.faults.add({ kind: 'stale' });
    expect(namesIn(await target.ask('GET', MAPS))).toEqual(['first', 'third']);
  });

  test('are caught up with by a watch from them on', async () => {
    sandbox.faults.add({ kind: 'stale', revisions: 3 });
    const { metadata } = (await target.ask('GET', MAPS)).body as { metadata: { resourceVersion: string } };
    const events = await target.watch(`${MAPS}?watch=1&resourceVersion=${metadata.resourceVersion}`, { events: 3 });
    expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([['MODIFIED', 'first'], ['DELETED', 'second'], ['ADDED', 'third']]);
  });

  test('do not let a write of what is old pass', async () => {
    sandbox.faults.add({ kind: 'stale', revisions: 3 });
    const { body } = await target.ask('GET', `${MAPS}/first`);
    expect(await target.ask('PUT', `${MAPS}/first`, { body })).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
  });
});

describe('a watch', () => {
  test('is cut', async () => {
    sandbox.faults.add({ kind: 'drop', count: 1 });
    expect(await watchWhile(2)).toEqual([]);
    expect(await watchWhile(2, { events: 2 })).toHaveLength(2);
  });

  test('is cut after some of its events', async () => {
    sandbox.faults.add({ kind: 'drop', rate: 0.3, name: 'some' });
    const events = await watchWhile(20);
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThan(20);
  });

  test('falls silent, and stays open', async () => {
    sandbox.faults.add({ kind: 'stall', count: 1 });
    expect(await watchWhile(3)).toEqual([]);
    expect(sandbox.faults.list()).toMatchObject([{ hits: 1 }]);
  });

  test('is late, in order', async () => {
    sandbox.faults.add({ kind: 'delay', delayMs: 150, count: 1 });
    const events = await watchWhile(3, { events: 3, timeout: 5_000 });
    expect(events.map(({ object }) => object.data.a)).toEqual(['w0', 'w1', 'w2']);
  });

  test('has to begin anew', async () => {
    sandbox.faults.add({ kind: 'expired', count: 1 });
    expect(await watchWhile(1)).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
    expect(await watchWhile(1, { events: 1 })).toMatchObject([{ type: 'MODIFIED' }]);
  });

  test('loses its connection in the middle of an event', async () => {
    sandbox.faults.add({ kind: 'reset', when: 'middle', verb: ['watch'] });
    const ended = broken(`${MAPS}?watch=1`);
    expect(await ended).toMatchObject({ status: 200, error: 'ECONNRESET', text: expect.stringMatching(/^\{"type":"ADDED"[^\n]*$/) });
  });
});

describe('an API group', () => {
  const told = async (): Promise<{ groups: string[]; versions: { name: string; freshness: string; resources: number }[]; documents: string[] }> => {
    const plain = (await target.ask('GET', GROUPS)).body as { groups: { name: string }[] };
    const aggregated = (await target.ask('GET', GROUPS, { accept: AGGREGATED })).body as { items: AggregatedGroup[] };
    const { paths } = JSON.parse((await target.ask('GET', '/openapi/v3')).body as string) as { paths: Record<string, object> };
    return {
      groups: plain.groups.map(({ name }) => name),
      versions: aggregated.items.flatMap(({ metadata: { name }, versions }) => versions.map(({ freshness, resources = [] }) => ({
        name, freshness, resources: resources.length,
      }))),
      documents: Object.keys(paths),
    };
  };

  test('that vanishes is gone from discovery and from the schema, and comes back', async () => {
    const before = await told();
    sandbox.faults.add({ kind: 'gone', group: ['apps'] });
    const during = await told();
    expect(before.groups.filter(name => !during.groups.includes(name))).toEqual(['apps']);
    expect(during.versions.map(({ name }) => name)).not.toContain('apps');
    expect(before.documents.filter(name => !during.documents.includes(name))).toEqual(['apis/apps', 'apis/apps/v1']);
    for (const path of ['/apis/apps', '/apis/apps/v1', '/apis/apps/v1/deployments', '/openapi/v3/apis/apps/v1']) {
      expect(await target.ask('GET', path)).toMatchObject({ status: 404, body: '404 page not found\n' });
    }
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 200 });
    expect(await target.ask('GET', '/healthz')).toMatchObject({ status: 200 });
    sandbox.faults.set('gone', false);
    expect(await told()).toEqual(before);
  });

  test('whose API server does not answer is named by discovery, which knows nothing of it', async () => {
    sandbox.faults.add({ kind: 'gone', group: ['apps'], status: 503 });
    const { groups, versions, documents } = await told();
    expect(groups).toContain('apps');
    expect(versions.filter(({ name }) => name === 'apps')).toEqual([{ name: 'apps', freshness: 'Stale', resources: 0 }]);
    expect(versions.filter(({ freshness }) => freshness === 'Stale')).toHaveLength(1);
    expect(documents).not.toContain('apis/apps/v1');
    expect(await target.ask('GET', '/apis/apps/v1')).toMatchObject({ status: 503 });
  });

  test('is gone for whom the fault means alone', async () => {
    sandbox.faults.add({ kind: 'gone', group: ['apps'], user: ['jo'] });
    expect((await told()).groups).toContain('apps');
    const { body } = await target.ask('GET', GROUPS, { user: 'jo' });
    expect((body as { groups: { name: string }[] }).groups.map(({ name }) => name)).not.toContain('apps');
  });

  test('the core group may be gone, and health stays', async () => {
    sandbox.faults.add({ kind: 'gone', group: [''] });
    expect(await target.ask('GET', '/api/v1')).toMatchObject({ status: 404 });
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 404 });
    expect((await target.ask('GET', '/apis/apps/v1')).status).toBe(200);
    expect((await target.ask('GET', '/healthz')).status).toBe(200);
  });
});

describe('a restart', () => {
  test('with its data: what was there is there, with its resourceVersion, and a watch goes on', async () => {
    const before = (await target.ask('GET', `${MAPS}/first`)).body as { metadata: { resourceVersion: string; uid: string } };
    await sandbox.restart();
    target.close();
    target = targetOf(sandbox);
    expect((await target.ask('GET', `${MAPS}/first`)).body).toEqual(before);
    expect(await target.watch(`${MAPS}?watch=1&resourceVersion=${before.metadata.resourceVersion}`, { events: 1 })).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'second' } } }]);
  });

  test('without: a new cluster at the same address, for the same tokens', async () => {
    const before = (await target.ask('GET', '/api/v1/namespaces/default')).body as { metadata: { uid: string } };
    await sandbox.restart({ keepData: false });
    target.close();
    target = targetOf(sandbox);
    expect(await target.ask('GET', `${MAPS}/first`)).toMatchObject({ status: 404 });
    const after = (await target.ask('GET', '/api/v1/namespaces/default')).body as { metadata: { uid: string } };
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
  });

  test('faults stay as they are', async () => {
    sandbox.faults.add({ kind: 'error', status: 503, count: 1 });
    await sandbox.restart();
    expect(await broken(MAPS)).toMatchObject({ status: 503 });
  });
});

test('equal seeds and equal requests meet equal faults, another seed meets others', async () => {
  const run = async (seed: string): Promise<number[]> => {
    const one = await Sandbox.start({ controllers: false, seed, faults: [{ kind: 'error', rate: 0.3 }, { kind: 'throttle', rate: 0.2, verb: ['list'] }] });
    const client = targetOf(one);
    const codes: number[] = [];
    for (let i = 0; i < 60; i++) codes.push((await client.ask('GET', i % 2 ? MAPS : `${MAPS}/none`)).status);
    client.close();
    await one.close();
    return codes;
  };
  const [first, again, other] = [await run('a'), await run('a'), await run('b')];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  expect(new Set(first)).toEqual(new Set([404, 200, 500, 429]));
});

describe('faults over HTTP', () => {
  const text = { type: 'text/plain' };

  test('are added, listed, switched and removed while the sandbox runs', async () => {
    expect(await target.ask('POST', '/faults', { ...text, body: 'error=503,name=down,verb=list' })).toMatchObject({ status: 201, body: { name: 'down' } });
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 503 });
    expect(await target.ask('GET', '/faults')).toMatchObject({ status: 200, body: [{ name: 'down', on: true, hits: 1, fault: { kind: 'error', status: 503, verb: ['list'] } }] });
    expect(await target.ask('PUT', '/faults/down', { ...text, body: 'off' })).toMatchObject({ status: 200, body: { on: false } });
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 200 });
    expect(await target.ask('PUT', '/faults/down', { ...text, body: 'on' })).toMatchObject({ status: 200 });
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 503 });
    expect(await target.ask('DELETE', '/faults/down')).toMatchObject({ status: 200 });
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 200 });
  });

  test('no fault hits who comes to change them', async () => {
    for (const each of ['hang', 'unauthorized', 'gone=apps', 'reset']) expect(await target.ask('POST', '/faults', { ...text, body: each })).toMatchObject({ status: 201 });
    for (const name of ['hang', 'unauthorized', 'gone', 'reset']) expect(await target.ask('DELETE', `/faults/${name}`)).toMatchObject({ status: 200 });
    expect(await target.ask('GET', MAPS)).toMatchObject({ status: 200 });
  });

  test.each([
    ['another user', { user: 'jo' }, 403],
    ['nobody', { user: '' }, 403],
    ['a wrong token', { user: '', headers: { authorization: 'Bearer nonsense' } }, 401],
    ['an administrator who speaks for another', { headers: { 'impersonate-user': 'jo' } }, 403],
  ])('are not for %s', async (_, who, status) => {
    expect(await target.ask('POST', '/faults', { ...text, body: 'hang', ...who })).toMatchObject({ status });
    expect(await target.ask('GET', '/faults', who)).toMatchObject({ status });
    expect(sandbox.faults.list()).toEqual([]);
  });

  test('what cannot be read is refused with what would do', async () => {
    expect(await target.ask('POST', '/faults', { ...text, body: 'latency=fast' })).toMatchObject({ status: 400, body: { code: 'FLT8001', fix: expect.any(String) } });
    expect(await target.ask('PUT', '/faults/none', { ...text, body: 'on' })).toMatchObject({ status: 404, body: { code: 'FLT8002' } });
    expect(await target.ask('PATCH', '/faults', { ...text, body: 'on' })).toMatchObject({ status: 405 });
  });
});
