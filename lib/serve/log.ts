import { pino } from 'pino';
import { Damper } from './damper';
import { linesOf, LogLevel, LogLine } from './log-line';
import { formatText } from './log-text';
import type { AgentEvent, AgentListener } from '../reconcile/agent/events';

/** Where lines go; `process.stdout` is one. */
export interface LogStream {
  /** Whether a person reads along. */
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface LogAgentOptions {
  /** Subscribes to what the agent tells; returns how to end that. */
  readonly events: (listener: AgentListener) => () => void;
  readonly stream: LogStream;
  /**
   * `json`: one object a line; `text`: for people.
   * @default `text` on a terminal, otherwise `json`
   */
  readonly format?: 'json' | 'text';
  /**
   * The least level that is logged.
   * @default info
   */
  readonly level?: LogLevel;
  /**
   * The same trouble of the same application is logged once in this time, in milliseconds, with the number of repetitions.
   * @default 60000
   */
  readonly dampMs?: number;
}

/** The log of an agent that runs. */
export interface AgentLog {
  /** Tells what was kept back, and listens to the agent no longer. */
  close(): void;
}

/**
 * Writes what an agent tells to a stream, a line an event that matters. Where nothing happens, nothing is written; credentials never are.
 */
export function logAgent({ events, stream, format = stream.isTTY ? 'text' : 'json', level = 'info', dampMs = 60_000 }: LogAgentOptions): AgentLog {
  const logger = pino({
    level,
    // The container knows its host, and there is one process in it.
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
  }, format === 'json' ? { write: text => void stream.write(text) } : { write: text => void stream.write(formatText(text)) });
  const damper = new Damper(dampMs);
  const write = ({ level: severity, message, fields }: LogLine, repeated?: number) => logger[severity]({ ...fields, repeated }, message);
  const tellEnded = (now: number) => damper.ended(now).forEach(({ line, repeated }) => write(line, repeated));
  const unsubscribe = events((event: AgentEvent) => {
    const now = performance.now();
    tellEnded(now);
    linesOf(event).filter(line => !line.damped || damper.admits(line, now)).forEach(line => write(line));
  });
  return {
    close() {
      unsubscribe();
      tellEnded(Infinity);
    },
  };
}
