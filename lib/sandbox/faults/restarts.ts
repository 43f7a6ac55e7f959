import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault';
import type { FaultPlan } from './fault-plan';

/** How a server restarts. */
export interface RestartOptions {
  /** Whether it has its objects afterwards. */
  readonly keepData: boolean;
  /** How long it does not answer. */
  readonly awayMs: number;
  /** It comes back at once. */
  readonly signal: AbortSignal;
}

const AWAY_MS = 1_000;
/** Who asked for it by HTTP gets an answer before. */
const FIRST_MS = 50;

/** Restarts a server when its plan of faults says so. */
export class Restarts {
  /** Those that are to come, or under way, by the name of the fault. */
  private readonly ends = new Map<string, AbortController>();

  constructor(private readonly plan: FaultPlan, private readonly restart: (options: RestartOptions) => Promise<void>) {
    plan.attend((name, fault, on) => {
      if (fault.kind !== 'restart') return;
      this.end(name);
      if (on) void this.begin(name, fault);
    });
  }

  /** What is under way comes to its end, and nothing more is begun. */
  close(): void {
    this.plan.attend(() => undefined);
    for (const name of [...this.ends.keys()]) this.end(name);
  }

  private async begin(name: string, { afterMs = 0, forMs = AWAY_MS, keepsData = true }: Fault): Promise<void> {
    const { signal } = this.remember(name);
    await sleep(Math.max(FIRST_MS, afterMs), undefined, { ref: false, signal }).catch(() => undefined);
    if (signal.aborted) return;
    this.plan.count(name);
    await this.restart({ keepData: keepsData, awayMs: forMs, signal });
    if (signal.aborted) return;
    this.ends.delete(name);
    this.plan.set(name, false);
  }

  private remember(name: string): AbortController {
    const end = new AbortController();
    this.ends.set(name, end);
    return end;
  }

  private end(name: string): void {
    this.ends.get(name)?.abort();
    this.ends.delete(name);
  }
}
