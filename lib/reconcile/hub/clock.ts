/** Time as one process sees it. */
export interface Clock {
  /** Milliseconds of a clock that nobody sets and that never goes back; what its zero is means nothing. */
  monotonic(): number;
  /** Milliseconds since 1970, as the machine tells people. It may be set at any time. */
  wall(): number;
  /** Calls back once, after so many milliseconds of the monotonic clock or later. Returns what takes it back. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A point in time on both clocks of one process. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export function momentOf(clock: Clock): Moment {
  return { monotonic: clock.monotonic(), wall: clock.wall() };
}

/**
 * The longest that may have passed since a moment, in milliseconds: for those who must stop in time.
 *
 * The monotonic clock stands still while a machine is suspended, and in a virtual one that is paused or moved; the other one is set right afterwards. When
 * that is set forward for another reason, one stops too early, which costs nothing but time.
 */
export function longestSince(clock: Clock, moment: Moment): number {
  return Math.max(clock.monotonic() - moment.monotonic, clock.wall() - moment.wall);
}

/** A wait that ends when its time is over or when somebody rings, also shortly before it began. */
export class Alarm {
  private rung = false;
  private wake?: () => void;

  constructor(private readonly clock: Clock) {}

  public ring(): void {
    this.rung = true;
    this.wake?.();
  }

  public async wait(milliseconds: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>(resolve => {
        const cancel = this.clock.after(milliseconds, resolve);
        this.wake = () => {
          cancel();
          resolve();
        };
      });
    }
    this.rung = false;
    this.wake = undefined;
  }
}
