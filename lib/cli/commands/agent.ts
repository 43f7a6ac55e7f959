import { Command } from 'commander';
import { DEFAULT_NAMESPACE } from '../../bootstrap/settings';
import { Agent } from '../../reconcile/agent/agent';
import { AgentCommandOptions, connector, followedSource, runUntilStopped, withAgent } from '../agent-options';
import { HomeConnection } from '../home-connection';
import type { CommandContext } from '../run';

interface AgentOptions extends AgentCommandOptions {
  readonly cluster: string;
}

/** `flotilla agent` */
export function agentCommand({ io }: CommandContext): Command {
  return withAgent(new Command('agent'))
    .description('follow a branch and keep one cluster true to it, for ever')
    .requiredOption('--cluster <name>', 'the cluster of the fleet')
    .option('--context <name>', 'context of the kubeconfig (default: what the tree says; in a Pod, its own cluster)')
    .addHelpText('after', `
It asks the repository now and then, and at once when its webhook is called. Drift is seen by watches: a cluster that is steady is sent no request.
It may be stopped, or killed, at any time: all it knows is in Git and in the cluster. One agent a cluster; to install it there: \`flotilla bootstrap agent\`.

Examples:
  $ flotilla agent --repo https://example.com/shop/live.git --cluster prod-eu-west-1
  $ flotilla agent --repo git@example.com:shop/live.git --cluster dev --context kind-dev --listen 127.0.0.1:8080
`)
    .action(async (options: AgentOptions) => {
      const home = new HomeConnection({ name: 'home', kubeconfig: options.kubeconfig, context: options.context, signal: io.signal });
      const agent = new Agent({
        source: followedSource(io, options, [options.cluster]), clusters: [options.cluster], intervalMs: options.interval, auditMs: options.auditInterval,
        connect: connector(options, { connection: () => home.open(), namespace: DEFAULT_NAMESPACE }),
      });
      await runUntilStopped(io, agent, options);
      await home.close();
    });
}
