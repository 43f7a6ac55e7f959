import { conforms } from './conforms';
import type { WatchEvent } from './target';

const short = (events: readonly WatchEvent[]) => events.map(({ type, object }) => `${type} ${(object as { metadata: { name?: string } }).metadata.name ?? ''}`.trim());

conforms('watches', target => {
  let path: string;
  beforeEach(async () => {
    path = `/api/v1/namespaces/${await target().makeNamespace()}/configmaps`;
  });
  const make = async (name: string, labels: object = {}) => target().ask('POST', path, { body: { metadata: { name, labels } } });
  const patch = async (name: string, body: object) => target().ask('PATCH', `${path}/${name}`, { type: 'application/merge-patch+json', body });
  const remove = async (name: string) => target().ask('DELETE', `${path}/${name}`);
  const revision = async () => ((await target().ask('GET', path)).body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
  const versionOf = (answer: { body: unknown }) => (answer.body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;

  test('a watch without a version tells what is there, then what changes', async () => {
    await make('a');
    const events = await target().watch(`${path}?watch=1`, {
      events: 4, act: async () => {
        await make('b');
        await patch('b', { data: { k: 'v' } });
        await remove('a');
      },
    });
    expect(short(events)).toEqual(['ADDED a', 'ADDED b', 'MODIFIED b', 'DELETED a']);
    expect(events[2].object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { k: 'v' } });
  });

  test('a watch from a version tells what happened since', async () => {
    await make('a');
    const since = await revision();
    await patch('a', { data: { k: 'v' } });
    await remove('a');
    expect(short(await target().watch(`${path}?watch=1&resourceVersion=${since}`, { events: 2 }))).toEqual(['MODIFIED a', 'DELETED a']);
  });

  test('what is deleted comes with the version of its end', async () => {
    const made = await make('a');
    const [event] = await target().watch(`${path}?watch=1&resourceVersion=${await revision()}`, { events: 1, act: () => remove('a') });
    expect(event.type).toBe('DELETED');
    expect(Number(event.object.metadata.resourceVersion)).toBeGreaterThan(Number(versionOf(made)));
    expect(event.object.metadata).not.toHaveProperty('deletionTimestamp');
  });

  test('an object comes and goes with its labels', async () => {
    await make('a', { app: 'web' });
    const since = await revision();
    await patch('a', { metadata: { labels: { more: 'x' } } });
    const left = await patch('a', { metadata: { labels: { app: 'api' } } });
    await patch('a', { metadata: { labels: { app: 'web' } } });
    const events = await target().watch(`${path}?watch=1&resourceVersion=${since}&labelSelector=app%3Dweb`, { events: 3 });
    expect(short(events)).toEqual(['MODIFIED a', 'DELETED a', 'ADDED a']);
    expect(events[1].object.metadata).toMatchObject({ labels: { app: 'web' }, resourceVersion: versionOf(left) });
  });

  test('one object is watched by its name', async () => {
    await make('a');
    await make('b');
    const events = await target().watch(`${path}?watch=1&fieldSelector=metadata.name%3Da`, {
      events: 2, act: async () => {
        await patch('b', { data: { k: 'v' } });
        await patch('a', { data: { k: 'v' } });
      },
    });
    expect(short(events)).toEqual(['ADDED a', 'MODIFIED a']);
  });

  test('the initial events end with a bookmark when asked for', async () => {
    await make('a');
    const events = await target().watch(`${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`, { events: 3, act: () => make('b') });
    const types = events.map(({ type }) => type);
    expect(types.filter(type => type === 'BOOKMARK')).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a' } } });
    expect(events.find(({ type }) => type === 'BOOKMARK')!.object).toEqual({
      kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: expect.stringMatching(/^\d+$/), annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
  });

  test('a watch from now tells nothing of what is there when told not to', async () => {
    await make('a');
    const events = await target().watch(`${path}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`, {
      events: 1, timeout: 3_000, act: async () => {
        await new Promise(resolve => setTimeout(resolve, 300));
        await make('b');
      },
    });
    expect(short(events)).toEqual(['ADDED b']);
  });

  test('a watch ends when its time is up', async () => {
    const since = Date.now();
    await target().watch(`${path}?watch=1&timeoutSeconds=1`, { timeout: 4_000 });
    expect(Date.now() - since).toBeGreaterThan(700);
    expect(Date.now() - since).toBeLessThan(3_500);
  });

  test('a watch of the future is silent', async () => {
    expect(await target().watch(`${path}?watch=1&resourceVersion=99999999&timeoutSeconds=1`, { timeout: 4_000, act: () => make('a') })).toEqual([]);
  });

  test('watches of metadata carry metadata', async () => {
    await make('a', { app: 'web' });
    const [event] = await target().watch(`${path}?watch=1`, { events: 1, accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' });
    expect(event).toMatchObject({ type: 'ADDED', object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a', labels: { app: 'web' } } } });
  });

  test('a watched Table has a row an event, and columns in the first', async () => {
    await make('a');
    await make('b');
    const events = await target().watch(`${path}?watch=1`, { events: 2, accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' });
    expect(events.map(({ object }) => object.rows[0].cells[0])).toEqual(['a', 'b']);
    expect(events[0].object.columnDefinitions).toHaveLength(3);
    expect(events[1].object.columnDefinitions ?? []).toHaveLength(0);
  });

  test('the versions of events grow', async () => {
    const events = await target().watch(`${path}?watch=1&resourceVersion=${await revision()}`, {
      events: 3, act: async () => {
        for (const name of ['a', 'b', 'c']) await make(name);
      },
    });
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((x, y) => x - y));
    expect(new Set(versions).size).toBe(3);
  });

  test('a write that changes nothing is no event', async () => {
    await make('a');
    const events = await target().watch(`${path}?watch=1&resourceVersion=${await revision()}`, {
      events: 1, act: async () => {
        await patch('a', {});
        await patch('a', { data: { k: 'v' } });
      },
    });
    expect(events[0].object).toMatchObject({ data: { k: 'v' } });
  });
});
