import { belongsTo } from './applyset';
import type { InventoryEntry } from './inventory';
import type { Observed } from './observe';
import { digestOf, fitsBudget, goesAfterRollout, isKept } from './policy';
import { isUnknown } from './sight';
import { comparePruning } from './stages';
import type { PrunePolicy } from '../tree/documents';
import { formatIdentity, ObjectIdentity } from '../tree/manifest';

/** An object that is to be deleted. */
export interface Deletion {
  readonly id: ObjectIdentity;
  readonly key: string;
  readonly uid: string;
  readonly entry: InventoryEntry;
  /** Only when the application is ready without it. */
  readonly afterRollout: boolean;
}

/** Why an object leaves the inventory without being deleted. */
export type ForgetReason =
  | 'gone' /** somebody else deleted it */
  | 'handed-over' /** another application has it now */
  | 'released' /** it lost our label, or it is another object of the same name */
  | 'kept' /** its kind or its annotation says so */
  | 'orphaned'; /** its application is gone, and did not prune */

export interface PruningPlan {
  /** In the order in which they go. */
  readonly deletions: readonly Deletion[];
  /** Entries that leave the inventory; their objects stay. */
  readonly forgotten: readonly { readonly entry: InventoryEntry; readonly reason: ForgetReason }[];
  /** Entries that are no longer in the tree, and stay in the inventory until more is known or decided. */
  readonly staying: readonly InventoryEntry[];
  /** Deletions over the budget, or of objects that no record named any more: they wait for an approval of exactly this list. */
  readonly held?: { readonly digest: string; readonly objects: readonly string[] };
}

export interface PruningInput {
  readonly application: string;
  readonly setId: string;
  readonly policy?: PrunePolicy;
  /** Part of the cluster's tree could not be read: who wants an object is not known for sure, so none is deleted. */
  readonly blind: boolean;
  /** The whole application left the tree. */
  readonly removed: boolean;
  readonly inventory: readonly InventoryEntry[];
  /** Digests of approved lists. */
  readonly approvals?: ReadonlySet<string>;
  /** Which application wants an object, by `formatIdentity`, over the whole cluster. */
  readonly owners: ReadonlyMap<string, string>;
  /** Whether the cluster's tree wants the object of this uid: it may be served under two groups, and is one all the same. */
  readonly isWanted: (uid: string) => boolean;
  readonly observed: Observed;
}

/** What happens to the objects that an application no longer wants. */
export function planPruning(input: PruningInput): PruningPlan {
  const deletions: Deletion[] = [];
  const forgotten: { entry: InventoryEntry; reason: ForgetReason }[] = [];
  const staying: InventoryEntry[] = [];
  for (const entry of input.inventory) {
    const key = formatIdentity(entry.id);
    const owner = input.owners.get(key);
    if (owner === input.application) {
      continue;
    }
    const live = input.observed.live.get(key);
    if (input.blind) {
      staying.push(entry);
    } else if (!live) {
      if (isUnknown(input.observed, entry.id)) {
        staying.push(entry);
      } else {
        forgotten.push({ entry, reason: owner ? 'handed-over' : 'gone' });
      }
    } else if (!owner && input.isWanted(live.uid)) {
      forgotten.push({ entry, reason: 'handed-over' });
    } else if (!belongsTo(live, input.setId)) {
      forgotten.push({ entry, reason: owner ? 'handed-over' : 'released' });
    } else if (owner) {
      // The other application has not applied it yet: until it carries the other's label, we answer for it.
      staying.push(entry);
    } else if (entry.uid ? entry.uid !== live.uid : !live.applied) {
      forgotten.push({ entry, reason: 'released' });
    } else if (input.policy?.enabled === false) {
      // It stays in the inventory, so that it can go when pruning is switched on again.
      if (input.removed) {
        forgotten.push({ entry, reason: 'orphaned' });
      } else {
        staying.push(entry);
      }
    } else if (isKept(entry.id, live)) {
      forgotten.push({ entry, reason: 'kept' });
    } else {
      deletions.push({ id: entry.id, key, uid: live.uid, entry, afterRollout: !input.removed && goesAfterRollout(live) });
    }
  }
  const objects = deletions.map(deletion => deletion.key).sort();
  const digest = digestOf(objects);
  // What was found again by its label alone goes when somebody has looked at it.
  const isFound = deletions.some(({ entry }) => entry.uid !== undefined && entry.hash === undefined);
  if ((isFound || !fitsBudget(deletions.length, input.inventory.length, input.policy)) && !input.approvals?.has(digest)) {
    return { deletions: [], forgotten, staying: [...staying, ...deletions.map(deletion => deletion.entry)], held: { digest, objects } };
  }
  return { deletions: deletions.sort((a, b) => comparePruning(a.id, b.id)), forgotten, staying };
}
