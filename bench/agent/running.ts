import { ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the process tells when it is asked. */
export interface Stats {
  readonly requests: number;
  readonly writes: number;
  /** CPU time since its start. */
  readonly cpuMs: number;
  readonly rssMB: number;
  /** The most memory that it had. */
  readonly peakMB: number;
  readonly heapMB: number;
  /** Nothing is left to do. */
  readonly steady: boolean;
  readonly commit?: string;
}

/** An event of the agent; `at` is in milliseconds since the epoch. */
export interface Told {
  readonly type: string;
  readonly at: number;
  readonly [key: string]: unknown;
}

/** An agent in a process of its own. */
export class AgentProcess {
  public readonly events: Told[] = [];
  private readonly child: ChildProcess;
  private readonly asked: ((stats: Stats) => void)[] = [];

  /** `node` gets the arguments before the file. */
  constructor(repository: string, kubeconfig: string, clusters: readonly string[] = []) {
    this.child = fork(join(__dirname, 'process.mjs'), [repository, kubeconfig, ...clusters], { execArgv: (process.env.AGENT_NODE ?? '').split(' ').filter(Boolean), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.child.on('message', message => {
      if ((message as Told).type === 'stats') {
        this.asked.shift()?.(message as Stats);
      } else {
        this.events.push(message as Told);
      }
    });
  }

  public async stats(): Promise<Stats> {
    this.child.send('stats');
    return new Promise(resolve => this.asked.push(resolve));
  }

  /** As a webhook does; returns when, in milliseconds since the epoch. */
  public wake(): number {
    this.child.send('wake');
    return performance.timeOrigin + performance.now();
  }

  /** Waits until a commit is delivered and nothing is left to do. */
  public async delivered(commit: string, timeoutMs = 180_000): Promise<Stats> {
    for (const end = Date.now() + timeoutMs; ;) {
      const stats = await this.stats();
      if (stats.commit === commit && stats.steady) {
        return stats;
      }
      if (Date.now() > end) {
        throw new Error(`${commit} is not delivered: ${JSON.stringify(stats)} ${JSON.stringify(this.events.slice(-5))}`);
      }
      // When it was done, its events tell; each question takes a millisecond of its time.
      await sleep(200);
    }
  }

  public told(type: string): Told[] {
    return this.events.filter(event => event.type === type);
  }

  public async until(holds: () => boolean, timeoutMs = 30_000): Promise<void> {
    for (const end = Date.now() + timeoutMs; !holds();) {
      if (Date.now() > end) {
        throw new Error(`not within ${timeoutMs} ms: ${holds.toString()}; ${JSON.stringify(this.events.slice(-5))}`);
      }
      await sleep(1);
    }
  }

  /** When the last application was done. */
  public lastRun(from: number): number {
    return Math.max(...this.events.filter(({ type, at }) => type === 'run' && at >= from).map(({ at }) => at));
  }

  public async stop(): Promise<void> {
    const ended = new Promise(resolve => this.child.once('exit', resolve));
    this.child.send('stop');
    await Promise.race([ended, sleep(10_000)]);
    this.child.kill('SIGKILL');
    await ended;
  }
}
