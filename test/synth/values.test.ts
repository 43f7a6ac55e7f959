import { shop } from './one-cluster';
import { Application, openValues, Overlay } from '../../lib';
import { merge } from '../../lib/synth/values';

test.each<[string, unknown, unknown, unknown]>([
  ['maps are merged deeply', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
  ['lists are replaced', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
  ['undefined changes nothing', { a: 1 }, { a: undefined }, { a: 1 }],
  ['null is a value', { a: { b: 1 } }, { a: null }, { a: null }],
  ['a map replaces null', { a: null }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['keys are added', {}, { a: { b: 1 } }, { a: { b: 1 } }],
  ['a map replaces a list', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['instances of classes are replaced', { a: new Date(0) }, { a: new Date(1) }, { a: new Date(1) }],
])('%s', (_title, below, above, merged) => {
  expect(merge(below, above)).toEqual(merged);
});

test('a key __proto__ stays a key and touches no prototype', () => {
  const merged = merge(JSON.parse('{"a": {"__proto__": {"x": 1}}}'), JSON.parse('{"a": {"__proto__": {"polluted": true}}, "__proto__": {"polluted": true}}'));
  expect(JSON.stringify(merged)).toBe('{"a":{"__proto__":{"x":1,"polluted":true}},"__proto__":{"polluted":true}}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

/** What `render` gets on each cluster. */
function seen(values: object, overlays: object[], added: object[] = []): Record<string, unknown> {
  const fleet = shop(['eu-1', 'us-1']);
  const got: Record<string, unknown> = {};
  const web = new Application(fleet, 'web', {
    placement: {}, values, overlays: overlays as never, render: (_chart, target, { cluster }) => { got[cluster] = target; },
  });
  added.forEach((props, i) => new Overlay(web, `o${i}`, props as never));
  fleet.synthesize();
  return got;
}

test('overlays apply in the order written, then those that are constructs in the order of their creation', () => {
  const overlays = [{ where: {}, values: { a: 1, b: 1 } }, { where: { region: 'us' }, values: { b: 2, c: 2 } }, { where: {}, values: { c: 3 } }];
  // Ten of them: an object with the keys "0" to "9" would not keep the order of creation of "9" and "10".
  const added = Array.from({ length: 11 }, (_, i) => ({ where: { region: 'us' }, values: { d: i } }));
  expect(seen({ a: 0, b: 0, c: 0, d: 'none' as unknown }, overlays, [])).toEqual({ 'eu-1': { a: 1, b: 1, c: 3, d: 'none' }, 'us-1': { a: 1, b: 2, c: 3, d: 'none' } });
  expect(seen({ a: 0, b: 0, c: 0, d: 0 }, overlays, added)).toMatchObject({ 'eu-1': { d: 0 }, 'us-1': { d: 10 } });
});

test('a render that changes its values changes those of no other target, nor what the user wrote', () => {
  const base = { list: [{ a: 1 }], map: { b: 1 } };
  const above = { map: { b: 2 }, list: [{ a: 2 }] };
  const fleet = shop(['a', 'b', 'c']);
  const got: unknown[] = [];
  new Application(fleet, 'web', {
    placement: {},
    values: base,
    overlays: [{ where: { cluster: ['b', 'c'] }, values: above }],
    render: (_chart, values) => {
      got.push(structuredClone(values));
      values.list.push({ a: 9 });
      values.list[0].a = 9;
      values.map.b = 9;
    },
  });
  fleet.synthesize();
  expect(got).toEqual([{ list: [{ a: 1 }], map: { b: 1 } }, { list: [{ a: 2 }], map: { b: 2 } }, { list: [{ a: 2 }], map: { b: 2 } }]);
  expect([base, above]).toEqual([{ list: [{ a: 1 }], map: { b: 1 } }, { map: { b: 2 }, list: [{ a: 2 }] }]);
});

test('maps come with sorted keys and lists as they are', () => {
  const { a } = (() => {
    const fleet = shop();
    const got: Record<string, object> = {};
    new Application(fleet, 'web', { placement: {}, values: openValues({ z: 1, a: { y: 1, b: [{ d: 1, c: 1 }, 'b', 'a'] } }), render: (_c, v, t) => { got[t.cluster] = v; } });
    fleet.synthesize();
    return got;
  })();
  expect(JSON.stringify(a)).toBe('{"a":{"b":[{"c":1,"d":1},"b","a"],"y":1},"z":1}');
});

test('instances of classes and functions are handed over as they are', () => {
  const url = new URL('https://a.example');
  const port = () => 80;
  const { 'eu-1': values } = seen({ url, port }, []);
  expect(values).toEqual({ url, port });
  expect((values as { url: URL }).url).toBe(url);
});
