/** Calls that come close together, made into few. */
export interface Coalesced {
  /** Calls at once, or at the end of the interval that runs. */
  (): void;
  /** Forgets the call that waits. */
  stop(): void;
}

/**
 * Bounds how often something is called, and never loses the last call: what it announced may have come after an earlier call looked.
 *
 * @param intervalMs the least time between two calls, in milliseconds
 */
export function coalesce(call: () => void, intervalMs: number): Coalesced {
  let timer: NodeJS.Timeout | undefined;
  let waiting = false;
  const run = () => {
    waiting = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (waiting) {
        run();
      }
    }, intervalMs);
    timer.unref();
    call();
  };
  const ask = () => {
    if (timer) {
      waiting = true;
    } else {
      run();
    }
  };
  return Object.assign(ask, {
    stop() {
      clearTimeout(timer);
      waiting = false;
    },
  });
}
