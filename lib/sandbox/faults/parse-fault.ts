import { FAULT_KINDS, type Fault, type FaultKind } from './fault';
import { FlotillaError } from '../../errors';

type Parser = (text: string) => unknown;

const list: Parser = text => text.split('|');

/** What may be said of every fault. */
const COMMON: Readonly<Record<string, readonly [field: keyof Fault, parse: Parser]>> = {
  name: ['name', text => (/^[a-z0-9][a-z0-9-]*$/.test(text) ? text : refuse('lower case letters, digits and hyphens'))],
  rate: ['rate', text => (isNumber(text) && Number(text) >= 0 && Number(text) <= 1 ? Number(text) : refuse('a number from 0 to 1'))],
  count: ['count', whole],
  for: ['forMs', duration],
  verb: ['verb', list],
  group: ['group', list],
  resource: ['resource', list],
  namespace: ['namespace', list],
  path: ['path', list],
  agent: ['agent', list],
  user: ['user', list],
};

interface Grammar {
  /** What stands behind `=` after the kind. */
  readonly value?: readonly [field: keyof Fault, parse: Parser];
  readonly isNeeded?: boolean;
  /** It hits the server and no requests: there is nothing to narrow. */
  readonly isWhole?: boolean;
  readonly more?: Readonly<Record<string, readonly [field: keyof Fault, parse: Parser]>>;
}

const jitter = { jitter: ['jitterMs', duration] } as const;

const GRAMMAR: Readonly<Record<FaultKind, Grammar>> = {
  latency: { value: ['delayMs', duration], isNeeded: true, more: jitter },
  throttle: { value: ['retryAfter', text => Math.ceil(duration(text) / 1_000)] },
  error: { value: ['status', oneOf(500, 502, 503, 504)] },
  unauthorized: {},
  reset: { value: ['when', text => (text === 'before' || text === 'middle' ? text : refuse('before or middle'))] },
  hang: {},
  stale: { value: ['revisions', whole] },
  gone: { value: ['group', list], isNeeded: true, more: { status: ['status', oneOf(404, 503)] } },
  drop: {},
  stall: {},
  delay: { value: ['delayMs', duration], isNeeded: true, more: jitter },
  expired: {},
  restart: {
    value: ['keepsData', text => (text === 'empty' || text === 'data' ? text === 'data' : refuse('data or empty'))], isWhole: true, more: { after: ['afterMs', duration] },
  },
};

/**
 * Reads a fault as it is written behind `--fault`: the kind, its value, and what narrows it, with commas between.
 *
 *     latency=200ms,jitter=50ms,rate=0.1,verb=list|watch
 *     error=503,resource=deployments,count=3
 *     gone=apps,status=503,for=30s,name=apps-away,off
 *     restart=empty,after=1m,for=5s
 *
 * Durations are `200ms`, `1.5s` or `2m`. `|` stands between alternatives, `*` for any characters, `off` for a fault that is switched on later.
 *
 * @throws FLT8001 when it cannot be read
 */
export function parseFault(text: string): Fault {
  const [first, ...rest] = text.split(',').map(part => part.trim());
  const [kindText, value] = halves(first);
  const kind = FAULT_KINDS.find(each => each === kindText) ?? fail(text, `'${kindText}' is no kind of fault`, `begin with one of ${FAULT_KINDS.join(', ')}`);
  const grammar = GRAMMAR[kind];
  const fault: Record<string, unknown> = { kind };
  if (value !== undefined) {
    if (!grammar.value) fail(text, `'${kind}' takes no value`, `write '${kind}', and what narrows it behind a comma`);
    fault[grammar.value![0]] = read(text, kind, value, grammar.value![1]);
  } else if (grammar.isNeeded) {
    fail(text, `'${kind}' needs a value`, kind === 'gone' ? 'write `gone=apps`' : `write \`${kind}=200ms\``);
  }
  const { name, for: lasts } = COMMON;
  const known = { ...grammar.isWhole ? { name, for: lasts } : COMMON, ...grammar.more };
  for (const part of rest) {
    if (part === 'off') {
      fault.on = false;
      continue;
    }
    const [key, found] = halves(part);
    if (!(key in known)) fail(text, `'${kind}' knows no '${key}'`, `use ${Object.keys(known).join(', ')} or off`);
    const [field, parse] = known[key];
    if (field in fault) fail(text, `'${key}' is there twice`, 'say it once; `|` stands between alternatives');
    fault[field] = read(text, key, found ?? '', parse);
  }
  return fault as unknown as Fault;
}

/** Thrown by a parser: what it would have taken. */
class Expected extends Error {}

function refuse(expected: string): never {
  throw new Expected(expected);
}

function read(faultText: string, key: string, text: string, parse: Parser): unknown {
  try {
    return parse(text);
  } catch (e) {
    if (e instanceof Expected) fail(faultText, `'${key}' cannot be '${text}'`, `write ${e.message}`);
    throw e;
  }
}

function fail(text: string, why: string, fix: string): never {
  throw new FlotillaError('FLT8001', { what: `the fault '${text}' cannot be read: ${why}`, fix });
}

function halves(part: string): [key: string, value: string | undefined] {
  const i = part.indexOf('=');
  return i < 0 ? [part, undefined] : [part.slice(0, i), part.slice(i + 1)];
}

function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text);
}

function whole(text: string): number {
  return /^[1-9]\d*$/.test(text) ? Number(text) : refuse('a whole number above 0');
}

function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  return match ? Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'] : refuse('a duration like 200ms, 1.5s or 2m');
}

function oneOf(...numbers: readonly number[]): Parser {
  return text => numbers.find(number => String(number) === text) ?? refuse(`one of ${numbers.join(', ')}`);
}
