/** A signal that comes when the time is over or when one of other signals comes, whichever is first. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly others: readonly AbortSignal[];
  private ended = false;

  constructor(milliseconds: number, others: readonly (AbortSignal | undefined)[]) {
    this.others = others.filter(other => other !== undefined);
    this.timer = setTimeout(this.end, milliseconds);
    for (const other of this.others) {
      if (other.aborted) {
        this.abort();
        return;
      }
      other.addEventListener('abort', this.abort);
    }
  }

  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether another signal came; false when it was the time. */
  public get aborted(): boolean {
    return this.ended;
  }

  /** Takes back what waits for it. To be called in any case. */
  public clear(): void {
    clearTimeout(this.timer);
    for (const other of this.others) {
      other.removeEventListener('abort', this.abort);
    }
  }

  /** Waits until it comes. */
  public async wait(): Promise<void> {
    if (!this.signal.aborted) {
      await new Promise(resolve => this.signal.addEventListener('abort', resolve, { once: true }));
    }
  }

  private readonly end = (): void => {
    this.controller.abort();
  };

  private readonly abort = (): void => {
    this.ended = true;
    this.controller.abort();
  };
}
