import { setTimeout as sleep } from 'node:timers/promises';
import type { Impersonation } from './access';
import { ApiError } from './api-error';
import { isAborted, isExpired, isForbidden, isNotServed } from './classify';
import type { Connection } from './connection';
import type { KubeObject } from './health';
import { keyOf } from './list';
import { listPages } from './pages';
import { about, atMost, growing } from './pauses';
import type { Resource } from './resource';
import { isInitialEnd, type WatchEvent, type WatchOptions } from './watch';

/** Who wants to know all of a collection, for as long as it is followed. */
export interface CollectionReader {
  /**
   * All objects of the collection as of one point in time, by `formatIdentity`: what is not among them is not there. They come one by one before.
   * Returns `again` when the reader has dropped what came, and wants all of it once more.
   */
  listed(keys: ReadonlySet<string>, version: string): 'again' | undefined;
  /** One object as it is, or was put into the list that is under way. */
  seen(key: string, object: KubeObject): void;
  /** It is gone, or no longer in the selection. */
  gone(key: string, object: KubeObject): void;
  /** Nothing is told for a while; another list follows. */
  lost(error: unknown): void;
  /** It may not be read, or is not served; it is tried again now and then. */
  denied(error: unknown): void;
}

/** How soon what got lost is found. */
export interface FollowPace {
  /** All is listed again after this long, to find what a watch may have lost, in milliseconds. @default ten minutes */
  readonly relistMs?: number;
  /** A watch that is silent for longer is taken for dead, in milliseconds; bookmarks come about once a minute. @default 150 s */
  readonly silenceMs?: number;
}

export interface FollowOptions extends FollowPace {
  readonly labelSelector?: string;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  /** Without the content of the objects. @default false */
  readonly metadataOnly?: boolean;
  readonly impersonate?: Impersonation;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const RELIST_MS = 10 * 60_000;
const SILENCE_MS = 150_000;
const DENIED_MS = 60_000;
const WATCH_SECONDS = 300;
const FIRST_PAUSE_MS = 100;
/** A watch that ends sooner has failed, though nobody said so. */
const SHORT_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** So many failures in a row, and nothing is taken for known any more. */
const RELIST_AFTER = 3;

/**
 * Follows a collection until the signal comes: lists it, watches it, and lists it again when the watch has lost its place. Never throws.
 *
 * Where the server can, list and watch are one request whose objects are read as they come; else a list in pages and a watch.
 */
export async function followCollection(connection: Connection, resource: Resource, reader: CollectionReader, options: FollowOptions): Promise<void> {
  const follower = new Follower(connection, resource, reader, options);
  while (!options.signal.aborted) {
    const pause = await follower.turn();
    if (pause > 0) {
      await sleep(pause, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
}

/** One collection that is followed, between its requests. */
class Follower {
  /** Where the watch goes on; absent: all is to be listed. */
  private version?: string;
  private listedAt = 0;
  private failures = 0;
  /** Watches in a row that ended at once and had brought nothing. */
  private shorts = 0;
  private streaming = true;
  private readonly relistMs: number;

  constructor(
    private readonly connection: Connection, private readonly resource: Resource,
    private readonly reader: CollectionReader, private readonly options: FollowOptions,
  ) {
    // Those that were opened together shall not list again together.
    this.relistMs = about(options.relistMs ?? RELIST_MS);
  }

  /** One request to its end; returns how long to wait before the next one, in milliseconds. */
  public async turn(): Promise<number> {
    const start = { version: this.version, time: Date.now() };
    try {
      if (this.version !== undefined && Date.now() - this.listedAt > this.relistMs) {
        this.version = undefined;
      }
      if (this.version === undefined && !this.streaming) {
        await this.list();
      }
      await this.watch();
      this.failures = 0;
      this.shorts = this.version === start.version && Date.now() - start.time < SHORT_MS ? this.shorts + 1 : 0;
      // What ends every watch before it brings anything shall not make us ask without a pause; the first one may be chance.
      return this.shorts < 2 ? 0 : atMost(growing(FIRST_PAUSE_MS, this.shorts - 1, LONGEST_PAUSE_MS));
    } catch (error) {
      return this.options.signal.aborted ? 0 : this.pauseAfter(error);
    }
  }

  private async list(): Promise<void> {
    const keys = new Set<string>();
    const version = await listPages(this.connection, this.resource, this.options, object => {
      const key = keyOf(this.resource, object);
      keys.add(key);
      this.reader.seen(key, object);
    });
    this.complete(keys, version);
  }

  private async watch(): Promise<void> {
    // Absent once all is known.
    let initial = this.version === undefined ? new Set<string>() : undefined;
    const silence = new AbortController();
    const silent = setTimeout(() => silence.abort(), this.options.silenceMs ?? SILENCE_MS);
    try {
      for await (const event of this.connection.watch(this.resource, this.watchOptions(silence.signal))) {
        silent.refresh();
        if (initial && isInitialEnd(event)) {
          this.complete(initial, event.object.metadata?.resourceVersion ?? '');
          initial = undefined;
        } else {
          this.take(event, initial);
        }
      }
      if (initial) {
        throw new ApiError({ status: 200, code: 'INVALID_REPLY', message: 'the watch ended before all objects had come', request: { method: 'GET', path: this.resource.plural } });
      }
    } catch (error) {
      // A silent watch is opened anew where it was; what it missed comes then.
      if (!silence.signal.aborted || !isAborted(error)) throw error;
      if (initial) this.streaming = false;
    } finally {
      clearTimeout(silent);
    }
  }

  private take({ type, object }: WatchEvent, initial: Set<string> | undefined): void {
    if (!initial) {
      this.version = object.metadata?.resourceVersion ?? this.version;
    }
    if (type === 'BOOKMARK') {
      return;
    }
    const key = keyOf(this.resource, object);
    if (type === 'DELETED') {
      initial?.delete(key);
      this.reader.gone(key, object);
    } else {
      initial?.add(key);
      this.reader.seen(key, object);
    }
  }

  private complete(keys: ReadonlySet<string>, version: string): void {
    this.listedAt = Date.now();
    this.failures = 0;
    this.version = version;
    if (this.reader.listed(keys, version) === 'again') {
      this.version = undefined;
      throw new ApiError({ status: 410, message: 'the server went back in time', request: { method: 'GET', path: this.resource.plural } });
    }
  }

  private watchOptions(silent: AbortSignal): WatchOptions {
    const { labelSelector, namespace, metadataOnly, impersonate, signal } = this.options;
    const leftMs = this.version === undefined ? this.relistMs : this.listedAt + this.relistMs - Date.now();
    return {
      labelSelector, namespace, metadataOnly, impersonate,
      signal: AbortSignal.any([signal, silent]),
      // All is listed again between two watches: none may be open for much longer than until then.
      timeoutSeconds: Math.min(WATCH_SECONDS, Math.max(1, Math.ceil(leftMs / 1000))),
      ...(this.version === undefined ? { initialEvents: true } : { resourceVersion: this.version }),
    };
  }

  private pauseAfter(error: unknown): number {
    if (this.version === undefined && this.streaming && isUnknownOption(error)) {
      this.streaming = false;
      return 0;
    }
    if (isForbidden(error) || isNotServed(error) || (error instanceof ApiError && error.status === 405)) {
      this.version = undefined;
      this.reader.denied(error);
      return atMost(DENIED_MS);
    }
    if (isExpired(error)) {
      this.version = undefined;
    }
    this.failures++;
    if (this.failures > RELIST_AFTER) {
      this.version = undefined;
    }
    this.reader.lost(error);
    const asked = error instanceof ApiError ? (error.details?.retryAfterSeconds ?? 0) * 1000 : 0;
    return Math.max(asked, atMost(growing(FIRST_PAUSE_MS, this.failures, LONGEST_PAUSE_MS)));
  }
}

/** The server does not know how to send the initial events (before Kubernetes 1.32, or behind some aggregated servers). */
function isUnknownOption(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 422 || error.status === 400 || (error.status === 403 && /sendInitialEvents/.test(error.message))
    // An old server ignores the option, sends what there is, and never says that this was all: its watch ends first.
    || (error.status === 200 && error.code === 'INVALID_REPLY'));
}
