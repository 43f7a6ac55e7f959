import type { ObjectList } from '../../lib/kube/list';
import type { Resource } from '../../lib/kube/resource';
import { isComparable, Snapshot } from '../../lib/kube/snapshot';
import type { WatchEvent } from '../../lib/kube/watch';

const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, verbs: [], subresources: [] };

function objectOf(name: string, resourceVersion: string): WatchEvent['object'] {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', resourceVersion } };
}

function listOf(version: string, objects: Record<string, string>): ObjectList {
  return { version, objects: new Map(Object.entries(objects).map(([name, at]) => [`ConfigMap/shop/${name}`, objectOf(name, at)])) };
}

/** What is known, in words. */
function words(snapshot: Snapshot): string[] {
  return [...snapshot.objects].map(([key, { metadata }]) => `${key.split('/')[2]}@${metadata?.resourceVersion}`);
}

test('events and lists tell what they change', () => {
  const snapshot = new Snapshot(configMaps, listOf('9', { a: '3', b: '9' }));
  expect(snapshot.apply({ type: 'MODIFIED', object: objectOf('a', '10') })).toBe('ConfigMap/shop/a');
  expect(snapshot.apply({ type: 'DELETED', object: objectOf('b', '11') })).toBe('ConfigMap/shop/b');
  expect(snapshot.apply({ type: 'BOOKMARK', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { resourceVersion: '12' } } })).toBeUndefined();
  expect([words(snapshot), snapshot.version]).toEqual([['a@10'], '12']);
  expect([...snapshot.replace(listOf('20', { c: '19', a: '10' }), '12')]).toEqual(['ConfigMap/shop/c']);
  expect([...snapshot.replace(listOf('21', { c: '19' }), '20')]).toEqual(['ConfigMap/shop/a']);
});

test('of two that overtake each other the older one changes nothing', () => {
  const snapshot = new Snapshot(configMaps, listOf('99', { a: '3' }));
  snapshot.replace(listOf('120', { a: '110' }), '99');
  expect(snapshot.apply({ type: 'MODIFIED', object: objectOf('a', '105') })).toBeUndefined();
  expect(snapshot.apply({ type: 'ADDED', object: objectOf('b', '119') })).toBeUndefined();
  snapshot.apply({ type: 'MODIFIED', object: objectOf('a', '130') });
  // It was asked for at 120, and came after the event.
  expect(snapshot.replace(listOf('125', { a: '110' }), '120').size).toBe(0);
  expect(words(snapshot)).toEqual(['a@130']);
});

test('a server that was put back from a backup is believed', () => {
  const snapshot = new Snapshot(configMaps, listOf('100', { a: '90' }));
  expect(snapshot.replace(listOf('50', { a: '40' }), '100').size).toBe(1);
  expect([words(snapshot), snapshot.version]).toEqual([['a@40'], '50']);
});

test.each([['7', true], ['', false], ['0', false], ['abc', false]])('whether %j can be compared: %j', (version, comparable) => {
  expect(isComparable(version)).toBe(comparable);
});
