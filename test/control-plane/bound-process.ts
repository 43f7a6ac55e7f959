import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { atEnd } from './end-of-process';

/** What ends a child whose parent was killed with SIGKILL, when no code of the parent runs any more. */
export type Guard = 'pdeathsig' | 'watchdog';

/** Starts a program that does not outlive this process: not a normal end, not Ctrl-C, not `kill -9`. */
export function spawnBound(command: string, args: readonly string[], options: SpawnOptions, guard = bestGuard()): ChildProcess {
  const child = guard === 'pdeathsig'
    ? spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], options)
    : spawn(command, args, options);
  if (guard === 'watchdog' && child.pid !== undefined) watch(child.pid);
  const forget = atEnd(() => child.kill('SIGKILL'));
  child.once('exit', forget);
  child.once('error', forget);
  return child;
}

let known: Guard | undefined;

/** Linux tells a child of its parent's death; elsewhere a shell looks every second. */
function bestGuard(): Guard {
  known ??= process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0 ? 'pdeathsig' : 'watchdog';
  return known;
}

function watch(pid: number): void {
  const script = 'while kill -0 "$1" 2>/dev/null; do kill -0 "$2" 2>/dev/null || exit 0; sleep 1; done; kill -9 "$2"';
  spawn('/bin/sh', ['-c', script, 'watchdog', String(process.pid), String(pid)], { stdio: 'ignore', detached: true }).unref();
}
