import { growing } from '../../kube/pauses';
import type { Fight } from '../record';
import { timestamp } from '../timestamp';

/** So often an object is put right at once. */
const FREE = 5;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5 * 60_000;
/** An object that was left in peace for so long, or twice the last delay, starts anew. */
const PEACE_MS = 60_000;

interface Quarrel {
  readonly application: string;
  readonly since: number;
  times: number;
  writer?: string;
  /** It is not put right again before. */
  notBefore: number;
  /** When it is forgotten, if nothing happens. */
  peaceAt: number;
}

/** Who keeps changing back what we put right, and how long each object is left alone. Times are in milliseconds since the epoch. */
export class Fights {
  private readonly quarrels = new Map<string, Quarrel>();

  /** An object was put right. Returns how long it will be left alone if it is changed again. */
  public healed(key: string, application: string, writer: string | undefined, now: number): number {
    const known = this.find(key, now);
    const times = (known?.times ?? 0) + 1;
    const delay = times < FREE ? 0 : growing(FIRST_DELAY_MS, times - FREE + 1, LONGEST_DELAY_MS);
    this.quarrels.set(key, {
      application, since: known?.since ?? now, times, writer: writer ?? known?.writer, notBefore: now + delay, peaceAt: now + Math.max(PEACE_MS, 2 * delay),
    });
    return delay;
  }

  /** How long the object is still to be left alone; 0: not at all. */
  public delayOf(key: string, now: number): number {
    const quarrel = this.find(key, now);
    return quarrel && quarrel.times >= FREE ? Math.max(0, quarrel.notBefore - now) : 0;
  }

  /** The objects of an application that are fought over now. */
  public of(application: string, now: number): Fight[] {
    const found: Fight[] = [];
    for (const [key, quarrel] of this.quarrels) {
      if (this.find(key, now) && quarrel.application === application && quarrel.times >= FREE) {
        found.push({ object: key, ...(quarrel.writer ? { writer: quarrel.writer } : {}), since: timestamp(quarrel.since) });
      }
    }
    return found.sort((a, b) => a.object < b.object ? -1 : 1);
  }

  /** When the next quarrel of an application is over if nothing happens; undefined when it has none. */
  public peaceOf(application: string): number | undefined {
    const times = [...this.quarrels.values()].filter(quarrel => quarrel.application === application && quarrel.times >= FREE).map(quarrel => quarrel.peaceAt);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  private find(key: string, now: number): Quarrel | undefined {
    const quarrel = this.quarrels.get(key);
    if (quarrel && now >= quarrel.peaceAt) {
      this.quarrels.delete(key);
      return undefined;
    }
    return quarrel;
  }
}
