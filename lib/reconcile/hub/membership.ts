import { randomBytes } from 'node:crypto';
import { Alarm, type Clock, longestSince, type Moment, momentOf } from './clock';
import type { Lease, LeaseSpec } from './lease';
import { isOvertaken, type LeaseStore, microTime } from './lease-store';
import type { LeaseTiming } from './timing';
import { isAlreadyExists } from '../../kube/classify';

export interface MembershipOptions {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly timing: LeaseTiming;
  readonly identity: string;
  /** It became sure, is no longer, or has another holder name. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** One life of a member. It is never lived twice: who was declared dead goes on under another name. */
interface Life {
  readonly holder: string;
  lease?: Lease;
  /** When the last renewal that succeeded was *sent*: the server had it at that time at the earliest. */
  renewed?: Moment;
}

/** The Lease that says that this process lives, kept alive. */
export class Membership {
  private readonly alarm: Alarm;
  private readonly former = new Set<string>();
  private life?: Life;
  private transitions = 0;
  private ended = false;
  private running?: Promise<void>;
  private cancelExpiry?: () => void;

  constructor(private readonly options: MembershipOptions) {
    this.alarm = new Alarm(options.clock);
  }

  /**
   * What this process is called as a holder; undefined while it has no Lease that it is sure of. Compares clocks at each call: timers alone are late after a
   * pause.
   */
  public get holder(): string | undefined {
    const { clock, timing } = this.options;
    const { holder, renewed } = this.life ?? {};
    return renewed && longestSince(clock, renewed) < timing.sureMs ? holder : undefined;
  }

  /** Whether the holder was this process in a life that is over. Nobody works under that name any more. */
  public isFormer(holder: string): boolean {
    return this.former.has(holder);
  }

  public start(): void {
    this.running ??= this.run();
  }

  /** Renews at once, and tells the others by that that Leases of clusters have changed hands. */
  public announce(): void {
    this.transitions++;
    this.alarm.ring();
  }

  /** Ends the renewals, and gives nothing back. Resolves when none is on its way. */
  public async stop(): Promise<void> {
    this.ended = true;
    this.alarm.ring();
    await this.running;
    this.cancelExpiry?.();
  }

  /** Stops being sure, then says on the server that this member is dead: all that it held is free in that moment. When that fails, others find out in time. */
  public async resign(): Promise<void> {
    const { store, onError } = this.options;
    await this.stop();
    const life = this.life;
    this.endLife();
    for (let tries = 0; tries < 3 && life?.lease; tries++) {
      try {
        await store.update(life.lease, { holderIdentity: '' });
        return;
      } catch (error) {
        // A renewal without an answer may have got through after all.
        life.lease = await this.reread(life).catch(() => life.lease);
        if (life.lease && tries === 2) onError(error);
      }
    }
  }

  private async run(): Promise<void> {
    const { timing } = this.options;
    while (!this.ended) {
      const renewed = await this.renew();
      // Processes that started together shall not renew together. Never later than a third.
      const pause = renewed ? timing.renewMs * (1 - 0.2 * Math.random()) : timing.retryMs * (0.5 + Math.random() / 2);
      if (!this.ended) await this.alarm.wait(pause);
    }
  }

  private async renew(): Promise<boolean> {
    const { store, clock, timing, onChange, onError } = this.options;
    // After a pause, or a clock that was set: whoever is not sure says so before it becomes sure again.
    onChange();
    const life = this.life ??= { holder: `${this.options.identity}_${randomBytes(6).toString('hex')}` };
    const started = momentOf(clock);
    const now = microTime(started.wall);
    const spec: LeaseSpec = {
      holderIdentity: life.holder, leaseDurationSeconds: Math.ceil(timing.durationMs / 1000), renewTime: now, leaseTransitions: this.transitions,
    };
    try {
      life.lease = life.lease ? await store.update(life.lease, spec) : await store.create('member', life.holder, { ...spec, acquireTime: now });
    } catch (error) {
      if (isOvertaken(error) || isAlreadyExists(error)) {
        await this.recover(life);
      } else {
        onError(error);
      }
      return false;
    }
    life.renewed = started;
    this.watchExpiry(life);
    onChange();
    return true;
  }

  /** After a refusal: goes on from the version there is when the Lease is still ours, in a new life when it is not. */
  private async recover(life: Life): Promise<void> {
    try {
      life.lease = await this.reread(life);
    } catch (error) {
      this.options.onError(error);
      return;
    }
    if (!life.lease) this.endLife();
  }

  /**
   * Undefined when somebody declared this life over, or deleted its Lease. To have read it makes nobody sure: only a write that succeeds shows that nobody was
   * faster.
   */
  private async reread(life: Life): Promise<Lease | undefined> {
    const lease = await this.options.store.tryRead('member', life.holder);
    return lease?.spec.holderIdentity === life.holder ? lease : undefined;
  }

  private endLife(): void {
    if (this.life) this.former.add(this.life.holder);
    this.life = undefined;
    this.cancelExpiry?.();
    this.options.onChange();
  }

  private watchExpiry(life: Life): void {
    const { clock, timing } = this.options;
    this.cancelExpiry?.();
    if (life.renewed) this.cancelExpiry = clock.after(Math.max(0, timing.sureMs - longestSince(clock, life.renewed)), this.options.onChange);
  }
}
