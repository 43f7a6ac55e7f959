export interface WorkQueueOptions {
  /** Does the work of one key; must not throw. */
  readonly handle: (key: string) => Promise<void>;
  /** Keys that are worked on at the same time. */
  readonly concurrency: number;
  /** Told when the number of keys that wait or are worked on changes. */
  readonly onDepth?: (depth: number) => void;
}

/**
 * Keys to be worked on. One that is added twice is worked on once; one that is added while it is worked on comes again afterwards, and never twice
 * at the same time.
 */
export class WorkQueue {
  private readonly waiting = new Set<string>();
  private readonly working = new Set<string>();
  private readonly timers = new Map<string, { readonly due: number; readonly timer: NodeJS.Timeout }>();
  private closed = false;
  private scheduled = false;
  private idlers: (() => void)[] = [];

  constructor(private readonly options: WorkQueueOptions) {}

  public get depth(): number {
    return this.waiting.size + this.working.size;
  }

  public add(key: string): void {
    if (this.closed || this.waiting.has(key)) {
      return;
    }
    this.waiting.add(key);
    this.tell();
    this.schedule();
  }

  /** Adds it after some milliseconds, unless an earlier time is set already. */
  public addAfter(key: string, milliseconds: number): void {
    if (this.closed) {
      return;
    }
    const due = Date.now() + milliseconds;
    const known = this.timers.get(key);
    if (known && known.due <= due) {
      return;
    }
    clearTimeout(known?.timer);
    const timer = setTimeout(() => {
      this.timers.delete(key);
      this.add(key);
    }, milliseconds);
    this.timers.set(key, { due, timer });
  }

  /** Resolves when nothing waits and nothing is worked on. */
  public async idle(): Promise<void> {
    if (this.depth > 0) {
      await new Promise<void>(resolve => this.idlers.push(resolve));
    }
  }

  /** Takes nothing more; what is worked on goes on. */
  public close(): void {
    this.closed = true;
    this.waiting.clear();
    for (const { timer } of this.timers.values()) {
      clearTimeout(timer);
    }
    this.timers.clear();
    this.tell();
  }

  /** What comes in one burst is taken together: events of a watch come by the dozen in one read of the socket. */
  private schedule(): void {
    if (!this.scheduled) {
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.work();
      });
    }
  }

  private work(): void {
    for (const key of this.waiting) {
      if (this.working.size >= this.options.concurrency) {
        return;
      }
      if (!this.working.has(key)) {
        this.waiting.delete(key);
        this.working.add(key);
        void this.options.handle(key).finally(() => {
          this.working.delete(key);
          this.tell();
          this.schedule();
        });
      }
    }
  }

  private tell(): void {
    this.options.onDepth?.(this.depth);
    if (this.depth === 0) {
      for (const resolve of this.idlers.splice(0)) resolve();
    }
  }
}
