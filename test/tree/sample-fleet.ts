import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identityOf, Manifest } from '../../lib/tree/manifest';
import { API_VERSION, TREE_VERSION } from '../../lib/tree/names';
import { clusterFile, deliveryFile, FLEET_FILE, objectFile, targetFolder } from '../../lib/tree/paths';
import { emitYaml } from '../../lib/yaml/emit';

/** Applications by cluster, and their objects. */
export type Sample = Record<string, Record<string, Manifest[]>>;

/** The files of a committed tree, as synth would write them. */
export function sampleFiles(clusters: Sample, name = 'shop'): Map<string, string> {
  const files = new Map<string, string>();
  for (const [cluster, applications] of Object.entries(clusters)) {
    files.set(clusterFile(cluster), emitYaml({
      apiVersion: API_VERSION,
      kind: 'Cluster',
      metadata: { name: cluster },
      spec: { environment: 'prod', labels: { region: 'eu-west-1' }, access: {} },
    }));
    for (const [application, manifests] of Object.entries(applications)) {
      files.set(deliveryFile(cluster, application), emitYaml({
        apiVersion: API_VERSION,
        kind: 'Delivery',
        metadata: { name: application },
        spec: { fleet: name, cluster, application, namespace: 'shop' },
      }));
      for (const manifest of manifests) {
        files.set(`${targetFolder(cluster, application)}/${objectFile(identityOf(manifest))}`, emitYaml(manifest));
      }
    }
  }
  files.set(FLEET_FILE, emitYaml({
    apiVersion: API_VERSION,
    kind: 'Fleet',
    metadata: { name },
    spec: { treeVersion: TREE_VERSION, namespace: 'flotilla-system', environments: ['dev', 'prod'], clusters: Object.keys(clusters).sort() },
  }));
  return files;
}

export function configMap(name: string, data: Record<string, string> = { key: 'value' }, namespace = 'shop'): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

export function deployment(name: string, image: string, replicas = 1): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'server', image, env: [{ name: 'A', value: '1' }] }] } },
    },
  };
}

/** Two clusters with two applications each. */
export function twoClusters(image = 'web:1'): Sample {
  const applications = (): Record<string, Manifest[]> => ({
    api: [configMap('api'), deployment('api', 'api:1')],
    web: [configMap('web'), deployment('web', image), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }],
  });
  return { 'prod-eu': applications(), 'prod-us': applications() };
}

/** Writes files as they are, without any of our code. */
export function writeFiles(folder: string, files: Iterable<readonly [string, string]>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
