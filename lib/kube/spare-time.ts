import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** How long the event loop is looked at, in milliseconds: of less, it cannot be said, and more is over. */
const SHORTEST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 500;
/** Share of the time that the event loop works; beyond, what waits does not wait for the network. */
const BUSY = 0.85;
/** So many sockets at once do no harm: all of one cluster. */
const AT_ONCE = 20;
/** Sockets in a millisecond: less than half of the time of a process that rests, and a few hundredths of that of one that works. */
const RATE = { resting: 1 / 5, busy: 1 / 100 };

/**
 * The time that this process has to spare, given out in handshakes.
 *
 * A TLS handshake takes as much of the processor as some requests do, on both sides. Where the processor is what all wait for, another socket makes
 * everything slower; where it is the network, another socket makes it faster.
 */
export class SpareTime {
  private look: EventLoopUtilization = performance.eventLoopUtilization();
  private lookedAt = performance.now();
  private busy = true;
  private sockets = AT_ONCE;
  private countedAt = performance.now();

  /** Whether a socket may be opened that only makes others faster. One that may be is counted. */
  public take(): boolean {
    const now = performance.now();
    this.sockets = Math.min(AT_ONCE, this.sockets + (now - this.countedAt) * (this.isBusy(now) ? RATE.busy : RATE.resting));
    this.countedAt = now;
    if (this.sockets < 1) {
      return false;
    }
    this.sockets--;
    return true;
  }

  private isBusy(now: number): boolean {
    const age = now - this.lookedAt;
    if (age >= SHORTEST_LOOK_MS) {
      const look = performance.eventLoopUtilization();
      // The mean of a long time says nothing of now.
      this.busy = age > LONGEST_LOOK_MS || performance.eventLoopUtilization(look, this.look).utilization > BUSY;
      this.look = look;
      this.lookedAt = now;
    }
    return this.busy;
  }
}

/** That of this process: all its connections share one event loop. */
export const spareTime = new SpareTime();
