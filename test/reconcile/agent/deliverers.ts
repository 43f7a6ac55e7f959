import { LiveBranch } from './live-branch';
import { RunningAgent } from './running-agent';
import { applyFleet } from '../../../lib/reconcile/apply';
import { FolderSource } from '../../../lib/tree/folder-source';
import { WrittenFleet, writeTree } from '../written-tree';

export interface DelivererOptions {
  /** Of the fleet; its Deliveries lie in `flotilla-NAME`. */
  readonly name: string;
  readonly kubeconfig: string;
  readonly context: string;
}

/** One of the two ways in which a tree gets to a cluster. */
export interface Deliverer {
  /** Returns when all is done that can be done now; what goes wrong is in the Delivery's status. */
  deliver(tree: WrittenFleet, files?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** Both, by what messages call them. */
export const DELIVERERS: readonly (readonly [string, (options: DelivererOptions) => Deliverer])[] = [
  ['an agent', agentDeliverer],
  ['an apply', ({ name, kubeconfig, context }) => ({
    deliver: async (tree, files = {}) => {
      const folder = writeTree(tree, { fleet: name, namespace: `flotilla-${name}`, contexts: { one: context }, files });
      // What is wrong with the tree or the cluster is an error here, and a state of the agent.
      await applyFleet({ source: new FolderSource(folder), kubeconfig, wait: false }).catch(() => undefined);
    },
    stop: () => Promise.resolve(),
  })],
];

export interface AgentDeliverer extends Deliverer {
  readonly branch: LiveBranch;
  readonly running: RunningAgent;
}

/** An agent that follows a branch of its own, from the first delivery on. */
export function agentDeliverer({ name, kubeconfig, context }: DelivererOptions): AgentDeliverer {
  const branch = new LiveBranch({ fleet: name, namespace: `flotilla-${name}`, contexts: { one: context } });
  let started: RunningAgent | undefined;
  return {
    branch,
    get running(): RunningAgent {
      started ??= new RunningAgent(branch, { kubeconfig });
      return started;
    },
    async deliver(tree, files): Promise<void> {
      const commit = branch.push(tree, files);
      const { running } = this;
      running.agent.wake();
      // Also a tree that cannot be read.
      await running.until(() => running.of('source').some(event => event.commit === commit));
      await running.settled();
    },
    stop: async () => started?.stop(),
  };
}
