import { readFileSync } from 'node:fs';
import { SourceCache } from './cache';
import { readConfigMap } from './config-map';
import { digestFolder, digestOf, sha256 } from './digest';
import { mapHooks } from './helm/hooks';
import { checkRemoteChart, isRemote } from './helm/remote';
import { digestKustomization } from './kustomize/closure';
import { readManifests } from './manifests/files';
import { checkPinned } from './manifests/urls';
import { parseManifests } from './parse-manifests';
import { digestProgram, findHelm, findKustomize } from './program';
import { ConfigMapRequest, HelmRequest, KustomizeRequest, ManifestsRequest, SourceManifest, SourceRequest, SourceResult } from './request';
import { Job, Outcome } from './runner/job';
import { SourceFolders } from './source-folders';

/** What a request needs of the runner, and what it makes of it. */
export interface PlannedRequest {
  /** By the digest of all that the outcome depends on: equal jobs of several requests run once. */
  readonly jobs: ReadonlyMap<string, Job>;
  readonly finish: (outcomes: ReadonlyMap<string, Outcome>) => SourceResult;
}

export interface PlanContext {
  readonly folders: SourceFolders;
  readonly cache: SourceCache;
  /** What was read for an earlier request of this run: many have one chart, and one program. */
  readonly digests: Map<string, string>;
}

/**
 * Reads what a request is rendered from, and looks for what became of it before.
 *
 * @throws FLT2103 for a missing program, FLT2106 for a missing file, FLT2107 for one outside of the folders that sources may read, FLT2108 for one that is
 *   not pinned, FLT3002 and FLT2112 for what is no object
 */
export function planRequest(request: SourceRequest, context: PlanContext): PlannedRequest {
  switch (request.type) {
    case 'helm': return planHelm(request, context);
    case 'kustomize': return planKustomize(request, context);
    case 'manifests': return planManifests(request, context);
    case 'config-map': return planConfigMap(request, context);
  }
}

function planHelm(request: HelmRequest, context: PlanContext): PlannedRequest {
  const { folders, cache } = context;
  const remote = isRemote(request);
  if (remote) {
    checkRemoteChart(request);
  }
  const program = findHelm(folders.cwd);
  const { chart, repository, version, hooks, valuesFiles, ...rest } = request;
  const files = valuesFiles.map(file => folders.find(file, 'the values file'));
  const folder = remote ? cache.path('charts', digestOf([chart, repository, version])) : folders.find(chart, 'the chart', '; a chart of a repository needs its `repository`');
  const content = remote ? [chart, repository, version] : once(context, `chart ${folder}`, () => digestFolder(folder, folders, 'the chart'));
  const key = digestOf(['helm', once(context, `program ${program.path}`, () => digestProgram(program, cache)), content, files.map(file => sha256(readFileSync(file))), rest]);
  const keepValues = `${cache.path('failed', key)}.json`;
  return planCached(key, { type: 'helm', program, request, chart: folder, remote, valuesFiles: files, keepValues }, cache, manifests => {
    const mapped = mapHooks(manifests, hooks, chart);
    return { ...mapped, errors: [] };
  });
}

function planKustomize(request: KustomizeRequest, context: PlanContext): PlannedRequest {
  // What begins with a dash would be a flag.
  const path = request.path.startsWith('-') ? `./${request.path}` : request.path;
  const { folders, cache } = context;
  const content = digestKustomization(path, folders);
  const program = findKustomize(folders.cwd);
  const key = digestOf(['kustomize', once(context, `program ${program.path}`, () => digestProgram(program, cache)), program.first, content, path]);
  return planCached(key, { type: 'kustomize', program, path }, cache, manifests => ({ manifests, errors: [], warnings: [] }));
}

function planConfigMap(request: ConfigMapRequest, { folders }: PlanContext): PlannedRequest {
  const manifest = readConfigMap(request, folders);
  return { jobs: new Map(), finish: () => ({ manifests: [{ manifest }], errors: [], warnings: [] }) };
}

function once({ digests }: PlanContext, about: string, digest: () => string): string {
  const known = digests.get(about) ?? digest();
  digests.set(about, known);
  return known;
}

/** One job, whose objects are kept under its key. */
function planCached(key: string, job: Job, cache: SourceCache, finish: (manifests: SourceManifest[]) => SourceResult): PlannedRequest {
  const kept = cache.tryRead('results', key);
  if (kept !== undefined) {
    return { jobs: new Map(), finish: () => finish(JSON.parse(kept) as SourceManifest[]) };
  }
  return {
    jobs: new Map([[key, job]]),
    finish: outcomes => {
      const outcome = outcomes.get(key)!;
      if (!('manifests' in outcome)) {
        return { manifests: [], errors: 'errors' in outcome ? outcome.errors : [], warnings: [] };
      }
      cache.write('results', key, JSON.stringify(outcome.manifests));
      return finish([...outcome.manifests]);
    },
  };
}

/** Files are read each time: that is as quick as to see that they are the same. */
function planManifests({ files, urls }: ManifestsRequest, { folders, cache }: PlanContext): PlannedRequest {
  const pinned = urls.map(checkPinned);
  const local = readManifests(files, folders);
  const kept = new Map(pinned.flatMap(({ sha256: digest }): [string, string][] => {
    const text = cache.tryRead('files', digest);
    return text === undefined ? [] : [[digest, text]];
  }));
  const missing = pinned.filter(({ sha256: digest }) => !kept.has(digest));
  return {
    jobs: new Map(missing.map(({ url, sha256: digest }): [string, Job] => [`${digest} ${url}`, { type: 'download', url, sha256: digest }])),
    finish: outcomes => {
      const remote = pinned.map(({ url, sha256: digest }): SourceResult => {
        const outcome = outcomes.get(`${digest} ${url}`);
        if (outcome && 'errors' in outcome) {
          return { manifests: [], errors: outcome.errors, warnings: [] };
        }
        const text = outcome && 'text' in outcome ? outcome.text : kept.get(digest)!;
        if (!kept.has(digest)) {
          cache.write('files', digest, text);
        }
        return { manifests: parseManifests(text, url), errors: [], warnings: [] };
      });
      return { manifests: [...local, ...remote.flatMap(({ manifests }) => manifests)], errors: remote.flatMap(({ errors }) => errors), warnings: [] };
    },
  };
}
