import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtinSchemas } from '../lib/sandbox/schema/builtin-schemas';
import type { SchemaNode } from '../lib/schema/schema-node';

/*
 * Writes lib/patch/merge-keys.ts: which lists of the kinds of Kubernetes a strategic merge patch merges, and by which keys, out of the OpenAPI documents
 * that the package carries:
 *
 *   npx tsx scripts/merge-keys.ts
 */

interface Field {
  type?: string;
  keys?: readonly string[];
}

const schemas = builtinSchemas();
const types = new Map<string, Record<string, Field>>();

/** The type of a node when a merged list is anywhere in it. */
function typeOf(node: SchemaNode, seen: ReadonlySet<SchemaNode>): string | undefined {
  if (!node.properties || seen.has(node)) {
    return undefined;
  }
  const within = new Set([...seen, node]);
  const fields: Record<string, Field> = {};
  for (const [name, child] of [...node.properties].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const merged = child.patchStrategies?.includes('merge') && child.items !== undefined;
    const keys = merged ? child.listMapKeys ?? (child.patchMergeKey === undefined ? [] : [child.patchMergeKey]) : undefined;
    // Below a list that is not merged, nothing is.
    const type = child.items && !merged ? undefined : typeOf(child.items ?? child, within);
    if (keys || type !== undefined) {
      fields[name] = { ...(type === undefined ? {} : { type }), ...(keys ? { keys } : {}) };
    }
  }
  if (Object.keys(fields).length === 0) {
    return undefined;
  }
  const name = Object.keys(fields).join() === 'metadata' ? 'Object' : String(node.name).split('.').pop()!;
  const same = [...types].find(([, known]) => JSON.stringify(known) === JSON.stringify(fields))?.[0];
  if (same === undefined && types.has(name)) {
    throw new Error(`two types are called ${name} and differ`);
  }
  if (same === undefined) {
    types.set(name, fields);
  }
  return same ?? name;
}

const kinds = new Map<string, Map<string, string>>();
for (const { group, kind, schema } of schemas.resources) {
  const ofGroup = kinds.get(group) ?? new Map<string, string>();
  const type = typeOf(schema, new Set());
  // The first version of a group is the one that its API server prefers.
  if (type !== undefined && !ofGroup.has(kind)) {
    kinds.set(group, ofGroup.set(kind, type));
  }
}

const quote = (text: string) => (/^[A-Za-z]\w*$/.test(text) ? text : `'${text}'`);
const field = (name: string, { type, keys }: Field) => `${quote(name)}: { ${[
  ...type === undefined ? [] : [`type: '${type}'`], ...keys ? [`keys: [${keys.map(key => `'${key}'`).join(', ')}]`] : [],
].join(', ')} }`;
const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
/** Lines of at most 150 columns. */
function wrap(items: readonly string[], indent: string): string {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + last.length + item.length < 148) {
      lines[lines.length - 1] = `${last} ${item},`;
    } else {
      lines.push(`${item},`);
    }
  }
  return lines.map(line => `${indent}${line}\n`).join('');
}

const text = `// Written by scripts/merge-keys.ts from the OpenAPI documents of Kubernetes ${schemas.kubernetes}. Not edited by hand.

/** What a field holds, as far as strategic merge patches tell it from others. */
export interface MergedField {
  /** Of the map, or of the items of the list. Absent: nothing below is merged in a way of its own. */
  readonly type?: string;
  /** A list that is merged: by these fields of its items, or, when there are none, as a set of scalars. */
  readonly keys?: readonly string[];
}

/** The fields of types that hold merged lists, near or far. Types that would say the same are one. */
export const MERGED_FIELDS: Readonly<Record<string, Readonly<Record<string, MergedField>>>> = {
${sorted(types).map(([name, fields]) => `  ${name}: {\n${wrap(Object.entries(fields).map(([key, value]) => field(key, value)), '    ')}  },\n`).join('')}};

/** The types of the kinds of Kubernetes, by group. The preferred version stands for all. */
export const MERGED_KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
${sorted(kinds).map(([group, ofGroup]) => `  '${group}': {\n${wrap(sorted(ofGroup).map(([kind, type]) => `${quote(kind)}: '${type}'`), '    ')}  },\n`).join('')}};
`;
writeFileSync(join(__dirname, '../lib/patch/merge-keys.ts'), text);
