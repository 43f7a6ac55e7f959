/** How long what runs may take to end by itself. */
const PATIENCE_MS = 5_000;
/** What shells say of a program that was stopped by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * Makes Ctrl-C abort a signal, at which all work ends and cleans up. Where that takes too long, and at the second Ctrl-C, the process leaves at once:
 * the servers that it started end with it.
 */
export function onInterrupt({ stopping, leaving }: { readonly stopping: () => void; readonly leaving: () => void }): AbortSignal {
  const stop = new AbortController();
  const leave = () => {
    // Added last, it is called when those who end the servers have been called.
    process.on('exit', leaving);
    process.exit(INTERRUPTED);
  };
  const onSignal = () => {
    if (stop.signal.aborted) return leave();
    stopping();
    stop.abort(new Error('stopped'));
    setTimeout(leave, PATIENCE_MS).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}
