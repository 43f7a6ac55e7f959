import { setTimeout as sleep } from 'node:timers/promises';

export interface AuditOptions {
  /** Each object is looked at once in this time, in milliseconds. */
  readonly everyMs: number;
  /** All objects there are now. */
  readonly keys: () => readonly string[];
  /** Has an object looked at. */
  readonly look: (key: string) => void;
  readonly signal: AbortSignal;
}

/** A restart must not begin with looking at everything, nor may all agents of a fleet begin together. */
const FIRST_MS = 10 * 60_000;
/** Never more often than so. */
const LEAST_MS = 100;
/** With nothing to look at. */
const IDLE_MS = 60_000;

/**
 * Has every object looked at once in a long time, one after the other and evenly: what no metadata shows (an admission control that changes the writes of
 * others, forged field managers) is found by it at last. Until the signal comes.
 */
export async function audit({ everyMs, keys, look, signal }: AuditOptions, random = Math.random): Promise<void> {
  try {
    await sleep(Math.min(FIRST_MS, everyMs / 4) * (1 + random()), undefined, { signal });
    for (;;) {
      const round = keys();
      for (const key of round) {
        look(key);
        await sleep(Math.max(LEAST_MS, everyMs / round.length), undefined, { signal });
      }
      if (round.length === 0) {
        await sleep(IDLE_MS, undefined, { signal });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
