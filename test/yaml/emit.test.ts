import * as fc from 'fast-check';
import { FlotillaError } from '../../lib/errors';
import { emitYaml } from '../../lib/yaml/emit';
import { parseYaml } from '../../lib/yaml/parse';

const lines = (...text: string[]) => text.join('\n') + '\n';

test('an object is written in block style, its identity first', () => {
  expect(emitYaml({
    spec: { ports: [{ port: 80, name: 'http' }, { port: 443 }], args: ['--a=b', '-v'] },
    metadata: { labels: { app: 'web' }, namespace: 'shop', name: 'web' },
    kind: 'Service',
    apiVersion: 'v1',
  })).toBe(lines(
    'apiVersion: v1', 'kind: Service', 'metadata:', '  name: web', '  namespace: shop', '  labels:', '    app: web',
    'spec:', '  args:', '  - --a=b', '  - -v', '  ports:', '  - name: http', '    port: 80', '  - port: 443',
  ));
});

test('keys are sorted by UTF-16 code units below the top', () => {
  expect(emitYaml({ data: { b: 1, a: 2, B: 3, kind: 4, apiVersion: 5, ä: 6, 10: 7, 9: 8 } })).toBe(
    lines('data:', '  "10": 7', '  "9": 8', '  B: 3', '  a: 2', '  apiVersion: 5', '  b: 1', '  kind: 4', '  ä: 6'));
});

test.each<[string, unknown, string]>([
  ['null', null, 'null'],
  ['true', true, 'true'],
  ['an integer', 30, '30'],
  ['negative zero', -0, '0'],
  ['a fraction', 0.25, '0.25'],
  ['a small number', 1e-7, '1.0e-7'],
  ['a large number', 1.5e21, '1.5e+21'],
  ['the largest integer of 64 bits, as JavaScript has it', 2 ** 63, '9223372036854775808'],
  ['an empty map', {}, '{}'],
  ['a map of undefined', { a: undefined }, '{}'],
  ['an empty list', [], '[]'],
  ['a list of lists', [[1, [2, 3]], []], '- - 1\n  - - 2\n    - 3\n- []'],
  ['empty maps in a list', [{}, { a: undefined }, { b: {} }], '- {}\n- {}\n- b: {}'],
  ['an undefined value of a key', { a: undefined, b: 1 }, 'b: 1'],
  ['a map without prototype', Object.assign(Object.create(null), { a: 1 }), 'a: 1'],
  ['a key named __proto__', JSON.parse('{"__proto__": {"a": 1}}'), '__proto__:\n  a: 1'],
  ['lines', { a: 'b\nc\n' }, 'a: |\n  b\n  c'],
  ['lines without the last break', { a: 'b\n\n c' }, 'a: |-\n  b\n\n   c'],
  ['lines with more than one last break', ['b\n\n'], '- |+\n  b\n'],
  ['lines of which the first is indented', { a: [' b\nc\n'] }, 'a:\n- |2\n   b\n  c'],
  ['lines with a carriage return', { a: 'b\r\nc' }, 'a: "b\\r\\nc"'],
  ['lines at the top', 'b\nc', '"b\\nc"'],
  ['a control character', '\u0007\u0085\u2028', '"\\u0007\\u0085\\u2028"'],
  ['half of a surrogate pair', '\ud800', '"\\ud800"'],
  ['a change of text direction', 'a\u202eb', '"a\\u202eb"'],
  ['a long line', 'word '.repeat(50) + 'end', 'word '.repeat(50) + 'end'],
  ['a key that is longer than go-yaml reads without a question mark', { ['k'.repeat(1025)]: [1] }, `? ${'k'.repeat(1025)}\n:\n- 1`],
])('%s', (_, value, expected) => {
  expect(emitYaml(value)).toBe(expected + '\n');
});

const cyclic: Record<string, unknown> = {};
cyclic.a = { b: [cyclic] };
const deep = Array.from({ length: 201 }).reduce<unknown>(inner => [inner], 1);
const maps = (times: number, inner: unknown): unknown => Array.from({ length: times }).reduce<unknown>(value => ({ a: value }), inner);
const listsInMaps = (times: number): unknown => Array.from({ length: times }).reduce<unknown>(inner => ({ a: [inner] }), 1);

test.each<[string, unknown, string]>([
  ['undefined at the top', undefined, '$ is undefined'],
  ['undefined in a list', { spec: { args: ['a', undefined] } }, '$.spec.args[1] is undefined'],
  ['a hole in a list', [1, , 2], '$[1] is undefined'], // eslint-disable-line no-sparse-arrays
  ['a function', { a: () => 1 }, '$.a is a function'],
  ['a symbol', { a: Symbol('x') }, '$.a is a symbol'],
  ['a bigint', { a: 1n }, '$.a is a bigint'],
  ['NaN', { data: { 'a.b': NaN } }, '$.data["a.b"] is NaN'],
  ['Infinity', [-Infinity], '$[0] is -Infinity'],
  ['a Date', { metadata: { creationTimestamp: new Date(0) } }, '$.metadata.creationTimestamp is an instance of Date'],
  ['a Map', { a: new Map() }, '$.a is an instance of Map'],
  ['bytes', { a: Buffer.from('x') }, '$.a is an instance of Buffer'],
  ['an instance of a class', { a: new (class Port { public number = 1; })() }, '$.a is an instance of Port'],
  ['a cycle', cyclic, '$.a.b[0] contains itself'],
  ['more than 200 levels', deep, 'nested deeper than 200 levels'],
  ['more than 200 levels of lists in maps', listsInMaps(101), 'nested deeper than 200 levels'],
  ['an empty list below 200 levels', maps(200, []), 'nested deeper than 200 levels'],
  ['an empty map below 200 levels', maps(200, {}), 'nested deeper than 200 levels'],
])('%s cannot be written, and the error names its path', (_, value, message) => {
  expect(() => emitYaml(value)).toThrow(FlotillaError);
  expect(() => emitYaml(value)).toThrow(message);
  expect(() => emitYaml(value)).toThrow('FLT3001');
});

test.each([
  ['lists in maps', listsInMaps(100)], ['maps with an empty list', maps(199, [])], ['maps with an empty map', maps(199, {})],
])('200 levels can be written and read again: %s', (_, value) => {
  expect(parseYaml(emitYaml(value), 'deep.yaml')).toEqual(value);
});

test('an error leaves nothing behind in the next text', () => {
  expect(() => emitYaml({ a: 1, b: undefined, c: NaN })).toThrow();
  expect(emitYaml({ a: 1 })).toBe('a: 1\n');
});

test('an object that occurs twice is written twice', () => {
  const labels = { app: 'web' };
  expect(emitYaml({ a: labels, b: labels })).toBe(lines('a:', '  app: web', 'b:', '  app: web'));
});

test('the order in which keys were set does not show', () => {
  const shuffle = (value: unknown, seed: number): unknown => {
    if (Array.isArray(value)) {
      return value.map(item => shuffle(item, seed));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const entries = Object.entries(value).map(([key, item], i) => ({ key, item: shuffle(item, seed), rank: Math.sin(seed + i) }));
    const shuffled: Record<string, unknown> = Object.create(null);
    entries.sort((a, b) => a.rank - b.rank).forEach(({ key, item }) => { shuffled[key] = item; });
    return shuffled;
  };
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(fc.property(fc.record({ metadata: json, kind: fc.string(), spec: json, apiVersion: fc.string() }), fc.nat(), (value, seed) => {
    expect(emitYaml(shuffle(value, seed))).toBe(emitYaml(value));
  }));
});
