import { causeText, ErrorLocation, FlotillaError } from '../errors';
import { AnyApplication } from '../model/application';

/** A construct that was created by an application's `render`, or an object of one of its sources. */
export interface Origin {
  readonly application: AnyApplication;
  /** Path below the root of the rendering: `web/deployment/Resource`; of a source, `web/sources[0]/templates/deployment.yaml`. */
  readonly path: string;
  /** The line that created the source that the object is of. */
  readonly site?: string;
}

/** Something wrong on one cluster, before it is known on which others it is wrong as well. */
export interface Problem {
  readonly code: string;
  /** One sentence that names the object and the value. Constructs are named by the function it gets, which knows their file and line. */
  readonly what: string | ((name: (origin: Origin) => string) => string);
  readonly fix: string;
  readonly cause?: unknown;
  readonly application?: AnyApplication;
  /** The rendered construct that it is about. */
  readonly origin?: Origin;
  /** What else is known; it wins over what `application` and `origin` say. */
  readonly where?: ErrorLocation;
}

/** Finds the line that created a construct, given a cluster on which it is rendered. */
export type FindSite = (origin: Origin, cluster: string) => string | undefined;

/** The path of a rendered construct as if it stood below its fleet: `shop/web/deployment/Resource`. */
export function constructPath({ application, path }: Origin): string {
  return `${application.fleet.name}/${path}`;
}

/** More clusters than this are counted, not named. */
const NAMED_CLUSTERS = 12;

/** Collects what is wrong; the same problem on several clusters is one. */
export class Problems {
  private readonly found = new Map<string, { readonly problem: Problem; readonly clusters: string[] }>();

  /** Whether there is none. */
  public get none(): boolean {
    return this.found.size === 0;
  }

  /** Adds a problem that a cluster has; without a cluster, one of the whole fleet. */
  public add(problem: Problem, cluster?: string): void {
    const key = JSON.stringify([
      problem.code, sentence(problem, constructPath), problem.application?.name, problem.origin && constructPath(problem.origin),
      problem.where, causeText(problem.cause),
    ]);
    const same = this.found.get(key);
    if (!same) {
      this.found.set(key, { problem, clusters: cluster === undefined ? [] : [cluster] });
    } else if (cluster !== undefined && !same.clusters.includes(cluster)) {
      same.clusters.push(cluster);
    }
  }

  /** All of them as errors, in the order they were found. */
  public toErrors(findSite: FindSite): FlotillaError[] {
    return [...this.found.values()].map(({ problem, clusters }) => {
      const site = (origin: Origin) => origin.site ?? (clusters.length > 0 ? findSite(origin, clusters[0]) : undefined);
      const named = (origin: Origin) => [constructPath(origin), ...[site(origin)].filter(Boolean).map(text => `(${text})`)].join(' ');
      const { application, origin } = problem;
      const where: ErrorLocation = {
        construct: origin ? constructPath(origin) : application?.node.path,
        source: (origin && site(origin)) ?? application?.source,
        cluster: clusters.length > 0 ? listClusters(clusters) : undefined,
        application: application?.name,
        ...problem.where,
      };
      return new FlotillaError(problem.code, {
        what: sentence(problem, named),
        fix: problem.fix,
        cause: problem.cause,
        where: Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined)),
      });
    });
  }
}

function sentence(problem: Problem, name: (origin: Origin) => string): string {
  return typeof problem.what === 'string' ? problem.what : problem.what(name);
}

function listClusters(clusters: readonly string[]): string {
  const rest = clusters.length - NAMED_CLUSTERS;
  return rest > 1 ? `${clusters.slice(0, NAMED_CLUSTERS).join(', ')} and ${rest} more` : clusters.join(', ');
}
