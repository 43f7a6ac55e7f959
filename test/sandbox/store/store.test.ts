import type { StoredObject } from '../../../lib/sandbox/json';
import { ForgottenRevisionError, Store } from '../../../lib/sandbox/store/store';

const object = (name: string, namespace = 'default', data = ''): StoredObject => (
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, uid: 'u', resourceVersion: '' }, data } as unknown as StoredObject
);
const names = (objects: readonly StoredObject[]) => objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

describe('a store', () => {
  test('lists in the order of keys, as etcd has them', () => {
    const store = new Store();
    for (const [name, namespace] of [['x', 'a'], ['y', 'a-b'], ['b', 'a'], ['z', 'a.c']]) store.put('configmaps', object(name, namespace));
    expect(names(store.list('configmaps'))).toEqual(['a-b/y', 'a.c/z', 'a/b', 'a/x']);
  });

  test('shows a kind as it was at a revision', () => {
    const store = new Store();
    store.put('configmaps', object('a'));
    store.put('configmaps', object('b'));
    const then = store.revision;
    store.put('configmaps', object('a', 'default', 'changed'));
    store.remove('configmaps', 'default', 'b');
    store.put('configmaps', object('c'));
    expect(store.listAt(then, 'configmaps').map(each => [each.metadata.name, each.data])).toEqual([['a', ''], ['b', '']]);
    expect(names(store.list('configmaps'))).toEqual(['default/a', 'default/c']);
  });

  test('forgets what is older than it remembers, and says so', () => {
    const store = new Store({ history: { changes: 3 } });
    for (let i = 0; i < 10; i++) store.put('configmaps', object(`c${i}`));
    expect(store.changesAfter(store.revision - 3, 'configmaps')).toHaveLength(3);
    expect(() => store.changesAfter(store.revision - 4, 'configmaps')).toThrow(ForgottenRevisionError);
  });

  test('forgets what is too old', () => {
    let now = 0;
    const store = new Store({ now: () => now, history: { age: 1_000 } });
    store.put('configmaps', object('a'));
    now = 5_000;
    store.put('configmaps', object('b'));
    expect(() => store.changesAfter(1, 'configmaps')).toThrow(ForgottenRevisionError);
  });

  test('tells changes in the order of their revisions, also those that a listener makes', () => {
    const store = new Store();
    const told: string[] = [];
    store.watch('configmaps', ({ object: { metadata } }) => {
      if (metadata.name === 'a') store.put('configmaps', object('made-by-listener'));
    });
    store.watch('configmaps', ({ object: { metadata } }) => told.push(metadata.name));
    store.put('configmaps', object('a'));
    expect(told).toEqual(['a', 'made-by-listener']);
  });

  test('makes each form of a change once, however many watch', () => {
    const store = new Store();
    let made = 0;
    for (let i = 0; i < 100; i++) store.watch('configmaps', change => void change.form('json', () => Buffer.from(String(++made))));
    store.put('configmaps', object('a'));
    expect(made).toBe(1);
  });

  test('waits for a revision, and gives up', async () => {
    const store = new Store();
    const waits = store.waitFor(store.revision + 1, 1_000);
    store.put('configmaps', object('a'));
    expect(await waits).toBe(true);
    expect(await store.waitFor(store.revision + 1, 10)).toBe(false);
  });
});
