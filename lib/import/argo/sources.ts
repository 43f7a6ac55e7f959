import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { globPattern } from './generators';
import { parseYaml } from '../../yaml/parse';
import { ImportedSource, inRoot } from '../imported-fleet';

/** A source of an Application that has no equal here. */
export class SourceError extends Error {}

const MANIFEST = /\.(ya?ml|json)$/;
const KUSTOMIZATION = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * The sources of an Application.
 *
 * @param name Name of the Application: that of a Helm release, unless it says otherwise.
 * @param root Folder of the repository, absolute.
 * @throws SourceError for what changes the objects and is not mapped.
 */
export function convertSources(spec: any, name: string, root: string): ImportedSource[] {
  const sources: any[] = spec.sources ?? (spec.source === undefined ? [] : [spec.source]);
  const own = sources.filter(source => source.path !== undefined || source.chart !== undefined);
  if (own.length === 0) {
    throw new SourceError('has no source');
  }
  return own.map(source => convert(source, name, root));
}

function convert(source: any, name: string, root: string): ImportedSource {
  if (source.plugin !== undefined) {
    throw new SourceError('has a plugin');
  }
  if (source.chart !== undefined) {
    const url = String(source.repoURL ?? '');
    const where = /^https?:\/\//.test(url) ? { chart: source.chart, repository: url }
      : { chart: `oci://${url.replace(/^oci:\/\//, '').replace(/\/$/, '')}/${source.chart}` };
    if (!/^v?\d+\.\d+\.\d+/.test(String(source.targetRevision ?? ''))) {
      throw new SourceError(`has the version ${source.targetRevision ?? 'of the day'} of the chart ${source.chart}, which is not exact`);
    }
    return helmSource({ ...where, version: String(source.targetRevision) }, source.helm ?? {}, name, '', root);
  }
  const path = posix.normalize(String(source.path)).replace(/\/$/, '');
  const folder = join(root, path);
  if (path.startsWith('..') || !existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new SourceError(`has the path ${path} of ${source.repoURL}, which is not in the repository`);
  }
  if (source.helm !== undefined || existsSync(join(folder, 'Chart.yaml'))) {
    return helmSource({ chart: inRoot(path) }, source.helm ?? {}, name, path, root);
  }
  if (source.kustomize !== undefined || (source.directory === undefined && KUSTOMIZATION.some(file => existsSync(join(folder, file))))) {
    const changes = Object.keys(source.kustomize ?? {}).filter(key => key !== 'version');
    if (changes.length > 0) {
      throw new SourceError(`changes the kustomization ${path} by ${changes.map(key => `\`${key}\``).join(', ')}`);
    }
    return { type: 'Kustomization', props: { path: inRoot(path) } };
  }
  return directorySource(path, source.directory ?? {}, root);
}

function directorySource(path: string, directory: any, root: string): ImportedSource {
  const { recurse = false, include, exclude, jsonnet } = directory;
  if (jsonnet !== undefined && Object.keys(jsonnet).length > 0) {
    throw new SourceError(`renders ${path} by jsonnet`);
  }
  const deep = manifestsIn(join(root, path), '');
  const direct = deep.filter(file => !file.includes('/'));
  const read = recurse ? deep : direct;
  if (include !== undefined || exclude !== undefined) {
    const matches = (glob: string, file: string): boolean => globPattern(glob).test(file);
    const chosen = read.filter(file => (include === undefined || matches(include, file)) && (exclude === undefined || !matches(exclude, file)));
    return manifests(chosen.map(file => inRoot(`${path}/${file}`)), path);
  }
  // A folder is read with all below it; where Argo CD does not go there, the files are named.
  const whole = recurse || direct.length === deep.length;
  return manifests(!whole ? direct.map(file => inRoot(`${path}/${file}`)) : read.length === 0 ? [] : [inRoot(path)], path);
}

function manifests(files: readonly string[], path: string): ImportedSource {
  if (files.length === 0) {
    throw new SourceError(`has no manifests in ${path}`);
  }
  return { type: 'Manifests', props: { files: files.length === 1 ? files[0] : files } };
}

function manifestsIn(folder: string, path: string): string[] {
  return readdirSync(join(folder, path), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(entry => {
    const inner = path === '' ? entry.name : `${path}/${entry.name}`;
    return entry.isDirectory() ? manifestsIn(folder, inner) : MANIFEST.test(entry.name) ? [inner] : [];
  });
}

function helmSource(where: Record<string, unknown>, helm: any, name: string, path: string, root: string): ImportedSource {
  if (helm.fileParameters !== undefined) {
    throw new SourceError('has `fileParameters`');
  }
  const files = (helm.valueFiles ?? []).map((file: string) => valuesFile(file, path))
    .filter((file: string) => !helm.ignoreMissingValueFiles || existsSync(join(root, file)));
  const missing = files.find((file: string) => !existsSync(join(root, file)));
  if (missing !== undefined) {
    throw new SourceError(`has the values file ${missing}, which is not in the repository`);
  }
  // valuesObject takes the place of values, and parameters win over both.
  const given = helm.valuesObject ?? (typeof helm.values === 'string' && helm.values.trim() !== '' ? parseYaml(helm.values, `${name}: helm.values`) : {});
  const values = (helm.parameters ?? []).reduce((sum: object, parameter: any) => withParameter(sum, parameter), structuredClone(given) as object);
  return {
    type: 'HelmChart',
    props: {
      ...where,
      releaseName: helm.releaseName ?? name,
      ...helm.namespace === undefined ? {} : { namespace: helm.namespace },
      ...files.length === 0 ? {} : { valuesFiles: files.map(inRoot) },
      ...Object.keys(values).length === 0 ? {} : { values },
      ...helm.skipCrds === true ? { includeCrds: false } : {},
      ...helm.kubeVersion === undefined ? {} : { kubeVersion: helm.kubeVersion },
      ...helm.apiVersions === undefined ? {} : { apiVersions: helm.apiVersions },
    },
  };
}

/** `$values/web.yaml` is in the repository that another source names; we have one. */
function valuesFile(file: string, path: string): string {
  if (/^[a-z]+:\/\//.test(file)) {
    throw new SourceError(`has the values file ${file}`);
  }
  const ref = /^\$[^/]+\/(.*)$/.exec(file);
  return posix.normalize(ref ? ref[1] : file.startsWith('/') ? file.slice(1) : posix.join(path, file));
}

/** As `helm --set` does, for names of plain keys. */
function withParameter(values: object, { name, value, forceString }: { name: string; value: string; forceString?: boolean }): object {
  if (!/^[\w-]+(\.[\w-]+)*$/.test(name)) {
    throw new SourceError(`has the parameter ${name}`);
  }
  const keys = name.split('.');
  let map = values as Record<string, unknown>;
  for (const each of keys.slice(0, -1)) {
    map[each] = typeof map[each] === 'object' && map[each] !== null ? map[each] : {};
    map = map[each] as Record<string, unknown>;
  }
  const words: Record<string, unknown> = { true: true, false: false, null: null };
  const scalar = Object.hasOwn(words, value) ? words[value] : /^(0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
  map[keys[keys.length - 1]] = forceString ? value : scalar;
  return values;
}
