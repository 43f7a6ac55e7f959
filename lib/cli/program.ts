import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorLocation, FlotillaError } from '../errors';
import type { Explanation, Question } from '../explain/explanation';
import type { SynthReport } from '../fleet';
import type { Io } from './io';
import { QUESTION_VARIABLE, REPORT_VARIABLE } from '../synth/report';
import { parseYaml } from '../yaml/parse';

/** What a fleet program told of itself. */
export interface ProgramReport extends Omit<SynthReport, 'outdir' | 'warnings'> {
  readonly fleet: string;
}

interface RawReport extends ProgramReport {
  readonly ok: boolean;
  readonly warnings?: readonly RawError[];
  readonly errors?: readonly RawError[];
  readonly explanation?: Explanation;
}

interface RawError {
  readonly code: string;
  readonly what: string;
  readonly where?: ErrorLocation;
  readonly fix: string;
  readonly cause?: string;
}

const CONFIG = 'cdk8s.yaml';

/**
 * Runs the user's fleet program as `cdk8s synth` does: its command comes from `cdk8s.yaml`, the folder to write to from
 * the environment.
 *
 * @throws FLT6001 when there is no program, FLT6002 when it fails, FLT6003 when it did not synthesize a fleet, and
 * whatever the model or the synthesis found wrong.
 */
export async function runProgram(io: Io, command: string | undefined, outdir: string): Promise<ProgramReport> {
  const report = await run(io, command, { CDK8S_OUTDIR: outdir });
  // To the error stream in every format: whoever reads JSON reads the other one.
  report.warnings?.forEach(warning => io.err(`warning: ${new FlotillaError(warning.code, warning).message}\n`));
  return report;
}

/**
 * Runs the user's fleet program to have a question answered.
 *
 * @throws what {@link runProgram} throws, and FLT2406 when the program does not know what it is asked.
 */
export async function askProgram(io: Io, command: string | undefined, question: Question): Promise<Explanation> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-'));
  try {
    // A program that does not know the question would write its tree.
    const { explanation } = await run(io, command, { CDK8S_OUTDIR: folder, [QUESTION_VARIABLE]: JSON.stringify(question) });
    if (!explanation) {
      throw new FlotillaError('FLT2406', {
        what: 'the fleet program was synthesized by a cdk8s-flotilla that explains nothing', where: { file: CONFIG },
        fix: 'install the version of cdk8s-flotilla that this `flotilla` is of: `npm install cdk8s-flotilla@latest`',
      });
    }
    return explanation;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(io: Io, command: string | undefined, env: Record<string, string>): Promise<RawReport> {
  const program = command ?? programOf(io.cwd);
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-'));
  const file = join(folder, 'report.json');
  try {
    const { code, output } = await execute(io, program, { ...env, [REPORT_VARIABLE]: file });
    const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as RawReport : undefined;
    if (report?.errors?.length) {
      throw FlotillaError.all(report.errors.map(error => new FlotillaError(error.code, error)));
    }
    io.err(output);
    if (code !== 0) {
      throw new FlotillaError('FLT6002', {
        what: `the fleet program ended with exit code ${code}: ${program}`, where: { file: CONFIG },
        fix: 'mend what it printed above; run it by itself to see more',
      });
    }
    if (!report) {
      throw new FlotillaError('FLT6003', {
        what: `the fleet program did not synthesize a fleet: ${program}`, where: { file: CONFIG },
        fix: 'end the program with `fleet.synth()`, where fleet is the `Fleet` of cdk8s-flotilla',
      });
    }
    return report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function programOf(cwd: string): string {
  const file = join(cwd, CONFIG);
  const config = existsSync(file) ? parseYaml(readFileSync(file, 'utf8'), CONFIG) as { app?: unknown } | null : undefined;
  if (typeof config?.app !== 'string' || config.app === '') {
    throw new FlotillaError('FLT6001', {
      what: config === undefined ? `there is no ${CONFIG} in ${cwd}` : `${CONFIG} does not say how to run the fleet program`,
      where: { file },
      fix: 'run this in the folder of a fleet (`flotilla init` makes one), put `app: npx tsx main.ts` in cdk8s.yaml, or give --program',
    });
  }
  return config.app;
}

function execute(io: Io, program: string, env: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    // A shell, as cdk8s runs it: `app` is a command line.
    const child = spawn(program, { shell: true, cwd: io.cwd, env: { ...process.env, ...io.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', data => { output += String(data); });
    child.stderr.on('data', data => { output += String(data); });
    const stop = () => child.kill('SIGTERM');
    io.signal.addEventListener('abort', stop, { once: true });
    child.on('error', reject);
    child.on('close', code => {
      io.signal.removeEventListener('abort', stop);
      resolve({ code: code ?? 1, output });
    });
  });
}
