import { atATime, OBJECTS_AT_A_TIME } from './at-a-time';
import type { ClusterContext } from './context';
import type { InventoryEntry } from './inventory';
import type { Deletion, PruningPlan } from './plan-pruning';
import { pruneOne } from './prune-one';
import type { ObjectResult } from './report';
import { comparePruning } from './stages';
import { formatIdentity } from '../tree/manifest';

/** Deletes what the plan says, group by group, and takes what is gone or let go of out of the inventory. */
export async function executePruning(
  context: ClusterContext, setId: string, pruning: PruningPlan, entries: Map<string, InventoryEntry>,
): Promise<ObjectResult[]> {
  const results: ObjectResult[] = [];
  for (const { entry, reason } of pruning.forgotten) {
    entries.delete(formatIdentity(entry.id));
    results.push({ object: formatIdentity(entry.id), action: 'released', reason });
  }
  for (const group of byPlace(pruning.deletions)) {
    const pruned = await atATime(OBJECTS_AT_A_TIME, group, deletion => pruneOne(context, setId, deletion));
    for (const result of pruned) {
      results.push(result);
      if (result.action !== 'failed') {
        entries.delete(result.object);
      }
    }
    if (pruned.some(result => result.action === 'failed')) {
      break;
    }
  }
  return results;
}

/** The deletions are in order; neighbours of one place go together. */
function byPlace(deletions: readonly Deletion[]): Deletion[][] {
  const groups: Deletion[][] = [];
  for (const deletion of deletions) {
    const last = groups.at(-1);
    if (last && comparePruning(last[0].id, deletion.id) === 0) {
      last.push(deletion);
    } else {
      groups.push([deletion]);
    }
  }
  return groups;
}
