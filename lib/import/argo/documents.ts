import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseYamlDocuments } from '../../yaml/parse';
import { Unmapped } from '../imported-fleet';

/** What of Argo CD a folder holds. */
export interface ArgoDocuments {
  /** Applications and ApplicationSets. */
  readonly documents: readonly ArgoDocument[];
  /** Clusters, from the Secrets that declare them. */
  readonly clusters: readonly ArgoCluster[];
  /** Files that cannot be read. */
  readonly unmapped: readonly Unmapped[];
}

export interface ArgoDocument {
  /** Relative to the folder. */
  readonly file: string;
  readonly kind: 'Application' | 'ApplicationSet';
  readonly name: string;
  /** `any`: what is in it is checked where it is used. */
  readonly spec: any;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ArgoCluster {
  readonly name: string;
  readonly server: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const CLUSTER_LABEL = 'argocd.argoproj.io/secret-type';

/** Reads all YAML and JSON below a folder that speaks of Argo CD; folders with a dot at the beginning and `node_modules` are passed by. */
export function findArgoDocuments(folder: string): ArgoDocuments {
  const found = { documents: [] as ArgoDocument[], clusters: [] as ArgoCluster[], unmapped: [] as Unmapped[] };
  for (const path of filesBelow(folder)) {
    const text = readFileSync(path, 'utf8');
    if (!/argoproj\.io\//.test(text)) {
      continue;
    }
    const file = relative(folder, path).split(sep).join('/');
    try {
      // `any`: documents of others, looked at field by field.
      parseYamlDocuments(text, file).forEach((document: any) => take(document, file, found));
    } catch (error) {
      if (/^kind:\s*Application(Set)?\s*$/m.test(text)) {
        found.unmapped.push({ where: file, what: `cannot be read: ${(error as Error).message.split('\n')[0]}` });
      }
    }
  }
  return found;
}

function take(document: any, file: string, found: { documents: ArgoDocument[]; clusters: ArgoCluster[] }): void {
  const { apiVersion, kind, metadata, spec, items } = document ?? {};
  if (Array.isArray(items) && kind === 'List') {
    items.forEach(item => take(item, file, found));
  } else if (/^argoproj\.io\//.test(apiVersion) && (kind === 'Application' || kind === 'ApplicationSet') && typeof metadata?.name === 'string') {
    found.documents.push({ file, kind, name: metadata.name, spec: spec ?? {}, annotations: metadata.annotations ?? {} });
  } else if (kind === 'Secret' && metadata?.labels?.[CLUSTER_LABEL] === 'cluster') {
    const field = (name: string): string | undefined => document.stringData?.[name] ?? (document.data?.[name] === undefined ? undefined : Buffer.from(document.data[name], 'base64').toString());
    const { [CLUSTER_LABEL]: _, ...labels } = metadata.labels;
    found.clusters.push({ name: field('name') ?? metadata.name, server: field('server') ?? '', labels, annotations: metadata.annotations ?? {} });
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name.startsWith('.') || entry.name === 'node_modules' ? [] : filesBelow(path);
    }
    return entry.isFile() && /\.(ya?ml|json)$/.test(entry.name) ? [path] : [];
  });
}
