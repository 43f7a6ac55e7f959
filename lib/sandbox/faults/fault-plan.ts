import { isMeant, type Fault, type FaultKind, type RequestInfo } from './fault';
import { errorReply, expiredError, type ErrorReply } from './fault-replies';
import { Random } from './random';
import { FlotillaError } from '../../errors';
import type { StatusError } from '../status-error';

export type { Fault, RequestInfo } from './fault';

/** What a server does to one request: it waits, and then acts as `act` says or answers as if nothing were. */
export interface RequestFault {
  /** Of all that hit the request, joined by `+`. */
  readonly name: string;
  readonly delayMs: number;
  readonly act?: ErrorReply
    | { readonly type: 'hang' }
    | { readonly type: 'reset'; readonly when: 'before' | 'middle' }
    | { readonly type: 'stale'; readonly revisions: number };
}

/** What a server does to a watch. */
export type WatchFault = { readonly name: string } & (
  | { readonly type: 'drop' }
  | { readonly type: 'stall' }
  | { readonly type: 'delay'; readonly delayMs: number }
  | { readonly type: 'expired'; readonly error: StatusError }
);

/** A fault and what became of it. */
export interface FaultState {
  readonly name: string;
  readonly fault: Fault;
  readonly on: boolean;
  readonly hits: number;
}

export interface FaultPlanOptions {
  /** Two plans with equal seeds and equal faults do the same to the same requests in the same order. @default '' */
  readonly seed?: string;
  readonly faults?: readonly Fault[];
  /** In ms, for `forMs`. @default Date.now */
  readonly now?: () => number;
}

/** Told that a fault is on, or no longer. */
export type FaultAttendant = (name: string, fault: Fault, on: boolean) => void;

interface Entry {
  readonly name: string;
  readonly fault: Fault;
  readonly random: Random;
  on: boolean;
  since: number;
  hits: number;
}

const OF_WATCHES = new Set<FaultKind>(['drop', 'stall', 'delay', 'expired']);
/** What no request meets while it is answered. */
const NOT_OF_REQUESTS = new Set<FaultKind>([...OF_WATCHES, 'restart']);

/** What goes wrong in one cluster, on request: asked by its server at fixed points, changed while it runs. A plan without faults costs a look at `isIdle`. */
export class FaultPlan {
  private readonly entries = new Map<string, Entry>();
  private readonly seed: string;
  private readonly now: () => number;
  private idle = true;
  private attendant?: FaultAttendant;

  constructor(options: FaultPlanOptions = {}) {
    this.seed = options.seed ?? '';
    this.now = options.now ?? Date.now;
    for (const fault of options.faults ?? []) this.add(fault);
  }

  /** No fault is on: nothing need be asked. */
  get isIdle(): boolean {
    return this.idle;
  }

  /** @returns the name @throws FLT8002 when there is a fault of the same name */
  add(fault: Fault): string {
    const name = fault.name ?? this.freeName(fault.kind);
    if (this.entries.has(name)) {
      throw new FlotillaError('FLT8002', { what: `there is a fault '${name}' already`, fix: 'give it another name, or remove the other one first' });
    }
    // Numbers of its own for each: one fault more does not change what the others do.
    this.entries.set(name, { name, fault, random: new Random(`${this.seed}/${name}`), on: fault.on ?? true, since: this.now(), hits: 0 });
    this.lookWhetherIdle();
    if (fault.on ?? true) this.attendant?.(name, fault, true);
    return name;
  }

  /** Tells who carries out what is no matter of single requests: of each fault that is on now, and of each that is switched on or off from now on. */
  attend(attendant: FaultAttendant): void {
    this.attendant = attendant;
    for (const { name, fault, on } of this.entries.values()) if (on) attendant(name, fault, true);
  }

  /** A fault that no request meets has done what it does. */
  count(name: string): void {
    this.mustFind(name).hits++;
  }

  /** Switches a fault on or off. On, its count and its time start again. @throws FLT8002 when there is none of the name */
  set(name: string, on: boolean): void {
    const entry = this.mustFind(name);
    if (on) Object.assign(entry, { since: this.now(), hits: 0 });
    entry.on = on;
    this.lookWhetherIdle();
    this.attendant?.(name, entry.fault, on);
  }

  /** @throws FLT8002 when there is none of the name */
  remove(name: string): void {
    const { fault } = this.mustFind(name);
    this.entries.delete(name);
    this.lookWhetherIdle();
    this.attendant?.(name, fault, false);
  }

  list(): FaultState[] {
    return [...this.entries.values()].map(entry => ({ name: entry.name, fault: entry.fault, on: this.isOn(entry), hits: entry.hits }));
  }

  /** Before a request is handled. */
  onRequest(info: RequestInfo): RequestFault | undefined {
    if (this.idle) return undefined;
    let delayMs = 0;
    let act: RequestFault['act'];
    const names: string[] = [];
    for (const entry of this.entries.values()) {
      const { fault } = entry;
      if (NOT_OF_REQUESTS.has(fault.kind) || (act && fault.kind !== 'latency') || !this.hits(entry, info)) continue;
      names.push(entry.name);
      if (fault.kind === 'latency') delayMs += delayOf(entry);
      else act = actOf(fault, info);
    }
    return names.length > 0 ? { name: names.join('+'), delayMs, act } : undefined;
  }

  /** When a watch has been opened, and before each of its events. */
  onWatchEvent(info: RequestInfo, moment: 'open' | 'event'): WatchFault | undefined {
    if (this.idle) return undefined;
    for (const entry of this.entries.values()) {
      const { fault: { kind }, name } = entry;
      if (!OF_WATCHES.has(kind) || (kind === 'expired') !== (moment === 'open') || !this.hits(entry, info)) continue;
      switch (kind) {
        case 'drop': return { name, type: 'drop' };
        case 'stall': return { name, type: 'stall' };
        case 'delay': return { name, type: 'delay', delayMs: delayOf(entry) };
        default: return { name, type: 'expired', error: expiredError() };
      }
    }
    return undefined;
  }

  /**
   * Whether discovery does without the group: `absent` as one whose definitions are deleted, `unavailable` as one whose API server does not answer.
   *
   * @param info of the request for discovery
   */
  tryGone(group: string, info: RequestInfo): 'absent' | 'unavailable' | undefined {
    if (this.idle) return undefined;
    const found = [...this.entries.values()].find(entry => entry.fault.kind === 'gone' && this.isOn(entry) && isMeant(entry.fault, { ...info, group }));
    return found && ((found.fault.status ?? 404) === 404 ? 'absent' : 'unavailable');
  }

  private hits(entry: Entry, info: RequestInfo): boolean {
    const { fault } = entry;
    if (!this.isOn(entry) || !isMeant(fault, info) || (fault.kind === 'stale' && !['get', 'list'].includes(info.verb))) return false;
    // Drawn also where the rate is 1: another rate later goes on in the same row.
    if (fault.kind !== 'gone' && entry.random.next() >= (fault.rate ?? 1)) return false;
    entry.hits++;
    return true;
  }

  private isOn({ on, fault, hits, since }: Pick<Entry, 'on' | 'fault' | 'hits' | 'since'>): boolean {
    // Who restarts the server switches it off when that is done.
    return on && (fault.kind === 'restart' || hits < (fault.count ?? Infinity) && this.now() - since < (fault.forMs ?? Infinity));
  }

  private lookWhetherIdle(): void {
    this.idle = ![...this.entries.values()].some(({ on, fault }) => on && fault.kind !== 'restart');
  }

  private freeName(kind: FaultKind): string {
    if (!this.entries.has(kind)) return kind;
    for (let i = 2; ; i++) if (!this.entries.has(`${kind}-${i}`)) return `${kind}-${i}`;
  }

  private mustFind(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry) return entry;
    const names = [...this.entries.keys()].map(each => `'${each}'`);
    throw new FlotillaError('FLT8002', {
      what: `there is no fault '${name}'`, fix: names.length > 0 ? `use one of ${names.join(', ')}` : 'add it first, with `--fault` or by POST /faults',
    });
  }
}

function delayOf({ fault: { delayMs = 1_000, jitterMs = 0 }, random }: Entry): number {
  return Math.max(0, Math.round(delayMs + (jitterMs === 0 ? 0 : (random.next() * 2 - 1) * jitterMs)));
}

function actOf(fault: Fault, info: RequestInfo): RequestFault['act'] {
  switch (fault.kind) {
    case 'hang': return { type: 'hang' };
    case 'reset': return { type: 'reset', when: fault.when ?? 'before' };
    case 'stale': return { type: 'stale', revisions: fault.revisions ?? 10 };
    default: return errorReply(fault, info);
  }
}
