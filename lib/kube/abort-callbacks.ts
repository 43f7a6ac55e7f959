import { setMaxListeners } from 'node:events';

/**
 * Who is to be told when a signal comes: one listener of the signal for all of them.
 *
 * A signal looks through all of its listeners whenever one is added or removed. Ten thousand requests that wait for their turn under one signal would
 * spend more time there than on the network.
 */
const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back once, when the signal comes; never when it has come before. */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): void {
  if (!signal) {
    return;
  }
  const known = callbacks.get(signal);
  if (known) {
    known.add(callback);
    return;
  }
  const all = new Set([callback]);
  callbacks.set(signal, all);
  // Others may listen too, for each of their own concerns: Node would take the eleventh for a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', () => {
    for (const each of [...all]) each();
  }, { once: true });
}

/** Takes a callback back. */
export function offAbort(signal: AbortSignal | undefined, callback: () => void): void {
  if (signal) {
    callbacks.get(signal)?.delete(callback);
  }
}
