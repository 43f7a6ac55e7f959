import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../lib/kube/connection';
import { followCollection } from '../../lib/kube/follow-collection';
import type { Resource } from '../../lib/kube/resource';
import type { WatchEvent, WatchOptions } from '../../lib/kube/watch';

const MAPS: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, verbs: ['list', 'watch'], subresources: [] };
const READER = { seen: () => undefined, gone: () => undefined, listed: () => undefined, lost: () => undefined, denied: () => undefined };

function bookmark(version: string): WatchEvent {
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion: version, annotations: { 'k8s.io/initial-events-end': 'true' } } } as never };
}

function modified(version: number): WatchEvent {
  return { type: 'MODIFIED', object: { metadata: { name: 'a', namespace: 'shop', resourceVersion: String(version) } } as never };
}

/** Follows for a while what the watches say; gives what was asked of them. */
async function asked(watch: (number: number) => readonly WatchEvent[], relistMs?: number): Promise<WatchOptions[]> {
  const seen: WatchOptions[] = [];
  const connection = {
    async *watch(_resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent, void> {
      seen.push(options);
      yield* watch(seen.length);
    },
  } as unknown as Connection;
  const end = new AbortController();
  const following = followCollection(connection, MAPS, READER, { signal: end.signal, relistMs });
  await sleep(700);
  end.abort();
  await following;
  return seen;
}

test('watches that end before they bring anything are opened ever more seldom', async () => {
  expect((await asked(() => [bookmark('5')])).length).toBeLessThan(8);
});

test('a watch that ends after an event is opened again at once', async () => {
  expect((await asked(number => number > 60 ? [] : number === 1 ? [bookmark('5')] : [modified(5 + number)])).length).toBeGreaterThan(60);
});

test('no watch is open for much longer than until all is to be listed again', async () => {
  const [first, second] = await asked(() => [bookmark('5')], 20_000);
  expect([first, second].map(({ timeoutSeconds }) => timeoutSeconds! >= 15 && timeoutSeconds! <= 25)).toEqual([true, true]);
  const [usual] = await asked(() => [bookmark('5')]);
  expect(usual.timeoutSeconds).toBe(300);
});
