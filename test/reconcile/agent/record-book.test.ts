import { setTimeout as sleep } from 'node:timers/promises';
import { Answer, discoveryOf, fakeConnection } from './fake-cluster';
import type { Connection } from '../../../lib/kube/connection';
import type { WatchEvent } from '../../../lib/kube/watch';
import { RecordBook } from '../../../lib/reconcile/agent/record-book';
import { RecordWatch } from '../../../lib/reconcile/agent/record-watch';
import { applySetId, FIELD_MANAGER } from '../../../lib/reconcile/applyset';
import { InventoryEntry, parseIdentity } from '../../../lib/reconcile/inventory';
import { DeliveryObject, formatRecord, readRecord } from '../../../lib/reconcile/record';
import { desiredOf, NAMESPACE } from '../cluster-of';

const SPEC = { fleet: 'shop', cluster: 'c', application: 'web' };

function entries(names: string): InventoryEntry[] {
  return names.split(' ').map(name => ({ id: parseIdentity(`ConfigMap/shop/${name}`)!, uid: `uid-${name}`, hash: 'hash' }));
}

/** The Delivery `web` as the cluster has it in a version. */
function delivery(names: string, version: string, field = 'f:spec'): DeliveryObject {
  const object = formatRecord({ name: 'web', namespace: NAMESPACE, setId: applySetId('web', NAMESPACE) }, SPEC, {}, entries(names));
  const ours = { manager: FIELD_MANAGER, operation: 'Apply', apiVersion: 'v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { [field]: {} } };
  return { ...object, metadata: { ...object.metadata, uid: 'uid', resourceVersion: version, managedFields: [ours] } as DeliveryObject['metadata'] };
}

async function open(answer: Answer, watch?: Connection['watch']): Promise<{ book: RecordBook; connection: Connection; discovery: Awaited<ReturnType<typeof discoveryOf>>; changed: string[] }> {
  const connection = fakeConnection(answer, watch);
  const discovery = await discoveryOf(connection);
  const changed: string[] = [];
  const book = new RecordBook(new Map([['web', readRecord(delivery('a', '5'))]]), {
    context: () => ({ connection, discovery, desired: desiredOf({ web: ['ConfigMap/a'] }), options: { wait: false } }),
    changed: application => changed.push(application),
  });
  return { book, connection, discovery, changed };
}

const save = (book: RecordBook, names: string): Promise<void> => book.save(book.records.get('web'), {
  application: 'web', spec: SPEC, status: {}, conditions: [], inventory: entries(names),
}, 'now');

const namesOf = (inventory: readonly { readonly id: { readonly name: string } }[] = []): string => inventory.map(({ id }) => id.name).join(' ');

describe('a record that is written anew', () => {
  test('says what a write that was under way has said', async () => {
    const bodies: DeliveryObject[] = [];
    let answer!: () => void;
    const slow = new Promise<void>(resolve => { answer = resolve; });
    const { book } = await open(async ({ body }) => {
      // It is made when it is sent.
      bodies.push((body as () => DeliveryObject)());
      await slow;
      return delivery('a b', String(5 + bodies.length));
    });
    const saved = save(book, 'a b');
    book.restore('web');
    await sleep(1_200);
    answer();
    await saved;
    await sleep(50);
    expect(bodies.map(({ status }) => status?.inventory?.length)).toEqual([2, 2]);
    expect(namesOf(book.records.get('web')?.inventory)).toBe('a b');
    book.close();
  });

  test('is not made again after the application was let go of', async () => {
    const sent: string[] = [];
    let answer!: () => void;
    const slow = new Promise<void>(resolve => { answer = resolve; });
    const { book } = await open(async ({ method }) => {
      sent.push(method);
      await slow;
      return delivery('a', '6');
    });
    const saved = save(book, 'a');
    book.restore('web');
    await sleep(1_200);
    book.forget('web');
    answer();
    await saved;
    await sleep(50);
    expect(sent).toEqual(['PATCH']);
    expect(book.records.has('web')).toBe(false);
    book.close();
  });
});

describe('a Delivery that somebody else writes', () => {
  function told(...events: readonly DeliveryObject[]): Connection['watch'] {
    return async function* watch(): AsyncGenerator<WatchEvent, void> {
      const [first, ...rest] = events;
      yield { type: 'ADDED', object: first as never };
      yield { type: 'BOOKMARK', object: { metadata: { resourceVersion: first.metadata.resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } } } as never };
      for (const object of rest) yield { type: 'MODIFIED', object: object as never };
      await sleep(60_000, undefined, { ref: false });
    };
  }

  async function watched(answer: Answer, ...events: readonly DeliveryObject[]): Promise<{ book: RecordBook; changed: string[]; end: () => void }> {
    const opened = await open(answer, told(...events));
    const end = new AbortController();
    void new RecordWatch(opened.connection, opened.discovery, opened.book, () => NAMESPACE, end.signal).run();
    return { ...opened, end: () => { end.abort(); opened.book.close(); } };
  }

  test('is read again, and what it says counts', async () => {
    const { book, changed, end } = await watched(() => delivery('a x', '6', 'f:other-field'), delivery('a', '5'), delivery('a x', '6', 'f:other-field'));
    await sleep(50);
    expect([namesOf(book.records.get('web')?.inventory), changed]).toEqual(['a x', ['web']]);
    end();
  });

  test('between the start and the first look is noticed', async () => {
    const { book, end } = await watched(() => delivery('a x', '6'), delivery('a x', '6'));
    await sleep(50);
    expect(namesOf(book.records.get('web')?.inventory)).toBe('a x');
    end();
  });

  test('does not undo what we wrote while it was read', async () => {
    let answer!: () => void;
    const slow = new Promise<void>(resolve => { answer = resolve; });
    const { book, end } = await watched(async ({ method }) => {
      if (method === 'PATCH') return delivery('a b', '8');
      await slow;
      return delivery('a x', '6');
    }, delivery('a', '5'), delivery('a x', '6', 'f:other-field'));
    await sleep(50);
    await save(book, 'a b');
    answer();
    await sleep(50);
    expect(namesOf(book.records.get('web')?.inventory)).toBe('a b');
    end();
  });

  test('takes all our fields, and some again, without an error', async () => {
    const bare = { ...delivery('a', '6'), metadata: { ...delivery('a', '6').metadata, managedFields: [] } as DeliveryObject['metadata'] };
    const { book, end } = await watched(() => delivery('a x', '7'), delivery('a', '5'), bare, delivery('a x', '7'));
    await sleep(50);
    expect(namesOf(book.records.get('web')?.inventory)).toBe('a x');
    end();
  });
});
