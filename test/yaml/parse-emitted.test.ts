import * as fc from 'fast-check';
import { hasCorpora, listManifests, readCorpus } from './corpora';
import { HOSTILE } from './hostile';
import { emitYaml } from '../../lib/yaml/emit';
import { parseYaml, parseYamlDocuments } from '../../lib/yaml/parse';
import { parseEmitted, tryParseEmitted } from '../../lib/yaml/parse-emitted';

const FOLDERS = hasCorpora ? ['argo-cd', 'charts/expected', 'flux', 'infra-deployments', 'ingress-nginx', 'microservices-demo'] : [];
const KEYS = ['__proto__', 'constructor', 'toString', '1', '0', '10', '-1', '01', 'apiVersion', 'kind', 'metadata', 'name', 'namespace', '<<', '? a', '- a', 'k '.repeat(800), 'k'.repeat(1_001)];

const short = HOSTILE.filter(text => text.length < 5_000);
const text = fc.oneof(
  fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE),
  fc.array(fc.constantFrom(' ', '\n', '\t', '-', ':', '#', 'a', '\r', '"', '\\', '.', '1', '\ud800', '\u2028'), { maxLength: 12 }).map(parts => parts.join('')),
);
const key = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...short), fc.constantFrom(...KEYS));
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constantFrom(-0, 2 ** 53, 2 ** 63, 2 ** 64, -(2 ** 63), 1e20, 1e21, 5e-324),
);
const { value: arbitrary } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    // `fromEntries` makes a key of `__proto__` too.
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(entries => Object.fromEntries(entries)),
  ),
}));

/** A value with all that two equal ones may differ in: the order of keys, prototypes, the sign of zero. */
function spelled(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(spelled);
  }
  if (typeof value === 'object' && value !== null) {
    return { prototype: Object.getPrototypeOf(value) === Object.prototype, entries: Object.entries(value).map(([name, item]) => [name, spelled(item)]) };
  }
  return Object.is(value, -0) ? 'negative zero' : value;
}

/** What `parseYaml` gives; undefined when it throws. */
function slowly(given: string): unknown {
  try {
    return parseYaml(given, 'a.yaml');
  } catch {
    return undefined;
  }
}

/** Whether the quick way was taken; fails where it gives anything else than the slow one. */
function isTaken(given: string): boolean {
  const fast = tryParseEmitted(given);
  if (fast !== undefined) {
    expect({ given, value: spelled(fast) }).toEqual({ given, value: spelled(slowly(given)) });
  }
  return fast !== undefined;
}

describe('what was emitted is read the quick way, to the same value', () => {
  test('when it is hostile', () => {
    const values: unknown[] = [
      ...HOSTILE, ...HOSTILE.map(item => [item, [item, [item]], { a: item, [item]: { b: [item] } }]),
      Object.fromEntries([...KEYS, ...HOSTILE].map(item => [item, { [item]: item }])),
      null, true, 0, [], {}, [[]], [{}], { a: {} }, { a: [] }, [[[]], [[1], 2, [[3]]]], [[{ a: [[{ b: 1 }]] }]], JSON.parse('{"__proto__": {"__proto__": 1}}'),
    ];
    for (const value of values) {
      expect([value, isTaken(emitYaml(value))]).toEqual([value, true]);
    }
  });

  test('when it is arbitrary', () => {
    fc.assert(fc.property(arbitrary, value => isTaken(emitYaml(value))), { numRuns: 5_000, seed: 1 });
  });

  test.each(FOLDERS)('when it is a manifest of %s', folder => {
    let documents = 0;
    for (const file of listManifests(folder)) {
      for (const document of parseYamlDocuments(readCorpus(file), file)) {
        expect([file, isTaken(emitYaml(document))]).toEqual([file, true]);
        documents++;
      }
    }
    expect(documents).toBeGreaterThan(0);
  });
});

describe('what looks otherwise is given up, or is read to the same value', () => {
  const PIECES = [' ', '  ', '\n', '\n\n', '- ', ':', ': ', '#', ' # note', '\n# note\n', '"', '\'', '\\', '|', '>', '?', '&a ', '*a', '!!str ', '{', '}', '[', ']', ',', '\t', '\r', '\r\n', '---\n', '...\n', '%', '~', '0', '1', '_', '.0', 'e3', '-', '+', 'yes', '<<', '\ufeff', '\u2028', '\u0000', '\\u0041', '\\x41'];

  test('when an emitted text was changed in one place', () => {
    let taken = 0;
    fc.assert(fc.property(arbitrary, fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...PIECES), (value, at, gone, piece) => {
      const emitted = emitYaml(value);
      fc.pre(emitted.length < 5_000);
      const place = at % (emitted.length + 1);
      taken += Number([piece, ''].map(instead => isTaken(emitted.slice(0, place) + instead + emitted.slice(place + gone))).some(Boolean));
    }), { numRuns: 5_000, seed: 2 });
    // Else nothing was compared.
    expect(taken).toBeGreaterThan(500);
  });

  test('when a character of a manifest is gone or twice', () => {
    const emitted = emitYaml({
      apiVersion: 'v1', kind: 'List', metadata: { name: 'a', labels: { 1: 'yes' } },
      items: [{ a: [1, -2.5, 1e21, true, null, 'x: y'], b: [[], {}, [['a']], { c: 'd\ne\n\n' }], ['k'.repeat(1_001)]: { f: '\n g' } }],
    });
    for (let place = 0; place < emitted.length; place++) {
      isTaken(emitted.slice(0, place) + emitted.slice(place + 1));
      isTaken(emitted.slice(0, place) + emitted.slice(place, place + 1) + emitted.slice(place));
    }
    expect(isTaken(emitted)).toBe(true);
  });

  test.each([
    '', '\n', 'a', 'a: 1', '# a\na: 1\n', 'a: 1 # b\n', 'a: 1\r\n', '\ufeffa: 1\n', '---\na: 1\n', 'a: 1\n---\n', 'a: 1\n...\n', 'a:  1\n', 'a: 1 \n', 'a:\n    b: 1\n', 'a:\n  - 1\n', 'a:\t1\n', 'a: \'b\'\n', 'a: "b"\n', 'a: ""c\n',
    'a: "\\x41"\n', 'a: "\\q"\n', 'a: 1.0\n', 'a: -0\n', 'a: 1e3\n', 'a: +1\n', 'a: 0x1f\n', 'a: 0777\n', 'a: 1_000\n', 'a: 9007199254740993\n', 'a: 18446744073709551615\n', 'a: .inf\n', 'a: 1e400\n', 'a: yes\n', 'a: ~\n', 'a:\n', 'a: \n',
    'b: 1\na: 2\n', 'a: 1\na: 1\n', 'kind: a\napiVersion: b\n', '1: a\n', 'true: a\n', '<<: {}\n', '"a": 1\n', '? a\n: 1\n', 'a: [1]\n', 'a: {b: 1}\n', 'a: &x 1\n', 'a: *x\n', 'a: !!str 1\n', 'a: >-\n  b\n', 'a: |\n  b', 'a: |\n    b\n', 'a: |-\n', 'a: |1-\n  b\n',
    '- a\n -  b\n', '-\n  a: 1\n', '- - a\n  b\n', '- a: 1\n   b: 2\n', 'a: 1\n  b: 2\n', 'a: b: c\n', '|\n', '"\n', '? \n', '?', '- ', '-', 'a: 2001-01-01\n', 'a: 12:30\n',
  ])('given up: %j', given => {
    expect(tryParseEmitted(given)).toBeUndefined();
  });

  test.each(FOLDERS)('when it is a file of %s', folder => {
    for (const file of listManifests(folder)) {
      isTaken(readCorpus(file));
    }
  });
});

describe('limits are those of parseYaml', () => {
  test.each<[string, (inner: unknown) => unknown, number]>([
    ['lists', inner => [inner], 1],
    ['maps', inner => ({ a: inner }), 1],
    ['lists in maps', inner => ({ a: [inner] }), 2],
  ])('%s', (_, wrap, levels) => {
    const nested = (times: number): unknown => Array.from({ length: times }).reduce(wrap, 'x');
    expect(isTaken(emitYaml(nested(200 / levels)))).toBe(true);
    const deeper = `${'- '.repeat(levels)}${emitYaml(nested(200 / levels)).trimEnd().replaceAll('\n', `\n${'  '.repeat(levels)}`)}\n`;
    expect(tryParseEmitted(deeper)).toBeUndefined();
    expect(() => parseEmitted(deeper, 'a.yaml')).toThrow('nested deeper than 200 levels');
  });

  test('a text of 4 MiB', () => {
    const given = emitYaml({ a: 'x'.repeat(4 * 2 ** 20) });
    expect(tryParseEmitted(given)).toBeUndefined();
    expect(() => parseEmitted(given, 'a.yaml')).toThrow('a document has more than 4 MiB');
  });
});

test('null is a value, and errors are those of parseYaml', () => {
  expect(parseEmitted('null\n', 'a.yaml')).toBeNull();
  expect(parseEmitted('# by hand\nb: 0x1f\na: yes\n', 'a.yaml')).toEqual({ b: 31, a: true });
  expect(() => parseEmitted('a: 1\na: 1\n', 'web/a.yaml')).toThrow('web/a.yaml cannot be read as YAML: the key "a" is set twice in one map');
});
