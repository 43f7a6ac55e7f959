import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYamlDocuments } from '../../lib/yaml/parse';
import type { KubeClient, KubeObject } from '../control-plane/client';
import { waitUntil } from '../control-plane/wait-until';

/** The objects in the YAML files of a folder. */
export function readManifests(folder: string): KubeObject[] {
  return readdirSync(folder).filter(name => name.endsWith('.yaml')).sort()
    .flatMap(name => parseYamlDocuments(readFileSync(join(folder, name), 'utf8'), name) as KubeObject[]);
}

/** Applies the custom resource definitions in a folder, and waits until each of them is served. */
export async function installCrds(kube: KubeClient, folder: string): Promise<void> {
  const crds = readManifests(folder);
  await Promise.all(crds.map(crd => kube.apply(crd)));
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await Promise.all(crds.map(({ metadata: { name } }) => waitUntil(`${name} is served`, async () => {
    const { status } = await kube.get(`${path}/${name}`) as { status?: { conditions?: { type: string; status: string }[] } };
    return status?.conditions?.some(condition => condition.type === 'Established' && condition.status === 'True');
  })));
}

/** Applies objects into a namespace, which it makes first. */
export async function installInto(kube: KubeClient, namespace: string, objects: readonly KubeObject[]): Promise<void> {
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const object of objects) await kube.apply({ ...object, metadata: { ...object.metadata, namespace } });
}
