import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { spawnBound } from '../control-plane/bound-process';
import { waitUntil } from '../control-plane/wait-until';

const MAIN = join(__dirname, '..', '..', 'build', 'cli', 'main.js');

/** A line of the log. */
export interface LogEntry {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly cluster?: string;
  readonly code?: string;
  readonly commit?: string;
  readonly [field: string]: unknown;
}

/** What `/readyz` says. */
export interface Readyz {
  readonly status: number;
  readonly ready: boolean;
  readonly commit?: string;
  readonly reasons?: readonly string[];
  readonly down?: readonly string[];
  readonly clusters: number;
}

/** `flotilla agent` or `flotilla hub` in a process of its own, as users run it. */
export class CliProcess {
  /** Everything that it said on stdout, which is its log. */
  out = '';
  err = '';
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  private readonly child: ChildProcess;
  private over?: number | string;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawnBound(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.child.stdout!.on('data', data => { this.out += String(data); });
    this.child.stderr!.on('data', data => { this.err += String(data); });
    this.ended = new Promise(resolve => this.child.on('close', (code, signal) => {
      this.over = code ?? signal ?? 'unknown';
      resolve(this.over);
    }));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Its whole log, each line parsed: throws when one is no JSON. */
  get log(): LogEntry[] {
    return this.out.split('\n').slice(0, -1).map(line => JSON.parse(line) as LogEntry);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks it to end; returns how it ended and after how many milliseconds. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ readonly code: number | string; readonly ms: number }> {
    const start = Date.now();
    this.signal('SIGCONT');
    this.signal(signal);
    const insist = setTimeout(() => this.signal('SIGKILL'), 60_000);
    const code = await this.ended;
    clearTimeout(insist);
    return { code, ms: Date.now() - start };
  }

  /** The port that it serves on, as soon as it does. */
  async port(): Promise<number> {
    return waitUntil('it listens', () => {
      if (this.over !== undefined) throw new Error(`it ended with ${this.over}: ${this.err}`);
      return Number(/^listening on port (\d+)$/m.exec(this.err)?.[1]) || undefined;
    });
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const response = await fetch(`http://127.0.0.1:${await this.port()}${path}`);
    return { status: response.status, body: await response.text() };
  }

  async readyz(): Promise<Readyz> {
    const { status, body } = await this.get('/readyz');
    return { ...JSON.parse(body) as Readyz, status };
  }

  /** The value of a metric with these labels; undefined when there is none. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const { body } = await this.get('/metrics');
    const line = body.split('\n').find(each => (each.startsWith(`${name}{`) || each.startsWith(`${name} `))
      && Object.entries(labels).every(([key, value]) => each.includes(`${key}="${value}"`)));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  }

  /** Calls the webhook. */
  async wake(body = '', headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${await this.port()}/webhook`, { method: 'POST', body, headers });
    await response.arrayBuffer();
    return response.status;
  }

  /** Waits, and shows the end of the log when it waits in vain. */
  async until(what: string, holds: () => boolean | Promise<boolean>, timeout = 30_000): Promise<void> {
    try {
      await waitUntil(what, async () => holds(), { timeout, every: 20 });
    } catch (error) {
      throw new Error(`${(error as Error).message}; its log ends:\n${this.out.split('\n').slice(-15).join('\n')}\n${this.err.slice(-2000)}`, { cause: error });
    }
  }
}
