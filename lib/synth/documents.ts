import { dependenciesOf } from './dependencies';
import { RenderedObject } from './objects';
import { healthOf, ignoreOf } from './rules';
import { AnyApplication } from '../model/application';
import { Cluster } from '../model/cluster';
import { AnyFleet } from '../model/fleet';
import { ClusterDocument, DeliveryDocument, FleetDocument, PrunePolicy } from '../tree/documents';
import { API_VERSION, TREE_VERSION } from '../tree/names';

/** Share of the inventory, in per cent, that one revision may delete unless the application says otherwise. */
const DEFAULT_BUDGET = 25;

/** `fleet.yaml` */
export function fleetDocument(fleet: AnyFleet, clusters: readonly Cluster[]): FleetDocument {
  return {
    apiVersion: API_VERSION,
    kind: 'Fleet',
    metadata: { name: fleet.name },
    spec: {
      treeVersion: TREE_VERSION,
      namespace: fleet.namespace,
      environments: [...fleet.environments],
      clusters: clusters.map(cluster => cluster.name),
    },
  };
}

/** `clusters/NAME.yaml` */
export function clusterDocument(cluster: Cluster): ClusterDocument {
  return {
    apiVersion: API_VERSION,
    kind: 'Cluster',
    metadata: { name: cluster.name },
    spec: { environment: cluster.environment.name, labels: cluster.labels as Record<string, string>, access: cluster.access },
  };
}

/** `clusters/NAME/APPLICATION.yaml`; what is as it would be anyway is left out. */
export function deliveryDocument(
  application: AnyApplication, cluster: Cluster, onCluster: ReadonlySet<AnyApplication>, objects: readonly RenderedObject[],
): DeliveryDocument {
  const manifests = objects.map(({ manifest }) => manifest);
  const health = healthOf(application, manifests);
  const ignore = ignoreOf(application, manifests);
  const dependsOn = dependenciesOf(application).filter(dependency => onCluster.has(dependency)).map(dependency => dependency.name).sort();
  const prune = prunePolicy(application.prune);
  const { serviceAccount } = application;
  return {
    apiVersion: API_VERSION,
    kind: 'Delivery',
    metadata: { name: application.name },
    spec: {
      fleet: application.fleet.name,
      cluster: cluster.name,
      application: application.name,
      ...(application.namespace === undefined ? {} : { namespace: application.namespace }),
      ...(dependsOn.length > 0 ? { dependsOn } : {}),
      ...(prune ? { prune } : {}),
      ...(health.length > 0 ? { health } : {}),
      ...(ignore.length > 0 ? { ignore } : {}),
      ...(serviceAccount ? { serviceAccount: { name: serviceAccount.name, namespace: serviceAccount.namespace } } : {}),
    },
  };
}

function prunePolicy({ enabled, budget }: PrunePolicy): PrunePolicy | undefined {
  const policy: PrunePolicy = {
    ...(enabled === false ? { enabled } : {}),
    ...(budget !== undefined && budget !== DEFAULT_BUDGET ? { budget } : {}),
  };
  return Object.keys(policy).length > 0 ? policy : undefined;
}
