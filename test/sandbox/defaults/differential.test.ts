import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectionPath, readServedKinds } from './served-kinds';
import { applyDefaults, normalize } from '../../../lib/sandbox/defaults/apply-defaults';
import { prepareForCreate } from '../../../lib/sandbox/defaults/prepare';
import { isMap, type Json, type JsonMap } from '../../../lib/sandbox/json';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { parseYamlDocuments } from '../../../lib/yaml/parse';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { hasCorpora, listManifests, readCorpus } from '../../yaml/corpora';

const FOLDERS = ['argo-cd', 'ingress-nginx', 'microservices-demo', 'kubeconform', 'health', 'charts/expected', 'flux', 'infra-deployments'];

function parse(text: string, file: string): JsonMap[] {
  return (parseYamlDocuments(text, file) as Json[]).filter((document): document is JsonMap => isMap(document) && typeof document.kind === 'string');
}

const table = parse(readFileSync(join(__dirname, 'manifests.yaml'), 'utf8'), 'manifests.yaml');

function readCorpora(): [file: string, manifest: JsonMap][] {
  return FOLDERS.flatMap(folder => {
    try {
      return listManifests(folder);
    } catch {
      return [];
    }
  }).flatMap(file => {
    try {
      return parse(readCorpus(file), file).map((manifest): [string, JsonMap] => [file, manifest]);
    } catch {
      return []; // Templates, and files that are wrong on purpose.
    }
  });
}

/** What admission adds, and what a server gives each object of its own. */
function withoutAdmission({ plural }: ServedResource, object: JsonMap): JsonMap {
  const copy = structuredClone(object);
  const metadata = copy.metadata as JsonMap;
  for (const key of ['uid', 'creationTimestamp', 'managedFields', 'resourceVersion', 'namespace', 'selfLink']) delete metadata[key];
  const { spec, status } = copy as { spec?: JsonMap; status?: JsonMap };
  if (plural === 'services' && spec) {
    for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort']) delete spec[key];
    for (const port of spec.ports as JsonMap[] ?? []) delete port.nodePort;
  }
  if (plural === 'pods' && spec) {
    for (const key of ['serviceAccount', 'serviceAccountName', 'priority', 'preemptionPolicy', 'tolerations']) delete spec[key];
    if (Array.isArray(spec.volumes)) spec.volumes = (spec.volumes as JsonMap[]).filter(({ name }) => !String(name).startsWith('kube-api-access-'));
    for (const container of [...spec.containers as JsonMap[], ...spec.initContainers as JsonMap[] ?? []]) {
      const mounts = (container.volumeMounts as JsonMap[] | undefined ?? []).filter(({ name }) => !String(name).startsWith('kube-api-access-'));
      if (mounts.length > 0) container.volumeMounts = mounts;
      else delete container.volumeMounts;
    }
    if ((spec.volumes as Json[] | undefined)?.length === 0) delete spec.volumes;
  }
  if (plural === 'nodes' && spec) delete spec.taints;
  if (plural === 'pods' && status) for (const condition of status.conditions as JsonMap[] ?? []) delete condition.lastTransitionTime;
  if (plural === 'volumeattributesclasses' || plural === 'persistentvolumeclaims' || plural === 'persistentvolumes') delete metadata.finalizers;
  if (plural === 'persistentvolumes') delete status!.lastPhaseTransitionTime;
  if (plural === 'certificatesigningrequests') for (const key of ['username', 'groups', 'extra', 'uid']) delete spec![key];
  return copy;
}

function predict(resource: ServedResource, manifest: JsonMap, real: JsonMap): JsonMap {
  const made = real.metadata as JsonMap;
  const object = normalize(resource, { ...manifest, metadata: { ...manifest.metadata as JsonMap, uid: made.uid, name: made.name } });
  applyDefaults(resource, object);
  prepareForCreate(resource, object, { now: new Date() });
  return object;
}

/** Where the two differ: path, ours, the real one. */
function differences(ours: Json | undefined, real: Json | undefined, path = ''): string[] {
  if (isMap(ours) && isMap(real)) return [...new Set([...Object.keys(ours), ...Object.keys(real)])].flatMap(key => differences(ours[key], real[key], `${path}.${key}`));
  if (Array.isArray(ours) && Array.isArray(real) && ours.length === real.length) return ours.flatMap((item, i) => differences(item, real[i], `${path}[${i}]`));
  return JSON.stringify(ours) === JSON.stringify(real) ? [] : [`${path}: ${JSON.stringify(ours)} is ${JSON.stringify(real)} on the real server`];
}

describeWithCluster('what the real server makes of a manifest', {}, context => {
  let kinds: Map<string, ServedResource>;
  beforeAll(async () => {
    kinds = await readServedKinds(context.kube);
  });

  /** The differences; a text when the real server refused it, or does not know the kind. */
  async function compare(manifest: JsonMap): Promise<string[] | string> {
    const resource = kinds.get(`${String(manifest.apiVersion)} ${manifest.kind as string}`);
    if (!resource) return 'unknown kind';
    const metadata = { ...manifest.metadata as JsonMap };
    if (resource.namespaced) metadata.namespace = 'default';
    const sent = { ...manifest, metadata };
    const { status, body } = await context.kube.request('POST', `${collectionPath(resource)}?dryRun=All`, sent);
    if (status >= 300) return String((body as JsonMap).message);
    const real = body as JsonMap;
    return differences(withoutAdmission(resource, predict(resource, sent, real)), withoutAdmission(resource, real));
  }

  test.each(table.map((manifest, i) => [i, manifest.apiVersion, manifest.kind] as const))('%i: %s %s', async i => {
    const manifest = table[i];
    expect(await compare(manifest)).toEqual([]);
  });

  (hasCorpora ? test : test.skip)('the manifests of well-known projects', async () => {
    const results: string[] = [];
    let compared = 0;
    for (const [file, manifest] of readCorpora()) {
      const found = await compare(manifest);
      if (typeof found === 'string') continue;
      compared += 1;
      results.push(...found.map(line => `${file} ${String(manifest.kind)} ${String((manifest.metadata as JsonMap)?.name)}${line}`));
    }
    expect(results).toEqual([]);
    expect(compared).toBeGreaterThan(300);
  }, 120_000);
});
