import { spawn } from 'node:child_process';

/** What a program printed, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd: string;
  /** Added to the environment of the demo. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Runs a program to its end. When the signal aborts, it is asked to stop, and the call throws. */
export function runProgram(command: string, args: readonly string[], { cwd, env, signal }: ProgramOptions): Promise<Ended> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => { printed.stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { printed.stderr += text; });
    const stop = () => { child.kill('SIGTERM'); };
    signal.addEventListener('abort', stop, { once: true });
    child.on('error', reject);
    child.on('close', code => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve({ code: code ?? 1, ...printed });
    });
  });
}
