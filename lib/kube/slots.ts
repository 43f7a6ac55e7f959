import { offAbort, onAbort } from './abort-callbacks';
import { spareTime } from './spare-time';

/** So many requests are always worth a socket: its handshake costs about 2 ms of the processor, as much as some of them. */
const REQUESTS_PER_SOCKET = 25;
/** Who still waits after so long, in milliseconds, gets another place, if the process has time to spare by then. */
const PATIENCE_MS = 20;
/** How long a socket is kept that nobody uses, in milliseconds. An API server closes it after 90 seconds. */
export const IDLE_SOCKET_MS = 30_000;

/**
 * Places for requests, given out in the order of asking: one for each socket, and so many sockets as the work needs.
 *
 * There is one place at first. Another one comes when enough work waits to be worth the handshake, or when somebody has to wait and the process has time to
 * spare. So a single cluster has all its sockets at once, and a hub that is busy with two hundred clusters has one or two for each.
 *
 * The pool of the sockets has a queue of its own, but there a request's time would run out while it waits for its turn.
 */
export class Slots {
  private readonly waiting = new Set<() => void>();
  private places = 1;
  private taken = 0;
  /** When all places were last in use: sockets of places that are not needed any more are closed after a while. */
  private fullAt = 0;
  private timer?: NodeJS.Timeout;

  /** @param most places at a time */
  constructor(private readonly most: number, private readonly spare: { take(): boolean } = spareTime) {}

  /** Waits for a place; false when the signal came first. Each place taken is given back with `release`. */
  public async take(signals: readonly (AbortSignal | undefined)[]): Promise<boolean> {
    if (signals.some(signal => signal?.aborted)) {
      return false;
    }
    this.forgetClosed();
    if (this.taken === this.places && this.places < this.most && (this.isWorthASocket() || this.spare.take())) {
      this.places++;
    }
    return new Promise(resolve => {
      const settle = (taken: boolean): void => {
        this.waiting.delete(turn);
        signals.forEach(signal => offAbort(signal, leave));
        resolve(taken);
      };
      const turn = (): void => settle(true);
      const leave = (): void => settle(false);
      signals.forEach(signal => onAbort(signal, leave));
      this.waiting.add(turn);
      this.admit();
      this.waitForMore();
    });
  }

  public release(): void {
    this.taken--;
    this.admit();
  }

  private isWorthASocket(): boolean {
    return this.taken + this.waiting.size >= this.places * REQUESTS_PER_SOCKET;
  }

  /** Twice as many at most: what the new sockets cost shows in the next look. */
  private openForWaiting(): void {
    this.timer = undefined;
    const most = Math.min(this.most, this.places * 2, this.places + this.waiting.size);
    while (this.places < most && this.spare.take()) {
      this.places++;
    }
    this.admit();
    this.waitForMore();
  }

  private waitForMore(): void {
    if (this.waiting.size > 0 && this.places < this.most) {
      this.timer ??= setTimeout(() => this.openForWaiting(), PATIENCE_MS);
    }
  }

  private admit(): void {
    for (const next of this.waiting) {
      if (this.taken >= this.places) {
        return;
      }
      this.occupy();
      next();
    }
  }

  private occupy(): void {
    this.taken++;
    if (this.taken === this.places) {
      this.fullAt = Date.now();
    }
  }

  private forgetClosed(): void {
    if (this.taken < this.places && Date.now() - this.fullAt > IDLE_SOCKET_MS) {
      this.places = this.taken + 1;
    }
  }
}
