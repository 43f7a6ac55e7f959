import { createColors } from 'picocolors';
import { ExitCode } from '../../lib/cli/exit-code';
import { runCommand } from '../../lib/cli/run';

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line of `flotilla` in this process, as a user without a terminal would. */
export async function flotilla(
  args: readonly string[], options: { readonly cwd?: string; readonly env?: Record<string, string | undefined> } = {},
): Promise<CommandResult> {
  let out = '';
  let err = '';
  const code = await runCommand(args, {
    env: { ...process.env, ...options.env },
    cwd: options.cwd ?? process.cwd(),
    out: text => { out += text; },
    err: text => { err += text; },
    interactive: false,
    colors: createColors(false),
    signal: new AbortController().signal,
  });
  return { code, out, err };
}
