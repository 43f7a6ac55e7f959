import type { ClusterState } from './events';
import { Session, SessionOptions } from './session';
import { FlotillaError } from '../../errors';
import { clusterError } from '../../kube/cluster-error';
import type { Connection } from '../../kube/connection';
import { Deadline } from '../../kube/deadline';
import { about, growing } from '../../kube/pauses';
import type { LoadedCluster } from '../load';

export interface ClusterLoopOptions extends Omit<SessionOptions, 'connection'> {
  readonly cluster: string;
  /** Opens the way to the cluster, as the tree describes it. */
  readonly connect: (loaded: LoadedCluster, signal: AbortSignal) => Promise<Connection>;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** A cluster that was up for so long, in milliseconds, and is away again, is tried again soon. */
const UP_MS = 5_000;

/** Keeps one cluster true to its part of the tree, for ever: opens a session, and another one when the cluster was away. Delays nobody else. */
export class ClusterLoop {
  private loaded?: LoadedCluster;
  private session?: Session;
  private error?: FlotillaError;
  private wake?: () => void;
  private readonly end = new AbortController();
  private running?: Promise<void>;
  private connection?: Connection;
  /** When the session that ended last had begun; absent when there was none. */
  private upAt?: number;

  constructor(private readonly options: ClusterLoopOptions) {
    options.signal.addEventListener('abort', () => this.end.abort(options.signal.reason), { once: true });
    if (options.signal.aborted) this.end.abort();
  }

  /** Takes over a newer tree. */
  public setTree(loaded: LoadedCluster): void {
    const moved = this.loaded !== undefined && isElsewhere(this.loaded, loaded);
    this.loaded = loaded;
    const { session } = this;
    if (session && moved) {
      session.end();
    } else if (session) {
      void session.setTree(loaded).catch(error => session.end(error));
    }
    this.wake?.();
    this.running ??= this.run();
  }

  public get state(): ClusterState {
    const state = this.session?.state;
    return state ?? { cluster: this.options.cluster, state: this.error ? 'down' : 'starting', error: this.error, queued: 0, targets: [] };
  }

  /** Resolves when nothing is left to do at the moment; at once when the cluster is away. */
  public async idle(): Promise<void> {
    await this.session?.idle();
  }

  /** Writes what is worth it, ends the rest. */
  public async stop(): Promise<void> {
    const { session } = this;
    await session?.close();
    this.end.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.end.signal.aborted;) {
      this.upAt = undefined;
      try {
        await this.runSession();
      } catch (cause) {
        if (this.end.signal.aborted) {
          return;
        }
        failures = this.upAt !== undefined && Date.now() - this.upAt > UP_MS ? 1 : failures + 1;
        const retryMs = about(growing(FIRST_RETRY_MS, failures, LONGEST_RETRY_MS));
        this.error = cause instanceof FlotillaError ? cause : this.describe(cause);
        this.options.listener({ type: 'connection', cluster: this.options.cluster, state: 'down', error: this.error, retryMs });
        await this.pause(retryMs);
      }
    }
  }

  private async runSession(): Promise<void> {
    const { signal } = this.end;
    const way = this.loaded as LoadedCluster;
    const connection = await this.options.connect(way, signal);
    this.connection = connection;
    try {
      const loaded = this.loaded as LoadedCluster;
      if (isElsewhere(way, loaded)) {
        return;
      }
      const session = await Session.open({ ...this.options, connection, signal }, loaded);
      try {
        this.session = session;
        this.error = undefined;
        this.upAt = Date.now();
        this.options.listener({ type: 'connection', cluster: this.options.cluster, state: 'up' });
        const newer = this.loaded as LoadedCluster;
        if (isElsewhere(newer, loaded)) {
          return;
        }
        if (newer !== loaded) {
          // It came while the cluster was looked at.
          await session.setTree(newer);
        }
        // It is down from now on, not from when the session has ended.
        await session.work().catch(cause => { throw this.error = this.describe(cause); });
      } finally {
        this.session = undefined;
        await session.close();
      }
    } finally {
      await connection.close();
    }
  }

  private describe(cause: unknown): FlotillaError {
    if (this.connection) {
      return clusterError(this.connection, cause);
    }
    // Whatever it is: the other clusters go on.
    return new FlotillaError('FLT5007', {
      what: `cluster '${this.options.cluster}' cannot be connected to`, where: { cluster: this.options.cluster }, fix: 'check how the tree and the kubeconfig describe it', cause,
    });
  }

  private async pause(milliseconds: number): Promise<void> {
    await new Promise<void>(resolve => {
      const deadline = new Deadline(milliseconds, [this.end.signal], () => resolve());
      // Another tree may lead elsewhere.
      this.wake = () => {
        deadline.clear();
        resolve();
      };
    });
    this.wake = undefined;
  }
}

/** Whether a tree leads to another API server, or to other Deliveries, than an earlier one. */
function isElsewhere(a: LoadedCluster, b: LoadedCluster): boolean {
  return JSON.stringify(a.access) !== JSON.stringify(b.access) || a.desired.namespace !== b.desired.namespace;
}
