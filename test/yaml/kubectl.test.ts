import * as fc from 'fast-check';
import { HOSTILE } from './hostile';
import { hasKubectl, readWithKubectl, rewriteWithKustomize } from './kubectl';
import { emitYaml } from '../../lib/yaml/emit';
import { parseYaml } from '../../lib/yaml/parse';

/** go-yaml refuses halves of surrogate pairs, as UTF-8 does. */
const wellFormed = (text: string) => Buffer.from(text).toString() === text;
const FRAGMENTS = [' ', '\n', '\t', '-', ':', '#', 'a', '\r', '"', '\'', '.', '1', '_', 'e', '+', 'x', '|', '?', '[', '{', ',', '<', '=', '~', '\u0085', 'é', '😀'];
const RANDOM = fc.sample(fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 8 }).map(parts => parts.join('')),
), { numRuns: 3_000, seed: 1 });
const STRINGS = [...new Set([...HOSTILE, ...RANDOM])].filter(wellFormed);
const KEYS = STRINGS.filter(text => text !== '__proto__');
/** Kustomize goes through JSON that it then reads as YAML 1.1, where these are no text, and drops or breaks these keys. */
const kustomizable = (text: string) => !/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(text);
const kustomizableKey = (text: string) => kustomizable(text) && text !== '<<' && text.length < 500;

const sample = (values: readonly string[], keys: readonly string[]) => ({
  apiVersion: 'example.dev/v1',
  kind: 'Sample',
  metadata: { name: 'sample' },
  values,
  nested: values.map(text => ({ a: [text], b: { c: text } })),
  keys: Object.fromEntries(keys.map((text, i) => [text, i])),
  maps: Object.fromEntries(keys.map((text, i) => [text, i % 2 ? { [text]: text } : [text]])),
  numbers: [0, 1, -1, 0.1, 1e-7, 5e-324, 1.5e300, 1e21, 2 ** 53, 2 ** 62, -(2 ** 63), 123456789.125],
  empty: [{}, [], null, true, false],
});

describe('kubectl', () => {
  (hasKubectl ? test : test.skip)('reads back what is written', () => {
    const hostile = sample(STRINGS, KEYS);
    expect(readWithKubectl(emitYaml(hostile))).toEqual(hostile);
  });

  (hasKubectl ? test : test.skip)('and Kustomize together keep what is written', () => {
    const hostile = sample(STRINGS.filter(kustomizable), KEYS.filter(kustomizableKey));
    expect(parseYaml(rewriteWithKustomize(emitYaml(hostile)), 'kustomize.yaml')).toEqual(hostile);
  });

  (hasKubectl ? test : test.skip)('reads scalars without quotes as the parser does', () => {
    const numeric = fc.sample(fc.string({ unit: fc.constantFrom(...'0123456789__..eE+-xobXaf:') as fc.Arbitrary<string>, minLength: 1, maxLength: 8 }), { numRuns: 3_000, seed: 2 });
    const scalars = [...new Set([...HOSTILE, ...numeric])].filter(text => /^[A-Za-z0-9_.+~=<-][A-Za-z0-9_.+~=<>:-]*$/.test(text) && !/^-$|:$|^---$|^\.\.\.$|^[-+]?\.(inf|nan)$/i.test(text))
      .filter(text => Number.isSafeInteger(Number(text.replaceAll('_', ''))) || !/^[-+]?\d{16,}$/.test(text));
    const text = 'apiVersion: example.dev/v1\nkind: Sample\nmetadata: { name: sample }\nvalues:\n' + scalars.map(scalar => `- ${scalar}\n`).join('');
    expect(scalars.length).toBeGreaterThan(2_000);
    const ours = parseYaml(text, 'sample.yaml') as { values: unknown[] };
    const theirs = readWithKubectl(text) as unknown as { values: unknown[] };
    expect(scalars.map((scalar, i) => [scalar, ours.values[i]])).toEqual(scalars.map((scalar, i) => [scalar, theirs.values[i]]));
  });

  (hasKubectl ? test : test.skip)('merges `<<` and reads keys as the parser does', () => {
    const text = `
apiVersion: example.dev/v1
kind: Sample
metadata: { name: sample }
base: &base { a: 1, b: { c: [2] } }
other: &other
  <<: *base
  a: 3
before: { <<: *base, a: 9 }
after: { a: 9, <<: *base }
both: { <<: [*other, { a: 4, d: 5 }] }
twice: { <<: *base, e: 6, "<<": 7 }
1: integer
0777: octal
1.5: float
on: boolean
2001-01-01: date
tagged: [!!str 1, !!float 2, !!int "3", ! 4, !!bool "yes", !<tag:yaml.org,2002:str> 5]
folded: >-
  a
  b

  c
`;
    expect(parseYaml(text, 'sample.yaml')).toEqual(readWithKubectl(text));
  });
});
