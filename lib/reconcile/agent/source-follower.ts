import type { AgentListener, SourceEvent } from './events';
import { FlotillaError } from '../../errors';
import { Deadline } from '../../kube/deadline';
import { about } from '../../kube/pauses';
import type { GitSource } from '../../tree/git-source';
import { FleetTree, readFleetTree } from '../../tree/read';
import { Snapshot } from '../snapshot';

export interface SourceFollowerOptions {
  readonly source: GitSource;
  /** Clusters that are wanted. @default all */
  readonly clusters?: readonly string[];
  /** Between two questions, in milliseconds; a quarter more or less, so that many agents do not ask together. */
  readonly intervalMs: number;
  readonly listener: AgentListener;
  /** Takes over a tree that was read; what it throws is what is wrong in it, and is told as an error of the source. */
  readonly onTree: (tree: FleetTree) => Promise<void>;
  readonly signal: AbortSignal;
}

/** A webhook may be faster than the server that we ask: when it had nothing, it is asked again after so long, in milliseconds. */
const ASK_AGAIN_MS = [1_000, 5_000];

type Cause = SourceEvent['cause'];

/**
 * Follows a branch: asks now and then, and at once when it is woken. Nothing is read while the part of the tree that concerns us is the same.
 *
 * What cannot be read changes nothing: the tree that was read last stays the one that is delivered.
 */
export class SourceFollower {
  private tree?: FleetTree;
  /** Of the tree that was looked at last: a tree that is wrong does not mend itself. */
  private treeId?: string;
  private failure?: FlotillaError;
  private taken?: string;
  private askedAt = performance.now();
  private woken?: Cause;
  private wakeUp?: () => void;

  constructor(private readonly options: SourceFollowerOptions) {}

  /** The commit whose tree is delivered. */
  public get commit(): string | undefined {
    return this.taken;
  }

  /** Why the last question failed. */
  public get error(): FlotillaError | undefined {
    return this.failure;
  }

  /** Milliseconds since it was last asked. */
  public get heartbeatAgeMs(): number {
    return performance.now() - this.askedAt;
  }

  /** Something was pushed. */
  public wake(): void {
    this.woken = 'webhook';
    this.wakeUp?.();
  }

  /** Until the signal comes. */
  public async run(): Promise<void> {
    const { signal, intervalMs } = this.options;
    let cause: Cause = 'start';
    let again: readonly number[] = [];
    while (!signal.aborted) {
      this.woken = undefined;
      const outcome = await this.look(cause);
      again = cause === 'webhook' && outcome === 'unchanged' ? again : [];
      const interval = about(intervalMs);
      const [soon, ...rest] = again;
      cause = await this.pause(soon === undefined ? interval : Math.min(interval, soon));
      again = cause === 'webhook' ? ASK_AGAIN_MS : rest;
      cause = cause === 'poll' && soon !== undefined ? 'webhook' : cause;
    }
  }

  /** Asks once. */
  private async look(cause: Cause): Promise<SourceEvent['outcome']> {
    const { source, clusters, listener, onTree, signal } = this.options;
    const start = Date.now();
    this.askedAt = performance.now();
    let outcome: SourceEvent['outcome'];
    let error: FlotillaError | undefined;
    try {
      const treeId = await source.advance({ ask: cause === 'poll', signal });
      outcome = treeId === this.treeId ? 'unchanged' : 'changed';
      error = outcome === 'unchanged' ? this.failure : undefined;
      if (outcome === 'unchanged' && this.taken !== undefined) {
        // Another commit with the very same tree.
        this.taken = source.commit;
      }
      if (outcome === 'changed') {
        const tree = await readFleetTree(new Snapshot(source, () => source.listCurrent()), { clusters, former: this.tree });
        this.tree = tree;
        this.treeId = treeId;
        try {
          await onTree(tree);
        } finally {
          this.taken = tree.commit;
        }
      }
    } catch (thrown) {
      if (signal.aborted) {
        return 'failed';
      }
      if (!(thrown instanceof FlotillaError)) {
        throw thrown;
      }
      error = thrown;
      outcome = 'failed';
      // The repository may answer next time; a tree that is wrong stays what it is.
      this.treeId = thrown.errors.some(({ code }) => code.startsWith('FLT4')) ? undefined : source.treeId;
    }
    this.failure = error;
    listener({ type: 'source', outcome, cause, commit: source.commit, seconds: (Date.now() - start) / 1000, error });
    return outcome;
  }

  private async pause(milliseconds: number): Promise<Cause> {
    const { signal } = this.options;
    if (this.woken === undefined) {
      await new Promise<void>(resolve => {
        const deadline = new Deadline(milliseconds, [signal], () => resolve());
        this.wakeUp = () => {
          deadline.clear();
          resolve();
        };
        if (signal.aborted) this.wakeUp();
      });
      this.wakeUp = undefined;
    }
    return this.woken ?? 'poll';
  }
}
