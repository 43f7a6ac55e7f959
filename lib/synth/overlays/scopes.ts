import { OverlayMatch } from './step';
import { AnyApplication } from '../../model/application';
import { Cluster } from '../../model/cluster';
import { AnyFleet } from '../../model/fleet';
import { AddedOverlay } from '../../model/overlay-props';
import { AnySelector, Selectable, selects } from '../../model/selector';
import { Problem } from '../problem';

/** The overlays of the fleet, the environment and the cluster that select a cluster: the nearest to it last. */
export function sharedOverlays(cluster: Cluster, facts: Selectable): AddedOverlay[] {
  const fleet: AnyFleet = cluster.environment.fleet;
  return [...fleet.overlays, ...cluster.environment.overlays, ...cluster.overlays].filter(({ props }) => selects((props.where ?? {}) as AnySelector, facts));
}

/** Those of them that concern an application. */
export function overlaysOn(application: AnyApplication, shared: readonly AddedOverlay[]): AddedOverlay[] {
  return shared.filter(({ props }) => props.applications === undefined || props.applications.includes(application.name));
}

type Found = readonly [problem: Problem, cluster?: string];

/** Gathers what the overlays of fleets, environments and clusters matched, target by target. */
export class SharedMatches {
  private readonly applied = new Set<AddedOverlay>();
  private readonly found = new Map<AddedOverlay, Map<string, { matched: boolean; readonly missed: Problem[]; readonly clusters: string[] }>>();

  /** Adds what overlays matched on a target. */
  public add(overlays: readonly AddedOverlay[], matches: readonly OverlayMatch[], cluster: string): void {
    overlays.forEach(overlay => this.applied.add(overlay));
    for (const { overlay, key, problem } of matches) {
      const keys = this.found.get(overlay) ?? new Map();
      const entry = keys.get(key) ?? { matched: false, missed: [], clusters: [] };
      this.found.set(overlay, keys.set(key, entry));
      if (!problem) {
        entry.matched = true;
      } else {
        entry.missed.push(problem);
        entry.clusters.push(cluster);
      }
    }
  }

  /** What matched nothing on any target, with the clusters. @param overlays all there are */
  public problems(overlays: readonly AddedOverlay[]): Found[] {
    return overlays.flatMap((overlay): Found[] => {
      if (overlay.props.optional) {
        return [];
      }
      if (!this.applied.has(overlay)) {
        return [[selectsNothing(overlay)]];
      }
      const nowhere = [...this.found.get(overlay)?.values() ?? []].filter(({ matched }) => !matched);
      return nowhere.flatMap(({ missed, clusters }) => clusters.map((cluster): Found => [inAll(missed), cluster]));
    });
  }
}

/** One problem of what is missing on several targets; where they are of several applications, it is of none. */
function inAll([first, ...others]: readonly Problem[]): Problem {
  return others.every(({ application }) => application === first.application) ? first
    : { ...first, application: undefined, fix: 'name what one of the applications has, or say that it is `optional`' };
}

function selectsNothing({ name, source }: AddedOverlay): Problem {
  return {
    code: 'FLT2203',
    where: { construct: name, source },
    what: `the overlay ${name} selects no application on any cluster`,
    fix: 'widen its `where` or its `applications`, remove it, or say that it is `optional`',
  };
}
