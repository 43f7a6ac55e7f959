import { FlotillaError } from '../../lib/errors';
import { parseYaml, parseYamlDocuments } from '../../lib/yaml/parse';

function refusal(parse: () => unknown): FlotillaError {
  try {
    parse();
  } catch (error) {
    if (error instanceof FlotillaError) {
      return error;
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}

test.each<[string, string, unknown]>([
  ['dates stay strings', 'a: 2001-01-01\nb: 2001-01-01T00:00:00Z', { a: '2001-01-01', b: '2001-01-01T00:00:00Z' }],
  ['times stay strings', 'a: 12:30:45', { a: '12:30:45' }],
  ['the booleans of YAML 1.1 are booleans, as for kubectl', 'a: [yes, No, on, OFF, y, N, yEs]', { a: [true, false, true, false, true, false, 'yEs'] }],
  ['quotes make strings', 'a: ["yes", \'1\', "null"]', { a: ['yes', '1', 'null'] }],
  ['a number with a leading zero is octal, as for kubectl', 'defaultMode: 0644', { defaultMode: 420 }],
  ['numbers as keys become strings', '80: a\n0x10: b', { 80: 'a', 16: 'b' }],
  ['a byte order mark and line breaks of Windows do not matter', '\ufeffa: 1\r\nb: |\r\n  c\r\n', { a: 1, b: 'c\n' }],
  ['an empty document beside one is left out', '---\n# nothing\n---\na: 1\n---\n', { a: 1 }],
  ['a document of null counts', 'null', null],
  ['a merge sets what its map has', 'a: &a {b: 1, c: 2}\nd: {<<: *a, c: 3}', { a: { b: 1, c: 2 }, d: { b: 1, c: 3 } }],
  ['an anchor that is set again is the new one from there on', '- &a 1\n- *a\n- &a 2\n- *a', [1, 1, 2, 2]],
  ['an anchor inside of an anchor keeps its meaning', '- &a {b: &b 1}\n- &b 2\n- *a\n- *b', [{ b: 1 }, 2, { b: 1 }, 2]],
  ['brackets and quotes may close in the column of their key, as for kubectl', 'a: [\n  b,\n]\nc:\n- d: {\n  # e\n  f: "g\nh",\n}\ni: 1\n', { a: ['b'], c: [{ d: { f: 'g h' } }], i: 1 }],
  ['a block that ends with the file has no line break that is not there', 'a: |\n  b', { a: 'b' }],
  ['the bound of 64 bits is read as the API server rounds it', 'maximum: 9223372036854775807', { maximum: 2 ** 63 }],
])('%s', (_, text, expected) => {
  expect(parseYaml(text, 'a.yaml')).toEqual(expected);
});

test('an alias is a copy of its own', () => {
  const parsed = parseYaml('a: &a {b: 1}\nc: *a', 'a.yaml') as { a: { b: number }; c: { b: number } };
  parsed.a.b = 2;
  expect(parsed.c.b).toBe(1);
});

test('a key named __proto__ is an ordinary key', () => {
  const parsed = parseYaml('__proto__: {polluted: yes}', 'a.yaml') as object;
  expect(Object.keys(parsed)).toEqual(['__proto__']);
  expect('polluted' in parsed).toBe(false);
});

test('documents come in their order', () => {
  expect(parseYamlDocuments('a: 1\n---\nb: 2\n...\n---\n- 3\n--- "---"\n---\n|\n ---\n', 'a.yaml')).toEqual([{ a: 1 }, { b: 2 }, [3], '---', '---\n']);
  expect(parseYamlDocuments('%YAML 1.2\n---\na: 1\n---\nb: 2\n', 'a.yaml')).toEqual([{ a: 1 }, { b: 2 }]);
  expect(parseYamlDocuments('# nothing\n', 'a.yaml')).toEqual([]);
});

test.each<[string, string, string, string]>([
  ['a key that is set twice', 'a: 1\nb:\n  c: 1\n  "c": 2\n', '4:3', 'the key "c" is set twice in one map'],
  ['equal keys of different types', '1: a\n"1": b\n', '2:1', 'the key "1" is set twice in one map'],
  ['an error in a later document', 'a: 1\n---\nb: [\n', '4:1', 'unexpected end of the stream'],
  ['an error below a bracket that closes early', 'a: [\n1,\n2\n]\nb: *c\n', '5:4', 'no anchor &c'],
  ['an error in a bracket that closes early', 'a: [\n1,\n[]]]\n', '3:4', 'bad indentation'],
  ['a tag of another language', 'a:\n  b: !!js/function "x"\n', '2:6', 'the tag !!js/function is not supported'],
  ['binary data', 'a: !!binary aGk=', '1:4', 'the tag !!binary is not supported'],
  ['a tagged map', 'a: !foo {b: 1}', '1:4', 'the tag !foo is not supported'],
  ['a tag that the value contradicts', 'a: !!int b', '1:4', '"b" is no !!int'],
  ['a %TAG directive', '%TAG !e! tag:example,2000:\n---\na: !e!x 1', '1:1', '%TAG directives are not supported'],
  ['an infinite number', 'a:\n- -.inf', '2:3', '-.inf is a number that JSON cannot hold'],
  ['an integer that would change', 'id: 12345678901234567', '1:5', 'the integer 12345678901234567 has more digits than JavaScript keeps'],
  ['a list as key', '? [a]\n: b', '1:3', 'a key is a list'],
  ['null as key', '~: b', '1:1', 'a key is null'],
  ['an alias without anchor', 'a: *b', '1:4', 'no anchor &b'],
  ['an anchor of another document', 'a: &b 1\n---\nc: *b', '3:4', 'no anchor &b'],
  ['an alias of what it is in', 'a: &a [1, *a]', '1:11', 'the alias *a contains itself'],
  ['a merge of something that is no map', 'a: {<<: 1}', '1:9', '`<<` merges maps'],
  ['a null byte', 'a: b\u0000', '1:5', 'null byte'],
])('%s: refused with its place', (_, text, place, reason) => {
  const error = refusal(() => parseYaml(text, 'web/service.yaml'));
  expect(error.code).toBe('FLT3002');
  expect(error.where).toEqual({ file: 'web/service.yaml', source: `web/service.yaml:${place}` });
  expect(error.what).toContain(`web/service.yaml cannot be read as YAML: ${reason}`);
  expect(error.fix).not.toBe('');
});

test.each<[string, string, string]>([
  ['no document', '# nothing\n', 'holds no YAML document'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'holds 2 YAML documents'],
])('%s where one is expected: refused', (_, text, what) => {
  const error = refusal(() => parseYaml(text, 'a.yaml'));
  expect(error.code).toBe('FLT3002');
  expect(error.what).toContain(what);
});

/** Each line is a list of ten aliases of the line above. */
const laughs = ['&a0 x', ...Array.from({ length: 9 }, (_, i) => `&a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`)].map(line => `- ${line}\n`).join('');
const doubling = 'a0: &a0 {x: 1}\n' + Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} {l: *a${i}, r: *a${i}}\n`).join('');
const merges = 'a0: &a0 {x: 1}\n' + Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1}\n  <<: [*a${i}, *a${i}]\n`).join('');

test.each<[string, () => string, string]>([
  ['a billion laughs', () => laughs, 'expands to more nodes'],
  ['maps that double', () => doubling, 'expands to more nodes'],
  ['merges that double', () => merges, 'expands to more nodes'],
  ['aliases that nest', () => '- &a0 x\n' + Array.from({ length: 300 }, (_, i) => `- &a${i + 1} [*a${i}]\n`).join(''), 'nested deeper than 200 levels'],
  ['a million brackets', () => '['.repeat(1e6), 'nested deeper than 200 levels'],
  ['a million braces', () => '{a: '.repeat(1e6), 'nested deeper than 200 levels'],
  ['a million dashes', () => '- '.repeat(1e6), 'nested deeper than 200 levels'],
  ['a million question marks', () => '? '.repeat(1e6), 'nested deeper than 200 levels'],
  ['too large a file', () => '# comment\n'.repeat(4e6), 'the file has more than 32 MiB'],
  ['too large a document', () => 'a: 1\n---\n' + `b: "${'x'.repeat(5e6)}"\n`, 'a document has more than 4 MiB'],
  ['many lines that are indented too little', () => 'a: [\n' + '1,\n'.repeat(100_000) + ']', 'deficient indentation'],
  ['too many nodes', () => ('---\n[' + '1,'.repeat(400_000) + ']\n').repeat(6), 'expands to more nodes'],
])('%s: refused, and soon', (_, text, reason) => {
  const error = refusal(() => parseYamlDocuments(text(), 'bomb.yaml'));
  expect(error.code).toBe('FLT3002');
  expect(error.what).toContain(reason);
});

test('a large file of many objects is read', () => {
  const one = `kind: ConfigMap\ndata:\n  a: "${'x'.repeat(10_000)}"\n---\n`;
  expect(parseYamlDocuments(one.repeat(2_000), 'large.yaml')).toHaveLength(2_000);
});
