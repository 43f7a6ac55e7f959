import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtinSchemas } from '../lib/sandbox/schema/builtin-schemas';
import type { SchemaNode } from '../lib/schema/schema-node';

/*
 * Writes lib/model/kinds/: the types of the kinds of Kubernetes that an application may have, for patches that are functions, out of the OpenAPI documents
 * that the package carries. Without `status`, which is not the application's, and without descriptions.
 *
 *   npx tsx scripts/kinds.ts
 */

const FOLDER = join(__dirname, '../lib/model/kinds');
const WIDTH = 150;

/** What servers make, or what is asked of them and never kept. */
const NOT_RENDERED = /Review$|^(Event|Binding|ComponentStatus|Endpoints|EndpointSlice|ControllerRevision|Node|CSINode|CSIStorageCapacity|VolumeAttachment|Lease|IPAddress)$/;
/** Without these an object is hardly one; that they may be missing is not for every patch to say. */
const THERE = new Set(['metadata', 'spec', 'template']);

const schemas = builtinSchemas();
const files = new Map<string, Map<string, SchemaNode>>();
const fileOf = new Map<string, string>();
const short = (name: string) => name.split('.').pop()!;

/** `io.k8s.api.apps.v1.Deployment` is in `apps`; what pods are made of is apart from the rest of its group. */
function partOf(name: string, inPods: ReadonlySet<string>): string {
  const group = /^io\.k8s\.api\.([a-z0-9]+)\./.exec(name)?.[1];
  return group === undefined ? /kube-aggregator/.test(name) ? 'apiregistration' : /apiextensions/.test(name) ? 'apiextensions' : 'meta'
    : group === 'core' ? (inPods.has(name) ? 'pod' : 'core') : group;
}

function collect(node: SchemaNode, found: Map<string, SchemaNode>, isRoot = false): void {
  if (node.properties && node.name !== undefined) {
    if (found.has(node.name)) {
      return;
    }
    found.set(node.name, node);
  }
  for (const [name, child] of node.properties ?? []) {
    if (!(isRoot && name === 'status')) {
      collect(child, found);
    }
  }
  for (const inner of [node.items, node.additional]) {
    if (inner) {
      collect(inner, found);
    }
  }
}

const inPods = new Map<string, SchemaNode>();
collect(schemas.findType('io.k8s.api.core.v1.PodTemplateSpec'), inPods);
const roots = new Map<string, { readonly kind: string; readonly group: string; readonly node: SchemaNode }>();
const types = new Map<string, SchemaNode>();
for (const { group, kind, schema } of schemas.resources) {
  // The first version of a group is the one that its API server prefers.
  if (!NOT_RENDERED.test(kind) && ![...roots.values()].some(root => root.kind === kind)) {
    roots.set(schema.name!, { kind, group, node: schema });
    collect(schema, types, true);
  }
}
for (const [name, node] of types) {
  const file = partOf(name, new Set(inPods.keys()));
  fileOf.set(name, file);
  files.set(file, (files.get(file) ?? new Map()).set(name, node));
}

const quote = (text: string) => (/^[A-Za-z$]\w*$/.test(text) ? text : `'${text}'`);

function typeText(node: SchemaNode, used: (name: string) => string): string {
  if (node.properties && node.name !== undefined) {
    return used(node.name);
  }
  if (node.intOrString || (node.name && short(node.name) === 'Quantity')) {
    return 'number | string';
  }
  if (node.type === 'array') {
    const item = typeText(node.items ?? {}, used);
    return item.includes(' ') ? `(${item})[]` : `${item}[]`;
  }
  if (node.type === 'object') {
    return `Record<string, ${node.additional ? typeText(node.additional, used) : 'unknown'}>`;
  }
  return node.type === 'integer' ? 'number' : node.type ?? 'unknown';
}

function declare(name: string, node: SchemaNode, used: (name: string) => string): string {
  const root = roots.get(name);
  const fields = [...node.properties!].filter(([field]) => !(root && field === 'status')).sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, child]) => {
    if (root && (field === 'kind' || field === 'apiVersion')) {
      return `${field}: ${field === 'kind' ? `'${root.kind}'` : 'string'};`;
    }
    const required = THERE.has(field) || node.required?.includes(field);
    return `${quote(field)}${required ? '' : '?'}: ${typeText(child, used)};`;
  });
  const line = `export interface ${short(name)} { ${fields.join(' ').replace(/;$/, '')} }\n`;
  if (line.length <= WIDTH) {
    return line;
  }
  const lines: string[] = [];
  for (const field of fields) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + field.length + 3 <= WIDTH) {
      lines[lines.length - 1] = `${last} ${field}`;
    } else {
      lines.push(field);
    }
  }
  return `export interface ${short(name)} {\n${lines.map(each => `  ${each}\n`).join('')}}\n`;
}

const HEADER = `// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes ${schemas.kubernetes}. Not edited by hand.\n`;

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const [file, own] of files) {
  const imports = new Map<string, Set<string>>();
  const used = (name: string) => {
    const from = fileOf.get(name)!;
    if (from !== file) {
      imports.set(from, (imports.get(from) ?? new Set()).add(short(name)));
    }
    return short(name);
  };
  const seen = new Set<string>();
  const declarations = [...own].sort(([a], [b]) => (short(a) < short(b) ? -1 : 1)).map(([name, node]) => {
    if (seen.has(short(name))) {
      throw new Error(`two types of ${file} are called ${short(name)}`);
    }
    seen.add(short(name));
    return declare(name, node, used);
  }).join('\n');
  const lines = [...imports].sort().map(([from, names]) => {
    const line = `import type { ${[...names].sort().join(', ')} } from './${from}';\n`;
    return line.length <= WIDTH ? line : `import type {\n${[...names].sort().map(name => `  ${name},\n`).join('')}} from './${from}';\n`;
  }).join('');
  writeFileSync(join(FOLDER, `${file}.ts`), `${HEADER}${lines}\n${declarations}`);
}

const byFile = new Map<string, string[]>();
roots.forEach((_, name) => byFile.set(fileOf.get(name)!, [...byFile.get(fileOf.get(name)!) ?? [], short(name)]));
const entries = [...roots].sort(([, a], [, b]) => (a.kind < b.kind ? -1 : 1)).flatMap(([name, { kind, group }]) => (
  [`'${kind}': ${short(name)};`, ...group === '' ? [] : [`'${kind}.${group}': ${short(name)};`]]));
writeFileSync(join(FOLDER, 'kinds.ts'), `${HEADER}${[...byFile].sort().map(([file, names]) => `import type { ${names.sort().join(', ')} } from './${file}';\n`).join('')}
/** The kinds of Kubernetes that an application may have, alone and with their group, each with the type of its objects in the preferred version. */
export interface KubernetesKinds {
${entries.map(entry => `  ${entry}\n`).join('')}}
`);
