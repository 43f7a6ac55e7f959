import { AnyApplication } from '../model/application';
import { Cluster } from '../model/cluster';
import { AnyFleet } from '../model/fleet';
import { Selectable, selects } from '../model/selector';
import { Target } from '../model/target';

/** A cluster with the applications that are placed on it. */
export interface Placement {
  readonly cluster: Cluster;
  readonly facts: Selectable;
  /** Sorted by name. */
  readonly applications: readonly AnyApplication[];
}

/** Which applications run on which clusters, in the order of both. */
export function place(clusters: readonly Cluster[], applications: readonly AnyApplication[]): Placement[] {
  return clusters.map(cluster => {
    const facts: Selectable = { cluster: cluster.name, environment: cluster.environment.name, labels: cluster.labels as Record<string, string> };
    return { cluster, facts, applications: applications.filter(application => selects(application.placement, facts)) };
  });
}

/** What `render` gets to know about where it renders to. */
export function targetOf(application: AnyApplication, facts: Selectable): Target<AnyFleet> {
  const { name, namespace, fleet } = application;
  return Object.freeze({
    fleet: fleet.name, ...facts, application: name, ...(namespace === undefined ? {} : { namespace }),
  }) as Target<AnyFleet>;
}
