import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../lib/patch/json';
import { applyJsonPatch } from '../../lib/patch/json-patch';
import { PatchError } from '../../lib/patch/patch-error';

interface Case {
  readonly comment?: string;
  readonly doc: Json;
  readonly patch: unknown[];
  readonly expected?: Json;
  readonly error?: string;
  readonly disabled?: boolean;
}

const FOLDER = join(__dirname, '../../../shared/corpora/patch');
const CASES = ['json-patch-spec-tests.json', 'json-patch-tests.json'].flatMap(file => (
  (JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Case[])
    .filter(({ disabled, patch }) => !disabled && patch !== undefined)
    .map((each, i) => [`${file} ${i}: ${each.comment ?? each.error ?? JSON.stringify(each.patch).slice(0, 80)}`, each] as const)
));

test('there are as many cases as the corpus has enabled ones', () => {
  expect(CASES).toHaveLength(108);
});

test.each(CASES)('%s', (_title, { doc, patch, expected, error }) => {
  const before = structuredClone(doc);
  if (error === undefined) {
    // A case that states no result asks for none but success.
    expect(applyJsonPatch(doc, patch)).toEqual(expected ?? expect.anything());
  } else {
    expect(() => applyJsonPatch(doc, patch)).toThrow(PatchError);
  }
  expect(doc).toEqual(before);
});

test.each([
  ['a path that leads nowhere names what is there', [{ op: 'remove', path: '/spec/replica' }],
    'operation 1 of 1: there is nothing at "/spec/replica"', 'mend its path: the map there has `replicas`, `list`'],
  ['a test that fails does not show the value', [{ op: 'add', path: '/a', value: 1 }, { op: 'test', path: '/spec/replicas', value: 'secret' }],
    'operation 2 of 2: the test of "/spec/replicas" failed: it is a number other than the `value`', 'mend the `value`, or remove the test'],
  ['an index behind the end', [{ op: 'add', path: '/spec/list/3', value: 1 }],
    'operation 1 of 1: "/spec/list/3" is no place in a list that ends at 2', 'use an index that is there; `-` adds at the end'],
  ['a way through a scalar', [{ op: 'add', path: '/spec/replicas/x', value: 1 }],
    'operation 1 of 1: there is a number at "/spec/replicas", which holds no `x`', 'mend its path'],
  ['a map moved into itself', [{ op: 'move', from: '/spec', path: '/spec/x' }], 'operation 1 of 1: /spec cannot be moved into itself', 'move it elsewhere, or copy it'],
  ['no operation', [null], 'operation 1 of 1: null is no operation', "write it as `{ op: 'replace', path: '/spec/replicas', value: 2 }`"],
] as const)('%s', (_title, patch, message, fix) => {
  expect(() => applyJsonPatch({ spec: { replicas: 1, list: [1, 2] } }, patch)).toThrow(expect.objectContaining({ message, fix }));
});

test('keys of the prototype are keys like any other', () => {
  const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
  expect(Object.keys(patched as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(() => applyJsonPatch({}, [{ op: 'test', path: '/constructor', value: 1 }])).toThrow(PatchError);
});

test('what a patch adds is a copy, so that a later change does not reach into the patch', () => {
  const patch = [{ op: 'add', path: '/a', value: { b: [1] } }, { op: 'copy', from: '/a', path: '/c' }, { op: 'add', path: '/c/b/-', value: 2 }];
  expect(applyJsonPatch({}, patch)).toEqual({ a: { b: [1] }, c: { b: [1, 2] } });
  expect(patch[0]).toEqual({ op: 'add', path: '/a', value: { b: [1] } });
});
