import { Command } from 'commander';
import { DEFAULT_NAMESPACE } from '../../bootstrap/settings';
import { Agent } from '../../reconcile/agent/agent';
import { AgentCommandOptions, connector, followedSource, isInPod, runUntilStopped, withAgent } from '../agent-options';
import { HomeConnection } from '../home-connection';
import type { CommandContext } from '../run';

interface AgentOptions extends AgentCommandOptions {
  readonly cluster: string;
}

/** `flotilla agent` */
export function agentCommand({ io }: CommandContext): Command {
  return withAgent(new Command('agent'))
    .description('follow a branch and keep one cluster true to it, until stopped')
    .requiredOption('--cluster <name>', 'the cluster of the fleet; required')
    .option('--context <name>', 'context of the kubeconfig (default: what the tree says; in a Pod, its own cluster)')
    .addHelpText('after', `
It asks the repository every minute, and at once when its webhook is called. It sees drift by watches and puts it right; while nothing changes, it writes nothing.
A repository or a cluster that is away does not end it. Ctrl-C or SIGTERM does; it may as well be killed: all that it knows is in Git and in the cluster.
One agent a cluster. To install it in a cluster: \`flotilla bootstrap agent\`.

Examples:
  $ flotilla agent --repo https://example.com/shop/live.git --cluster prod-eu-west-1
  $ flotilla agent --repo git@example.com:shop/live.git --cluster dev --context kind-dev --listen 127.0.0.1:8080
`)
    .action(async (options: AgentOptions) => {
      const home = new HomeConnection({ name: 'home', kubeconfig: options.kubeconfig, context: options.context, signal: io.signal });
      const agent = new Agent({
        source: followedSource(io, options, [options.cluster]), clusters: [options.cluster], intervalMs: options.interval, auditMs: options.auditInterval,
        connect: connector(options, {
          connection: () => home.open(), namespace: DEFAULT_NAMESPACE,
          // Whoever says where it is, or puts the agent into it, means this cluster.
          isHome: () => options.context !== undefined || isInPod(options),
        }),
      });
      await runUntilStopped(io, agent, options);
      await home.close();
    });
}
