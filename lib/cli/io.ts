import { createInterface } from 'node:readline/promises';
import { createColors } from 'picocolors';

/** What a command may touch of the process that it runs in. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether progress is welcome: a person is watching. */
  readonly interactive: boolean;
  readonly colors: ReturnType<typeof createColors>;
  /** Asks the person a question that is answered by yes or no. Absent where nobody could answer. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Results. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
}

/** The streams and the environment of this process. */
export function processIo(signal: AbortSignal): Io {
  const { env } = process;
  const plain = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  return {
    env,
    cwd: process.cwd(),
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    interactive: process.stderr.isTTY === true && env.CI === undefined,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { confirm: question => confirm(question, signal) } : {}),
    colors: createColors(!plain && process.stdout.isTTY === true),
    signal,
  };
}

/** Everything but a yes is a no. */
async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^\s*y(es)?\s*$/i.test(await terminal.question(`${question}\nGo on? [y/N] `, { signal }));
  } finally {
    terminal.close();
  }
}
