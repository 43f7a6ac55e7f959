import { FlotillaError } from '../errors';
import { recordBlocked } from './conclude';
import type { ClusterContext, RunOptions } from './context';
import { definitionsOf } from './definitions-of';
import { Dependencies } from './dependencies';
import type { DesiredCluster } from './desired';
import { Grants } from './grants';
import { installDeliveries } from './install';
import { observe } from './observe';
import { planCluster, TargetPlan } from './plan';
import { healthRules, ReadinessReader } from './readiness';
import type { ClusterResult, TargetResult } from './report';
import { RemovalPlan, runRemoval } from './run-removal';
import { runTarget, TreePlan } from './run-target';
import { tenantOf } from './tenant';
import { waitUntilReady } from './wait-until-ready';
import { writeRecord } from './write-record';
import { clusterError } from '../kube/cluster-error';
import type { Connection } from '../kube/connection';
import { Discovery } from '../kube/discovery';
import { formatIdentity } from '../tree/manifest';

/** Brings one cluster to what the tree wants: observe, plan, execute, once. */
export async function runCluster(connection: Connection, desired: DesiredCluster, options: ClusterRunOptions): Promise<ClusterResult> {
  const start = Date.now();
  const targets: TargetResult[] = [];
  let error: FlotillaError | undefined;
  try {
    const discovery = await Discovery.load(connection);
    await installDeliveries(connection, discovery, desired.namespace, options.signal);
    const grants = new Grants();
    const round = async (applications: ReadonlySet<string> | undefined) => {
      const observed = await observe(connection, discovery, desired);
      const reader = new ReadinessReader(connection, discovery, options.signal, healthRules(desired.targets));
      const context: ClusterContext = {
        connection, discovery, desired, observed, options, grants,
        readiness: {
          read: (ids, { spec, setId }) => reader.as(tenantOf(spec)).read(ids, setId),
          wait: (ids, { spec, setId }) => waitUntilReady(reader.as(tenantOf(spec)), ids, setId, start + options.timeoutMs, options.signal),
        },
        records: {
          // What only spares a later run a look is not worth a write.
          save: async (former, content, urgency) => {
            if (urgency !== 'later') await writeRecord({ connection, discovery, desired, options }, former, content);
          },
          forget: () => undefined,
        },
        ...definitionsOf(desired),
      };
      const plans = planCluster(desired, observed);
      return { plans, results: await runPlans(context, plans, applications) };
    };
    const first = await round(options.applications);
    const losers = losersOf(first.plans, first.results, options.applications);
    const second = losers.size > 0 ? (await round(losers)).results : [];
    targets.push(...mergeRounds(first.results, second));
  } catch (cause) {
    options.signal?.throwIfAborted();
    error = cause instanceof FlotillaError ? cause : clusterError(connection, cause);
  }
  return {
    cluster: desired.cluster, commit: desired.commit, targets, error,
    requests: { total: connection.requests.total, writes: connection.requests.writes }, seconds: (Date.now() - start) / 1000,
  };
}

/** Applications that still answer for an object that has just gone to another one: they let go of it in a second round. */
function losersOf(plans: readonly TargetPlan[], results: readonly TargetResult[], only: ReadonlySet<string> | undefined): Set<string> {
  const moved = new Set(results.flatMap(({ objects }) => objects.filter(each => each.reason === 'handed-over' && each.action === 'configured'))
    .map(each => each.object));
  const losers = plans.filter(plan => (only === undefined || only.has(plan.application))
    && plan.pruning.staying.some(entry => moved.has(formatIdentity(entry.id))));
  return new Set(losers.map(plan => plan.application));
}

/** The second round only lets go: what the first one did stays the result. */
function mergeRounds(first: readonly TargetResult[], second: readonly TargetResult[]): TargetResult[] {
  const later = new Map(second.map(result => [result.application, result]));
  return first.map(result => {
    const next = later.get(result.application);
    const released = next?.objects.filter(each => each.action !== 'unchanged') ?? [];
    const outcome = next?.outcome === 'removed' || next?.outcome === 'failed' ? next.outcome : result.outcome;
    return next ? { ...result, outcome, objects: [...result.objects, ...released], errors: [...result.errors, ...next.errors] } : result;
  });
}

export interface ClusterRunOptions extends RunOptions {
  /** How long to wait for readiness in all, in milliseconds. */
  readonly timeoutMs: number;
  /** Only these applications are written; absent means all. */
  readonly applications?: ReadonlySet<string>;
}

/** Every application starts as soon as those that it depends on are ready. */
async function runPlans(context: ClusterContext, plans: readonly TargetPlan[], only: ReadonlySet<string> | undefined): Promise<TargetResult[]> {
  const dependencies = new Dependencies(context, plans, only);
  const chosen = plans.filter(plan => only === undefined || only.has(plan.application));
  // Handed-over objects first get their new label; an application that only loses objects may as well go last.
  const [inTree, removed] = [chosen.filter(isInTree), chosen.filter(isRemoved)];
  const results = await Promise.all(inTree.map(plan => guarded(context, plan, async () => {
    const blocked = await dependencies.reasonToWait(plan);
    if (blocked) {
      await recordBlocked(context, plan, blocked);
    }
    return dependencies.settle(plan.application, blocked ?? await runTarget(context, plan));
  }, result => dependencies.settle(plan.application, result))));
  const removals = await Promise.all(removed.map(plan => guarded(context, plan, () => runRemoval(context, plan))));
  return [...results, ...removals];
}

/** What goes wrong with one application stops no other. */
async function guarded(
  context: ClusterContext, plan: TargetPlan, run: () => Promise<TargetResult>, settle: (result: TargetResult) => TargetResult = result => result,
): Promise<TargetResult> {
  try {
    return await run();
  } catch (cause) {
    context.options.signal?.throwIfAborted();
    const error = cause instanceof FlotillaError ? cause : clusterError(context.connection, cause);
    return settle({
      application: plan.application, outcome: 'failed', revision: plan.target?.revision, ready: false, message: error.what, objects: [], errors: [error],
    });
  }
}

function isInTree(plan: TargetPlan): plan is TreePlan {
  return plan.target !== undefined;
}

function isRemoved(plan: TargetPlan): plan is RemovalPlan {
  return plan.target === undefined && plan.record !== undefined;
}
