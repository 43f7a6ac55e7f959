import { setTimeout as sleep } from 'node:timers/promises';
import { applied, discoveryOf, fakeConnection } from './fake-cluster';
import type { Connection } from '../../../lib/kube/connection';
import type { WatchEvent } from '../../../lib/kube/watch';
import { View } from '../../../lib/reconcile/agent/view';

const SET = 'applyset-web-v1';
const A = 'ConfigMap/shop/a';

function event(type: WatchEvent['type'], version: string): WatchEvent {
  return { type, object: { apiVersion: 'v1', kind: 'ConfigMap', ...applied('a', 'uid-a', SET, { resourceVersion: version }) } as never };
}

function end(version: string): WatchEvent {
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion: version, annotations: { 'k8s.io/initial-events-end': 'true' } } } as never };
}

/** A view of what the watches say one after the other; the last stays open. */
async function viewOf(...watches: readonly (readonly WatchEvent[])[]): Promise<{ view: View; told: string[]; close: () => void }> {
  const told: string[] = [];
  let number = 0;
  const watch: Connection['watch'] = async function* () {
    const mine = number++;
    yield* watches[mine] ?? [];
    if (mine >= watches.length - 1) await sleep(60_000, undefined, { ref: false });
    // All is to be listed again.
    await sleep(30);
  };
  const connection = fakeConnection(() => undefined, watch);
  const view: View = new View({
    connection, discovery: await discoveryOf(connection), pace: { relistMs: 1 }, rulesOf: () => [],
    changed: keys => told.push(`${[...keys].join(' ')}: ${view.live.has(A) ? 'there' : view.unknown.has('ConfigMap') ? 'unknown' : 'gone'}`),
    kind: (_kind, state) => told.push(`${state}: ${view.live.has(A) ? 'there' : view.unknown.has('ConfigMap') ? 'unknown' : 'gone'}`),
  });
  await view.follow(new Map([['ConfigMap', { group: '', kind: 'ConfigMap' }]]));
  return { view, told, close: () => view.close() };
}

test('a deletion that a later list refutes is not believed', async () => {
  const { view, close } = await viewOf([event('ADDED', '5'), end('6'), event('DELETED', '7')], [event('ADDED', '5'), end('9')], [event('ADDED', '5'), end('9')]);
  await sleep(400);
  expect([view.live.has(A), view.unknown.has('ConfigMap')]).toEqual([true, false]);
  close();
});

test('a deletion that is later than a list stands', async () => {
  const { view, close } = await viewOf([event('ADDED', '5'), end('6'), event('DELETED', '7')], [event('ADDED', '5'), end('6')]);
  await sleep(400);
  expect(view.live.has(A)).toBe(false);
  close();
});

test('while a server that went back in time is listed again, nothing is taken for gone', async () => {
  const { told, close } = await viewOf([event('ADDED', '5'), end('9')], [event('ADDED', '5'), end('6')], [event('ADDED', '5'), end('6')]);
  await sleep(400);
  expect(told.filter(each => each.endsWith('gone'))).toEqual([]);
  expect(told.at(-1)).toBe(`${A}: there`);
  close();
});

test('what is known without its content gets it with the next event', async () => {
  const { view, close } = await viewOf([end('6')]);
  const resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, verbs: [], subresources: [] };
  expect(view.learn(resource, event('ADDED', '5').object, true)).toBe(true);
  expect(view.live.get(A)?.state).toBeUndefined();
  close();
});
