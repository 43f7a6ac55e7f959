import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../../lib/kube/connect';
import type { Connection } from '../../../lib/kube/connection';
import type { FollowPace } from '../../../lib/kube/follow-collection';
import { Agent } from '../../../lib/reconcile/agent/agent';
import type { AgentEvent } from '../../../lib/reconcile/agent/events';
import type { GitSource } from '../../../lib/tree/git-source';

/** What an agent follows in a test. */
export interface FollowedBranch {
  /** For one agent, which closes it. */
  openSource(clusters?: readonly string[]): GitSource;
}

export interface RunningOptions {
  readonly kubeconfig: string;
  /** `all`: whatever the tree has. @default one */
  readonly cluster?: string;
  readonly intervalMs?: number;
  readonly pace?: FollowPace;
  /** Stands between the agent and the cluster. */
  readonly through?: (connection: Connection) => Connection;
}

/** An agent in this process, and what it tells. */
export class RunningAgent {
  public readonly events: AgentEvent[] = [];
  public readonly agent: Agent;
  public connection!: Connection;
  private readonly ended: Promise<void>;

  constructor(branch: FollowedBranch, { kubeconfig, cluster = 'one', intervalMs = 3_600_000, through = connection => connection, pace }: RunningOptions) {
    const clusters = cluster === 'all' ? undefined : [cluster];
    this.agent = new Agent({
      source: branch.openSource(clusters), clusters, intervalMs, pace,
      connect: async (loaded, signal) => {
        this.connection = through(await connect({ name: loaded.name, kubeconfig, context: loaded.access.context, signal }));
        return this.connection;
      },
    });
    this.agent.subscribe(event => this.events.push(event));
    this.ended = this.agent.run();
  }

  /** Tells the agent of a push, and waits until it is delivered. */
  public async deliver(commit: string): Promise<void> {
    this.agent.wake();
    await this.until(() => this.agent.state.commit === commit);
    await this.settled();
  }

  /** Waits until nothing is left to do. */
  public async settled(timeoutMs?: number): Promise<void> {
    await this.until(() => this.isSteady, timeoutMs);
  }

  public get isSteady(): boolean {
    const { clusters } = this.agent.state;
    return clusters.length > 0 && clusters.every(({ state }) => state === 'steady');
  }

  public async until(holds: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
    for (const end = Date.now() + timeoutMs; !await holds();) {
      if (Date.now() > end) {
        throw new Error(`not within ${timeoutMs} ms: ${holds.toString()}; state ${JSON.stringify(this.agent.state)}; ${JSON.stringify(this.events.slice(-20))}`);
      }
      await sleep(5);
    }
  }

  public of<T extends AgentEvent['type']>(type: T): Extract<AgentEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
  }

  public async stop(): Promise<void> {
    await this.agent.stop();
    await this.ended;
  }
}
