import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { KubernetesData } from '../lib/schema/kubernetes-data';

/*
 * Writes what three minors of Kubernetes say of their kinds to lib/schema/data/differences-1.36.json.br: the differences to the newest of them, which
 * scripts/sandbox-data.ts read from a real API server.
 *
 *   npx tsx scripts/schema-data.ts
 *
 * Needs Go, which fetches the source of Kubernetes; nothing is built. The OpenAPI documents in that source are those of a server with all APIs on.
 * The file has the form that KubernetesData reads. Parts, MINOR being `1.34`, `1.35` or `1.36`: `MINOR/kinds` (`GROUP/VERSION/KIND` → type, for every
 * kind), and `MINOR/schema/TYPE` for each type that the next newer minor has not, or has otherwise. Descriptions are left out.
 */

/** From the newest on: each is told by its difference to the one before. */
const RELEASES = ['1.36.3', '1.35.4', '1.34.4'];

type Data = Record<string, any>;

function readTypes(release: string): Map<string, Data> {
  const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', `k8s.io/kubernetes@v${release}`], { encoding: 'utf8' })) as { Dir: string };
  const folder = join(Dir, 'api', 'openapi-spec', 'v3');
  const types = new Map<string, Data>();
  for (const file of readdirSync(folder).sort()) {
    const { components } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { components?: { schemas?: Record<string, Data> } };
    for (const [name, schema] of Object.entries(components?.schemas ?? {})) if (!types.has(name)) types.set(name, schema);
  }
  return types;
}

/** Without what says nothing of values; enums are compared apart, because the documents in the source have none. */
function essence(schema: unknown, drop: readonly string[]): unknown {
  if (Array.isArray(schema)) return schema.map(item => essence(item, drop));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).sort(([a], [b]) => a < b ? -1 : 1).flatMap(([key, value]) => {
    if (key === 'properties') {
      return [[key, Object.fromEntries(Object.entries(value as Data).sort(([a], [b]) => a < b ? -1 : 1).map(([name, each]) => [name, essence(each, drop)]))]];
    }
    return key === 'description' && typeof value === 'string' || drop.includes(key) ? [] : [[key, essence(value, drop)]];
  }));
}

function textOf(schema: Data): string {
  return JSON.stringify(essence(schema, ['enum', 'x-kubernetes-group-version-kind']));
}

/** The schema with the enums of its newer form, where the same field is of the same type. */
function withEnums(schema: Data, newer: Data | undefined): Data {
  const result = essence(schema, ['x-kubernetes-group-version-kind']) as Data;
  for (const [name, property] of Object.entries(result.properties as Data | undefined ?? {})) {
    const other = newer?.properties?.[name] as Data | undefined;
    if (other?.enum && other.type === property.type) property.enum = other.enum;
    if (other?.items?.enum && property.items && other.items.type === property.items.type) property.items.enum = other.items.enum;
  }
  return result;
}

function main(): void {
  const base = KubernetesData.load('kubernetes-1.36.json.br');
  if (base.kubernetes !== RELEASES[0]) throw new Error(`the newest release is ${base.kubernetes}: run scripts/sandbox-data.ts, or change RELEASES`);
  const newer = new Map(base.names('schema/').map(name => [name, base.find<Data>(`schema/${name}`)]));
  const parts: Record<string, string> = {};
  for (const release of RELEASES) {
    const minor = release.split('.').slice(0, 2).join('.');
    const kinds: Record<string, string> = {};
    for (const [name, schema] of readTypes(release)) {
      const [kind, ...more] = (schema['x-kubernetes-group-version-kind'] ?? []) as Data[];
      // DeleteOptions and WatchEvent belong to every group, and are no kinds of objects.
      if (kind && more.length === 0) kinds[`${kind.group}/${kind.version}/${kind.kind}`] = name;
      if (/\.(DeleteOptions|WatchEvent)$/.test(name)) continue;
      const same = newer.get(name);
      if (same && textOf(same) === textOf(schema)) continue;
      const full = withEnums(schema, same);
      newer.set(name, full);
      parts[`${minor}/schema/${name}`] = JSON.stringify(full);
    }
    parts[`${minor}/kinds`] = JSON.stringify(Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => a < b ? -1 : 1)));
    process.stdout.write(`${release}: ${Object.keys(kinds).length} kinds, ${Object.keys(parts).filter(part => part.startsWith(`${minor}/schema/`)).length} types of its own\n`);
  }
  const lengths = Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, Buffer.byteLength(text)]));
  const all = Buffer.from(`${JSON.stringify({ kubernetes: RELEASES.join(' '), parts: lengths })}\n${Object.values(parts).join('')}`);
  const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  const packed = brotliCompressSync(all, { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: all.length } });
  const path = join(__dirname, '..', 'lib', 'schema', 'data', 'differences-1.36.json.br');
  writeFileSync(path, packed);
  process.stdout.write(`${path}: ${Object.keys(parts).length} parts, ${all.length} bytes, packed ${packed.length}\n`);
}

main();
