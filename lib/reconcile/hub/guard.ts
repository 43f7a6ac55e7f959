/**
 * A signal that also asks at each look at `aborted`, and not only when a timer gets its turn.
 *
 * After a pause of the process (SIGSTOP, a machine that moved), replies may be handled before timers. A connection looks at `aborted` before it sends, and so
 * sends nothing. What is derived from the signal (`AbortSignal.any`) hears of it only by the event.
 */
export class Guard {
  private readonly controller = new AbortController();

  /** @param isSure must stay false once it was */
  constructor(isSure: () => boolean) {
    const { controller } = this;
    const isAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')!.get!;
    Object.defineProperty(controller.signal, 'aborted', {
      get: () => {
        if (!isAborted.call(controller.signal) && !isSure()) controller.abort();
        return isAborted.call(controller.signal);
      },
    });
  }

  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  public abort(): void {
    this.controller.abort();
  }
}
