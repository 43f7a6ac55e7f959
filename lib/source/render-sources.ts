import { SourceCache } from './cache';
import { planRequest, PlannedRequest } from './plan-request';
import { requestKey, type RenderSourcesOptions, type SourceRequest, type SourceResult } from './request';
import { runJobs } from './run-jobs';
import { Job } from './runner/job';
import { sourceErrors } from './source-error';
import { SourceFolders } from './source-folders';

/**
 * Renders each request once: what the cache holds is taken from there, the rest is rendered by a process of its own, several at a time.
 *
 * What is wrong with a request is in its result.
 *
 * @throws FLT2106 for a folder of `sourceFolders` that does not exist, FLT2113 when that process ended before its time
 */
export function renderSources(requests: readonly SourceRequest[], options: RenderSourcesOptions): Map<string, SourceResult> {
  const cwd = process.cwd();
  const cache = SourceCache.open(cwd);
  const context = { folders: new SourceFolders(cwd, options.sourceFolders), cache, digests: new Map<string, string>() };
  const planned = requests.map(request => attempt(request, () => planRequest(request, context)));
  const jobs = new Map<string, Job>();
  planned.forEach(plan => 'finish' in plan && plan.jobs.forEach((job, key) => jobs.set(key, job)));
  const outcomes = runJobs(jobs, cwd);
  const results = new Map(requests.map((request, i): [string, SourceResult] => {
    const plan = planned[i];
    return [requestKey(request), 'finish' in plan ? attempt(request, () => plan.finish(outcomes)) : plan];
  }));
  if (jobs.size > 0) {
    cache.clean();
  }
  return results;
}

function attempt(request: SourceRequest, run: () => PlannedRequest): PlannedRequest | SourceResult;
function attempt(request: SourceRequest, run: () => SourceResult): SourceResult;
function attempt(request: SourceRequest, run: () => PlannedRequest | SourceResult): PlannedRequest | SourceResult {
  try {
    return run();
  } catch (error) {
    return { manifests: [], errors: sourceErrors(error, nameOf(request)), warnings: [] };
  }
}

function nameOf(request: SourceRequest): string {
  switch (request.type) {
    case 'helm': return `the chart ${request.chart}`;
    case 'kustomize': return `the kustomization ${request.path}`;
    case 'config-map': return `the ConfigMap ${request.name}`;
    case 'manifests': return `one of the files ${request.files.join(', ')}`;
  }
}
