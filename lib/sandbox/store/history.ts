import type { Change } from './change';

export interface HistoryOptions {
  /** How many changes are remembered. @default 2,000 */
  readonly changes?: number;
  /** How long at most, in ms. @default 5 minutes, as an API server has its etcd forget */
  readonly age?: number;
}

/** The newest changes of a store. What is older is gone: who asks for it has to list anew. */
export class History {
  /** The revision of the newest change that is forgotten. */
  forgotten = 0;
  private changes: Change[] = [];
  private start = 0;
  private readonly limit: number;
  private readonly age: number;

  constructor(options: HistoryOptions) {
    this.limit = options.changes ?? 2_000;
    this.age = options.age ?? 5 * 60_000;
  }

  add(change: Change): void {
    this.changes.push(change);
    while (this.start < this.changes.length && (this.changes.length - this.start > this.limit || this.changes[this.start].at < change.at - this.age)) {
      this.forgotten = this.changes[this.start++].revision;
    }
    if (this.start > 256 && this.start * 2 > this.changes.length) {
      this.changes = this.changes.slice(this.start);
      this.start = 0;
    }
  }

  /** Forgets all. @param revision the newest there is */
  forgetAll(revision: number): void {
    this.changes = [];
    this.start = 0;
    this.forgotten = revision;
  }

  /** The changes after a revision, the oldest first. Only whole when the revision is not before `forgotten`. */
  after(revision: number): Change[] {
    // Revisions grow: the place is found by halving.
    let low = this.start;
    let high = this.changes.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.changes[middle].revision > revision) high = middle;
      else low = middle + 1;
    }
    return this.changes.slice(low);
  }
}
