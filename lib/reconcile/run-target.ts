import { Applied, applyOne } from './apply-one';
import { concludeTarget } from './conclude';
import type { ClusterContext } from './context';
import { awaitDefinitions } from './definitions';
import type { DesiredTarget } from './desired';
import type { InventoryEntry } from './inventory';
import type { PlanStep, TargetPlan } from './plan';
import { executePruning } from './prune';
import { describeUnready } from './readiness';
import type { ObjectResult, TargetResult } from './report';
import { waitUntilReady } from './wait-until-ready';
import { writeRecord } from './write-record';
import { formatIdentity } from '../tree/manifest';

/** A plan of an application that the tree holds. */
export type TreePlan = TargetPlan & { readonly target: DesiredTarget };

/**
 * Executes the plan of one application: its steps in order, then the pruning, then the record.
 *
 * Every object gets its own result. A step with a failure holds the later ones and the pruning.
 */
export async function runTarget(context: ClusterContext, plan: TreePlan): Promise<TargetResult> {
  const entries = new Map<string, InventoryEntry>(plan.record?.inventory.map(entry => [formatIdentity(entry.id), entry]));
  await recordIntent(context, plan, entries);

  const results: ObjectResult[] = [];
  let stopped: string | undefined;
  for (const step of plan.steps) {
    if (stopped !== undefined) {
      results.push(...step.objects.map(({ object }): ObjectResult => ({ object: object.key, action: 'skipped' })));
      continue;
    }
    const applied = await Promise.all(step.objects.map(each => applyOne(context, each)));
    for (const { entry, result } of applied) {
      results.push(result);
      if (entry) {
        entries.set(formatIdentity(entry.id), entry);
      }
    }
    stopped = await reasonToStop(context, plan, step, applied);
  }
  if (stopped === undefined) {
    const pruned = await executePruning(context, plan.target.setId, plan.pruning, entries);
    results.push(...pruned);
    const failed = pruned.filter(result => result.action === 'failed').length;
    stopped = failed > 0 ? `${failed} objects could not be pruned` : undefined;
  }
  return concludeTarget(context, plan, { results, stopped, entries });
}

/** Before an object is made, the record names it: after a crash we know that it may be ours. */
async function recordIntent(context: ClusterContext, plan: TreePlan, entries: Map<string, InventoryEntry>): Promise<void> {
  const { record, target } = plan;
  const before = entries.size;
  for (const { object } of plan.steps.flatMap(step => step.objects)) {
    if (!entries.has(object.key)) {
      entries.set(object.key, { id: object.id });
    }
  }
  if (entries.size > before) {
    const { conditions: _conditions, inventory: _inventory, objects: _objects, ...status } = record?.status ?? {};
    await writeRecord(context, record, {
      application: target.application,
      spec: target.spec,
      status: { ...status, observedRevision: target.revision },
      conditions: [
        { type: 'Ready', status: 'Unknown', reason: 'Applying', message: 'being applied' },
        { type: 'Reconciling', status: 'True', reason: 'Applying', message: `applying revision ${target.revision.slice(0, 12)}` },
        { type: 'Stalled', status: 'False', reason: 'Applying', message: 'being applied' },
      ],
      inventory: [...entries.values()],
    });
  }
}

/** Why the later steps and the pruning have to wait; undefined when they need not. */
async function reasonToStop(
  context: ClusterContext, plan: TreePlan, step: PlanStep, applied: readonly Applied[],
): Promise<string | undefined> {
  const failed = applied.filter(each => each.result.action === 'failed').length;
  if (failed > 0) {
    return `${failed} of ${applied.length} objects could not be applied`;
  }
  const written = applied.some(each => each.result.action !== 'unchanged');
  if (step.stage === 'definition') {
    return written ? awaitDefinitions(context, step) : undefined;
  }
  if (context.options.wait) {
    const ids = step.objects.map(({ object }) => object.id);
    return describeUnready(await waitUntilReady(context.readiness, ids, plan.target.setId, context.deadline, context.options.signal));
  }
  return undefined;
}
