import { applySetId } from './applyset';
import type { ClusterContext } from './context';
import type { InventoryEntry } from './inventory';
import type { TargetPlan } from './plan';
import { executePruning } from './prune';
import type { DeliveryRecord } from './record';
import type { TargetResult } from './report';
import { runningAs } from './run-as';
import { deleteObject } from '../kube/delete';
import { getMetadata } from '../kube/metadata';
import { formatIdentity } from '../tree/manifest';
import { GROUP } from '../tree/names';

/** A plan of an application that left the tree. */
export type RemovalPlan = TargetPlan & { readonly record: DeliveryRecord };

/** Prunes what an application left behind; its record goes last, when nothing is left to answer for. */
export async function runRemoval(context: ClusterContext, plan: RemovalPlan): Promise<TargetResult> {
  const { application, record, pruning } = plan;
  const entries = new Map<string, InventoryEntry>(record.inventory.map(entry => [formatIdentity(entry.id), entry]));
  const objects = await executePruning(runningAs(context, record.spec), applySetId(application, context.desired.namespace), pruning, entries);
  const errors = objects.flatMap(result => result.error ?? []);
  if (entries.size === 0) {
    await deleteRecord(context, application);
    context.records.forget(application);
  } else if (!plan.idle) {
    const message = pruning.held
      ? `the application left the tree; ${pruning.held.objects.length} deletions wait for an approval of ${pruning.held.digest}`
      : `the application left the tree; ${entries.size} objects are still there`;
    await context.records.save(record, {
      application,
      spec: record.spec,
      status: { commit: context.desired.commit, ...(pruning.held ? { held: pruning.held } : {}) },
      conditions: [
        { type: 'Ready', status: 'False', reason: 'Removed', message },
        ...(pruning.held ? [{ type: 'PruneHeld', status: 'True', reason: 'OverBudget', message } as const] : []),
      ],
      inventory: [...entries.values()],
    }, 'now');
  }
  return {
    application,
    outcome: errors.length > 0 ? 'failed' : entries.size === 0 ? 'removed' : 'unchanged',
    message: errors.length > 0 ? `${errors.length} objects could not be pruned` : undefined,
    objects,
    held: pruning.held,
    errors,
  };
}

async function deleteRecord(context: ClusterContext, application: string): Promise<void> {
  const { connection, discovery, desired, options: { signal } } = context;
  const resource = discovery.find({ group: GROUP, kind: 'Delivery' });
  const at = { namespace: desired.namespace, name: application };
  const live = resource && await getMetadata(connection, resource, at, { signal });
  if (resource && live) {
    await deleteObject(connection, resource, at, { uid: live.metadata.uid, propagation: 'Background', signal });
  }
}
