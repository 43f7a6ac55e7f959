import { MERGED_FIELDS, MERGED_KINDS } from '../../lib/patch/merge-keys';
import { builtinSchemas } from '../../lib/sandbox/schema/builtin-schemas';
import type { SchemaNode } from '../../lib/schema/schema-node';

/** The merged lists of a schema by their path, as an API server describes them: below a list that is not merged, nothing is. */
function listsOf(node: SchemaNode, path: string, above: ReadonlySet<SchemaNode> = new Set()): string[] {
  return above.has(node) ? [] : [...node.properties ?? []].flatMap(([name, child]) => {
    const merged = child.items !== undefined && child.patchStrategies?.includes('merge');
    const keys = child.listMapKeys ?? (child.patchMergeKey === undefined ? [] : [child.patchMergeKey]);
    const below = child.items && !merged ? [] : listsOf(child.items ?? child, `${path}.${name}`, new Set([...above, node]));
    return [...merged ? [`${path}.${name} by ${keys.join()}`] : [], ...below];
  });
}

function listsInTable(type: string, path: string): string[] {
  return Object.entries(MERGED_FIELDS[type]).flatMap(([name, field]) => [
    ...field.keys ? [`${path}.${name} by ${field.keys.join()}`] : [], ...field.type === undefined ? [] : listsInTable(field.type, `${path}.${name}`),
  ]);
}

test('the table of merge keys says of every kind what its schema says', () => {
  const seen = new Set<string>();
  const wanted = builtinSchemas().resources.filter(({ group, kind }) => !seen.has(`${group}/${kind}`) && seen.add(`${group}/${kind}`))
    .flatMap(({ group, kind, schema }) => listsOf(schema, `${kind}.${group}`)).sort();
  const found = Object.entries(MERGED_KINDS).flatMap(([group, kinds]) => Object.entries(kinds).flatMap(([kind, type]) => listsInTable(type, `${kind}.${group}`))).sort();
  expect(wanted.length).toBeGreaterThan(300);
  expect(found).toEqual(wanted);
});
