import type { LogLine } from './log-line';

/** A line and how often it came again without being logged. */
export interface Damped {
  readonly line: LogLine;
  readonly repeated: number;
}

interface Window {
  readonly until: number;
  /** The newest of its kind. */
  line: LogLine;
  repeated: number;
}

/** What names trouble. Figures do not, and neither does the message of an error that has a code: it may hold figures. */
const NAMING = ['cluster', 'application', 'object', 'kind', 'file', 'code', 'writer', 'digest'];

/** Bounds the memory of an agent whose every object fails; the oldest is then told anew. */
const MAX_WINDOWS = 10_000;

/** Lets the same trouble through once in a while, and counts what it keeps back. */
export class Damper {
  /** In the order in which they end. */
  private readonly windows = new Map<string, Window>();

  /** @param intervalMs milliseconds for which the same line is kept back */
  constructor(private readonly intervalMs: number) {}

  /** Whether a line is to be logged now; if not, it is counted. Ask for `ended` before. */
  public admits(line: LogLine, now: number): boolean {
    const key = JSON.stringify([line.level, line.fields.code === undefined ? line.message : '', ...NAMING.map(name => line.fields[name])]);
    const window = this.windows.get(key);
    if (window) {
      window.line = line;
      window.repeated++;
      return false;
    }
    if (this.windows.size >= MAX_WINDOWS) {
      this.windows.delete(this.windows.keys().next().value as string);
    }
    this.windows.set(key, { until: now + this.intervalMs, line, repeated: 0 });
    return true;
  }

  /** What was kept back in the time that is over; all that was, at the time `Infinity`. */
  public ended(now: number): Damped[] {
    const ended: Damped[] = [];
    for (const [key, { until, line, repeated }] of this.windows) {
      if (until > now) {
        break;
      }
      this.windows.delete(key);
      if (repeated > 0) {
        ended.push({ line, repeated });
      }
    }
    return ended;
  }
}
