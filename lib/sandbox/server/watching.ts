import { randomUUID } from 'node:crypto';
import type { WatchFault } from '../faults/fault-plan';
import type { JsonMap, StoredObject } from '../json';
import { groupVersionOf, type ServedResource } from '../served-resource';
import { StatusError } from '../status-error';
import { kindOf } from './catalog';
import type { Cluster } from './cluster';
import { fromStorage } from './conversion';
import type { Exchange } from './exchange';
import type { ListOptions } from './list-options';
import { parseRevision } from './listing';
import type { OutputForm } from './media-type';
import { onDemand } from './on-demand';
import { metadataOf } from './output';
import type { Change } from '../store/change';
import { ForgottenRevisionError } from '../store/store';

/** How often a watch that asked for bookmarks gets one, in ms. */
const BOOKMARK_EVERY = 60_000;
/** A watch without a timeout ends after 30 to 60 minutes, so that not all come again at once. */
const LONGEST = 30 * 60_000;

/** Answers with what changes, until the client goes, the time is up or the server stops. */
export function watchObjects(
  cluster: Cluster, exchange: Exchange, resource: ServedResource, namespace: string | undefined, options: ListOptions, form: OutputForm,
): void {
  const revision = parseRevision(options.resourceVersion, message => new StatusError(500, '', message));
  const watch = new Watch(cluster, exchange, resource, namespace, options, form);
  watch.start(revision);
}

class Watch {
  private readonly kind: string;
  private readonly formKey: string;
  private readonly includeObject: string | null;
  private first = true;
  private ended = false;
  private stalls = false;
  private late = 0;
  private queue: Promise<void> = Promise.resolve();
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly cluster: Cluster, private readonly exchange: Exchange, private readonly resource: ServedResource,
    private readonly namespace: string | undefined, private readonly options: ListOptions, private readonly form: OutputForm,
  ) {
    this.kind = kindOf(resource);
    this.includeObject = exchange.query.get('includeObject');
    this.formKey = `${groupVersionOf(resource)} ${form.contentType} ${this.includeObject ?? ''}`;
  }

  start(revision: number): void {
    const { store } = this.cluster;
    const { response } = this.exchange;
    const { allowWatchBookmarks, sendInitialEvents, resourceVersion, timeoutSeconds } = this.options;
    response.writeHead(200, {
      'audit-id': randomUUID(), 'cache-control': 'no-cache, private',
      'content-type': this.form.as ? `application/json;stream=watch;g=meta.k8s.io;v=${this.form.asVersion};as=${this.form.as}`.replace(';stream=watch', '') : 'application/json',
      'transfer-encoding': 'chunked',
    });
    response.flushHeaders();
    this.askFault('open');
    if (this.ended) return;
    // Without a version the present objects come first; so they do with any version when that is asked for.
    const fromNow = revision === 0;
    const lists = sendInitialEvents ?? fromNow;
    if (lists) this.sendPresent();
    else if (!fromNow && !this.sendMissed(revision)) return;
    // A version of the future is waited for in silence.
    const since = Math.max(store.revision, revision);
    this.ends.push(store.watch(this.kind, change => {
      if (change.revision > since) this.tell(change);
    }));
    if (this.resource.definition !== undefined) this.ends.push(this.endWithDefinition());
    if (allowWatchBookmarks) {
      if (sendInitialEvents === true || (sendInitialEvents === undefined && (resourceVersion === '' || resourceVersion === '0'))) this.sendBookmark(true);
      const timer = setInterval(() => this.sendBookmark(false), BOOKMARK_EVERY);
      this.ends.push(() => clearInterval(timer));
    }
    const timeout = timeoutSeconds ? timeoutSeconds * 1000 : LONGEST * (1 + Math.random());
    const timer = setTimeout(() => this.end(), timeout);
    timer.unref();
    this.ends.push(() => clearTimeout(timer));
    response.on('close', () => this.end());
  }

  private sendPresent(): void {
    const { store } = this.cluster;
    for (const object of store.list(this.kind, this.namespace)) if (this.options.selects.matches(object)) this.write(this.format('ADDED', object));
  }

  /** A kind that is defined otherwise, or no longer, is stored anew: who watches it begins again. */
  private endWithDefinition(): () => void {
    return this.cluster.store.watch('customresourcedefinitions.apiextensions.k8s.io', ({ type, object, old }) => {
      const isOurs = object.metadata.name === `${this.resource.plural}.${this.resource.group}`;
      if (isOurs && (type === 'DELETED' || object.metadata.generation !== old?.metadata.generation)) setImmediate(() => this.end());
    });
  }

  /** False: what is asked for is forgotten, and the watch has ended. */
  private sendMissed(revision: number): boolean {
    const { store } = this.cluster;
    try {
      for (const change of store.changesAfter(revision, this.kind)) this.tell(change);
      return true;
    } catch (e) {
      if (!(e instanceof ForgottenRevisionError)) throw e;
      const status = new StatusError(410, 'Expired', `too old resource version: ${revision} (${e.oldest + 1})`).toStatus();
      this.write(chunkOf({ type: 'ERROR', object: status }));
      this.end();
      return false;
    }
  }

  private tell(change: Change): void {
    if (this.namespace !== undefined && change.namespace !== this.namespace) return;
    const { selects } = this.options;
    if (selects.all) return this.write(change.form(this.formKey, () => this.format(change.type, change.object)));
    // For who watches a selection an object comes and goes with its labels; it goes as it was when it last belonged to it.
    const before = change.old !== undefined && selects.matches(change.old);
    const after = change.type !== 'DELETED' && selects.matches(change.object);
    if (after) return this.write(change.form(`${this.formKey} ${before ? 'M' : 'A'}`, () => this.format(before ? 'MODIFIED' : 'ADDED', change.object)));
    if (!before) return;
    this.write(change.form(`${this.formKey} D`, () => {
      const { old, object } = change;
      return this.format('DELETED', change.type === 'DELETED' ? object : { ...old!, metadata: { ...old!.metadata, resourceVersion: object.metadata.resourceVersion } });
    }));
  }

  private format(type: string, stored: StoredObject): Buffer {
    const object = fromStorage(this.resource, stored);
    return chunkOf({ type, object: this.shaped(object) });
  }

  private shaped(object: StoredObject): object {
    const { as, asVersion } = this.form;
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return metadataOf(object, asVersion!);
    if (as !== 'Table') return object;
    const tableOptions = { now: this.cluster.now(), includeObject: this.includeObject, version: asVersion! };
    const table = onDemand.table.tableOf(this.resource, [object], { resourceVersion: object.metadata.resourceVersion }, tableOptions);
    // Only the first of a stream says what its columns are.
    if (!this.first) table.columnDefinitions = [];
    this.first = false;
    return table;
  }

  private sendBookmark(initial: boolean): void {
    const metadata: JsonMap = { resourceVersion: String(this.cluster.store.revision), ...initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {} };
    const object = { kind: this.resource.kind, apiVersion: groupVersionOf(this.resource), metadata } as StoredObject;
    const { as, asVersion } = this.form;
    const shaped = as === 'Table' ? { ...onDemand.table.tableOf(this.resource, [], metadata, { now: this.cluster.now(), includeObject: null, version: asVersion! }), rows: [] }
      : as ? metadataOf(object, asVersion!) : object;
    this.write(chunkOf({ type: 'BOOKMARK', object: shaped }));
  }

  private write(chunk: Buffer): void {
    if (this.ended || this.stalls) return;
    const fault = this.askFault('event');
    if (fault?.type === 'delay' || this.late > 0) return this.writeLate(chunk, fault?.type === 'delay' ? fault.delayMs : 0);
    if (!this.stalls && !this.ended) this.send(chunk);
  }

  private send(chunk: Buffer): void {
    const { method, response, breaksOff } = this.exchange;
    const { socket } = response;
    // Past the answer, which would take four writes to a socket for each watcher. An answer to HEAD has no chunks, and one that waits for another no socket.
    if (socket && method !== 'HEAD' && !breaksOff) return void socket.write(chunk);
    const event = chunk.subarray(chunk.indexOf('\n') + 1, -2);
    if (!breaksOff) return void response.write(event);
    this.exchange.breakOff(event);
    this.leave();
  }

  /** What comes behind a late event is late, too. */
  private writeLate(chunk: Buffer, delayMs: number): void {
    this.late++;
    this.queue = this.queue.then(() => new Promise<void>(resolve => setTimeout(resolve, delayMs))).then(() => {
      this.late--;
      if (!this.ended && !this.stalls) this.send(chunk);
    });
  }

  /** Lets the watch suffer what is due, but a delay. */
  private askFault(when: 'open' | 'event'): WatchFault | undefined {
    const { faults } = this.cluster;
    const { info } = this.exchange;
    if (faults.isIdle || !info) return undefined;
    const fault = faults.onWatchEvent({ ...info, verb: 'watch' }, when);
    if (fault?.type === 'stall') this.stalls = true;
    if (fault?.type === 'drop') {
      // Without the end of the answer: a connection that has one is used again.
      this.leave();
      this.exchange.request.socket.destroy();
    }
    if (fault?.type === 'expired') {
      this.exchange.response.write(`${JSON.stringify({ type: 'ERROR', object: fault.error.toStatus() })}\n`);
      this.end();
    }
    return fault;
  }

  private end(): void {
    if (this.ended) return;
    this.leave();
    this.exchange.response.end();
  }

  private leave(): void {
    this.ended = true;
    for (const each of this.ends) each();
  }
}

/** An event as a chunk of an answer: the same bytes for all who watch. */
function chunkOf(event: object): Buffer {
  const text = `${JSON.stringify(event)}\n`;
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}
