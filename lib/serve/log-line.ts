import type { FlotillaError } from '../errors';
import { causeText } from '../errors';
import { redact, redactObject } from './redact';
import type { AgentEvent, ConnectionEvent, RunEvent, SourceEvent, WatchStateEvent } from '../reconcile/agent/events';
import type { ObjectAction, ObjectResult } from '../reconcile/report';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What is to be logged of an event. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  /** Ids and figures: `cluster`, `application`, `object`, `commit`, `revision`, `code`, … Absent where undefined. */
  readonly fields: Readonly<Record<string, string | number | undefined>>;
  /** Whether it tells trouble that may come again and again, and need not be told each time. */
  readonly damped: boolean;
}

/** So many failed objects of a run have a line each. */
const MAX_FAILURES = 20;

/** A message of an API server may hold a whole schema. */
const MAX_TEXT = 2_000;

/** The lines that an event is worth: none when nothing happened. */
export function linesOf(event: AgentEvent): readonly LogLine[] {
  switch (event.type) {
    case 'source': return sourceLines(event);
    case 'connection': return connectionLines(event);
    case 'watch': return [watchLine(event)];
    case 'run': return runLines(event);
    case 'drift': {
      const { cluster, application, object, writer, seconds } = event;
      return [line('info', writer === undefined ? 'an object was gone and was put back' : 'an object was changed and put right', { cluster, application, object, writer, seconds })];
    }
    case 'fight': {
      const { cluster, application, object, writer, delayMs } = event;
      return [trouble('warn', 'another writer keeps changing an object', { cluster, application, object, writer, retrySeconds: delayMs / 1000 })];
    }
    case 'lease': return [line('info', event.state === 'held' ? 'took a cluster over' : 'gave a cluster up', { cluster: event.cluster })];
    case 'lease-trouble': return [trouble('error', withReason('the Leases cannot be kept', event.error), errorFields(event.error))];
    case 'audit': {
      const { cluster, object, outcome } = event;
      return outcome === 'same' ? [] : [trouble('warn', outcome === 'drifted' ? 'the audit found drift' : 'the audit failed', { cluster, object })];
    }
    case 'events': return [trouble('warn', 'no events can be written about deliveries', { cluster: event.cluster, ...errorFields(event.error) })];
    case 'queue': return [];
  }
}

function sourceLines({ outcome, cause, commit, seconds, error }: SourceEvent): LogLine[] {
  if (outcome === 'failed') {
    const errors = error?.errors.slice(0, MAX_FAILURES) ?? [undefined];
    return errors.map(each => trouble('error', withReason('the source cannot be read', each), { cause, commit, ...errorFields(each) }));
  }
  return outcome === 'changed' ? [line('info', 'a new commit', { commit, cause, seconds })] : [];
}

function connectionLines({ cluster, state, error, retryMs }: ConnectionEvent): LogLine[] {
  if (state === 'up') {
    return [line('info', 'the cluster answers', { cluster })];
  }
  const retrySeconds = retryMs === undefined ? undefined : retryMs / 1000;
  return [trouble('error', withReason('the cluster does not answer', error), { cluster, retrySeconds, ...errorFields(error) })];
}

function watchLine({ cluster, kind, state, message }: WatchStateEvent): LogLine {
  const fields = { cluster, kind, detail: message && cut(redact(message)) };
  // Servers end every watch after some minutes; that one is opened anew is nothing to read at night.
  return state === 'denied' ? trouble('warn', 'a kind may not be watched', fields) : line('debug', `watch ${state}`, fields);
}

function runLines({ cluster, commit, result, seconds }: RunEvent): LogLine[] {
  const { application, outcome, revision, message, objects, errors, held } = result;
  const ids = { cluster, application, commit, revision };
  const failed = objects.filter(({ error }) => error !== undefined);
  const told = new Set(failed.flatMap(({ error }) => error?.errors ?? []));
  const others = [...new Set(errors.flatMap(error => error.errors))].filter(error => !told.has(error));
  const lines = [
    ...failed.slice(0, MAX_FAILURES).map(failure => objectLine(ids, failure)),
    ...others.slice(0, MAX_FAILURES).map(error => errorLine(ids, error)),
  ];
  const figures = { seconds, ...counts(objects), held: held?.objects.length };
  const detail = message && cut(redact(message));
  if (outcome === 'failed') {
    lines.push(trouble('error', 'the application failed', { ...ids, ...figures, detail }));
  } else if (outcome === 'blocked') {
    lines.push(trouble('warn', 'the application is blocked', { ...ids, detail }));
  } else if (outcome !== 'unchanged') {
    lines.push(line('info', `the application was ${outcome}`, { ...ids, ...figures, detail }));
  }
  if (held) {
    lines.push(trouble('warn', 'deletions wait for an approval', { ...ids, held: held.objects.length, digest: held.digest }));
  }
  return lines;
}

function objectLine(ids: LogLine['fields'], { object, error }: ObjectResult): LogLine {
  return errorLine({ ...ids, object }, error as FlotillaError);
}

function errorLine(ids: LogLine['fields'], error: FlotillaError): LogLine {
  const object = (ids.object ?? error.where.object) as string | undefined;
  return trouble('error', cut(redactObject(object, error.what)), { ...ids, object, ...errorFields(error, object) });
}

/** The code, what to do and the cause. Where an object is a Secret, the server's words may quote it. */
function errorFields(error: FlotillaError | undefined, object?: string): LogLine['fields'] {
  const cause = causeText(error?.cause);
  return error ? { code: error.code, file: error.where.file, fix: redact(error.fix), why: cause && cut(redactObject(object, cause)) } : {};
}

function withReason(message: string, error: FlotillaError | undefined): string {
  return error ? cut(`${message}: ${redact(error.what)}`) : message;
}

function counts(objects: readonly ObjectResult[]): Partial<Record<ObjectAction, number>> {
  const found: Partial<Record<ObjectAction, number>> = {};
  for (const { action } of objects) {
    found[action] = (found[action] ?? 0) + 1;
  }
  return found;
}

function line(level: LogLevel, message: string, fields: LogLine['fields']): LogLine {
  return { level, message, fields, damped: false };
}

function trouble(level: LogLevel, message: string, fields: LogLine['fields']): LogLine {
  return { level, message, fields, damped: true };
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
