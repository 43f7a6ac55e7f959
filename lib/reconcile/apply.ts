import type { FlotillaError } from '../errors';
import { eachCluster, FleetRunOptions } from './each-cluster';
import type { ClusterResult, TargetResult } from './report';
import { runCluster } from './run-cluster';

export interface ApplyOptions extends FleetRunOptions {
  /** Wait until every object is ready: between waves, before pruning and at the end. @default false */
  readonly wait?: boolean;
  /** How long to wait for readiness, in milliseconds. @default five minutes */
  readonly timeoutMs?: number;
  /** Called as soon as a cluster is done. */
  readonly onCluster?: (result: ClusterResult) => void;
}

/** What became of a fleet. */
export interface ApplyResult {
  readonly fleet: string;
  readonly commit?: string;
  readonly clusters: readonly ClusterResult[];
}

const DEFAULT_TIMEOUT_MS = 5 * 60_000;

/** Makes every cluster match its folder of the tree, once. */
export async function applyFleet(options: ApplyOptions): Promise<ApplyResult> {
  const done = (result: ClusterResult): ClusterResult => {
    options.onCluster?.(result);
    return result;
  };
  const { tree, results } = await eachCluster(options, async (connection, { desired, errors }) => {
    const result = await runCluster(connection, desired, {
      wait: options.wait ?? false,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal: options.signal,
      applications: options.applications && new Set(options.applications),
    });
    return done({ ...result, targets: [...result.targets, ...unreadable(desired.unreadable, errors)] });
  }, (cluster, error, { commit }) => done({
    cluster, commit, targets: [], error, requests: { total: 0, writes: 0 }, seconds: 0,
  }));
  return { fleet: tree.fleet.metadata.name, commit: tree.commit, clusters: results };
}

/** Applications that the tree holds in a form that cannot be read: they are left alone, and said. */
function unreadable(applications: readonly string[], errors: readonly FlotillaError[]): TargetResult[] {
  return applications.map(application => {
    const own = errors.filter(({ where }) => where.application === application || where.file?.split('/')[2]?.replace(/\.yaml$/, '') === application);
    return { application, outcome: 'failed', ready: false, message: 'the tree of the application cannot be read', objects: [], errors: own };
  });
}
