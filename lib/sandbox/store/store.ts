import { Change } from './change';
import { Collection } from './collection';
import { History, type HistoryOptions } from './history';
import type { StoredObject } from '../json';

export interface StoreOptions {
  readonly history?: HistoryOptions;
  /** In ms. @default the machine's clock */
  readonly now?: () => number;
}

export type ChangeListener = (change: Change) => void;

/** A revision whose changes are forgotten was asked for. */
export class ForgottenRevisionError extends Error {
  constructor(readonly revision: number, readonly oldest: number) {
    super(`revision ${revision} is forgotten`);
  }
}

/**
 * The objects of one cluster, with one counter of revisions for all of them. Kinds are named by plural and group of what they are stored as.
 *
 * It knows no rules: who writes has made the object as it shall be, and owns no reference to it that it changes later.
 */
export class Store {
  private readonly collections = new Map<string, Collection>();
  private readonly listeners = new Map<string, Set<ChangeListener>>();
  private readonly history: History;
  private readonly now: () => number;
  private current = 1;
  private readonly untold: Change[] = [];
  private telling = false;
  private waiters: { readonly revision: number; readonly resolve: () => void }[] = [];

  constructor(options: StoreOptions = {}) {
    this.history = new History(options.history ?? {});
    this.now = options.now ?? Date.now;
  }

  /** Of the newest write to anything. */
  get revision(): number {
    return this.current;
  }

  /** The revision of so many writes ago, or the oldest that is remembered. */
  revisionBefore(writes: number): number {
    return Math.max(1, this.history.forgotten, this.current - writes);
  }

  tryFind(kind: string, namespace: string, name: string): StoredObject | undefined {
    return this.collections.get(kind)?.tryFind(namespace, name);
  }

  /** Adds or replaces. Gives the object its resourceVersion: the one time that it is changed. */
  put(kind: string, object: StoredObject): StoredObject {
    const { namespace = '', name } = object.metadata;
    let collection = this.collections.get(kind);
    if (!collection) this.collections.set(kind, collection = new Collection());
    const old = collection.tryFind(namespace, name);
    object.metadata.resourceVersion = String(++this.current);
    collection.set(namespace, name, object);
    this.tell(new Change(old ? 'MODIFIED' : 'ADDED', kind, this.current, object, old, this.now()));
    return object;
  }

  /** Takes an object out; undefined when it was not there. @param last what it was when it went, where that was never stored */
  remove(kind: string, namespace: string, name: string, last?: StoredObject): StoredObject | undefined {
    const collection = this.collections.get(kind);
    const old = collection?.tryFind(namespace, name);
    if (!collection || !old) return undefined;
    collection.delete(namespace, name);
    this.current++;
    const object = { ...last ?? old, metadata: { ...(last ?? old).metadata, resourceVersion: String(this.current) } };
    this.tell(new Change('DELETED', kind, this.current, object, old, this.now()));
    return object;
  }

  /** In the order of their keys. @param namespace absent: all; empty: those without one */
  list(kind: string, namespace?: string): StoredObject[] {
    return this.collections.get(kind)?.list(namespace) ?? [];
  }

  count(kind: string, namespace?: string): number {
    return this.collections.get(kind)?.size(namespace) ?? 0;
  }

  /** The kinds that have objects. */
  kinds(): string[] {
    return [...this.collections].filter(([, collection]) => collection.size() > 0).map(([kind]) => kind);
  }

  /**
   * The objects as they were at a revision that has been.
   *
   * @throws ForgottenRevisionError
   */
  listAt(revision: number, kind: string, namespace?: string): StoredObject[] {
    const changes = this.changesAfter(revision, kind);
    const collection = this.collections.get(kind);
    if (!collection || changes.length === 0) return collection?.list(namespace) ?? [];
    const then = collection.copy(namespace);
    for (const { object, old } of changes.reverse()) {
      const { namespace: at = '', name } = object.metadata;
      if (namespace !== undefined && namespace !== at) continue;
      if (old) then.set(at, name, old);
      else then.delete(at, name);
    }
    return then.list(namespace);
  }

  /** @throws ForgottenRevisionError */
  tryFindAt(revision: number, kind: string, namespace: string, name: string): StoredObject | undefined {
    const next = this.changesAfter(revision, kind).find(({ object: { metadata } }) => metadata.name === name && (metadata.namespace ?? '') === namespace);
    return next ? next.old : this.tryFind(kind, namespace, name);
  }

  /** @throws ForgottenRevisionError */
  changesAfter(revision: number, kind: string): Change[] {
    if (revision < this.history.forgotten) throw new ForgottenRevisionError(revision, this.history.forgotten);
    return this.history.after(revision).filter(change => change.kind === kind);
  }

  /** Forgets the changes so far, as etcd's compaction does. */
  compact(): void {
    this.history.forgetAll(this.current);
  }

  /** Tells every change of a kind from now on, in the order of their revisions. Returns how to end that. */
  watch(kind: string, listener: ChangeListener): () => void {
    let listeners = this.listeners.get(kind);
    if (!listeners) this.listeners.set(kind, listeners = new Set());
    // Another function each time: the same listener may watch twice.
    const own: ChangeListener = change => listener(change);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  /** Resolves when a revision is there; false when it is not there after so many ms. */
  async waitFor(revision: number, timeout: number): Promise<boolean> {
    if (revision <= this.current) return true;
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter(each => each !== waiter);
        resolve(false);
      }, timeout);
      const waiter = {
        revision, resolve: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      this.waiters.push(waiter);
    });
  }

  /** A listener may write: what it writes is told after what it was told. */
  private tell(change: Change): void {
    this.history.add(change);
    if (this.waiters.length > 0) this.wake();
    this.untold.push(change);
    if (this.telling) return;
    this.telling = true;
    try {
      for (let next = this.untold.shift(); next; next = this.untold.shift()) {
        for (const listener of this.listeners.get(next.kind) ?? []) listener(next);
        next.forgetForms();
      }
    } finally {
      this.telling = false;
    }
  }

  private wake(): void {
    const ready = this.waiters.filter(({ revision }) => revision <= this.current);
    this.waiters = this.waiters.filter(({ revision }) => revision > this.current);
    for (const { resolve } of ready) resolve();
  }
}
