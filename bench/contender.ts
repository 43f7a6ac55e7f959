import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What one run of a contender came to. */
export interface Run {
  readonly ms: number;
  readonly requests?: number;
  readonly writes?: number;
  readonly peakMB: number;
  /** Of the processor, user and system, the start of the process not included. */
  readonly cpuMs?: number;
}

/** Called in a process of its own by `runContender`: does its work, and times that alone. */
export function contend(work: (args: readonly string[]) => Promise<Omit<Run, 'peakMB'>>): void {
  const before = process.cpuUsage();
  void work(process.argv.slice(2)).then(run => {
    const { user, system } = process.cpuUsage(before);
    process.send?.({ ...run, peakMB: peakMB('self'), cpuMs: (user + system) / 1000 });
    process.disconnect?.();
  }, error => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
}

/** Runs a file that calls `contend` in a fresh process, so that neither memory nor a warm cache comes from the run before. */
export function runContender(file: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = fork(file, args, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let run: Run | undefined;
    child.on('message', message => { run = message as Run; });
    child.on('error', reject);
    child.on('exit', code => run ? resolve(run) : reject(new Error(`${file} ended with ${code}`)));
  });
}

/** The most memory that a process had; undefined where the system does not tell. */
export function peakMB(pid: number | 'self'): number {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Math.round(Number(match[1]) / 1024) : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
