import { ApiError } from './api-error';
import { isExpired, isRetryable, isUnauthorized } from './classify';
import type { Connection } from './connection';
import { listObjects, type ObjectList } from './list';
import { atMost, growing } from './pauses';
import type { Resource } from './resource';
import { isComparable, Snapshot } from './snapshot';

/** Who wants to know when objects of a collection change. */
export interface Follower {
  /** These objects have changed, by `formatIdentity`. */
  changed(keys: ReadonlySet<string>): void;
  /** Nothing more will be told: the collection can no longer be followed. */
  lost(): void;
}

export interface CollectionOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Ends the lists. A watch ends with its last follower. */
  readonly signal?: AbortSignal;
}

/** A list guards against an event that got lost on the way. */
const RELIST_MS = 10_000;
/** What stands between may drop a connection and tell nobody; a new one comes in place of it after this long. */
const WATCH_SECONDS = 60;
/** A watch that lives for less has failed, however it ended. */
const SHORT_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * The objects of one kind in one cluster, read whole.
 *
 * Lists are joined between those who ask at the same time. As long as somebody follows, one watch for all of them is open, and lists go on seldom.
 */
export class Collection {
  private readonly followers = new Set<Follower>();
  /** There while somebody follows. */
  private snapshot?: Snapshot;
  private watching?: AbortController;
  private timer?: NodeJS.Timeout;
  private failures = 0;
  /** The next watch shall not be opened earlier, in milliseconds since the epoch. */
  private notBefore = 0;
  private refused = false;
  private running?: Promise<unknown>;
  private waiting?: Promise<ObjectList>;

  constructor(private readonly connection: Connection, private readonly resource: Resource, private readonly options: CollectionOptions) {}

  /** What was last told to the followers; nothing when there are none. */
  public get objects(): ObjectList['objects'] {
    return this.snapshot?.objects ?? new Map();
  }

  /**
   * A list that starts after the call: an answer that was already under way may be older than what the caller has just written.
   *
   * @throws ApiError when the server refuses, or does not answer
   */
  public async list(): Promise<ObjectList> {
    this.waiting ??= this.listAfter(this.running);
    return this.waiting;
  }

  /** Whether changes can be told after this list. */
  public canFollow(from: ObjectList): boolean {
    return !this.refused && this.resource.verbs.includes('watch') && isComparable(from.version);
  }

  /** Tells what changes after a list that has just been read; returns how to end that. What came since the list was read is in `objects`. */
  public follow(from: ObjectList, follower: Follower): () => void {
    this.followers.add(follower);
    if (!this.snapshot) {
      this.snapshot = new Snapshot(this.resource, from);
      void this.watch(this.snapshot);
      this.relistIn(atMost(RELIST_MS));
    }
    return () => {
      if (this.followers.delete(follower) && this.followers.size === 0) this.end();
    };
  }

  private async listAfter(former: Promise<unknown> | undefined): Promise<ObjectList> {
    await former?.catch(() => undefined);
    this.waiting = undefined;
    const { snapshot } = this;
    const askedAt = snapshot?.version;
    const reply = listObjects(this.connection, this.resource, this.options);
    this.running = reply;
    const list = await reply;
    if (snapshot && snapshot === this.snapshot && askedAt !== undefined) {
      this.take(snapshot, list, askedAt);
    }
    return list;
  }

  private take(snapshot: Snapshot, list: ObjectList, askedAt: string): void {
    if (!this.canFollow(list)) {
      this.lose();
      return;
    }
    this.tell(snapshot.replace(list, askedAt));
    if (snapshot !== this.snapshot) {
      // That was what the last follower waited for.
      return;
    }
    const pause = this.notBefore - Date.now();
    if (!this.watching && pause <= 0) {
      void this.watch(snapshot);
    }
    this.relistIn(this.watching ? atMost(RELIST_MS) : pause);
  }

  /** Reads one watch to its end; a list opens the next one. */
  private async watch(snapshot: Snapshot): Promise<void> {
    const watching = new AbortController();
    this.watching = watching;
    const start = Date.now();
    let error: unknown;
    try {
      const events = this.connection.watch(this.resource, {
        namespace: this.options.namespace, labelSelector: this.options.labelSelector,
        resourceVersion: snapshot.version, timeoutSeconds: WATCH_SECONDS, signal: watching.signal,
      });
      for await (const event of events) {
        const key = snapshot.apply(event);
        if (key !== undefined) this.tell(new Set([key]));
      }
    } catch (thrown) {
      error = thrown;
    }
    if (this.watching !== watching) {
      return;
    }
    this.watching = undefined;
    if (error !== undefined && !mayComeBack(error)) {
      this.refused = true;
      this.lose();
      return;
    }
    this.failures = Date.now() - start < SHORT_MS ? this.failures + 1 : 0;
    const pause = pauseAfter(error, this.failures);
    this.notBefore = Date.now() + pause;
    this.relistIn(pause);
  }

  private relistIn(milliseconds: number): void {
    clearTimeout(this.timer);
    // The followers read for themselves, and meet what is wrong.
    this.timer = setTimeout(() => void this.list().catch(() => this.lose()), milliseconds);
  }

  private tell(keys: ReadonlySet<string>): void {
    if (keys.size > 0) {
      for (const follower of [...this.followers]) follower.changed(keys);
    }
  }

  private lose(): void {
    const followers = [...this.followers];
    this.followers.clear();
    this.end();
    for (const follower of followers) follower.lost();
  }

  private end(): void {
    clearTimeout(this.timer);
    const { watching } = this;
    this.watching = undefined;
    this.snapshot = undefined;
    this.failures = 0;
    watching?.abort();
  }
}

/** How long to wait before a collection is listed and watched again, in milliseconds. */
function pauseAfter(error: unknown, failures: number): number {
  const asked = error instanceof ApiError ? (error.details?.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.max(asked, atMost(growing(FIRST_PAUSE_MS, failures + 1, LONGEST_PAUSE_MS)));
}

/** Whether another watch may last longer. Not after a refusal: RBAC may allow lists and no watch, and some servers know none. */
function mayComeBack(error: unknown): boolean {
  // What is wrong with the credentials, the list will tell; a broken stream may be a whole one next time.
  return isExpired(error) || isRetryable(error) || isUnauthorized(error) || (error instanceof ApiError && error.status === 200);
}
