import { setMaxListeners } from 'node:events';
import { ClusterLoop } from './cluster-loop';
import type { AgentEvent, AgentListener, AgentState } from './events';
import { SourceFollower } from './source-follower';
import { FlotillaError } from '../../errors';
import type { Connection } from '../../kube/connection';
import type { FollowPace } from '../../kube/follow-collection';
import type { GitSource } from '../../tree/git-source';
import type { ClusterEntry, FleetTree } from '../../tree/read';
import { LoadedCluster, loadCluster } from '../load';

export interface AgentOptions {
  /** The branch to follow. It is closed at the end. */
  readonly source: GitSource;
  /** Names of the clusters. @default all of the tree */
  readonly clusters?: readonly string[];
  /** Between two questions to the repository, in milliseconds. @default one minute */
  readonly intervalMs?: number;
  /** Each object is looked at by a dry run once in this time, in milliseconds; 0: never. @default six hours */
  readonly auditMs?: number;
  /** Opens the way to a cluster. */
  readonly connect: (loaded: LoadedCluster, signal: AbortSignal) => Promise<Connection>;
  /** Several processes share out the clusters: see `setHeld`. */
  readonly shared?: {
    /** A tree was read that has these clusters. */
    readonly onClusters: (fleet: string, names: readonly string[]) => void;
    /** Aborted as soon as nothing may be written to the cluster any more. */
    readonly guard: (cluster: string) => AbortSignal;
  };
  /** How soon it finds what a watch has lost. */
  readonly pace?: FollowPace;
}

const INTERVAL_MS = 60_000;
const AUDIT_MS = 6 * 60 * 60_000;

/** Follows a branch and keeps its clusters true, until it is stopped. One cluster makes an agent, many a hub; the code is the same. */
export class Agent {
  private readonly loops = new Map<string, ClusterLoop>();
  private readonly loaded = new Map<string, LoadedCluster>();
  private readonly follower: SourceFollower;
  private readonly end = new AbortController();
  private readonly listeners = new Set<AgentListener>();
  private running?: Promise<void>;
  private tree?: FleetTree;
  /** Clusters that this process may work on; absent: all. */
  private held?: ReadonlySet<string>;
  /** Trees and shares are taken over one after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: AgentOptions) {
    this.held = options.shared && new Set();
    // Every cluster listens to it.
    setMaxListeners(0, this.end.signal);
    this.follower = new SourceFollower({
      source: options.source, clusters: options.clusters, intervalMs: options.intervalMs ?? INTERVAL_MS, listener: event => this.tell(event),
      onTree: tree => this.inTurn(() => this.onTree(tree)), signal: this.end.signal,
    });
  }

  /** Tells what happens from now on; returns how to end that. */
  public subscribe(listener: AgentListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Begins; resolves when it was stopped. */
  public async run(): Promise<void> {
    this.running ??= this.follower.run();
    await this.running;
  }

  /** Something was pushed: the repository is asked at once. */
  public wake(): void {
    this.follower.wake();
  }

  /** Milliseconds since the repository was last asked, or the asking began. */
  public get heartbeatAgeMs(): number {
    return this.follower.heartbeatAgeMs;
  }

  /** Takes over or gives up clusters; resolves when what was begun on those that are given up has ended. */
  public async setHeld(clusters: ReadonlySet<string>): Promise<void> {
    this.held = clusters;
    await this.inTurn(async () => {
      if (this.tree) await this.deliver(this.tree);
    });
  }

  public get state(): AgentState {
    return { commit: this.follower.commit, sourceError: this.follower.error, clusters: [...this.loops.values()].map(loop => loop.state) };
  }

  /** Resolves when nothing is left to do at the moment on clusters that can be reached. */
  public async idle(): Promise<void> {
    await Promise.all([...this.loops.values()].map(loop => loop.idle()));
  }

  /** Ends what is under way, and writes what a later start would else do once more. */
  public async stop(): Promise<void> {
    await Promise.all([...this.loops.values()].map(loop => loop.stop()));
    this.end.abort();
    await this.running;
    await this.turn;
    this.options.source.close();
  }

  /** Tells all who listen. */
  public tell(event: AgentEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private async inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.turn.then(action);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async onTree(tree: FleetTree): Promise<void> {
    this.tree = tree;
    const { clusters, shared } = this.options;
    shared?.onClusters(tree.fleet.metadata.name, (clusters ?? tree.fleet.spec.clusters).filter(name => tree.fleet.spec.clusters.includes(name)));
    await this.deliver(tree);
  }

  private async deliver(tree: FleetTree): Promise<void> {
    const { held } = this;
    const wanted = new Set(this.options.clusters ?? tree.fleet.spec.clusters);
    const missing = [...wanted].filter(name => !tree.fleet.spec.clusters.includes(name));
    const problems: FlotillaError[] = missing.map(name => new FlotillaError('FLT6007', {
      what: `the fleet ${tree.fleet.metadata.name} has no cluster '${name}'`, where: { file: 'fleet.yaml', commit: tree.commit },
      fix: `name one of ${tree.fleet.spec.clusters.join(', ')}; what was delivered stays as it is`,
    }));
    const entries = tree.clusters.filter(({ name }) => wanted.has(name) && tree.fleet.spec.clusters.includes(name) && (held?.has(name) ?? true));
    // A cluster that left the fleet, or that another process takes over, is left alone: nothing on it is deleted because of that.
    await Promise.all([...this.loops.keys()].filter(known => !entries.some(entry => entry.name === known)).map(name => this.leave(name)));
    await Promise.all(entries.map(entry => this.onCluster(tree, entry, problems)));
    if (problems.length > 0) {
      throw FlotillaError.all(problems);
    }
  }

  private async leave(name: string): Promise<void> {
    const loop = this.loops.get(name);
    this.loops.delete(name);
    this.loaded.delete(name);
    await loop?.stop();
  }

  private async onCluster(tree: FleetTree, entry: ClusterEntry, problems: FlotillaError[]): Promise<void> {
    try {
      const loaded = await loadCluster(tree, entry, this.loaded.get(entry.name));
      this.loaded.set(entry.name, loaded);
      this.loopOf(entry.name).setTree(loaded);
      problems.push(...loaded.errors);
    } catch (error) {
      if (!(error instanceof FlotillaError)) {
        throw error;
      }
      problems.push(error);
    }
  }

  private loopOf(cluster: string): ClusterLoop {
    const known = this.loops.get(cluster);
    if (known) {
      return known;
    }
    const { connect, auditMs = AUDIT_MS, shared } = this.options;
    const guard = shared?.guard(cluster);
    const loop = new ClusterLoop({
      cluster, auditMs, pace: this.options.pace, listener: event => this.tell(event),
      // The guard itself ends the requests: it knows at each one whether the cluster is still ours, also when the process was paused.
      connect: (loaded, signal) => connect(loaded, guard ?? signal),
      signal: guard ? AbortSignal.any([guard, this.end.signal]) : this.end.signal,
    });
    this.loops.set(cluster, loop);
    return loop;
  }
}
