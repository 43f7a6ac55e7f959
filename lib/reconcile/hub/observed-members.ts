import type { Clock } from './clock';
import { type Lease, subjectOf } from './lease';

interface Observed {
  readonly holder: string;
  lease: Lease;
  /** By our monotonic clock, when we first had this version in hand. */
  since: number;
}

export interface ObservedMembersOptions {
  readonly clock: Clock;
  readonly fleet: string;
  /** Of a member whose Lease does not say it, in milliseconds. */
  readonly durationMs: number;
}

/**
 * What this process has seen of the members of its fleet.
 *
 * Times are our own, from when we saw a Lease change. What a Lease says of times is by the clock of another machine, and is not read, but for its duration.
 */
export class ObservedMembers {
  private readonly members = new Map<string, Observed>();
  private readonly absent = new Map<string, number>();
  private looked?: number;

  constructor(private readonly options: ObservedMembersOptions) {}

  /**
   * Takes in a list.
   *
   * @param leases all member Leases of the fleet
   * @param named holders that Leases of clusters named before the list was asked for
   */
  public update(leases: readonly Lease[], named: ReadonlySet<string>): void {
    const now = this.options.clock.monotonic();
    // We were away, or the server was. Then the others could not renew either, or we could not see it: they get their full time again, so that an outage moves
    // nothing.
    const wasAway = this.looked !== undefined && now - this.looked > this.options.durationMs / 2;
    this.looked = now;
    const before = new Map(this.members);
    this.members.clear();
    for (const lease of leases) {
      const holder = subjectOf(lease, this.options.fleet, 'member');
      if (holder === undefined) continue;
      const known = before.get(holder);
      const unchanged = known?.lease.metadata.uid === lease.metadata.uid && known.lease.metadata.resourceVersion === lease.metadata.resourceVersion;
      this.members.set(holder, unchanged && !wasAway ? known : { holder, lease, since: now });
    }
    this.updateAbsent(named, now, wasAway);
  }

  /** Holders that live as far as we know, in the order of their names. */
  public alive(): string[] {
    return [...this.members.values()].filter(({ lease }) => lease.spec.holderIdentity).map(({ holder }) => holder).sort();
  }

  /** Leases of members that were given back or declared dead. */
  public dead(): Lease[] {
    return [...this.members.values()].filter(({ lease }) => !lease.spec.holderIdentity).map(({ lease }) => lease);
  }

  /** Leases that did not change for their whole duration: their members may be declared dead. */
  public expired(): { readonly holder: string; readonly lease: Lease }[] {
    const now = this.options.clock.monotonic();
    return [...this.members.values()].filter(seen => seen.lease.spec.holderIdentity && now - seen.since >= this.durationOf(seen.lease));
  }

  /** Whether a holder will never again be sure: its Lease says so, or there was none for the whole duration. No name is used twice, so it stays so. */
  public isOver(holder: string): boolean {
    const member = this.members.get(holder);
    if (member) return !member.lease.spec.holderIdentity;
    const since = this.absent.get(holder);
    return since !== undefined && this.options.clock.monotonic() - since >= this.options.durationMs;
  }

  /** After the server took our word that the member is dead. */
  public declaredDead(holder: string, lease: Lease): void {
    this.members.set(holder, { holder, lease, since: this.options.clock.monotonic() });
  }

  /** Until the next Lease expires if it does not change, in milliseconds. */
  public untilExpiry(own: string | undefined): number {
    const now = this.options.clock.monotonic();
    const left = [...this.members.values()].filter(({ holder, lease }) => holder !== own && lease.spec.holderIdentity)
      .map(({ lease, since }) => Math.max(0, since + this.durationOf(lease) - now));
    return Math.min(Infinity, ...left);
  }

  /** Changes whenever a Lease of a cluster may have changed hands: a member came, went, or told so. Renewals leave it as it is. */
  public signature(): string {
    return JSON.stringify([...this.members.values()].map(({ holder, lease }) => [holder, lease.spec.holderIdentity ?? '', lease.spec.leaseTransitions ?? 0]).sort());
  }

  private updateAbsent(named: ReadonlySet<string>, now: number, wasAway: boolean): void {
    for (const holder of [...this.absent.keys()]) {
      if (!named.has(holder) || this.members.has(holder) || wasAway) this.absent.delete(holder);
    }
    for (const holder of named) {
      if (!this.members.has(holder) && !this.absent.has(holder)) this.absent.set(holder, now);
    }
  }

  private durationOf(lease: Lease): number {
    const seconds = lease.spec.leaseDurationSeconds;
    return typeof seconds === 'number' ? seconds * 1000 : this.options.durationMs;
  }
}
