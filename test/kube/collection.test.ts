import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { json, ScriptedServer, type SeenRequest, status, type Step } from './scripted-server';
import { Collection } from '../../lib/kube/collection';
import { connect } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';
import { waitUntil } from '../control-plane/wait-until';

const folder = temporaryFolder();
let server: ScriptedServer;
let connection: Connection;
/** A change: the version that it leads to, which is that of the one object. */
let version: number;
let told: string[];
let ends: (() => void)[];

/** An API server with one object; each watch is answered by the next step, the last one again and again. */
async function serve(watches: readonly Step[]): Promise<Collection> {
  [version, told, ends] = [1, [], []];
  let next = 0;
  const answer: Step = (response, request, socket) => isWatch(request)
    ? watches[Math.min(next++, watches.length - 1)](response, request, socket)
    : json(200, { metadata: { resourceVersion: String(version) }, items: [objectOf(version)] })(response, request, socket);
  server = await ScriptedServer.start([answer]);
  connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: server.url })), concurrency: 1 });
  return new Collection(connection, {
    group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, verbs: ['list', 'watch'], subresources: [],
  }, { labelSelector: 'a' });
}

afterEach(async () => {
  for (const end of ends) end();
  await waitUntil('no watch is open', () => server.connections <= 1, { timeout: 2000 });
  await connection.close();
  await server.stop();
});

function objectOf(at: number): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop', resourceVersion: String(at) } };
}

function isWatch(request: SeenRequest): boolean {
  return request.url.includes('watch=1');
}

/** Where the watches began. */
function watched(): (string | null)[] {
  return server.seen.filter(isWatch).map(({ url }) => new URL(url, server.url).searchParams.get('resourceVersion'));
}

async function follow(collection: Collection): Promise<void> {
  ends.push(collection.follow(await collection.list(), {
    changed: keys => told.push(...[...keys].map(key => `${key}@${collection.objects.get(key)?.metadata?.resourceVersion}`)),
    lost: () => told.push('lost'),
  }));
}

/** A watch that stays open and tells of versions. */
function open(...versions: number[]): Step {
  return response => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(versions.map(at => `${JSON.stringify({ type: 'MODIFIED', object: objectOf(at) })}\n`).join('') || '\n');
  };
}

const expiredInStream: Step = response => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":"ERROR","object":{"code":410,"reason":"Expired"}}\n');
};

test('what a watch tells comes to all who follow, over one watch that begins where the list ended', async () => {
  const collection = await serve([open(2, 3)]);
  await Promise.all([follow(collection), follow(collection)]);
  await waitUntil('both were told', () => told.length === 4, { every: 5 });
  expect(told).toEqual(['ConfigMap/shop/web@2', 'ConfigMap/shop/web@2', 'ConfigMap/shop/web@3', 'ConfigMap/shop/web@3']);
  expect(watched()).toEqual(['1']);
  expect(server.seen).toHaveLength(2);
});

test.each<[string, Step]>([
  ['ends', response => response.writeHead(200, { 'content-type': 'application/json' }).end()],
  ['is reset', (_response, _request, socket) => socket.resetAndDestroy()],
  ['is refused as too old', status(410, 'Expired', 'too old')],
  ['expires', expiredInStream],
  ['breaks off in an event', response => response.writeHead(200, { 'content-type': 'application/json' }).end('{"type"')],
])('after a watch that %s, a list tells what was missed and the next watch goes on from there', async (_, step) => {
  const collection = await serve([(response, request, socket) => { version = 5; step(response, request, socket); }, open(6)]);
  await follow(collection);
  await waitUntil('all was told', () => told.length === 2, { every: 5, timeout: 3000 });
  expect(told).toEqual(['ConfigMap/shop/web@5', 'ConfigMap/shop/web@6']);
  expect(watched()).toEqual(['1', '5']);
});

test('a watch that ends at once again and again is opened ever more seldom', async () => {
  const collection = await serve([response => response.writeHead(200, { 'content-type': 'application/json' }).end()]);
  await follow(collection);
  await new Promise(resolve => setTimeout(resolve, 3000));
  expect(watched().length).toBeLessThan(10);
  expect(told).toEqual([]);
});

test.each<[string, Step]>([['RBAC', status(403, 'Forbidden', 'no')], ['a server that knows no watch', status(405, 'MethodNotAllowed', 'no')]])(
  'who follows is told when %s allows none, and it is not tried again', async (_, step) => {
    const collection = await serve([step]);
    await follow(collection);
    await waitUntil('it is lost', () => told.includes('lost'), { every: 5, timeout: 2000 });
    expect(collection.canFollow(await collection.list())).toBe(false);
    expect(watched()).toHaveLength(1);
  },
);

test('an event that got lost is found by a list within ten seconds', async () => {
  const collection = await serve([open()]);
  await follow(collection);
  version = 2;
  await waitUntil('it was told', () => told.length > 0, { timeout: 11_000 });
  expect(told).toEqual(['ConfigMap/shop/web@2']);
  expect(server.seen).toHaveLength(3);
});

test('the list of somebody else tells as well', async () => {
  const collection = await serve([open()]);
  await follow(collection);
  version = 2;
  await collection.list();
  expect(told).toEqual(['ConfigMap/shop/web@2']);
});

test('the watch ends with its last follower', async () => {
  const collection = await serve([open()]);
  await follow(collection);
  await follow(collection);
  await waitUntil('the watch is open', () => watched().length === 1, { every: 5 });
  ends[0]();
  await new Promise(resolve => setTimeout(resolve, 100));
  expect(server.connections).toBeGreaterThan(1);
  ends[1]();
  await waitUntil('its socket is closed', () => server.connections <= 1, { timeout: 1000, every: 5 });
  await follow(collection);
  await waitUntil('another one is open', () => watched().length === 2, { every: 5 });
});
