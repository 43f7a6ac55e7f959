import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program in the root of the project and resolves to its exit code; 128 and the signal's number when one ended it, as shells have it.
 *
 * Ctrl-C in a terminal goes to the program as well: it decides what to do, and we wait. Sent to us alone, we pass it on.
 */
export function run(command, args, { env, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, shell, env: { ...process.env, ...env }, stdio: 'inherit' });
    const onInterrupt = () => { if (!process.stdin.isTTY) child.kill('SIGINT'); };
    const onTerminate = () => child.kill('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** The root of the project. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
