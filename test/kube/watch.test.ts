import { setTimeout as sleep } from 'node:timers/promises';
import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { json, reset, ScriptedServer, silence, status, type Step } from './scripted-server';
import type { ApiError } from '../../lib/kube/api-error';
import { isAborted, isExpired, isForbidden } from '../../lib/kube/classify';
import { connect, type ConnectOptions } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';
import type { Resource } from '../../lib/kube/resource';
import type { WatchEvent } from '../../lib/kube/watch';
import { waitUntil } from '../control-plane/wait-until';

const folder = temporaryFolder();
const configMaps: Resource = {
  group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, verbs: ['list', 'watch'], subresources: [],
};

let server: ScriptedServer;
let connection: Connection;

async function open(steps: readonly Step[], options: Partial<ConnectOptions> = {}): Promise<Connection> {
  server = await ScriptedServer.start(steps);
  connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: server.url }, { token: 'secret' })), ...options });
  return connection;
}

afterEach(async () => {
  await connection.close();
  // A watch that is over, however it ended, keeps no socket.
  await waitUntil('all sockets are closed', () => server.connections === 0, { timeout: 3000 });
  await server.stop();
});

function event(type: string, name: string, more: object = {}): string {
  return `${JSON.stringify({ type, object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, resourceVersion: '7' }, ...more } })}\n`;
}

/** Answers with chunks, each in a packet of its own; `end` ends the reply, `stay` keeps it open. */
function chunks(parts: readonly (string | Buffer)[], then: 'end' | 'stay' | 'destroy' = 'end'): Step {
  return (response, _request, socket) => void (async () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const part of parts) {
      response.write(part);
      await sleep(15);
    }
    if (then === 'end') response.end();
    if (then === 'destroy') socket.resetAndDestroy();
  })();
}

/** What a watch told, in words, and what ended it. */
async function told(options: Parameters<Connection['watch']>[1] = {}): Promise<{ words: string[]; events: WatchEvent[]; error?: ApiError }> {
  const words: string[] = [];
  const events: WatchEvent[] = [];
  try {
    for await (const each of connection.watch(configMaps, options)) {
      words.push(`${each.type} ${each.object.metadata?.name}`);
      events.push(each);
    }
  } catch (error) {
    return { words, events, error: error as ApiError };
  }
  return { words, events };
}

test('a watch asks for bookmarks and an end, with its place, labels and token', async () => {
  await open([chunks([])]);
  await told({ namespace: 'shop', labelSelector: 'a=b', resourceVersion: '42' });
  const url = new URL(server.seen[0].url, server.url);
  expect(url.pathname).toBe('/api/v1/namespaces/shop/configmaps');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: expect.any(String), labelSelector: 'a=b', resourceVersion: '42',
  });
  const seconds = Number(url.searchParams.get('timeoutSeconds'));
  expect(seconds >= 300 && seconds <= 450).toBe(true);
  expect(server.seen[0].headers.authorization).toBe('Bearer secret');
  expect(connection.requests).toEqual({ total: 1, writes: 0 });
});

describe('lines', () => {
  const text = 'Größe 🚀';
  const line = Buffer.from(event('MODIFIED', 'c', { data: { text } }));

  test('several of one chunk come in order, bookmarks too', async () => {
    await open([chunks([event('ADDED', 'a') + event('MODIFIED', 'a') + event('DELETED', 'a') + event('BOOKMARK', 'b')])]);
    expect(await told()).toMatchObject({ words: ['ADDED a', 'MODIFIED a', 'DELETED a', 'BOOKMARK b'] });
  });

  test('one may be cut anywhere, also within a character', async () => {
    const rocket = line.indexOf(Buffer.from('🚀'));
    await open([chunks([line.subarray(0, 5), line.subarray(5, rocket + 2), line.subarray(rocket + 2, line.length - 1), line.subarray(line.length - 1)])]);
    expect((await told()).events).toMatchObject([{ type: 'MODIFIED', object: { data: { text } } }]);
  });

  test('each byte may be a chunk of its own', async () => {
    await open([response => void (async () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const byte of line) {
        await new Promise(resolve => { response.write(Buffer.of(byte), resolve); });
      }
      response.end();
    })()]);
    expect((await told()).events).toMatchObject([{ object: { data: { text } } }]);
  });

  test('an event comes when it is sent, not when the next one is', async () => {
    await open([chunks([event('ADDED', 'a')], 'stay')]);
    const events = connection.watch(configMaps)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: 'ADDED' });
    await connection.close();
    await expect(events.next()).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('the last one needs no end of its own', async () => {
    await open([chunks([event('ADDED', 'a').trimEnd()])]);
    expect(await told()).toMatchObject({ words: ['ADDED a'] });
  });

  test('a reader that is slow gets all of them', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => event('ADDED', `o${i}`, { data: { filler: 'x'.repeat(500) } }));
    await open([chunks([many.join('')])]);
    let count = 0;
    for await (const { object } of connection.watch(configMaps)) {
      expect(object.metadata?.name).toBe(`o${count++}`);
      if (count % 500 === 0) await sleep(5);
    }
    expect(count).toBe(5000);
  });
});

test.each<[string, Step, string[], object]>([
  ['an end in the middle of an event', chunks([event('ADDED', 'a'), '{"type":"MOD']), ['ADDED a'], { status: 200, code: 'INVALID_REPLY' }],
  ['a line that is no event', chunks([event('ADDED', 'a'), '{"kind":"Status"}\n']), ['ADDED a'], { status: 200, code: 'INVALID_REPLY' }],
  ['a page of HTML', (response => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\n</html>')), [], { status: 200, code: 'INVALID_REPLY' }],
  ['a reset', chunks([event('ADDED', 'a')], 'destroy'), ['ADDED a'], { status: 0, code: 'ECONNRESET' }],
  ['a reset before the reply', reset, [], { status: 0, code: 'ECONNRESET' }],
  ['a refusal', status(403, 'Forbidden', 'no'), [], { status: 403, reason: 'Forbidden', message: 'no' }],
  ['an error of the server in the stream', chunks([event('ADDED', 'a'), '{"type":"ERROR","object":{"kind":"Status","code":500,"message":"storage is gone"}}\n']),
    ['ADDED a'], { status: 500, message: 'storage is gone' }],
])('%s is an error after what came before', async (_, step, words, error) => {
  await open([step]);
  expect(await told()).toMatchObject({ words, error });
});

test.each<[string, Step]>([
  ['at the start', status(410, 'Expired', 'too old resource version')],
  ['in the stream', chunks(['{"type":"ERROR","object":{"kind":"Status","reason":"Expired","code":410,"message":"too old resource version: 1 (9)"}}\n'], 'stay')],
])('a version that is too old is told apart %s', async (_, step) => {
  await open([step]);
  const { error } = await told({ resourceVersion: '1' });
  expect(isExpired(error)).toBe(true);
  expect(isForbidden(error)).toBe(false);
});

describe('time', () => {
  test('a watch on which nothing comes for longer than the server was asked to keep it open is cut', async () => {
    await open([chunks([event('ADDED', 'a')], 'stay')]);
    const start = Date.now();
    expect(await told({ timeoutSeconds: 1 })).toMatchObject({ words: ['ADDED a'], error: { status: 0, code: 'TIMEOUT' } });
    expect(Date.now() - start).toBeGreaterThanOrEqual(3000);
  });

  test.each<[string, Step]>([['that is silent', silence], ['that has begun', chunks([event('ADDED', 'a')], 'stay')]])('a signal ends a watch %s at once', async (_, step) => {
    await open([step]);
    const end = new AbortController();
    const reading = told({ signal: end.signal });
    await waitUntil('the server was asked', () => server.seen.length > 0, { every: 5 });
    await sleep(50);
    const start = Date.now();
    end.abort();
    expect(isAborted((await reading).error)).toBe(true);
    expect(Date.now() - start).toBeLessThan(500);
    expect(isAborted((await told({ signal: end.signal })).error)).toBe(true);
    expect(server.seen).toHaveLength(1);
  });

  test('who leaves the loop ends the watch', async () => {
    await open([chunks([event('ADDED', 'a'), event('ADDED', 'b')], 'stay')]);
    for await (const { object } of connection.watch(configMaps)) {
      expect(object.metadata?.name).toBe('a');
      break;
    }
    await waitUntil('its socket is closed', () => server.connections === 0, { timeout: 2000 });
  });
});

test('credentials that are refused are renewed once', async () => {
  await open([status(401, 'Unauthorized', 'expired'), status(401, 'Unauthorized', 'expired')]);
  expect((await told()).error).toMatchObject({ status: 401 });
  expect(server.seen.length).toBeLessThanOrEqual(2);
});

test('watches take nothing from requests: thirty are open, and a pool of one socket goes on', async () => {
  await open([(response, request, socket) => (request.url.includes('watch=1') ? chunks([event('ADDED', 'a')], 'stay') : json(200, {}))(response, request, socket)],
    { concurrency: 1 });
  const end = new AbortController();
  const watches = Array.from({ length: 30 }, async () => told({ signal: end.signal }));
  await waitUntil('all are open', () => server.seen.length === 30, { every: 5 });
  await Promise.all(Array.from({ length: 5 }, async () => connection.request({ method: 'GET', path: '/api/v1/pods', timeoutMs: 1000 })));
  expect(server.connections).toBe(31);
  end.abort();
  expect((await Promise.all(watches)).every(({ error }) => isAborted(error))).toBe(true);
});
