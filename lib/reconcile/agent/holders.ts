import { formatIdentity } from '../../tree/manifest';
import type { DesiredCluster } from '../desired';
import { ownersOf } from '../plan';
import type { DeliveryRecord } from '../record';

/** The applications that still answer for objects that are not theirs by the tree. Kept by application: the inventory of one that did not run stays. */
export class Holders {
  /** Of applications that answer for any: those objects, by `formatIdentity`. */
  private readonly held = new Map<string, ReadonlySet<string>>();
  private readonly stale = new Set<string>();
  private allStale = true;

  constructor(private readonly desired: () => DesiredCluster, private readonly records: ReadonlyMap<string, DeliveryRecord>) {}

  /** The inventory of an application has changed; without one: the tree. */
  public change(application?: string): void {
    if (application === undefined) {
      this.allStale = true;
    } else {
      this.stale.add(application);
    }
  }

  /** Who answers for an object, by `formatIdentity`, that the tree does not want of them. */
  public of(key: string): string[] {
    this.refresh();
    const found: string[] = [];
    for (const [application, keys] of this.held) {
      if (keys.has(key)) found.push(application);
    }
    return found;
  }

  private refresh(): void {
    if (!this.allStale && this.stale.size === 0) {
      return;
    }
    const owners = ownersOf(this.desired());
    const applications = this.allStale ? new Set([...this.held.keys(), ...this.records.keys()]) : this.stale;
    for (const application of applications) {
      const keys = (this.records.get(application)?.inventory ?? []).map(({ id }) => formatIdentity(id)).filter(key => owners.get(key) !== application);
      if (keys.length > 0) {
        this.held.set(application, new Set(keys));
      } else {
        this.held.delete(application);
      }
    }
    this.stale.clear();
    this.allStale = false;
  }
}
