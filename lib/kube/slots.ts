import { offAbort, onAbort } from './abort-callbacks';

/**
 * A fixed number of places, given out in the order of asking.
 *
 * The pool has a queue of its own, but there a request's time would run out while it waits for its turn.
 */
export class Slots {
  private readonly waiting = new Set<() => void>();

  constructor(private free: number) {}

  /** Waits for a place; false when the signal came first. Each place taken is given back with `release`. */
  public async take(signals: readonly (AbortSignal | undefined)[]): Promise<boolean> {
    if (signals.some(signal => signal?.aborted)) {
      return false;
    }
    if (this.free > 0) {
      this.free--;
      return true;
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
    });
  }

  public release(): void {
    const [next] = this.waiting;
    if (next) {
      next();
    } else {
      this.free++;
    }
  }
}
