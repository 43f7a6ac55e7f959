import type { DeliverySpec } from '../../lib/tree/documents';
import { identityOf, Manifest } from '../../lib/tree/manifest';
import { API_VERSION, TREE_VERSION } from '../../lib/tree/names';
import { clusterFile, deliveryFile, FLEET_FILE, objectFile, targetFolder } from '../../lib/tree/paths';
import { writeTreeToFolderSync } from '../../lib/tree/write-folder';
import { emitYaml } from '../../lib/yaml/emit';
import { temporaryFolder } from '../temporary-folder';

/** One application, as a test wants it in the tree. */
export interface WrittenApplication {
  readonly objects: readonly Manifest[];
  readonly spec?: Partial<DeliverySpec>;
}

/** Clusters, and the applications of each. */
export type WrittenFleet = Readonly<Record<string, Readonly<Record<string, WrittenApplication>>>>;

export interface WrittenOptions {
  readonly fleet?: string;
  readonly namespace?: string;
  /** Context of a cluster, where it is not its name. */
  readonly contexts?: Readonly<Record<string, string>>;
}

/** The files of a tree, without the model that makes them elsewhere. */
export function treeFiles(clusters: WrittenFleet, options: WrittenOptions = {}): Map<string, string> {
  const fleet = options.fleet ?? 'shop';
  const names = Object.keys(clusters).sort();
  const files = new Map<string, string>([[FLEET_FILE, emitYaml({
    apiVersion: API_VERSION, kind: 'Fleet', metadata: { name: fleet },
    spec: { treeVersion: TREE_VERSION, namespace: options.namespace ?? 'flotilla-system', environments: ['dev'], clusters: names },
  })]]);
  for (const cluster of names) {
    const context = options.contexts?.[cluster];
    files.set(clusterFile(cluster), emitYaml({
      apiVersion: API_VERSION, kind: 'Cluster', metadata: { name: cluster },
      spec: { environment: 'dev', labels: {}, access: context === undefined ? {} : { context } },
    }));
    for (const [application, { objects, spec }] of Object.entries(clusters[cluster])) {
      files.set(deliveryFile(cluster, application), emitYaml({
        apiVersion: API_VERSION, kind: 'Delivery', metadata: { name: application }, spec: { fleet, cluster, application, ...spec },
      }));
      for (const manifest of objects) {
        files.set(`${targetFolder(cluster, application)}/${objectFile(identityOf(manifest))}`, emitYaml(manifest));
      }
    }
  }
  return files;
}

/** Writes a tree to a folder, a new one unless it is named, and files as they are beside it. */
export function writeTree(
  clusters: WrittenFleet, options: WrittenOptions & { readonly folder?: string; readonly files?: Readonly<Record<string, string>> } = {},
): string {
  const folder = options.folder ?? temporaryFolder();
  writeTreeToFolderSync(folder, new Map([...treeFiles(clusters, options), ...Object.entries(options.files ?? {})]));
  return folder;
}

/** Small manifests for tests. */
export const a = {
  namespace: (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  configMap: (name: string, data: Record<string, string> = { key: 'value' }, namespace = 'shop'): Manifest =>
    ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }),
  deployment: (name: string, image = 'registry.example/web:1', namespace = 'shop'): Manifest => ({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace, labels: { app: name } },
    spec: {
      replicas: 1, selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image, ports: [{ name: 'http', containerPort: 80 }] }] } },
    },
  }),
  service: (name: string, namespace = 'shop'): Manifest => ({
    apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  }),
  crd: (plural: string, kind: string, group = 'example.com'): Manifest => ({
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` },
    spec: {
      group, scope: 'Namespaced', names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{
        name: 'v1', served: true, storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } },
      }],
    },
  }),
  widget: (name: string, size = 1, namespace = 'shop'): Manifest =>
    ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace }, spec: { size } }),
};
