import { tryFindBinaries, type Binaries, type Missing } from './binaries';

/** How jest's global setup tells the test files, which run in other processes, what it found; and where the logs of their clusters go. */
const foundVariable = 'FLOTILLA_CONTROL_PLANE';
const logsVariable = 'FLOTILLA_CONTROL_PLANE_LOGS';

/** For the processes that this one starts. */
export function tellFound(found: Binaries | Missing, logs: string): void {
  process.env[foundVariable] = JSON.stringify(found);
  process.env[logsVariable] = logs;
}

/** What the global setup found, or what is there without a build where no global setup has run. It does not wait. */
export function foundOnce(): Binaries | Missing {
  const told = process.env[foundVariable];
  if (told) return JSON.parse(told) as Binaries | Missing;
  return tryFindBinaries() ?? { missing: 'it is not built yet; npx tsx test/control-plane/start.ts builds it' };
}

/** The folder for the logs of all clusters of a jest run; undefined where no global setup has run. */
export function runLogs(): string | undefined {
  return process.env[logsVariable] || undefined;
}
