import { Applied, applyOne } from './apply-one';
import { atATime, OBJECTS_AT_A_TIME } from './at-a-time';
import { concludeTarget } from './conclude';
import type { ClusterContext } from './context';
import { awaitDefinitions } from './definitions';
import type { DesiredTarget } from './desired';
import type { InventoryEntry } from './inventory';
import type { ObjectPlan, TargetPlan } from './plan';
import type { PruningPlan } from './plan-pruning';
import { executePruning } from './prune';
import { describeUnready } from './readiness';
import type { ObjectResult, TargetResult } from './report';
import { runningAs } from './run-as';
import { formatIdentity } from '../tree/manifest';

/** A plan of an application that the tree holds. */
export type TreePlan = TargetPlan & { readonly target: DesiredTarget };

/**
 * Executes the plan of one application: its steps in order, then the pruning, then the record.
 *
 * Every object gets its own result. A step with a failure holds the later ones and the pruning. Of what is `blocked` by a dependency, only that is put right
 * which others have changed.
 */
export async function runTarget(cluster: ClusterContext, plan: TreePlan, blocked?: TargetResult): Promise<TargetResult> {
  const context = runningAs(cluster, plan.target.spec);
  const entries = new Map<string, InventoryEntry>(plan.inventory.map(entry => [formatIdentity(entry.id), entry]));
  if (!blocked) {
    await recordIntent(context, plan, entries);
  }

  const results: ObjectResult[] = [];
  let stopped = blocked?.message;
  for (const [index, step] of plan.steps.entries()) {
    const held = stopped === undefined ? [] : step.objects.filter(each => !context.options.resumed || !isRepair(each));
    results.push(...held.map(({ object }): ObjectResult => ({ object: object.key, action: 'skipped' })));
    const due = held.length > 0 ? step.objects.filter(each => !held.includes(each)) : step.objects;
    const applied = await atATime(OBJECTS_AT_A_TIME, due, each => applyOne(context, each));
    for (const { entry, result } of applied) {
      results.push(result);
      if (entry) {
        entries.set(formatIdentity(entry.id), entry);
      }
    }
    stopped ??= await reasonToStop(context, plan, index, applied);
  }
  if (stopped === undefined && context.superseded?.('prune')) {
    stopped = SUPERSEDED;
  }
  if (stopped === undefined) {
    const pruned = await executePruning(context, plan.target.setId, await duePruning(context, plan), entries);
    results.push(...pruned);
    const failed = pruned.filter(result => result.action === 'failed').length;
    const superseded = plan.pruning.deletions.length > 0 && context.superseded?.('prune');
    stopped = failed > 0 ? `${failed} objects could not be pruned` : superseded ? SUPERSEDED : undefined;
  }
  return concludeTarget(context, plan, { results, stopped, entries, blocked });
}

const SUPERSEDED = 'the tree has changed in the meantime';

/** What was applied before, of the same file, and no longer is as it was. */
export function isRepair(plan: ObjectPlan): boolean {
  return plan.action !== 'apply' || (plan.reason === 'drifted' || plan.reason === 'new') && plan.entry?.hash === plan.object.hash;
}

/** Without the deletions that wait for a rollout, where nobody has waited for it: they stay in the inventory for a later run. */
async function duePruning({ options, readiness }: ClusterContext, { target, pruning }: TreePlan): Promise<PruningPlan> {
  if (options.wait || !pruning.deletions.some(deletion => deletion.afterRollout)) {
    return pruning;
  }
  const unready = describeUnready(await readiness.read(target.objects.map(object => object.id), target));
  return unready === undefined ? pruning : { ...pruning, deletions: pruning.deletions.filter(deletion => !deletion.afterRollout) };
}

/** Before an object is made, the record names it: after a crash we know that it may be ours. The same for what is ours and was no longer named. */
async function recordIntent(context: ClusterContext, plan: TreePlan, entries: Map<string, InventoryEntry>): Promise<void> {
  const { record, target } = plan;
  const before = record?.inventory.length ?? 0;
  for (const { object } of plan.steps.flatMap(step => step.objects)) {
    if (!entries.has(object.key)) {
      entries.set(object.key, { id: object.id });
    }
  }
  if (entries.size > before) {
    const { conditions: _conditions, inventory: _inventory, objects: _objects, ...status } = record?.status ?? {};
    await context.records.save(record, {
      application: target.application,
      spec: target.spec,
      status: { ...status, observedRevision: target.revision },
      conditions: [
        { type: 'Ready', status: 'Unknown', reason: 'Applying', message: 'being applied' },
        { type: 'Reconciling', status: 'True', reason: 'Applying', message: `applying revision ${target.revision.slice(0, 12)}` },
        { type: 'Stalled', status: 'False', reason: 'Applying', message: 'being applied' },
      ],
      inventory: [...entries.values()],
    }, 'now');
  }
}

/** Why the later steps and the pruning have to wait; undefined when they need not. */
async function reasonToStop(
  context: ClusterContext, plan: TreePlan, index: number, applied: readonly Applied[],
): Promise<string | undefined> {
  const step = plan.steps[index];
  const failed = applied.filter(each => each.result.action === 'failed').length;
  if (failed > 0) {
    return `${failed} of ${applied.length} objects could not be applied`;
  }
  const written = applied.some(each => each.result.action !== 'unchanged');
  if (step.stage === 'definition') {
    return written ? awaitDefinitions(context, step) : undefined;
  }
  if (context.superseded?.('apply')) {
    return SUPERSEDED;
  }
  const isLast = index === plan.steps.length - 1;
  if (isLast && context.options.resumed && plan.pruning.deletions.length === 0) {
    // All is applied, and nothing is left that would have to wait.
    return undefined;
  }
  // Within a wave nobody waits: a volume claim may be bound only when the Pod that uses it is there.
  if (context.options.wait && plan.steps[index + 1]?.wave !== step.wave) {
    const ids = plan.steps.filter(({ stage, wave }) => wave === step.wave && stage !== 'definition').flatMap(({ objects }) => objects.map(({ object }) => object.id));
    return describeUnready(await context.readiness.wait(ids, plan.target));
  }
  return undefined;
}
