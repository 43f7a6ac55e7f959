import { AnyApplication, Application } from './application';
import { Cluster } from './cluster';
import { AnyFleet } from './fleet';

/** The clusters of a fleet, sorted by name. */
export function clustersOf(fleet: AnyFleet): Cluster[] {
  return sortByName(fleet.node.findAll().filter(construct => construct instanceof Cluster));
}

/** The applications of a fleet, sorted by name. */
export function applicationsOf(fleet: AnyFleet): AnyApplication[] {
  return sortByName(fleet.node.children.filter(construct => construct instanceof Application));
}

function sortByName<T extends { readonly name: string }>(constructs: T[]): T[] {
  // By code unit: a locale would sort differently on another machine.
  return constructs.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
