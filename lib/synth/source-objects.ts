import { RenderedObject } from './objects';
import { ClusterFacts, Placement } from './placement';
import { Problem } from './problem';
import { planSources, PlannedSource, PlannedSources } from './sources';
import { AnyApplication } from '../model/application';
import { Cluster } from '../model/cluster';
import { requestKey, SourceError, SourceRequest, SourceResult } from '../source/request';

/** What the sources of one target came to. */
export interface SourceObjects {
  readonly objects: readonly RenderedObject[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The sources of all targets, rendered. */
export interface RenderedSources {
  objectsOf(application: AnyApplication, cluster: Cluster): SourceObjects;
}

type RenderRequests = (requests: readonly SourceRequest[]) => ReadonlyMap<string, SourceResult>;

/**
 * Renders the sources of all targets at once: what is equal, once.
 *
 * @param render Gets each request once, and is not called when there is none.
 */
export function renderPlanned(placements: readonly Placement[], render: RenderRequests): RenderedSources {
  const planned = new Map<Cluster, Map<AnyApplication, PlannedSources>>();
  const requests = new Map<string, SourceRequest>();
  for (const { cluster, facts, applications } of placements) {
    planned.set(cluster, new Map(applications.map(application => [application, planSources(application, facts)])));
    for (const { sources } of planned.get(cluster)!.values()) {
      sources.forEach(({ request }) => requests.set(requestKey(request), request));
    }
  }
  const results = requests.size > 0 ? render([...requests.values()]) : new Map<string, SourceResult>();
  return { objectsOf: (application, cluster) => collect(application, planned.get(cluster)!.get(application)!, results) };
}

/** The sources of one target alone, rendered. */
export function renderSourcesOf(application: AnyApplication, facts: ClusterFacts, render: RenderRequests): SourceObjects {
  const planned = planSources(application, facts);
  return collect(application, planned, planned.sources.length > 0 ? render(planned.sources.map(({ request }) => request)) : new Map());
}

function collect(application: AnyApplication, { sources, problems }: PlannedSources, results: ReadonlyMap<string, SourceResult>): SourceObjects {
  const collected = { objects: [] as RenderedObject[], problems: [...problems], warnings: [] as Problem[] };
  for (const source of sources) {
    const result = results.get(requestKey(source.request));
    if (!result) {
      throw new Error(`the source ${source.name} of ${application.name} was not rendered`);
    }
    collected.problems.push(...result.errors.map(error => problemOf(application, source, error)));
    collected.warnings.push(...result.warnings.map(warning => problemOf(application, source, warning)));
    for (const { manifest, file } of result.manifests) {
      const origin = { application, path: `${application.name}/${source.name}${file === undefined ? '' : `/${file}`}`, site: source.site };
      // Patches change objects in place, and other targets have the same.
      collected.objects.push({ origin, manifest: structuredClone(manifest) });
    }
  }
  return collected;
}

function problemOf(application: AnyApplication, source: PlannedSource, { code, what, fix, where, cause }: SourceError): Problem {
  return { code, what, fix, cause, application, where: { construct: `${application.node.path}/${source.name}`, ...source.site === undefined ? {} : { source: source.site }, ...where } };
}
