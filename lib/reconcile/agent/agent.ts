import { ClusterLoop } from './cluster-loop';
import type { AgentListener, AgentState } from './events';
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
  /** Opens the way to a cluster. */
  readonly connect: (loaded: LoadedCluster, signal: AbortSignal) => Promise<Connection>;
  readonly listener?: AgentListener;
  /** How soon it finds what a watch has lost. */
  readonly pace?: FollowPace;
}

const INTERVAL_MS = 60_000;

/** Follows a branch and keeps its clusters true, until it is stopped. One cluster makes an agent, many a hub; the code is the same. */
export class Agent {
  private readonly loops = new Map<string, ClusterLoop>();
  private readonly loaded = new Map<string, LoadedCluster>();
  private readonly follower: SourceFollower;
  private readonly end = new AbortController();
  private readonly listener: AgentListener;
  private running?: Promise<void>;

  constructor(private readonly options: AgentOptions) {
    this.listener = options.listener ?? (() => undefined);
    this.follower = new SourceFollower({
      source: options.source, clusters: options.clusters, intervalMs: options.intervalMs ?? INTERVAL_MS, listener: this.listener,
      onTree: tree => this.onTree(tree), signal: this.end.signal,
    });
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
    this.options.source.close();
  }

  private async onTree(tree: FleetTree): Promise<void> {
    const wanted = new Set(this.options.clusters ?? tree.fleet.spec.clusters);
    const missing = [...wanted].filter(name => !tree.fleet.spec.clusters.includes(name));
    const problems: FlotillaError[] = missing.map(name => new FlotillaError('FLT6007', {
      what: `the fleet ${tree.fleet.metadata.name} has no cluster '${name}'`, where: { file: 'fleet.yaml', commit: tree.commit },
      fix: `name one of ${tree.fleet.spec.clusters.join(', ')}; what was delivered stays as it is`,
    }));
    const entries = tree.clusters.filter(({ name }) => wanted.has(name) && tree.fleet.spec.clusters.includes(name));
    for (const name of [...this.loops.keys()].filter(known => !entries.some(entry => entry.name === known))) {
      // A cluster that left the fleet is left alone: nothing on it is deleted because of that.
      await this.loops.get(name)?.stop();
      this.loops.delete(name);
      this.loaded.delete(name);
    }
    await Promise.all(entries.map(entry => this.onCluster(tree, entry, problems)));
    if (problems.length > 0 && problems.length >= wanted.size) {
      throw FlotillaError.all(problems);
    }
    for (const error of problems) {
      this.listener({ type: 'source', outcome: 'failed', cause: 'poll', commit: tree.commit, seconds: 0, error });
    }
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
    const loop = new ClusterLoop({ cluster, connect: this.options.connect, listener: this.listener, signal: this.end.signal, pace: this.options.pace });
    this.loops.set(cluster, loop);
    return loop;
  }
}
