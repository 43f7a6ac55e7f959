import type { KubeClient, KubeObject } from './client';

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

/** The URL path of a manifest's object, or of the collection that it belongs to. The server is asked for the plural each time: a CRD may be a second old. */
export async function resourcePath(kube: KubeClient, manifest: KubeObject, what: 'object' | 'collection' = 'object'): Promise<string> {
  const base = manifest.apiVersion.includes('/') ? `/apis/${manifest.apiVersion}` : `/api/${manifest.apiVersion}`;
  const { resources } = await kube.get(base) as unknown as ResourceList;
  const resource = resources.find(r => r.kind === manifest.kind && !r.name.includes('/'));
  if (!resource) throw new Error(`${manifest.apiVersion} of ${kube.url} has no kind ${manifest.kind}`);
  const namespace = resource.namespaced ? `/namespaces/${manifest.metadata.namespace ?? 'default'}` : '';
  const collection = `${base}${namespace}/${resource.name}`;
  if (what === 'collection') return collection;
  if (!manifest.metadata.name) throw new Error(`a ${manifest.kind} without metadata.name has no path`);
  return `${collection}/${encodeURIComponent(manifest.metadata.name)}`;
}
