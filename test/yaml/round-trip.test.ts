import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import * as jsYaml from 'js-yaml';
import { HOSTILE } from './hostile';
import { emitYaml } from '../../lib/yaml/emit';
import { parseYaml } from '../../lib/yaml/parse';

type Reader = (text: string) => unknown;

/** The `yaml` package comes with other packages, if at all. */
function yamlPackage(): { parse(text: string, options: object): unknown } | undefined {
  try {
    return createRequire(__filename)('yaml') as ReturnType<typeof yamlPackage>;
  } catch {
    return undefined;
  }
}

const other = yamlPackage();
const READERS: Array<[string, Reader]> = [
  ['our parser', text => parseYaml(text, 'a.yaml')],
  ['js-yaml with the core schema of YAML 1.2', text => jsYaml.load(text, { schema: jsYaml.CORE_SCHEMA, maxDepth: 250 })],
  ['js-yaml with the JSON schema', text => jsYaml.load(text, { schema: jsYaml.JSON_SCHEMA, maxDepth: 250 })],
  ['js-yaml with the schema of YAML 1.1', text => jsYaml.load(text, { schema: jsYaml.YAML11_SCHEMA, maxDepth: 250 })],
  ...(other ? [
    ['yaml as YAML 1.2', (text: string) => other.parse(text, { version: '1.2' })],
    ['yaml as YAML 1.1', (text: string) => other.parse(text, { version: '1.1' })],
  ] as Array<[string, Reader]> : []),
];

/** Parsers differ in what they make of `__proto__`; ours is tested elsewhere. */
const key = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE.filter(text => text.length < 5_000))).filter(text => text !== '__proto__');
const { value: arbitrary } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE), fc.array(fc.constantFrom(' ', '\n', '\t', '-', ':', '#', 'a', '\r', '"', '.', '1'), { maxLength: 12 }).map(parts => parts.join('')),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(number => number + 0), fc.integer(), fc.boolean(), fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));
/** Maps of fast-check may have no prototype. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each(READERS)('what is written is read back by %s', (_, read) => {
  test('when it is hostile', () => {
    const value = {
      strings: [...HOSTILE],
      keys: Object.fromEntries(HOSTILE.map(text => [text, text])),
      nested: HOSTILE.map(text => ({ a: [text], b: { c: text } })),
    };
    expect(read(emitYaml(value))).toEqual(value);
    for (const text of HOSTILE) {
      expect(read(emitYaml(text))).toBe(text);
      expect(read(emitYaml({ [text]: { a: [1] } }))).toEqual({ [text]: { a: [1] } });
    }
  });

  test('when it is arbitrary', () => {
    fc.assert(fc.property(arbitrary, value => {
      expect(read(emitYaml(value))).toEqual(plain(value));
    }), { numRuns: 1_000 });
  });
});

test('what nests as deep as is written can be read', () => {
  for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ a: inner })]) {
    const deep = Array.from({ length: 200 }).reduce<unknown>(wrap, 'x');
    expect(parseYaml(emitYaml(deep), 'a.yaml')).toEqual(deep);
  }
});
