import { Guard } from './guard';
import type { Lease } from './lease';
import type { Membership } from './membership';
import type { LeaseEvent } from '../agent/events';

export interface HeldCluster {
  readonly cluster: string;
  /** The name under which we took it. */
  readonly holder: string;
  /** As it was last seen or written. */
  lease: Lease;
  /** Absent while we are not sure to be alive: nobody could take the cluster without declaring us dead, but nothing is written. */
  guard?: Guard;
  /** Its loop is being stopped. */
  leaving: boolean;
}

export interface HeldClustersOptions {
  readonly membership: Pick<Membership, 'holder' | 'isFormer'>;
  readonly onChange: (held: ReadonlySet<string>) => void | Promise<void>;
  readonly onEvent: (event: LeaseEvent) => void;
  readonly onError: (error: unknown) => void;
}

/** The clusters that are ours, who may write to them, and who is told. */
export class HeldClusters {
  private readonly entries = new Map<string, HeldCluster>();
  private published = new Map<string, Guard>();
  private told: Promise<void> = Promise.resolve();

  constructor(private readonly options: HeldClustersOptions) {}

  public get(cluster: string): HeldCluster | undefined {
    return this.entries.get(cluster);
  }

  public all(): readonly HeldCluster[] {
    return [...this.entries.values()];
  }

  public holds(cluster: string): boolean {
    const signal = this.entries.get(cluster)?.guard?.signal;
    return signal !== undefined && !signal.aborted;
  }

  /** After the server took our word that we hold it. */
  public add(cluster: string, holder: string, lease: Lease): void {
    this.entries.set(cluster, { cluster, holder, lease, leaving: false });
    this.wake();
  }

  /** From now on nothing is written to it. */
  public remove(cluster: string): void {
    const entry = this.entries.get(cluster);
    if (entry) this.sleep(entry);
    this.entries.delete(cluster);
  }

  /** After something changed in the membership: what we are no longer sure of sleeps or goes, what we are sure of again wakes. Tells by `publish`. */
  public refresh(): void {
    for (const entry of this.entries.values()) {
      if (entry.guard?.signal.aborted || entry.holder !== this.options.membership.holder) this.sleep(entry);
      if (this.options.membership.isFormer(entry.holder)) this.entries.delete(entry.cluster);
    }
    // Whoever works on a cluster has to hear that its guard is gone before there is a new one.
    void this.publish();
    this.wake();
    void this.publish();
  }

  /** Tells which clusters are to be worked on, if that has changed. Resolves when whoever was told this and all before has done what it asks for. */
  public async publish(): Promise<void> {
    const now = new Map(this.all().flatMap(({ cluster, guard, leaving }) => guard && !leaving ? [[cluster, guard] as const] : []));
    const same = now.size === this.published.size && [...now].every(([cluster, guard]) => this.published.get(cluster) === guard);
    if (!same) {
      this.published = now;
      const names = new Set(now.keys());
      this.told = this.told.then(async () => this.options.onChange(names)).catch(this.options.onError);
    }
    return this.told;
  }

  private wake(): void {
    for (const entry of this.entries.values()) {
      if (!entry.guard && !entry.leaving && this.options.membership.holder === entry.holder) {
        entry.guard = new Guard(() => this.options.membership.holder === entry.holder);
        this.options.onEvent({ type: 'lease', cluster: entry.cluster, state: 'held' });
      }
    }
  }

  private sleep(entry: HeldCluster): void {
    if (!entry.guard) return;
    entry.guard.abort();
    entry.guard = undefined;
    this.options.onEvent({ type: 'lease', cluster: entry.cluster, state: 'lost' });
  }
}
