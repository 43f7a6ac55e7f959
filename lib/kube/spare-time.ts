import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** How long the event loop is looked at, in milliseconds: of less, it cannot be said, and more is over. */
const SHORTEST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 500;
/** Share of the time that the event loop works; beyond, what waits does not wait for the network. */
const BUSY = 0.85;
/** What a socket costs, with as much again for everything else, in milliseconds; and how many may be opened at once. */
const SOCKET_MS = 5;
const SOCKETS_AT_ONCE = 20;

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
  /** When the last socket that was opened is paid for. */
  private paidAt = 0;

  /** Whether a socket may be opened that nobody needs to go on, and with it the others would be faster. One that may be is counted. */
  public take(): boolean {
    const now = performance.now();
    if (this.isBusy(now) || this.paidAt - now > (SOCKETS_AT_ONCE - 1) * SOCKET_MS) {
      return false;
    }
    this.paidAt = Math.max(this.paidAt, now) + SOCKET_MS;
    return true;
  }

  private isBusy(now: number): boolean {
    const age = now - this.lookedAt;
    if (age >= SHORTEST_LOOK_MS) {
      const look = performance.eventLoopUtilization();
      // The mean of a long time says nothing of now: who asks first after a rest is told no, and knows it soon after.
      this.busy = age > LONGEST_LOOK_MS || performance.eventLoopUtilization(look, this.look).utilization > BUSY;
      this.look = look;
      this.lookedAt = now;
    }
    return this.busy;
  }
}

/** That of this process: all its connections share one event loop. */
export const spareTime = new SpareTime();
