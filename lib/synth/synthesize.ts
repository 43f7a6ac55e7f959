import { FlotillaError } from '../errors';
import { checkCycles, checkPlacements, checkValidations } from './check-applications';
import { ClusterChecks } from './checks/cluster-checks';
import { FindSchemas } from './checks/object-checks';
import { synthesizeCluster } from './cluster';
import { fleetDocument } from './documents';
import { SharedMatches } from './overlays/scopes';
import { place } from './placement';
import { Problems } from './problem';
import { siteFinder } from './sites';
import { renderPlanned } from './source-objects';
import { checkModel } from '../model/check';
import { Environment } from '../model/environment';
import { AnyFleet } from '../model/fleet';
import { applicationsOf, clustersOf } from '../model/members';
import { RenderSources } from '../source/request';
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
  /** What may be wrong and stopped nothing, each as an error with its code. */
  readonly warnings: readonly FlotillaError[];
}

/** What synthesis does not do itself, because it reads files and runs programs. */
export interface SynthInputs {
  readonly renderSources: RenderSources;
  readonly findSchemas: FindSchemas;
}

/**
 * Makes the files of the committed tree from the model, in memory.
 *
 * @throws FlotillaError that stands for all errors of the model (FLT1…) or else of the synthesis (FLT2…, FLT3001).
 */
export function synthesize(fleet: AnyFleet, inputs: SynthInputs): Synthesis {
  const wrong = checkModel(fleet);
  if (wrong.length > 0) {
    throw FlotillaError.all(wrong);
  }
  const clusters = clustersOf(fleet);
  const applications = applicationsOf(fleet);
  const placements = place(clusters, applications);
  const problems = new Problems();
  const warnings = new Problems();
  [...checkValidations(fleet), ...checkCycles(applications), ...checkPlacements(applications, placements)].forEach(problem => problems.add(problem));
  const files = new Map<string, string>([[FLEET_FILE, emitYaml(fleetDocument(fleet, clusters))]]);
  const sources = renderPlanned(placements, requests => inputs.renderSources(requests, { sourceFolders: fleet.sourceFolders }));
  const shared = new SharedMatches();
  const checks = new ClusterChecks(fleet, inputs.findSchemas);
  let targets = 0;
  let objects = 0;
  for (const placement of placements) {
    const tree = synthesizeCluster(fleet, placement, application => sources.objectsOf(application, placement.cluster), checks);
    tree.problems.forEach(problem => problems.add(problem, placement.cluster.name));
    tree.warnings.forEach(warning => warnings.add(warning, placement.cluster.name));
    tree.shared.forEach(({ overlays, matches }) => shared.add(overlays, matches, placement.cluster.name));
    tree.files.forEach((content, path) => files.set(path, content));
    targets += placement.applications.length;
    objects += tree.objects;
  }
  if (problems.none && targets > 0) {
    const environments = fleet.node.children.filter(construct => construct instanceof Environment);
    shared.problems([fleet, ...environments, ...clusters].flatMap(({ overlays }) => overlays)).forEach(([problem, cluster]) => problems.add(problem, cluster));
  }
  const facts = new Map(placements.map(placement => [placement.cluster.name, placement.facts]));
  const sites = siteFinder(cluster => facts.get(cluster));
  if (!problems.none) {
    throw FlotillaError.all(problems.toErrors(sites));
  }
  return { files: sortByPath(files), targets, objects, clusters: clusters.map(cluster => cluster.name), warnings: warnings.toErrors(sites) };
}

/** By code unit: a locale would sort differently on another machine. */
function sortByPath(files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
