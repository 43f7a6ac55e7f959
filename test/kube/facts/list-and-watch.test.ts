import { setTimeout as sleep } from 'node:timers/promises';
import { expiredFacts } from './expired';
import type { ApiError } from '../../../lib/kube/api-error';
import { isRetryable } from '../../../lib/kube/classify';
import { lookMark } from '../../../lib/kube/fingerprint';
import { listObjects } from '../../../lib/kube/list';
import { getMetadata, type ObjectMetadata } from '../../../lib/kube/metadata';
import { metadataOnly } from '../../../lib/kube/metadata-only';
import { isComparable, Snapshot } from '../../../lib/kube/snapshot';
import type { WatchEvent, WatchOptions } from '../../../lib/kube/watch';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { configMap, MANAGER, RealConnection } from '../real-connection';

const PARTIAL = { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata' };
const labels = { set: 'ours' };

describeWithCluster('lists and watches', {}, context => {
  const real = new RealConnection(context);
  const configMaps = () => real.resource({ apiVersion: 'v1', kind: 'ConfigMap' });
  const collection = '/api/v1/namespaces/watched/configmaps';
  const ours = (name: string, data: Record<string, string> = { a: '1' }) => configMap(name, data, { namespace: 'watched', labels });
  const ends: AbortController[] = [];
  let future: string;
  /** The answer to a list of that version. It takes three seconds, in which the other tests run. */
  let tooLarge: Promise<ApiError | undefined>;

  beforeAll(async () => {
    await real.namespace('watched');
    for (const name of ['a', 'b', 'c']) await real.apply(ours(name));
    await real.apply(configMap('foreign', { a: '1' }, { namespace: 'watched' }));
    future = String(Number(await versionNow()) + 1_000_000);
    const once = await real.as('admin', { retries: 0 });
    tooLarge = once.request({ method: 'GET', path: collection, query: { resourceVersion: future } }).then(() => undefined, (e: ApiError) => e);
  });
  // A server that stops waits for open watches.
  afterEach(() => { for (const end of ends) end.abort(); });

  /** What a watch tells from now on. */
  function watch(options: WatchOptions = {}): { readonly events: WatchEvent[]; readonly words: () => string[]; readonly end: Promise<ApiError | undefined> } {
    const events: WatchEvent[] = [];
    const abort = new AbortController();
    ends.push(abort);
    const end = (async () => {
      for await (const event of real.connection.watch(configMaps(), { namespace: 'watched', labelSelector: 'set=ours', signal: abort.signal, ...options })) events.push(event);
      return undefined;
    })().catch((error: ApiError) => error);
    return { events, end, words: () => events.map(({ type, object }) => `${type} ${object.metadata?.name}`) };
  }

  const versionNow = async () => (await listObjects(real.connection, configMaps(), {})).version;

  describe('metadata alone', () => {
    test('is what a list, a get and an apply answer with when they are asked for it', async () => {
      const list = await real.connection.request<{ items: object[] }>({ method: 'GET', path: collection, accept: metadataOnly('PartialObjectMetadataList') });
      expect(list.body).toMatchObject({ ...PARTIAL, kind: 'PartialObjectMetadataList', metadata: { resourceVersion: expect.stringMatching(/^\d+$/) } });
      for (const item of list.body.items) expect([item, Object.keys(item).sort()]).toEqual([expect.objectContaining(PARTIAL), ['apiVersion', 'kind', 'metadata']]);
      const accept = metadataOnly('PartialObjectMetadata');
      const { body: got } = await real.connection.request<object>({ method: 'GET', path: `${collection}/a`, accept });
      expect([Object.keys(got).sort(), got]).toEqual([['apiVersion', 'kind', 'metadata'], expect.objectContaining(PARTIAL)]);
      for (const dryRun of [undefined, 'All']) {
        const { body: applied } = await real.connection.request<object>({
          method: 'PATCH', path: `${collection}/a`, accept, contentType: 'application/apply-patch+yaml', query: { fieldManager: MANAGER, force: 'true', dryRun }, body: ours('a'),
        });
        expect(applied).toEqual(got);
      }
    });

    test('comes with managedFields, from which the marks are made', async () => {
      const { metadata } = (await getMetadata(real.connection, configMaps(), { namespace: 'watched', name: 'a' }))!;
      expect(metadata).toEqual((await context.kube.get(`${collection}/a`)).metadata);
    });
  });

  test('versions are numbers that only grow, over all collections', async () => {
    const first = await versionNow();
    await context.kube.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'number', namespace: 'watched' } });
    const second = (await real.apply(ours('a', { a: first }))).metadata.resourceVersion;
    expect([isComparable(first), isComparable(second), Number(second) > Number(first)]).toEqual([true, true, true]);
  });

  test('a watch without a version tells first what is there, of the labels that were asked for, and then that it is whole', async () => {
    const { events, words } = watch();
    await waitUntil('all are told', () => words().includes('BOOKMARK undefined'), { every: 10 });
    expect(words()).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'BOOKMARK undefined']);
    expect(events[0].object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: expect.any(String) } });
    expect(events[3].object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } });
  });

  test('a watch that is asked for the first state of metadata tells it, and a bookmark says that it is whole', async () => {
    const query = { watch: '1', sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true', labelSelector: 'set=ours', timeoutSeconds: '1' };
    const reply = await context.kube.request('GET', `${collection}?${new URLSearchParams(query).toString()}`, undefined, { accept: metadataOnly('PartialObjectMetadata') });
    const events = (typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body)).trim().split('\n').map(line => JSON.parse(line) as WatchEvent);
    expect(events.slice(0, 3).map(({ type, object }) => `${type} ${object.kind} ${object.metadata?.name}`).sort()).toEqual(
      ['a', 'b', 'c'].map(name => `ADDED PartialObjectMetadata ${name}`),
    );
    expect(events[3]).toMatchObject({ type: 'BOOKMARK', object: { kind: 'PartialObjectMetadata', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } });
    expect(Number(events[3].object.metadata?.resourceVersion)).toBeGreaterThan(0);
    expect(events[0].object).not.toHaveProperty('data');
  });

  test('a watch ends in time without an error', async () => {
    const start = Date.now();
    const { events, end } = watch({ resourceVersion: await versionNow(), timeoutSeconds: 1 });
    expect(await end).toBeUndefined();
    // Our watch asks for half as long again at most, and that in whole seconds.
    expect(Date.now() - start).toBeGreaterThan(900);
    expect(Date.now() - start).toBeLessThan(3_500);
    expect(events).toEqual([]);
  });

  test('whose label of the selector somebody removes is told as DELETED, with a new version and the old label: one get tells that it is there', async () => {
    const before = await real.apply(ours('unlabelled'));
    const list = await listObjects(real.connection, configMaps(), { labelSelector: 'set=ours' });
    const { events, words } = watch({ resourceVersion: list.version });
    const live = await context.kube.patch(`${collection}/unlabelled`, { metadata: { labels: { set: null } } });
    await waitUntil('it is told', () => events.length > 0, { every: 10 });
    expect(words()).toEqual(['DELETED unlabelled']);
    const [{ object }] = events;
    expect(object.metadata).toMatchObject({ uid: before.metadata.uid, labels, resourceVersion: live.metadata.resourceVersion });
    expect(live.metadata.labels).toBeUndefined();
    const found = await getMetadata(real.connection, configMaps(), { namespace: 'watched', name: 'unlabelled' });
    expect(found?.metadata.uid).toBe(before.metadata.uid);
    // Our picture of the selection loses it, at that version.
    const snapshot = new Snapshot(configMaps(), list);
    expect([snapshot.apply(events[0]), snapshot.version]).toEqual(['ConfigMap/watched/unlabelled', live.metadata.resourceVersion]);
  });

  test('an object that is deleted is told as DELETED with the version of its deletion', async () => {
    const { metadata } = await real.apply(ours('deleted'));
    const { events } = watch({ resourceVersion: metadata.resourceVersion });
    await context.kube.delete(`${collection}/deleted`);
    await waitUntil('it is told', () => events.length > 0, { every: 10 });
    expect(events).toMatchObject([{ type: 'DELETED', object: { metadata: { uid: metadata.uid, labels } } }]);
    expect(Number(events[0].object.metadata?.resourceVersion)).toBeGreaterThan(Number(metadata.resourceVersion));
  });

  test('a version of the future is a 504 for a list, which may be tried again, and silence for a watch though things happen', async () => {
    const { events, end } = watch({ resourceVersion: future });
    const error = await tooLarge;
    expect(error).toMatchObject({
      status: 504, reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
    });
    expect(isRetryable(error)).toBe(true);
    await real.apply(ours('unseen'));
    expect(await Promise.race([end, sleep(1_000, 'silence')])).toBe('silence');
    expect(events).toEqual([]);
  });

  test('an unrelated write beside ours moves the look mark in what a watch tells as well', async () => {
    const { metadata } = await real.apply(ours('beside'));
    const { events } = watch({ resourceVersion: metadata.resourceVersion });
    await context.kube.patch(`${collection}/beside`, { data: { theirs: '1' } });
    await waitUntil('it is told', () => events.length > 0, { every: 10 });
    expect(lookMark(events[0].object.metadata as ObjectMetadata, MANAGER)).not.toBe(lookMark(metadata, MANAGER));
  });

  describe('what the server has forgotten', () => expiredFacts(context, real));
});
