import { FlotillaError } from '../errors';
import { checkCycles, checkPlacements, checkValidations } from './check-applications';
import { synthesizeCluster } from './cluster';
import { fleetDocument } from './documents';
import { place } from './placement';
import { Problems } from './problem';
import { siteFinder } from './sites';
import { checkModel } from '../model/check';
import { AnyFleet } from '../model/fleet';
import { applicationsOf, clustersOf } from '../model/members';
import { FLEET_FILE } from '../tree/paths';
import { emitYaml } from '../yaml/emit';

/** What a fleet becomes: the files of the committed tree. */
export interface Synthesis {
  /** Paths in the tree and contents, sorted by path. */
  readonly files: Map<string, string>;
  /** Number of targets: an application on a cluster each. */
  readonly targets: number;
  /** Number of Kubernetes objects. */
  readonly objects: number;
  /** Names of the clusters, sorted. */
  readonly clusters: string[];
}

/**
 * Makes the files of the committed tree from the model, in memory.
 *
 * @throws FlotillaError that stands for all errors of the model (FLT1…) or else of the synthesis (FLT2…, FLT3001).
 */
export function synthesize(fleet: AnyFleet): Synthesis {
  const wrong = checkModel(fleet);
  if (wrong.length > 0) {
    throw FlotillaError.all(wrong);
  }
  const clusters = clustersOf(fleet);
  const applications = applicationsOf(fleet);
  const placements = place(clusters, applications);
  const problems = new Problems();
  [...checkValidations(fleet), ...checkCycles(applications), ...checkPlacements(applications, placements)].forEach(problem => problems.add(problem));
  const files = new Map<string, string>([[FLEET_FILE, emitYaml(fleetDocument(fleet, clusters))]]);
  let targets = 0;
  let objects = 0;
  for (const placement of placements) {
    const tree = synthesizeCluster(fleet, placement);
    tree.problems.forEach(problem => problems.add(problem, placement.cluster.name));
    tree.files.forEach((content, path) => files.set(path, content));
    targets += placement.applications.length;
    objects += tree.objects;
  }
  if (!problems.none) {
    const facts = new Map(placements.map(placement => [placement.cluster.name, placement.facts]));
    throw FlotillaError.all(problems.toErrors(siteFinder(cluster => facts.get(cluster))));
  }
  return { files: sortByPath(files), targets, objects, clusters: clusters.map(cluster => cluster.name) };
}

/** By code unit: a locale would sort differently on another machine. */
function sortByPath(files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
