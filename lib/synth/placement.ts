import { AnyApplication } from '../model/application';
import { Cluster } from '../model/cluster';
import { AnyFleet } from '../model/fleet';
import { Selectable, selects } from '../model/selector';
import { Target } from '../model/target';

/** What selectors look at, and what else the applications of a cluster get to know. */
export interface ClusterFacts extends Selectable {
  /** `1.36` */
  readonly kubernetesVersion: string;
}

/** A cluster with the applications that are placed on it. */
export interface Placement {
  readonly cluster: Cluster;
  readonly facts: ClusterFacts;
  /** Sorted by name. */
  readonly applications: readonly AnyApplication[];
}

/** Which applications run on which clusters, in the order of both. */
export function place(clusters: readonly Cluster[], applications: readonly AnyApplication[]): Placement[] {
  return clusters.map(cluster => {
    const { name, environment, kubernetesVersion } = cluster;
    const facts: ClusterFacts = { cluster: name, environment: environment.name, kubernetesVersion, labels: cluster.labels as Record<string, string> };
    return { cluster, facts, applications: applications.filter(application => selects(application.placement, facts)) };
  });
}

/** What `render` gets to know about where it renders to. */
export function targetOf(application: AnyApplication, facts: ClusterFacts): Target<AnyFleet> {
  const { name, namespace, fleet } = application;
  return Object.freeze({
    fleet: fleet.name, ...facts, application: name, ...(namespace === undefined ? {} : { namespace }),
  }) as Target<AnyFleet>;
}
