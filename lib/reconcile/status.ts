import type { FlotillaError } from '../errors';
import { eachCluster, FleetRunOptions } from './each-cluster';
import type { LoadedCluster } from './load';
import { observe, Observed } from './observe';
import { planCluster, TargetPlan } from './plan';
import { describeUnready, healthRules, ReadinessReader } from './readiness';
import { isUnknown, observedBy } from './sight';
import { tenantOf } from './tenant';
import { Discovery } from '../kube/discovery';

/** Whether a cluster holds what the tree says. */
export type SyncState =
  | 'Synced'
  /** Objects are missing, changed in the tree or changed in the cluster. */
  | 'OutOfSync'
  /** It was never applied. */
  | 'Missing'
  /** The application left the tree, and objects of it are still there. */
  | 'Removed'
  /** Deletions wait for an approval. */
  | 'PruneHeld'
  | 'Unknown';

/** One application on one cluster, as it is now. */
export interface TargetStatus {
  readonly cluster: string;
  readonly application: string;
  readonly sync: SyncState;
  readonly ready: boolean;
  /** `Ready`, or why not: `Progressing`, `Degraded`, `ApplyFailed`, `DependencyNotReady`, `Unknown`. */
  readonly state: string;
  readonly message?: string;
  /** How many of its objects are ready, and how many the tree has. */
  readonly objects: { readonly ready: number; readonly total: number };
  /** Objects that are to be applied or pruned. */
  readonly pending: number;
  /** The commit whose tree the cluster holds: the one that was read, when nothing changed for this application since. */
  readonly commit?: string;
  readonly revision?: string;
  readonly held?: { readonly digest: string; readonly objects: readonly string[] };
}

export interface FleetStatus {
  readonly fleet: string;
  readonly commit?: string;
  readonly targets: readonly TargetStatus[];
  /** Clusters that could not be looked at. */
  readonly unreachable: readonly { readonly cluster: string; readonly error: FlotillaError }[];
}

/** Looks at every cluster and compares it with the tree; writes nothing. */
export async function fleetStatus(options: FleetRunOptions): Promise<FleetStatus> {
  const { tree, results } = await eachCluster<{ targets: TargetStatus[]; error?: { cluster: string; error: FlotillaError } }>(
    options,
    async (connection, loaded) => {
      const discovery = await Discovery.load(connection);
      const observed = await observe(connection, discovery, loaded.desired);
      const plans = planCluster(loaded.desired, observed);
      const reader = new ReadinessReader(connection, discovery, options.signal, healthRules(loaded.desired.targets));
      const statuses = await Promise.all(plans.map(plan => targetStatus(loaded, plan, reader, observed)));
      return { targets: [...statuses, ...unreadable(loaded)].filter(({ application }) => options.applications?.includes(application) ?? true) };
    },
    (cluster, error) => ({ targets: [], error: { cluster, error } }),
  );
  return {
    fleet: tree.fleet.metadata.name, commit: tree.commit,
    targets: results.flatMap(({ targets }) => targets.sort((a, b) => a.application < b.application ? -1 : 1)),
    unreachable: results.flatMap(({ error }) => error ?? []),
  };
}

async function targetStatus({ desired }: LoadedCluster, plan: TargetPlan, reader: ReadinessReader, seen: Observed): Promise<TargetStatus> {
  const { application, target, record, pruning } = plan;
  const changes = plan.steps.flatMap(step => step.objects).filter(object => object.action === 'apply');
  const pending = changes.length + pruning.deletions.length;
  const base = { cluster: desired.cluster, application, pending, held: pruning.held };
  if (!target) {
    const message = `the application left the tree; ${pruning.staying.length + pruning.deletions.length} objects of it are still there`;
    return { ...base, sync: 'Removed', ready: false, state: 'Removed', message, objects: { ready: 0, total: 0 } };
  }
  const tenant = tenantOf(target.spec);
  const observed = observedBy(seen, tenant);
  const absent = new Set(changes.filter(({ object }) => !observed.live.has(object.key) && !isUnknown(observed, object.id))
    .map(({ object }) => object.key));
  const states = (await reader.as(tenant).read(target.objects.map(object => object.id), target.setId))
    .map(each => absent.has(each.key) ? { ...each, ready: false, message: 'is missing' } : each);
  const unready = describeUnready(states);
  const blind = changes.some(change => change.action === 'apply' && change.reason === 'unknown') || pruning.staying.some(({ id }) => isUnknown(observed, id));
  const current = record?.status.revision === target.revision;
  const sync: SyncState = !record?.status.revision ? 'Missing' : blind ? 'Unknown' : pending > 0 || !current ? 'OutOfSync' : pruning.held ? 'PruneHeld' : 'Synced';
  const failed = !current && record?.status.observedRevision === target.revision
    ? record.status.conditions?.find(condition => condition.type === 'Ready' && condition.status !== 'True') : undefined;
  const state = failed?.reason ?? (states.some(each => each.failed) ? 'Degraded' : unready ? 'Progressing' : 'Ready');
  return {
    ...base,
    sync,
    ready: sync !== 'Missing' && state === 'Ready',
    state: sync === 'Missing' && !failed ? 'Missing' : state,
    message: record?.status.failures?.[0]?.message ?? failed?.message ?? unready,
    objects: { ready: states.filter(each => each.ready).length, total: states.length },
    // An unchanged tree id is the same content, whatever commits came since.
    commit: current ? desired.commit ?? record.status.commit : record?.status.commit,
    revision: record?.status.revision,
  };
}

function unreadable({ desired, errors }: LoadedCluster): TargetStatus[] {
  return desired.unreadable.map(application => ({
    cluster: desired.cluster, application, sync: 'Unknown', ready: false, state: 'Unknown', pending: 0,
    message: errors.find(error => error.where.application === application || error.where.file?.includes(`/${application}`))?.what,
    objects: { ready: 0, total: 0 },
  }));
}
