import { FlotillaError } from '../errors';
import { checkApplication } from './check-application';
import { checkCluster, checkClusterNames, checkEnvironment } from './check-clusters';
import { checkFleet } from './check-fleet';
import { checkOverlay } from './check-overlay';
import { Environment } from './environment';
import { AnyFleet } from './fleet';
import { applicationsOf, clustersOf } from './members';

/**
 * Everything that is wrong with a model. The compiler finds most of it in TypeScript; this finds it in JavaScript and JSON,
 * and where somebody silenced the compiler.
 */
export function checkModel(fleet: AnyFleet): FlotillaError[] {
  const settings = checkFleet(fleet);
  if (settings.length > 0) {
    // Everything else is measured by them.
    return settings;
  }
  const clusters = clustersOf(fleet);
  const names = new Set(clusters.map(cluster => cluster.name));
  const environments = fleet.node.children.filter(construct => construct instanceof Environment);
  const applications = applicationsOf(fleet);
  const context = { fleet, clusters: names, applications: applications.map(({ name }) => name), compareValues: false };
  return [
    ...environments.flatMap(checkEnvironment),
    ...clusters.flatMap(checkCluster),
    ...checkClusterNames(clusters),
    ...[fleet, ...environments, ...clusters].flatMap(({ overlays }) => overlays).flatMap(overlay => checkOverlay(overlay, context)),
    ...applications.flatMap(application => checkApplication(application, names)),
  ];
}
