import { hostname } from 'node:os';
import { Command } from 'commander';
import { DEFAULT_NAMESPACE } from '../../bootstrap/settings';
import { Agent } from '../../reconcile/agent/agent';
import { ClusterLeases } from '../../reconcile/hub/cluster-leases';
import { AgentCommandOptions, connector, followedSource, runUntilStopped, withAgent } from '../agent-options';
import { HomeConnection } from '../home-connection';
import type { CommandContext } from '../run';

interface HubOptions extends AgentCommandOptions {
  readonly cluster?: string[];
  readonly homeContext?: string;
  readonly homeCluster?: string;
  readonly leaseNamespace?: string;
}

/** `flotilla hub` */
export function hubCommand({ io }: CommandContext): Command {
  return withAgent(new Command('hub'))
    .description('follow a branch and keep many clusters true to it, until stopped')
    .option('--cluster <name...>', 'only these clusters (default: all of the fleet)')
    .option('--home-context <name>', 'context of the hub\'s own cluster, which holds Leases and Secrets (default: the current one; in a Pod, its own cluster)')
    .option('--home-cluster <name>', 'the fleet\'s name of the hub\'s own cluster, where it delivers to that as well')
    .option('--lease-namespace <name>', 'share out the clusters with the other processes that keep their Leases in this namespace of the hub\'s own cluster (default: this process has all)')
    .addHelpText('after', `
It does for each cluster what \`flotilla agent\` does for one; a cluster that is away delays no other. Each is reached as the model says: by a context of the
kubeconfig, or by a Secret in the hub's own cluster (\`flotilla cluster add\`). To install it in a cluster: \`flotilla bootstrap hub\`.

Examples:
  $ flotilla hub --repo https://example.com/shop/live.git --listen 127.0.0.1:8080
  $ flotilla hub --repo https://example.com/shop/live.git --lease-namespace flotilla-system
`)
    .action(async (options: HubOptions) => {
      const home = { name: 'the hub\'s own cluster', kubeconfig: options.kubeconfig, context: options.homeContext };
      // Renewals of Leases must not stand in a queue behind Secrets.
      const [secrets, ownLeases] = [new HomeConnection(home), new HomeConnection(home)];
      let leases: ClusterLeases | undefined;
      const leaseConnection = options.leaseNamespace === undefined ? undefined : await ownLeases.open();
      const agent: Agent = new Agent({
        source: followedSource(io, options, options.cluster), clusters: options.cluster, intervalMs: options.interval, auditMs: options.auditInterval,
        connect: connector(options, {
          connection: () => secrets.open(), namespace: options.leaseNamespace ?? DEFAULT_NAMESPACE, isHome: name => name === options.homeCluster,
        }),
        shared: leaseConnection && {
          onClusters: (fleet, names) => {
            leases ??= new ClusterLeases({
              connection: leaseConnection, namespace: options.leaseNamespace as string, fleet, identity: process.env.HOSTNAME ?? hostname(),
              onChange: held => agent.setHeld(held),
              onEvent: event => agent.tell(event),
              onError: error => agent.tell({ type: 'lease-trouble', error }),
            });
            leases.setClusters(names);
          },
          guard: cluster => leases?.guard(cluster) ?? AbortSignal.abort(),
        },
      });
      await runUntilStopped(io, agent, options, async () => {
        // The clusters first end what they began, and then go to others at once.
        await leases?.release();
        await agent.stop();
      });
      await Promise.all([secrets.close(), ownLeases.close()]);
    });
}
