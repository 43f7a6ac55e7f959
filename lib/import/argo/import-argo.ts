import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArgoDocument, ArgoDocuments } from './documents';
import { FoundClusters } from './found-clusters';
import { generate, GeneratorContext } from './generators';
import { convertSources, SourceError } from './sources';
import { fillIn, Parameters, TemplateError } from './template';
import { isDnsLabel } from '../../model/dns-label';
import { ImportedApplication, ImportedFleet, ImportedTarget, Unmapped } from '../imported-fleet';

/** An Application as it is, or as an ApplicationSet makes it. */
interface Generated {
  readonly document: ArgoDocument;
  readonly name: string;
  readonly spec: any;
  readonly parameters: Parameters;
}

/** An Application on its cluster. */
interface Placed extends ImportedTarget {
  readonly document: ArgoDocument;
  readonly name: string;
  readonly namespace?: string;
}

/**
 * Applications and ApplicationSets as a fleet. Those of one set, and those that differ by the name of their cluster, become one application.
 *
 * @param folder Where they were found, absolute.
 * @param given What paths of sources are relative to; the folder or the nearest one above it that has one of the paths, where it is absent.
 */
export function importArgo({ documents, clusters: known, unmapped }: ArgoDocuments, folder: string, given?: string): { fleet: ImportedFleet; root: string } {
  const root = given ?? rootOf(documents, folder);
  const notes: Unmapped[] = [...unmapped];
  const clusters = new FoundClusters(known);
  const placed = documents.flatMap(document => applicationsOf(document, { clusters: known, root }, notes))
    .flatMap(application => place(application, clusters, root, notes));
  const unique = [...new Map(notes.map(note => [`${note.where}\n${note.what}`, note])).values()];
  return { root, fleet: { clusters: clusters.list(), applications: group(placed, unique), unmapped: unique } };
}

function rootOf(documents: readonly ArgoDocument[], folder: string): string {
  const text = JSON.stringify(documents.map(({ spec }) => spec));
  // Of a path with a template or a pattern in it, the folders before that.
  const paths = [...text.matchAll(/"path":"([^"]+)"/g)].map(([, path]) => (/\{\{|\*/.test(path) ? path.replace(/(\{\{|\*).*$/, '').replace(/[^/]*$/, '') : path))
    .filter(path => path !== '' && path !== '.');
  for (let root = folder; ; root = dirname(root)) {
    if (paths.some(path => existsSync(join(root, path)))) {
      return root;
    }
    if (existsSync(join(root, '.git')) || root === dirname(root)) {
      return folder;
    }
  }
}

function applicationsOf(document: ArgoDocument, context: Omit<GeneratorContext, 'goTemplate'>, notes: Unmapped[]): Generated[] {
  const { kind, file, name, spec } = document;
  if (kind === 'Application') {
    return [{ document, name, spec, parameters: {} }];
  }
  const where = `${file} ${name}`;
  try {
    if (spec.templatePatch !== undefined) {
      throw new TemplateError('it has a `templatePatch`, which is not mapped');
    }
    const goTemplate = spec.goTemplate === true;
    return (spec.generators ?? []).flatMap((generator: unknown) => generate(generator, { ...context, goTemplate }).map(parameters => {
      const template = fillIn(spec.template ?? {}, parameters, goTemplate);
      return { document, name: String(template.metadata?.name), spec: template.spec ?? {}, parameters };
    }));
  } catch (error) {
    if (!(error instanceof TemplateError)) {
      throw error;
    }
    notes.push({ where, what: `is left out: ${error.message}` });
    return [];
  }
}

function place({ document, name, spec, parameters }: Generated, clusters: FoundClusters, root: string, notes: Unmapped[]): Placed[] {
  const where = `${document.file} ${name}`;
  try {
    const sources = convertSources(spec, name, root);
    const cluster = clusters.nameOf(spec.destination ?? {}, parameters);
    noteRest(document, spec, notes);
    return [{ document, name, namespace: spec.destination?.namespace, cluster, sources }];
  } catch (error) {
    if (!(error instanceof SourceError)) {
      throw error;
    }
    notes.push({ where, what: `is left out: it ${error.message}` });
    return [];
  }
}

/** What of an Application changes no object, and yet is not in the program. */
function noteRest({ file, name, annotations }: ArgoDocument, spec: any, notes: Unmapped[]): void {
  const note = (what: string): void => void notes.push({ where: `${file} ${name}`, what });
  if (spec.ignoreDifferences?.length > 0) {
    note('has `ignoreDifferences`: write them as `ignore` of the application');
  }
  if (spec.syncPolicy?.syncOptions?.some((option: string) => option.replace(/\s/g, '') === 'CreateNamespace=true')) {
    note('has its namespace created by Argo CD: add a Namespace to the fleet');
  }
  if (annotations['argocd.argoproj.io/sync-wave'] !== undefined) {
    note('has a sync wave: write what it waits for as `dependsOn`');
  }
  for (const { targetRevision, chart, repoURL } of spec.sources ?? [spec.source]) {
    if (chart === undefined && targetRevision !== undefined && !/^(HEAD|main|master)$/.test(targetRevision)) {
      note(`is at ${targetRevision} of ${repoURL}; the program reads the folder as it is`);
    }
  }
}

function group(placed: readonly Placed[], notes: Unmapped[]): ImportedApplication[] {
  const groups = new Map<string, Placed[]>();
  for (const one of placed) {
    const clashes = ({ cluster, namespace }: Placed): boolean => cluster === one.cluster || namespace !== one.namespace;
    const fits = groupNames(one, placed).find(name => isDnsLabel(name) && !groups.get(name)?.some(clashes));
    if (fits === undefined) {
      notes.push({ where: `${one.document.file} ${one.name}`, what: `is left out: it is on ${one.cluster} twice, or its name is not a DNS label` });
    } else {
      groups.set(fits, [...groups.get(fits) ?? [], one]);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, targets]) => ({
    name,
    ...targets[0].namespace === undefined ? {} : { namespace: targets[0].namespace },
    targets: targets.map(({ cluster, sources }) => ({ cluster, sources })).sort((a, b) => (a.cluster < b.cluster ? -1 : 1)),
  }));
}

/** The set, where it has one Application for a cluster; the name without that of the cluster; the name. */
function groupNames({ document, name, cluster }: Placed, placed: readonly Placed[]): string[] {
  const own = placed.filter(one => one.document === document);
  const once = document.kind === 'ApplicationSet' && new Set(own.map(one => one.cluster)).size === own.length;
  const without = name.split(cluster).join('-').replace(/-{2,}/g, '-').replace(/^-+|-+$/g, '');
  return [...once ? [document.name] : [], ...name.includes(cluster) && without !== '' ? [without] : [], name];
}
