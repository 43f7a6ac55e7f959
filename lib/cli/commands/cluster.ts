import { resolve } from 'node:path';
import { Command } from 'commander';
import { readDeliveries } from '../../bootstrap/read-deliveries';
import { registerCluster, Registration } from '../../bootstrap/register-cluster';
import { DEFAULT_NAMESPACE } from '../../bootstrap/settings';
import { FlotillaError } from '../../errors';
import { FolderSource } from '../../tree/folder-source';
import { GitSource } from '../../tree/git-source';
import type { Io } from '../io';
import { Format, outputOption, print } from '../output';
import { deliveryPermissions, withPermissions } from '../permission-options';
import type { CommandContext } from '../run';
import { TreeOptions, withTree } from '../tree-options';

interface AddOptions extends Omit<TreeOptions, 'branch'> {
  readonly branch: string;
  readonly hubContext: string;
  readonly kubeconfig?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly hubNamespace: string;
  readonly server?: string;
  readonly environment: string;
  readonly label: Record<string, string>;
  readonly permissions?: string[];
  readonly yes?: boolean;
  readonly format: Format;
}

/** `flotilla cluster` */
export function clusterCommand(context: CommandContext): Command {
  return new Command('cluster')
    .description('the clusters that a hub serves')
    .addCommand(addCommand(context));
}

function addCommand({ io }: CommandContext): Command {
  return withPermissions(withTree(new Command('add')
    .description('register a cluster on a hub, or rotate its token')
    .argument('<context>', 'context of the cluster in the kubeconfig; its user must be allowed to make roles')
    .requiredOption('--hub-context <name>', 'context of the hub\'s cluster')
    .option('--kubeconfig <file>', 'kubeconfig with both contexts (default: KUBECONFIG, then ~/.kube/config)')
    .option('--name <name>', 'name of the cluster in the fleet (default: that of the context)')))
    .option('--namespace <name>', 'namespace in the cluster (default: that of the fleet, or flotilla-system)')
    .option('--hub-namespace <name>', 'namespace of the hub', DEFAULT_NAMESPACE)
    .option('--server <url>', 'URL at which the hub reaches the cluster (default: that of the kubeconfig)')
    .option('--environment <name>', 'environment, for the lines of TypeScript', 'prod')
    .option('--label <name=value...>', 'labels, for the lines of TypeScript', parseLabel, {})
    .option('--yes', 'do not ask')
    .addOption(outputOption())
    .addHelpText('after', `
It makes a ServiceAccount with a token in the cluster, and a Secret with a kubeconfig in the hub's. The token is printed nowhere.
Run it again to rotate the token: the new one is verified and handed over, then the old one is revoked.
What the hub may deliver is what the cluster's folder of the tree holds (--dir or --repo), or what --permissions names.

Examples:
  $ flotilla cluster add eks-prod-eu --name prod-eu-west-1 --hub-context hub --dir dist
  $ flotilla cluster add kind-dev --name dev --hub-context hub --permissions cluster-admin --label region=eu-west-1 --yes
`)
    .action(async (contextName: string, options: AddOptions) => {
      const name = options.name ?? contextName;
      const tree = await treeOf(io, name, options);
      const namespace = options.namespace ?? tree?.namespace ?? DEFAULT_NAMESPACE;
      await confirmed(io, options, `This gives the hub (context ${options.hubContext}) access to the cluster ${name} (context ${contextName}): ${
        options.permissions ? `with ${options.permissions.join(', ')}` : 'to what its folder of the tree holds'}.`);
      const result = await registerCluster({
        context: contextName, hubContext: options.hubContext, kubeconfig: options.kubeconfig, name, namespace, hubNamespace: options.hubNamespace,
        server: options.server, environment: options.environment, labels: options.label, signal: io.signal,
        permissions: discovery => deliveryPermissions(options.permissions, tree, discovery, text => io.err(`warning: ${text}\n`)),
      });
      result.warnings.forEach(warning => io.err(`warning: ${warning}\n`));
      print(io, options.format, result, resultText);
    });
}

async function treeOf(io: Io, name: string, { dir, repo, branch, permissions }: AddOptions): ReturnType<typeof tryReadTree> {
  if ((dir !== undefined && repo !== undefined) || (permissions === undefined && dir === undefined && repo === undefined)) {
    throw new FlotillaError('FLT6052', {
      what: dir !== undefined ? 'the command was given both --dir and --repo' : 'the command was not told what the hub may do in the cluster',
      fix: 'give --dir dist or --repo URL for exactly what the tree delivers there, or --permissions cluster-admin for everything',
    });
  }
  return tryReadTree(io, name, dir, repo, branch);
}

async function tryReadTree(io: Io, name: string, dir: string | undefined, repo: string | undefined, branch: string) {
  if (dir === undefined && repo === undefined) {
    return undefined;
  }
  return readDeliveries(dir !== undefined ? new FolderSource(resolve(io.cwd, dir)) : new GitSource({ remote: repo as string, branch, cwd: io.cwd }), name);
}

/** Asks a person; a script has to say so itself. */
async function confirmed(io: Io, { yes }: AddOptions, question: string): Promise<void> {
  if (yes) {
    return;
  }
  if (!io.confirm) {
    throw new FlotillaError('FLT6053', { what: 'the command changes two clusters, and there is nobody to ask', fix: 'give --yes' });
  }
  if (!await io.confirm(question)) {
    throw new FlotillaError('FLT6053', { what: 'the answer was no, and nothing was done', fix: 'run it again when it may be done' });
  }
}

function resultText(result: Registration): string {
  const { cluster, server, serviceAccount, secret, revokedTokens, typescript } = result;
  return [
    `${cluster} (${server}): the hub is ${serviceAccount} there, by the Secret ${secret.name}${revokedTokens > 0 ? '; its former token no longer works' : ''}\n`,
    'In the program of the fleet:\n\n',
    typescript,
  ].join('');
}

function parseLabel(text: string, former: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || !/^[-._a-zA-Z0-9/]+$/.test(text.slice(0, at)) || !/^([a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?$/.test(text.slice(at + 1))) {
    throw new FlotillaError('FLT6050', { what: `'${text}' is not a label`, fix: 'give its name and value: `--label region=eu-west-1`' });
  }
  return { ...former, [text.slice(0, at)]: text.slice(at + 1) };
}
