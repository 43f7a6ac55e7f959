import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FlotillaError } from '../errors';
import { Job, Outcome, RunnerInput } from './runner/job';

/** How many seconds a program may take, when FLOTILLA_SOURCE_TIMEOUT does not say. */
const TIMEOUT_SECONDS = 120;

/**
 * Has jobs done by a process of its own, and waits for it: a synth is synchronous, and yet several programs are to run at a time.
 *
 * @throws FLT2113 when the process ended before its time
 */
export function runJobs(jobs: ReadonlyMap<string, Job>, cwd: string): Map<string, Outcome> {
  if (jobs.size === 0) {
    return new Map();
  }
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-sources-'));
  try {
    const input: RunnerInput = { cwd, folder, timeoutMs: timeoutMs(), jobs: [...jobs.values()] };
    const file = join(folder, 'input.json');
    writeFileSync(file, JSON.stringify(input), { mode: 0o600 });
    const { status, signal, error } = spawnSync(process.execPath, [...runner(), file], { cwd, env: { ...process.env }, stdio: ['ignore', 'ignore', 'inherit'], windowsHide: true });
    return new Map([...jobs.keys()].map((key, i): [string, Outcome] => {
      const outcome = join(folder, `${i}.json`);
      if (status !== 0 || !existsSync(outcome)) {
        throw ended(status, signal, error);
      }
      return [key, JSON.parse(readFileSync(outcome, 'utf8')) as Outcome];
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The script beside this file: compiled, or, in tests of this library itself, as it was written. */
function runner(): string[] {
  const extension = extname(__filename);
  const script = join(__dirname, 'runner', `main${extension}`);
  return extension === '.ts' ? ['--import', pathToFileURL(createRequire(__filename).resolve('tsx')).href, script] : [script];
}

function timeoutMs(): number {
  const seconds = Number(process.env.FLOTILLA_SOURCE_TIMEOUT);
  return (seconds > 0 ? seconds : TIMEOUT_SECONDS) * 1000;
}

function ended(status: number | null, signal: string | null, error: Error | undefined): FlotillaError {
  const interrupted = status === 130 || signal === 'SIGINT' || signal === 'SIGTERM';
  return new FlotillaError('FLT2113', {
    what: interrupted ? 'the sources are not rendered: it was interrupted' : `the process that renders sources ended with ${signal ?? `exit code ${status}`}`,
    cause: error,
    fix: interrupted ? 'synthesize again' : 'see its own message above; report it, if it is a fault of flotilla',
  });
}
