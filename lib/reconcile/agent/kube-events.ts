import type { AgentEvent, AgentListener } from './events';
import { Notice, Notices } from './notices';
import { isAlreadyGone } from '../../kube/classify';
import type { Connection } from '../../kube/connection';
import { objectError } from '../../kube/object-error';
import { API_VERSION } from '../../tree/names';
import { FIELD_MANAGER } from '../applyset';
import type { DeliveryRecord } from '../record';
import { timestamp } from '../timestamp';

export interface KubeEventsOptions {
  readonly connection: Connection;
  readonly cluster: string;
  /** Namespace of the Deliveries. */
  readonly namespace: () => string;
  readonly records: ReadonlyMap<string, DeliveryRecord>;
  /** Whether there is something more important to send. */
  readonly isBusy: () => boolean;
  readonly listener: AgentListener;
  readonly signal: AbortSignal;
}

/** So many requests at once, and from then on one in so many milliseconds: as client-go counts for one object, but for all of the cluster. */
const BURST = 25;
const REFILL_MS = 5_000;
/** So long what comes waits for more of the same, and for others to be done. */
const GATHER_MS = 200;
const PATIENCE_MS = 1_000;
/** What could not be told in time is not told. */
const STALE_MS = 30_000;
const MAX_PENDING = 100;
/** Of the events that are there already. */
const MAX_KNOWN = 1_000;
/** From so many different messages of one kind in ten minutes on, they are one event, as client-go does it. */
const MAX_SIMILAR = 10;
const SIMILAR_MS = 10 * 60_000;
/** What the API server takes. */
const MAX_MESSAGE = 1_024;

interface Pending {
  readonly notice: Notice;
  readonly uid: string;
  readonly since: number;
  last: number;
  count: number;
}

/**
 * Tells what an agent does by Events of Kubernetes, on the Deliveries: for `kubectl describe` and `kubectl events`.
 *
 * Nothing depends on them. They are few, one request at a time, and never before anything else; what is too much is dropped and counted.
 */
export class KubeEvents {
  private readonly notices: Notices;
  private readonly pending = new Map<string, Pending>();
  /** Events that were created, by what they say. */
  private readonly known = new Map<string, { readonly name: string; count: number }>();
  private readonly similar = new Map<string, { readonly since: number; readonly messages: Set<string> }>();
  private tokens = BURST;
  private filledAt = Date.now();
  private sequence = 0;
  private sending = false;
  private denied = false;
  private lost = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly options: KubeEventsOptions) {
    this.notices = new Notices([...options.records].map(([application, { status }]) => [application, {
      revision: status.revision, held: status.held?.digest, ready: status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    }]));
    options.signal.addEventListener('abort', () => this.close(), { once: true });
  }

  /** How many were not told, since there were too many. */
  public get dropped(): number {
    return this.lost;
  }

  public tell(event: AgentEvent): void {
    for (const notice of this.notices.of(event)) {
      const uid = this.options.records.get(notice.application)?.uid;
      if (uid !== undefined && !this.options.signal.aborted) this.add(notice, uid);
    }
    this.schedule(GATHER_MS);
  }

  public close(): void {
    clearTimeout(this.timer);
    this.pending.clear();
  }

  private add(told: Notice, uid: string): void {
    const now = Date.now();
    const { notice, key } = this.aggregated(told, uid, now);
    const same = this.pending.get(key);
    if (same) {
      same.count++;
      same.last = now;
      return;
    }
    if (this.pending.size >= MAX_PENDING) {
      const [victim] = [...this.pending].find(([, each]) => each.notice.type === 'Normal') ?? [];
      this.lost++;
      if (victim === undefined || notice.type === 'Normal') {
        return;
      }
      this.pending.delete(victim);
    }
    this.pending.set(key, { notice, uid, since: now, last: now, count: 1 });
  }

  /** Many messages of one kind become one. */
  private aggregated(notice: Notice, uid: string, now: number): { readonly notice: Notice; readonly key: string } {
    const kind = JSON.stringify([uid, notice.type, notice.reason]);
    let similar = this.similar.get(kind);
    if (!similar || now - similar.since > SIMILAR_MS) {
      similar = { since: now, messages: new Set() };
      this.similar.set(kind, similar);
    }
    if (similar.messages.size <= MAX_SIMILAR) {
      similar.messages.add(notice.message);
    }
    return similar.messages.size > MAX_SIMILAR
      ? { notice: { ...notice, message: `(combined from similar events): ${notice.message}` }, key: kind }
      : { notice, key: JSON.stringify([uid, notice.type, notice.reason, notice.message]) };
  }

  private schedule(milliseconds: number): void {
    if (this.pending.size > 0 && !this.sending && !this.options.signal.aborted) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.pump(), milliseconds);
      this.timer.unref();
    }
  }

  /** Sends one, if it may. */
  private async pump(): Promise<void> {
    const now = Date.now();
    this.dropStale(now);
    // Warnings first, then what waits longest.
    const [next] = [...this.pending].sort(([, x], [, y]) => Number(y.notice.type === 'Warning') - Number(x.notice.type === 'Warning') || x.since - y.since);
    if (!next) {
      return;
    }
    if (this.options.isBusy() && now - next[1].since < PATIENCE_MS) {
      this.schedule(GATHER_MS);
      return;
    }
    if (!this.takeToken(now)) {
      this.schedule(REFILL_MS);
      return;
    }
    this.pending.delete(next[0]);
    this.sending = true;
    try {
      await this.send(next[0], next[1]);
    } catch (error) {
      this.lost += next[1].count;
      this.refused(error);
    }
    this.sending = false;
    this.schedule(0);
  }

  private dropStale(now: number): void {
    for (const [key, { since, count }] of this.pending) {
      if (now - since > STALE_MS) {
        this.pending.delete(key);
        this.lost += count;
      }
    }
  }

  private takeToken(now: number): boolean {
    const filled = Math.floor((now - this.filledAt) / REFILL_MS);
    if (filled > 0) {
      this.tokens = Math.min(BURST, this.tokens + filled);
      this.filledAt += filled * REFILL_MS;
    }
    if (this.tokens === 0) {
      return false;
    }
    this.tokens--;
    return true;
  }

  private async send(key: string, pending: Pending): Promise<void> {
    const known = this.known.get(key);
    if (known && await this.repeat(known, pending)) {
      return;
    }
    const { connection, signal } = this.options;
    const { notice: { application, type, reason, message }, uid, count } = pending;
    const namespace = this.options.namespace();
    // As client-go names them: the object, and a time that no other event has.
    const name = `${application}.${(BigInt(Date.now()) * 1_000_000n + BigInt(this.sequence++)).toString(16)}`;
    await connection.request({
      method: 'POST', path: `/api/v1/namespaces/${namespace}/events`, signal,
      body: {
        apiVersion: 'v1', kind: 'Event', metadata: { name, namespace },
        involvedObject: { apiVersion: API_VERSION, kind: 'Delivery', name: application, namespace, uid },
        type, reason, message: cut(message), count, firstTimestamp: timestamp(pending.since), lastTimestamp: timestamp(pending.last),
        source: { component: FIELD_MANAGER }, reportingComponent: FIELD_MANAGER, reportingInstance: '',
      },
    });
    if (this.known.size >= MAX_KNOWN) {
      this.known.delete(this.known.keys().next().value as string);
    }
    this.known.set(key, { name, count });
  }

  /** The same again: the event that is there counts it. False when it is gone; the server keeps events for an hour. */
  private async repeat(known: { readonly name: string; count: number }, { notice, last, count }: Pending): Promise<boolean> {
    const { connection, signal } = this.options;
    try {
      await connection.request({
        method: 'PATCH', path: `/api/v1/namespaces/${this.options.namespace()}/events/${known.name}`, contentType: 'application/merge-patch+json', signal,
        body: { count: known.count + count, lastTimestamp: timestamp(last), message: cut(notice.message) },
      });
      known.count += count;
      return true;
    } catch (error) {
      if (isAlreadyGone(error)) return false;
      throw error;
    }
  }

  private refused(error: unknown): void {
    if (this.denied || this.options.signal.aborted) {
      return;
    }
    this.denied = true;
    const { connection, cluster, listener } = this.options;
    listener({ type: 'events', cluster, error: objectError(connection, `Event/${this.options.namespace()}`, error) });
  }
}

/** Writes the events, and tells the listener as before. */
export function tellingKubeEvents(options: KubeEventsOptions): AgentListener {
  const events = new KubeEvents(options);
  return event => {
    options.listener(event);
    events.tell(event);
  };
}

function cut(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message;
}
