import { offAbort, onAbort } from './abort-callbacks';

/** Calls back once: when the time is over, or when one of some signals comes, whichever is first. */
export class Deadline {
  private readonly timer: NodeJS.Timeout;
  private readonly signals: readonly (AbortSignal | undefined)[];
  private readonly end: (why: 'time' | 'signal') => void;

  constructor(milliseconds: number, signals: readonly (AbortSignal | undefined)[], end: (why: 'time' | 'signal') => void) {
    this.signals = signals;
    this.end = end;
    this.timer = setTimeout(this.onTime, milliseconds);
    for (const signal of signals) {
      onAbort(signal, this.onSignal);
    }
  }

  /** Takes it back. To be called when what it is for has ended. */
  public clear(): void {
    clearTimeout(this.timer);
    for (const signal of this.signals) {
      offAbort(signal, this.onSignal);
    }
  }

  private readonly onTime = (): void => {
    this.clear();
    this.end('time');
  };

  private readonly onSignal = (): void => {
    this.clear();
    this.end('signal');
  };
}
