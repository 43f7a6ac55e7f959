import { Alarm, type Clock, SYSTEM_CLOCK } from './clock';
import { HeldClusters } from './held-clusters';
import { type Lease, subjectOf } from './lease';
import { isOvertaken, LeaseStore, microTime } from './lease-store';
import { Membership } from './membership';
import { ObservedMembers } from './observed-members';
import { shareOut } from './shares';
import { type LeaseTiming, timingOf } from './timing';
import type { FlotillaError } from '../../errors';
import { isAlreadyExists, isForbidden } from '../../kube/classify';
import { clusterError } from '../../kube/cluster-error';
import type { Connection } from '../../kube/connection';
import type { LeaseEvent } from '../agent/events';

export interface ClusterLeasesOptions {
  /** To the hub's own cluster. One that is used for nothing else: behind a queue of other requests, renewals come too late. */
  readonly connection: Connection;
  /** Of the Leases; it has to exist. */
  readonly namespace: string;
  /** Name of the fleet. Fleets share out their clusters apart from each other. */
  readonly fleet: string;
  /** What people know this process by: the name of its Pod. Two processes may have the same. */
  readonly identity: string;
  /** How long the clusters of a process that died wait for another one. @default 15 */
  readonly leaseSeconds?: number;
  /** @default the clocks of this machine */
  readonly clock?: Clock;
  /**
   * Which clusters are to be worked on from now on. Never called while an earlier call has not resolved. A cluster that is handed over is left out first, and
   * given to others when the promise resolves (after `leaseSeconds` in any case): until then its loop may end what it began.
   */
  readonly onChange: (held: ReadonlySet<string>) => void | Promise<void>;
  readonly onEvent?: (event: LeaseEvent) => void;
  /** The hub's own cluster does not do what is asked of it (FLT5003 to FLT5007), or `onChange` threw (FLT5007 with the cause). It is tried again. */
  readonly onError?: (error: FlotillaError) => void;
  /** Ends it at once: nothing is held any more, and nothing is sent. `release` still gives back. */
  readonly signal?: AbortSignal;
}

const AT_A_TIME = 10;

/**
 * Shares out the clusters of a fleet over the processes that work on it: no two hold the same one at a time.
 *
 * There is a Lease for each process (a *member*), renewed every third of its duration D, and one for each cluster, which names the member that holds it and is
 * written only when it changes hands. At rest a process sends one small write and some small reads every few seconds, however many clusters there are.
 *
 * **Why no two hold a cluster at the same time.** All Leases change only from the version that was read (optimistic concurrency), and no holder
 * name lives twice.
 *
 * 1. A member is sure for V = 0.8 D after the *start* of its last renewal that was acknowledged, by its own clocks.
 * 2. Another one declares it dead only by a write to the member's Lease, on a version that it had in hand D before by its own monotonic clock. That the write
 *    succeeds shows that the version was still the last: its renewal was stored before it was seen, and so began at least D ago. V is over. And later renewals
 *    of that life fail, even those that were on their way meanwhile: without this write, a late one would make the member sure again while its clusters are
 *    being taken.
 * 3. The Lease of a cluster changes hands only when its holder gave it back, having stopped before, or is dead by 2. Nobody becomes its holder but by an
 *    acknowledged write to it.
 * 4. So when B takes from A: A is not sure now, never will be again under that name, and whatever A still has on its way to that Lease comes too late.
 *
 * Clocks are never compared between machines; they only have to run equally fast, within a quarter. A server that is away moves nothing: everybody stops after
 * V, and goes on when it is back.
 *
 * **What it cannot do.** A write that was sent while `holds` was true may reach its cluster later; clusters know nothing of these Leases. It is server-side
 * apply from a tree of Git, so the next run of whoever holds the cluster puts it right. And whoever deletes or edits these Leases by hand can make two
 * processes hold a cluster until they look again.
 */
export class ClusterLeases {
  private readonly clock: Clock;
  private readonly timing: LeaseTiming;
  private readonly store: LeaseStore;
  private readonly membership: Membership;
  private readonly observed: ObservedMembers;
  private readonly held: HeldClusters;
  private readonly alarm: Alarm;
  /** Clusters that are on their way back to the server. */
  private readonly giving = new Set<string>();
  private readonly work = new Set<Promise<void>>();
  private readonly stickyUntil = new Map<string, number>();
  private freeSince = new Map<string, number>();
  private named: ReadonlySet<string> = new Set();
  private wanted?: ReadonlySet<string>;
  private lastHolder?: string;
  private signature?: string;
  private listed = -Infinity;
  private ended = false;
  private running?: Promise<void>;
  private released?: Promise<void>;

  constructor(private readonly options: ClusterLeasesOptions) {
    const { connection, namespace, fleet, identity, signal } = options;
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.timing = timingOf(options.leaseSeconds ?? 15);
    this.store = new LeaseStore({ connection, clock: this.clock, namespace, fleet, timeoutMs: this.timing.requestMs });
    this.observed = new ObservedMembers({ clock: this.clock, fleet, durationMs: this.timing.durationMs });
    this.membership = new Membership({
      store: this.store, clock: this.clock, timing: this.timing, identity, onChange: () => this.onMembership(), onError: error => this.report(error),
    });
    this.held = new HeldClusters({
      membership: this.membership, onChange: options.onChange, onEvent: event => options.onEvent?.(event), onError: error => this.report(error),
    });
    this.alarm = new Alarm(this.clock);
    signal?.addEventListener('abort', () => this.end(), { once: true });
    if (signal?.aborted) this.end();
  }

  /**
   * Says which clusters there are. The first call joins: a process that does not know them yet gets no share. May be called at any time; costs no request by
   * itself.
   */
  public setClusters(names: readonly string[]): void {
    this.wanted = new Set(names);
    // The next look compares with the Leases there are.
    this.signature = undefined;
    if (this.ended) return;
    this.membership.start();
    this.running ??= this.run();
    this.alarm.ring();
  }

  /**
   * Whether a write to the cluster may be sent now. To be asked right before each: it compares clocks at each call, and so notices that the process was paused.
   */
  public holds(cluster: string): boolean {
    return this.held.holds(cluster);
  }

  /**
   * Aborted as soon as the cluster is not surely ours, and for good; of a cluster that is not held it is aborted already. Its `aborted` is as exact as
   * `holds`, so that a request with this signal is not sent too late. Every time that a cluster is held again has a signal of its own: ask for it when
   * `onChange` names the cluster.
   */
  public guard(cluster: string): AbortSignal {
    return this.held.get(cluster)?.guard?.signal ?? AbortSignal.abort();
  }

  /** Stops the loops of all clusters (as `onChange` with none), and then gives all of them back by one write, so that others need not wait. Never rejects. */
  public async release(): Promise<void> {
    this.released ??= this.giveUp();
    return this.released;
  }

  private async giveUp(): Promise<void> {
    this.held.all().forEach(entry => { entry.leaving = true; });
    const started = this.running !== undefined;
    this.ended = true;
    this.alarm.ring();
    await this.withinDuration(this.held.publish());
    this.end();
    await Promise.all([this.running, ...this.work]);
    if (started) await this.membership.resign();
  }

  private end(): void {
    this.ended = true;
    this.alarm.ring();
    this.held.all().forEach(({ cluster }) => this.held.remove(cluster));
    void this.held.publish();
    void this.membership.stop();
  }

  private async run(): Promise<void> {
    while (!this.ended) {
      try {
        await this.look();
      } catch (error) {
        this.report(error);
      }
      const { lookMs, retryMs } = this.timing;
      const untilExpiry = Math.max(retryMs / 4, this.observed.untilExpiry(this.membership.holder) + 1);
      if (!this.ended) await this.alarm.wait(Math.min(untilExpiry, lookMs * (0.9 + 0.2 * Math.random())));
    }
  }

  private async look(): Promise<void> {
    const me = this.membership.holder;
    if (me === undefined) return;
    this.observed.update(await this.store.list('member'), this.named);
    await this.declareDead(me);
    const signature = this.observed.signature();
    const now = this.clock.monotonic();
    if (this.ended || (signature === this.signature && now - this.listed < this.timing.durationMs * 2)) return;
    const wanted = this.wanted!;
    const leases = new Map((await this.store.list('cluster')).flatMap(lease => {
      const cluster = subjectOf(lease, this.options.fleet, 'cluster');
      return cluster === undefined ? [] : [[cluster, lease] as const];
    }));
    this.listed = now;
    this.named = new Set([...leases.values()].flatMap(({ spec }) => spec.holderIdentity || []));
    this.compareHeld(leases);
    const settled = await this.share(me, wanted, leases);
    await this.clean(me, wanted, leases);
    // While something is in motion, every look reads the Leases of the clusters too.
    this.signature = settled && wanted === this.wanted ? signature : undefined;
  }

  /** See 2. of the class. */
  private async declareDead(me: string): Promise<void> {
    for (const { holder, lease } of this.observed.expired()) {
      if (holder === me || this.membership.holder !== me || this.ended) continue;
      try {
        this.observed.declaredDead(holder, await this.store.update(lease, { holderIdentity: '' }));
      } catch (error) {
        // It lives after all, or somebody else was faster.
        if (!isOvertaken(error)) throw error;
      }
    }
  }

  /** What is not ours any more was changed by hand: nobody takes from a member that is sure. */
  private compareHeld(leases: ReadonlyMap<string, Lease>): void {
    for (const entry of this.held.all()) {
      const lease = leases.get(entry.cluster);
      if (lease?.spec.holderIdentity === entry.holder) {
        entry.lease = lease;
      } else if (!this.giving.has(entry.cluster)) {
        this.held.remove(entry.cluster);
      }
    }
    void this.held.publish();
  }

  /** Takes and gives what the shares ask for. Whether nothing was to be done, and nothing is under way. */
  private async share(me: string, wanted: ReadonlySet<string>, leases: ReadonlyMap<string, Lease>): Promise<boolean> {
    const now = this.clock.monotonic();
    const holders = new Map<string, string>();
    let waiting = false;
    for (const cluster of wanted) {
      const holder = this.giving.has(cluster) ? '' : this.holderOf(leases.get(cluster));
      const stray = holder === me && !this.held.get(cluster);
      if (holder !== undefined && !stray) holders.set(cluster, holder);
      waiting ||= holder !== undefined && !this.observed.alive().includes(holder);
    }
    this.freeSince = new Map([...wanted].filter(cluster => !holders.has(cluster)).map(cluster => [cluster, this.freeSince.get(cluster) ?? now]));
    const overdue = new Set([...this.freeSince].filter(([, since]) => now - since >= this.timing.graceMs).map(([cluster]) => cluster));
    const sticky = new Set([...this.stickyUntil].filter(([, until]) => now < until).map(([cluster]) => cluster));
    const members = [...new Set([...this.observed.alive(), me])];
    const { take, give } = shareOut({ me, members, clusters: [...wanted], holders, overdue, sticky });

    for (let i = 0; i < take.length; i += AT_A_TIME) {
      await Promise.all(take.slice(i, i + AT_A_TIME).map(async cluster => this.take(me, cluster, leases.get(cluster), overdue.has(cluster))));
      void this.held.publish();
    }
    const gone = this.held.all().map(({ cluster }) => cluster).filter(cluster => !wanted.has(cluster));
    // A write without an answer got through after all, or one that gives back did not.
    const strays = [...leases].filter(([cluster, lease]) => lease.spec.holderIdentity === me && !this.held.get(cluster) && !take.includes(cluster));
    this.give([...give, ...gone]);
    strays.forEach(([cluster, lease]) => this.giveBack(cluster, lease));
    if (take.length > 0) this.membership.announce();
    return take.length + give.length + gone.length + strays.length + this.giving.size + this.freeSince.size === 0 && !waiting;
  }

  /** Who may be working on a cluster; undefined: surely nobody. */
  private holderOf(lease: Lease | undefined): string | undefined {
    const holder = lease?.spec.holderIdentity;
    return !holder || this.observed.isOver(holder) || this.membership.isFormer(holder) ? undefined : holder;
  }

  private async take(me: string, cluster: string, lease: Lease | undefined, overdue: boolean): Promise<void> {
    if (this.ended || this.membership.holder !== me) return;
    const now = microTime(this.clock.wall());
    const spec = {
      holderIdentity: me, acquireTime: now, renewTime: now, leaseDurationSeconds: Math.ceil(this.timing.durationMs / 1000),
      leaseTransitions: (lease?.spec.leaseTransitions ?? 0) + 1,
    };
    try {
      const taken = lease ? await this.store.update(lease, spec) : await this.store.create('cluster', cluster, spec);
      if (this.ended || this.membership.isFormer(me)) return;
      if (overdue) this.stickyUntil.set(cluster, this.clock.monotonic() + this.timing.stickyMs);
      this.held.add(cluster, me, taken);
    } catch (error) {
      if (!isOvertaken(error) && !isAlreadyExists(error)) this.report(error);
    }
  }

  /** Hands clusters over: their loops stop, then nothing is written to them, then the Leases go back. Nothing else waits for that. */
  private give(clusters: readonly string[]): void {
    const entries = clusters.flatMap(cluster => this.held.get(cluster) ?? []).filter(({ leaving }) => !leaving);
    // All before the first is told of, so that it is told once.
    entries.forEach(entry => { entry.leaving = true; });
    for (const entry of entries) {
      const { cluster } = entry;
      this.stickyUntil.delete(cluster);
      this.inBackground(cluster, async () => {
        await this.withinDuration(this.held.publish());
        if (this.held.get(cluster) !== entry) return;
        this.held.remove(cluster);
        await this.sendBack(cluster, entry.lease);
      });
    }
  }

  private giveBack(cluster: string, lease: Lease): void {
    if (!this.giving.has(cluster)) this.inBackground(cluster, async () => this.sendBack(cluster, lease));
  }

  private async sendBack(cluster: string, lease: Lease): Promise<void> {
    if (this.ended) return;
    // Others may know the cluster still, or already; then they create the Lease again.
    if (this.wanted!.has(cluster) || !await this.tryRemove(lease)) await this.store.update(lease, { holderIdentity: '' });
    this.membership.announce();
  }

  /** False when it is not allowed. */
  private async tryRemove(lease: Lease): Promise<boolean> {
    try {
      await this.store.remove(lease);
      return true;
    } catch (error) {
      if (!isForbidden(error)) throw error;
      return false;
    }
  }

  private inBackground(cluster: string, task: () => Promise<void>): void {
    this.giving.add(cluster);
    const done = task().catch(error => {
      if (!isOvertaken(error)) this.report(error);
    }).finally(() => {
      this.giving.delete(cluster);
      this.work.delete(done);
    });
    this.work.add(done);
  }

  /** Leases that nobody needs go: clusters that left the tree, and members that are dead and named by no cluster any more. One member does it, lest all try. */
  private async clean(me: string, wanted: ReadonlySet<string>, leases: ReadonlyMap<string, Lease>): Promise<void> {
    if (this.observed.alive()[0] !== me || this.ended) return;
    const clusters = [...leases].filter(([cluster, lease]) => !wanted.has(cluster) && !this.giving.has(cluster) && this.holderOf(lease) === undefined);
    const members = this.observed.dead().filter(lease => !this.named.has(subjectOf(lease, this.options.fleet, 'member')!));
    for (const lease of [...clusters.map(([, cluster]) => cluster), ...members]) {
      try {
        await this.store.remove(lease);
      } catch (error) {
        // It is there to be tidy: whoever may not delete goes on without.
        if (!isOvertaken(error)) this.report(error);
      }
    }
  }

  private onMembership(): void {
    this.held.refresh();
    const { holder } = this.membership;
    if (holder !== this.lastHolder) {
      this.lastHolder = holder;
      this.signature = undefined;
      this.alarm.ring();
    }
  }

  private async withinDuration(promise: Promise<void>): Promise<void> {
    let cancel: (() => void) | undefined;
    await Promise.race([promise, new Promise<void>(resolve => { cancel = this.clock.after(this.timing.durationMs, resolve); })]);
    cancel?.();
  }

  private report(error: unknown): void {
    if (!this.ended) this.options.onError?.(clusterError(this.options.connection, error));
  }
}
