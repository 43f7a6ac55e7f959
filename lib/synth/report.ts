import { writeFileSync } from 'node:fs';
import { FlotillaError } from '../errors';

/** Names the file that {@link RunReport} is written to. Set by `flotilla`, which runs the user's program and reads it. */
export const REPORT_VARIABLE = 'FLOTILLA_REPORT';

/** Holds a question, as JSON: the program is to answer it in its report, and to write nothing else. Set by `flotilla explain`. */
export const QUESTION_VARIABLE = 'FLOTILLA_EXPLAIN';

/** What a run of a fleet's program came to, for the program that ran it. */
export interface RunReport {
  readonly ok: boolean;
  /** Name of the fleet. */
  readonly fleet: string;
  /** Folder of the tree. */
  readonly outdir: string;
  /** How much was synthesized; nothing after an error. */
  readonly clusters: number;
  readonly targets: number;
  readonly objects: number;
  /** Numbers of files, absent after an error. */
  readonly written?: number;
  readonly deleted?: number;
  readonly unchanged?: number;
  /** What may be wrong and stopped nothing. */
  readonly warnings?: readonly ReturnType<FlotillaError['toJSON']>[];
  /** The answer to the question of the run. */
  readonly explanation?: unknown;
  /** As `FlotillaError.toJSON` gives them; empty when all is well. */
  readonly errors: readonly ReturnType<FlotillaError['toJSON']>[];
}

/** Writes the report, if somebody asked for one. */
export function writeRunReport(report: RunReport): void {
  const file = process.env[REPORT_VARIABLE];
  if (file) {
    writeFileSync(file, `${JSON.stringify(report)}\n`);
  }
}

/** The question of the run, if there is one. */
export function runQuestion(): unknown {
  const text = process.env[QUESTION_VARIABLE];
  return text ? JSON.parse(text) as unknown : undefined;
}
