import { FieldPath, parseFieldPath } from '../../lib/rules/field-path';
import { giveUp } from '../../lib/rules/give-up';

const without = (object: Record<string, unknown>, ...paths: string[]) => giveUp(object, paths.map(path => parseFieldPath(path) as FieldPath));

test.each<[title: string, object: Record<string, unknown>, path: string, left: Record<string, unknown>]>([
  ['a field', { spec: { replicas: 1, a: 2 } }, 'spec.replicas', { spec: { a: 2 } }],
  ['a map that held nothing else goes too: empty, it would claim to have nothing in it', { kind: 'A', spec: { a: { b: 1 } } }, 'spec.a.b', { kind: 'A' }],
  ['a map that was empty before stays', { spec: { a: {}, b: 1 } }, 'spec.b', { spec: { a: {} } }],
  ['a field that is not there', { spec: { a: 1 } }, 'spec.b.c', { spec: { a: 1 } }],
  ['a field of what is no map', { spec: 'text' }, 'spec.b', { spec: 'text' }],
  ['a field of all items', { l: [{ n: 'a', x: 1 }, { n: 'b', x: 2 }, 3] }, 'l[*].x', { l: [{ n: 'a' }, { n: 'b' }, 3] }],
  ['a field of one item', { l: [{ n: 'a', x: 1 }, { n: 'b', x: 2 }] }, 'l[n=b].x', { l: [{ n: 'a', x: 1 }, { n: 'b' }] }],
  ['an item by a number', { l: [{ p: 80, x: 1 }] }, 'l[p=80].x', { l: [{ p: 80 }] }],
  ['an item', { l: [{ n: 'a' }, { n: 'b' }] }, 'l[n=a]', { l: [{ n: 'b' }] }],
  ['the last item', { kind: 'A', l: [{ n: 'a' }] }, 'l[n=a]', { kind: 'A' }],
  ['a key with dots', { data: { 'ca.crt': 'x', 'b': 'y' } }, 'data["ca.crt"]', { data: { b: 'y' } }],
  ['a whole map', { kind: 'A', data: { a: 'x' } }, 'data', { kind: 'A' }],
  ['null is a value', { spec: { a: null, b: 1 } }, 'spec.a', { spec: { b: 1 } }],
  ['a name that every object has in JavaScript', { spec: { a: 1 } }, 'spec.constructor', { spec: { a: 1 } }],
])('%s', (_title, object, path, left) => {
  const before = structuredClone(object);
  expect(without(object, path)).toEqual(left);
  expect(object).toEqual(before);
});

test('several paths, and the same object where there is nothing to give up', () => {
  const object = { spec: { a: 1, b: 2, c: 3 } };
  expect(without(object, 'spec.a', 'spec.b')).toEqual({ spec: { c: 3 } });
  expect(without(object, 'spec.x')).toBe(object);
});
