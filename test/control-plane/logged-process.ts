import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { spawnBound } from './bound-process';

/** Go programs here share two cores with the tests: fewer threads, and a heap that may grow before it is swept. */
const goSettings = { GOMAXPROCS: '2', GOGC: '200' };

/** A server of the control plane: bound to this process, its output in a file. */
export class LoggedProcess {
  /** @param env more than the environment of this process */
  static start(command: string, args: readonly string[], logFile: string, env: Readonly<Record<string, string>> = {}): LoggedProcess {
    const log = openSync(logFile, 'a');
    try {
      const child = spawnBound(command, args, { stdio: ['ignore', log, log], env: { ...process.env, ...goSettings, ...env } });
      return new LoggedProcess(basename(command), logFile, child);
    } finally {
      closeSync(log);
    }
  }

  /** Resolves when the program has ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
  private alive = true;

  private constructor(readonly name: string, readonly logFile: string, private readonly child: ChildProcess) {
    this.ended = new Promise(resolve => {
      const end = (): void => {
        this.alive = false;
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return this.alive;
  }

  /** SIGSTOP and SIGCONT make a server that accepts connections and never answers; SIGKILL one that crashes. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks first, and insists after `patience` ms. */
  async stop(patience = 5_000): Promise<void> {
    if (!this.alive) return;
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const insist = setTimeout(() => this.signal('SIGKILL'), patience);
    await this.ended;
    clearTimeout(insist);
  }

  /** The end of what it printed, for an error message. */
  logTail(lines = 12): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}
