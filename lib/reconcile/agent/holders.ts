import { formatIdentity } from '../../tree/manifest';
import type { DesiredCluster } from '../desired';
import type { Observed } from '../observe';
import { ownersOf } from '../plan';

/** The applications that still answer for an object that is not theirs by the tree, by `formatIdentity`. */
export function holdersOf(desired: DesiredCluster, records: Observed['records']): ReadonlyMap<string, readonly string[]> {
  const owners = ownersOf(desired);
  const holders = new Map<string, string[]>();
  for (const { application, inventory } of records.values()) {
    for (const { id } of inventory) {
      const held = formatIdentity(id);
      if (owners.get(held) !== application) {
        holders.set(held, [...holders.get(held) ?? [], application]);
      }
    }
  }
  return holders;
}
