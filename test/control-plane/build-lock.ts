import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './is-alive';

/** The holder touches its lock this often; one that nobody touched for as long as `abandonedAfter` belongs to a process that is gone. */
const touchEvery = 5_000;
const abandonedAfter = 60_000;

export interface BuildLockOptions {
  /** Whether what the lock is for has been done meanwhile: a waiter then goes on at once. */
  readonly done: () => boolean;
  readonly progress: (line: string) => unknown;
  /** How often a waiter looks again, in ms. @default 500 */
  readonly poll?: number;
}

/**
 * Waits until no other process builds, and returns what ends the hold.
 *
 * The lock saves work and is no proof: should two processes take the same abandoned lock, both build, each in a folder of its own, and the first rename wins.
 */
export async function holdBuildLock(path: string, options: BuildLockOptions): Promise<() => void> {
  let told = false;
  for (;;) {
    if (options.done()) return () => undefined;
    if (tryCreate(path)) break;
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (isGone(path, holder)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) options.progress(`process ${holder.pid} is building it; waiting for that (${path})`);
    told = true;
    await sleep(options.poll ?? 500);
  }
  const touch = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Taken away as stale, after this process was suspended for long: the other one builds too.
    }
  }, touchEvery);
  touch.unref();
  return () => {
    clearInterval(touch);
    if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

function tryCreate(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, `${process.pid} ${hostname()}\n`);
    closeSync(file);
    return true;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw e;
  }
}

/** Undefined when the lock is gone. A lock that its holder has not written yet reads as pid 0, and is judged by its age. */
function readHolder(path: string): Holder | undefined {
  try {
    const [pid = '0', host = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { pid: Number(pid), host };
  } catch {
    return undefined;
  }
}

/** The pid tells at once, but only on its own machine; the age tells everywhere (a cache may be shared by containers). */
function isGone(path: string, holder: Holder): boolean {
  if (holder.pid > 0 && holder.host === hostname() && !isAlive(holder.pid)) return true;
  try {
    return Date.now() - statSync(path).mtimeMs > abandonedAfter;
  } catch {
    return false;
  }
}
