import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { ControlPlane } from '../test/control-plane/control-plane';

/*
 * Writes what the sandbox knows of Kubernetes itself to lib/schema/data, read from a real kube-apiserver:
 *
 *   npx tsx scripts/sandbox-data.ts
 *
 * A file is one line of JSON, `{ kubernetes, parts: { NAME: LENGTH } }`, and then the parts one after another, each a JSON document.
 * Lengths are in bytes. A reader takes the parts that it needs, and the rest stays bytes. There are two files, as four fifths of all are for those alone who
 * ask for OpenAPI: openapi-1.36.json.br has `documents`, and for every OpenAPI document `paths/DOCUMENT`; kubernetes-1.36.json.br has `version`,
 * `discovery/api`, `discovery/apis`, `storage`, `objects`, `kinds`, and for every type `schema/NAME`.
 */

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What a new cluster has from its first second on. The rest differs from cluster to cluster (leases, certificates) or comes from controllers. */
const NEW_CLUSTER = [
  '/api/v1/namespaces', '/api/v1/services', '/apis/scheduling.k8s.io/v1/priorityclasses', '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
  '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations', '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', '/apis/rbac.authorization.k8s.io/v1/roles', '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  '/apis/networking.k8s.io/v1/servicecidrs', '/apis/networking.k8s.io/v1/ipaddresses', '/apis/apiregistration.k8s.io/v1/apiservices',
];

type Data = Record<string, any>;

class Server {
  private readonly agent: Agent;

  constructor(private readonly plane: ControlPlane) {
    this.agent = new Agent({ ca: readFileSync(plane.caFile), keepAlive: true });
  }

  async read(path: string, accept = 'application/json'): Promise<Data> {
    const headers = { authorization: `Bearer ${this.plane.token}`, accept };
    const text = await new Promise<string>((resolve, reject) => {
      get(new URL(path, this.plane.url), { agent: this.agent, headers }, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject).once('end', () => {
          const body = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(body);
          else reject(new Error(`${path}: ${response.statusCode} ${body}`));
        });
      }).once('error', reject);
    });
    return JSON.parse(text) as Data;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** JSON as Go writes it, so that a document put together again has the bytes, and the hash, of the real one. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function readOpenApi(server: Server): Promise<{ readonly schemas: Record<string, string>; readonly openApi: Record<string, string> }> {
  const { paths } = await server.read('/openapi/v3');
  const schemas = new Map<string, string>();
  const documents: Data = {};
  const texts: Record<string, string> = {};
  const kinds: Record<string, string> = {};
  for (const [name, { serverRelativeURL }] of Object.entries(paths as Record<string, { serverRelativeURL: string }>)) {
    const { components, ...rest } = await server.read(serverRelativeURL);
    // The types that differ from one document to the next are DeleteOptions and WatchEvent: they list the kinds that they were registered for.
    const own: Record<string, unknown> = {};
    const { schemas: described = {}, ...others } = components as { schemas?: Data };
    for (const [type, schema] of Object.entries(described)) {
      const text = goJson(schema);
      const [kind, ...more] = (schema as Data)['x-kubernetes-group-version-kind'] ?? [];
      // DeleteOptions and WatchEvent belong to every group, and are no kinds of objects.
      if (kind && more.length === 0) kinds[`${kind.group}/${kind.version}/${kind.kind}`] = type;
      if (!schemas.has(type)) schemas.set(type, text);
      else if (schemas.get(type) !== text) own[type] = schema;
    }
    const hash = createHash('sha512').update(goJson({ ...rest, components })).digest('hex').toUpperCase();
    if (!serverRelativeURL.endsWith(hash)) throw new Error(`${name}: its bytes are not what they were taken for`);
    documents[name] = { hash, types: Object.keys(described), own, others, paths: Object.keys(rest) };
    texts[`paths/${name}`] = goJson(rest);
  }
  const types = [...schemas].sort(([a], [b]) => a < b ? -1 : 1).map(([type, text]) => [`schema/${type}`, text]);
  return { schemas: { kinds: goJson(kinds), ...Object.fromEntries(types) as Record<string, string> }, openApi: { documents: goJson(documents), ...texts } };
}

/** `GROUP/VERSION/PLURAL` → the group and version that it is stored as, told by the hash of them that the older discovery gives. */
async function readStorage(server: Server, discovery: Data[]): Promise<Record<string, string>> {
  const storage: Record<string, string> = {};
  for (const group of discovery.flatMap(list => list.items as Data[])) {
    const name: string = group.metadata.name ?? '';
    for (const { version } of group.versions as Data[]) {
      const { resources } = await server.read(name ? `/apis/${name}/${version}` : `/api/${version}`);
      for (const { name: plural, kind, storageVersionHash } of resources as Data[]) {
        if (!storageVersionHash) continue;
        const candidates = [name, ''].flatMap(g => ['v1', 'v2', 'v1beta1', 'v1beta2', 'v1beta3', 'v1alpha1', 'v1alpha2', 'v1alpha3'].map(v => [g, v]));
        const found = candidates.find(([g, v]) => createHash('sha256').update(`${g}/${v}/${kind}`).digest().subarray(0, 8).toString('base64') === storageVersionHash);
        if (!found) throw new Error(`${name}/${version} ${plural}: no version has the storage hash ${storageVersionHash}`);
        storage[`${name}/${version}/${plural}`] = found[0] ? found.join('/') : found[1];
      }
    }
  }
  return storage;
}

async function readObjects(server: Server): Promise<Data[]> {
  const objects: Data[] = [];
  for (const path of NEW_CLUSTER) {
    const list = await server.read(path);
    for (const item of list.items as Data[]) {
      const { uid, resourceVersion, creationTimestamp, generation, managedFields, ...metadata } = item.metadata as Data;
      objects.push({ apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, ''), ...item, metadata });
    }
  }
  return JSON.parse(JSON.stringify(objects, (key, value) => key === 'lastTransitionTime' ? undefined : value as unknown)) as Data[];
}

async function main(): Promise<void> {
  const plane = await ControlPlane.start();
  const server = new Server(plane);
  try {
    const version = await server.read('/version');
    const api = await server.read('/api', AGGREGATED);
    const apis = await server.read('/apis', AGGREGATED);
    const { schemas, openApi } = await readOpenApi(server);
    pack(version, 'kubernetes', {
      'version': goJson(version),
      'discovery/api': goJson(api),
      'discovery/apis': goJson(apis),
      'storage': goJson(await readStorage(server, [api, apis])),
      'objects': goJson(await readObjects(server)),
      ...schemas,
    });
    pack(version, 'openapi', openApi);
  } finally {
    server.close();
    await plane.stop();
  }
}

function pack(version: Data, file: string, parts: Record<string, string>): void {
  const lengths = Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, Buffer.byteLength(text)]));
  const head = `${JSON.stringify({ kubernetes: (version.gitVersion as string).slice(1), parts: lengths })}\n`;
  const all = Buffer.from(head + Object.values(parts).join(''));
  const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  const packed = brotliCompressSync(all, { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: all.length } });
  const path = join(__dirname, '..', 'lib', 'schema', 'data', `${file}-${version.major}.${version.minor}.json.br`);
  writeFileSync(path, packed);
  process.stdout.write(`${path}: ${Object.keys(parts).length} parts, ${all.length} bytes, packed ${packed.length}\n`);
}

main().catch((e: unknown) => {
  process.stderr.write(`${e instanceof Error ? e.stack : String(e)}\n`);
  process.exitCode = 1;
});
