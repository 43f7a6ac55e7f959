import type { Fleet } from '../fleet';
import type { Manifest } from '../tree/manifest';
import { parseTreePath } from '../tree/paths';

/** What tests need of a fleet: any `Fleet` will do. */
export type TestedFleet = Pick<Fleet<any, any>, 'synthesize'>;

/** One application on one cluster, as it is committed: what {@link matchers} look at, and what a snapshot is made of. */
export class TestTarget {
  /**
   * @param cluster Name of the cluster.
   * @param application Name of the application.
   * @param files The files of its objects: paths in the tree and contents, sorted by path.
   */
  constructor(public readonly cluster: string, public readonly application: string, public readonly files: ReadonlyMap<string, string>) {}

  /** Its objects as plain data, in the order of their files; fresh each time. */
  public get objects(): Manifest[] {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { parseYaml } = require('../yaml/parse') as typeof import('../yaml/parse');
    return [...this.files].map(([path, text]) => parseYaml(text, path) as Manifest);
  }
}

/**
 * Synthesizes a fleet and takes one target out of it.
 *
 * The whole fleet is synthesized each time: for many targets, take {@link targetsOf}.
 *
 * @throws FLT2401 for a cluster that the fleet does not have, FLT2402 for an application that the cluster does not have, and what synthesize throws.
 */
export function targetOf(fleet: Fleet<any, any>, cluster: string, application: string): TestTarget {
  const targets = targetsOf(fleet);
  // The model, which whoever has a fleet has loaded; who tests with clusters alone starts without it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { findTarget } = require('../explain/target') as typeof import('../explain/target');
  findTarget(fleet, { cluster, application });
  return targets.find(target => target.cluster === cluster && target.application === application)!;
}

/** Synthesizes a fleet: all of its targets, sorted by cluster and application. */
export function targetsOf(fleet: TestedFleet): TestTarget[] {
  const found = new Map<string, { cluster: string; application: string; files: Map<string, string> }>();
  for (const [path, text] of fleet.synthesize().files) {
    const parsed = parseTreePath(path);
    if (parsed?.kind === 'delivery' || parsed?.kind === 'object') {
      const { cluster, application } = parsed;
      const key = `${cluster}/${application}`;
      const target = found.get(key) ?? { cluster, application, files: new Map<string, string>() };
      found.set(key, target);
      if (parsed.kind === 'object') {
        target.files.set(path, text);
      }
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { cluster, application, files }]) => new TestTarget(cluster, application, files));
}
