/** What can go wrong. */
export const FAULT_KINDS = [
  'latency', 'throttle', 'error', 'unauthorized', 'reset', 'hang', 'stale', 'gone', 'drop', 'stall', 'delay', 'expired', 'restart',
] as const;
export type FaultKind = typeof FAULT_KINDS[number];

/** Whom a fault hits. What is absent hits all; several values are alternatives; `*` stands for any characters: `/api/*`. */
export interface FaultFilter {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, `discovery` */
  readonly verb?: readonly string[];
  /** `apps`; empty for the core group. */
  readonly group?: readonly string[];
  /** The plural, `pods`. */
  readonly resource?: readonly string[];
  readonly namespace?: readonly string[];
  /** Without the query. */
  readonly path?: readonly string[];
  /** The start of the header, `kubectl`. */
  readonly agent?: readonly string[];
  readonly user?: readonly string[];
}

export interface Fault extends FaultFilter {
  /**
   * Of requests: `latency` answers later, `throttle` answers 429, `error` another error of the server, `unauthorized` 401 as for a token that has
   * expired, `reset` ends the connection, `hang` never answers, `stale` reads the past, `gone` takes an API group away: from discovery and
   * OpenAPI too with 404, as one that does not answer with 503.
   * Of the whole server: `restart` ends all connections and, after `forMs`, serves again.
   * Of watches: `drop` ends the connection, `stall` says nothing any more, `delay` says it later (each before an event), `expired` answers a new one with 410.
   */
  readonly kind: FaultKind;
  /** By which it is switched on and off. @default the kind, with a number behind it when there is one already */
  readonly name?: string;
  /** From 0 to 1: how many of the requests or events that the filter means are hit. Not of `gone`, nor of `restart`. @default 1 */
  readonly rate?: number;
  /** After so many hits it is over. @default any number */
  readonly count?: number;
  /** After so many ms it is over; switching it on starts them again. @default never; of `restart`: 1000 */
  readonly forMs?: number;
  /** Whether it is on from the start. @default true */
  readonly on?: boolean;
  /** Of `latency` and `delay`, in ms. @default 1000 */
  readonly delayMs?: number;
  /** Of `latency` and `delay`: up to so many ms more or less. @default 0 */
  readonly jitterMs?: number;
  /** Of `error`: 500, 502, 503 or 504, @default 500. Of `gone`: 404 or 503, @default 404 */
  readonly status?: number;
  /** Of `throttle`: what Retry-After says, in s. @default 1 */
  readonly retryAfter?: number;
  /** Of `reset`: before anything is answered, or in the middle of the reply. @default before */
  readonly when?: 'before' | 'middle';
  /** Of `restart`: whether its objects are there afterwards, with their versions; else it begins as a new cluster. @default true */
  readonly keepsData?: boolean;
  /** Of `restart`: so many ms after it was switched on. @default 0 */
  readonly afterMs?: number;
  /** Of `stale`: how many writes to the cluster ago; less when they are forgotten, or a client asks for what is newer. @default 10 */
  readonly revisions?: number;
}

/** A request as a fault looks at it. */
export interface RequestInfo {
  readonly verb: string;
  readonly path: string;
  readonly group?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly userAgent?: string;
  readonly user?: string;
}

const FILTERS = ['verb', 'group', 'resource', 'namespace', 'path', 'agent', 'user'] as const satisfies readonly (keyof FaultFilter)[];

/** Whether the filter of a fault means a request. */
export function isMeant(fault: FaultFilter, info: RequestInfo): boolean {
  return FILTERS.every(field => {
    const wanted = fault[field];
    if (!wanted) return true;
    // What is about no group at all is not about the core group.
    if (field === 'group' && info.group === undefined) return false;
    const value = (field === 'agent' ? info.userAgent : info[field]) ?? '';
    return wanted.some(pattern => matches(field === 'agent' ? `${pattern}*` : pattern, value));
  });
}

function matches(pattern: string, value: string): boolean {
  if (!pattern.includes('*')) return pattern === value;
  return new RegExp(`^${pattern.split(/\*+/).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's').test(value);
}
