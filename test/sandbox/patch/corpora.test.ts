import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonMap } from '../../../lib/sandbox/json';
import { applyJsonPatch } from '../../../lib/sandbox/patch/json-patch';
import { PatchError } from '../../../lib/sandbox/patch/patch-error';
import { applyStrategicMergePatch } from '../../../lib/sandbox/patch/strategic-merge-patch';
import { builtinSchemas } from '../../../lib/sandbox/schema/builtin-schemas';
import { parseYaml } from '../../../lib/yaml/parse';

const folder = join(__dirname, '../../../../shared/corpora/patch');

interface JsonPatchCase {
  readonly comment?: string;
  readonly doc: Json;
  readonly patch: Json[];
  readonly expected?: Json;
  readonly error?: string;
  readonly disabled?: boolean;
}

interface StrategicCase { readonly name: string; readonly input: string; readonly patch: string; readonly expected: string }

/** Where an API server does not do what the RFC says: it takes these. */
const TAKEN = /replace|missing|nonexist|Out of bounds \(lower\)|leading zeros/i;

/**
 * The cases are kustomize's, which does more than an API server: lists by two keys,
 * `merge` as a directive of a list, and nulls dropped that the object itself has.
 */
const OF_KUSTOMIZE = ['nullMapEntry1', 'merge mapping - directive', 'remove list - directive', 'merge list - directive', 'list map keys - add a port, no names'];

(existsSync(folder) ? describe : describe.skip)('the corpora of patches', () => {
  const cases = ['json-patch-tests.json', 'json-patch-spec-tests.json'].flatMap(file => (existsSync(folder) ? JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonPatchCase[] : []))
    .filter(({ disabled, doc, patch }) => !disabled && doc !== undefined && patch !== undefined && typeof doc === 'object' && doc !== null);

  test.each(cases.filter(({ expected, error }) => expected !== undefined && error === undefined).map((each, i) => [`${i}. ${each.comment ?? JSON.stringify(each.patch).slice(0, 80)}`, each] as const))('%s', (_title, { doc, patch, expected }) => {
    const before = structuredClone(doc);
    expect(applyJsonPatch(doc, patch)).toEqual(expected);
    expect(doc).toEqual(before);
  });

  test.each(cases.filter(({ error }) => error !== undefined).map((each, i) => [`${i}. ${each.comment ?? each.error!}`, each] as const))('refused: %s', (_title, { doc, patch, error }) => {
    let refused = false;
    try {
      applyJsonPatch(doc, patch);
    } catch (e) {
      expect(e).toBeInstanceOf(PatchError);
      refused = true;
    }
    if (!refused) expect(`${error!} ${JSON.stringify(patch)}`).toMatch(TAKEN);
  });

  const strategic = existsSync(folder) ? JSON.parse(readFileSync(join(folder, 'strategic-merge.json'), 'utf8')) as StrategicCase[] : [];
  test.each(strategic.filter(({ name }) => !OF_KUSTOMIZE.includes(name)).map(each => [each.name, each] as const))('strategic: %s', (_name, { input, patch, expected }) => {
    const document = parseYaml(input, 'input') as JsonMap;
    const [version, group = ''] = String(document.apiVersion).split('/').reverse();
    const schema = builtinSchemas().tryFind(group, version, String(document.kind)) ?? builtinSchemas().tryFind('apps', 'v1', String(document.kind));
    const found = applyStrategicMergePatch(document, parseYaml(patch, 'patch') as JsonMap, schema);
    expect(found).toEqual(expected.trim() === '' ? {} : parseYaml(expected, 'expected'));
  });
});
