import { createHash } from 'node:crypto';
import { isKeptByDefault } from './stages';
import type { PrunePolicy } from '../tree/documents';
import type { ObjectIdentity } from '../tree/manifest';
import { PRUNE_ANNOTATION } from '../tree/names';

/** Share of an inventory that one revision may delete without an approval, in per cent. */
export const DEFAULT_BUDGET = 25;

/** Whether an object stays in the cluster when it leaves the tree. */
export function isKept(id: ObjectIdentity, live: { readonly annotations?: Readonly<Record<string, string>> }): boolean {
  const wish = live.annotations?.[PRUNE_ANNOTATION];
  return wish === 'keep' || (wish !== 'delete' && isKeptByDefault(id));
}

/** Whether an object that leaves the tree is still of use until what replaces it is ready: pods of the former revision may read it yet. */
export function goesAfterRollout(live: { readonly annotations?: Readonly<Record<string, string>> }): boolean {
  return live.annotations?.[PRUNE_ANNOTATION] === 'after-rollout';
}

/**
 * Whether so many deletions fit in the budget.
 *
 * At least one object may always go, or a delivery of three could never lose one; all of them may go at a budget of
 * 100 alone: an emptied folder is more often an accident than a wish. At a budget of 0 every deletion is held.
 */
export function fitsBudget(deletions: number, inventory: number, policy: PrunePolicy | undefined): boolean {
  const budget = policy?.budget ?? DEFAULT_BUDGET;
  if (budget >= 100 || deletions === 0) {
    return true;
  }
  return budget > 0 && deletions < inventory && deletions <= Math.max(1, Math.floor(inventory * budget / 100));
}

/** Short name of a list of deletions, for an approval that covers just this list. */
export function digestOf(keys: readonly string[]): string {
  return createHash('sha256').update([...keys].sort().join('\n')).digest('hex').slice(0, 12);
}
