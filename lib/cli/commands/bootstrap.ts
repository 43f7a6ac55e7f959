import { resolve } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { discover } from '../../bootstrap/apply-manifests';
import { BootstrapResult, bootstrapReconciler } from '../../bootstrap/bootstrap';
import { checkSettings } from '../../bootstrap/check';
import { readDeliveries } from '../../bootstrap/read-deliveries';
import { reconcilerObjects } from '../../bootstrap/reconciler-objects';
import type { ReconcilerSettings } from '../../bootstrap/settings';
import { FlotillaError } from '../../errors';
import { connect } from '../../kube/connect';
import type { Discovery } from '../../kube/discovery';
import { FolderSource } from '../../tree/folder-source';
import { GitSource } from '../../tree/git-source';
import type { Manifest } from '../../tree/manifest';
import { emitYaml } from '../../yaml/emit';
import type { Io } from '../io';
import { count, Format, outputOption, parseCount, parseDuration, print, table } from '../output';
import { deliveryPermissions, withPermissions } from '../permission-options';
import type { CommandContext } from '../run';
import { DEFAULT_BRANCH } from '../tree-options';

interface BootstrapOptions {
  readonly repo: string;
  readonly branch: string;
  readonly folder?: string;
  readonly dir?: string;
  readonly cluster?: string[];
  readonly image: string;
  readonly namespace?: string;
  readonly permissions?: string[];
  readonly gitSecret?: string;
  readonly webhookSecret?: string;
  readonly replicas?: number;
  readonly interval?: string;
  readonly priorityClass?: string;
  readonly egressPort?: number[];
  readonly apply?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly format: Format;
}

/** `flotilla bootstrap` */
export function bootstrapCommand({ io }: CommandContext): Command {
  return withPermissions(new Command('bootstrap')
    .description('print or apply what an agent or a hub needs in its cluster')
    .addArgument(new Argument('<mode>', 'agent: for the cluster that it runs in; hub: for many clusters').choices(['agent', 'hub']))
    .requiredOption('--repo <url>', 'the Git repository of the tree, as the pod reaches it: https://…, ssh://… or git@host:path')
    .requiredOption('--image <image>', 'image that was built from the Dockerfile of cdk8s-flotilla; none is published')
    .option('--branch <name>', 'branch of the repository', DEFAULT_BRANCH)
    .option('--folder <path>', 'folder of the tree in the repository')
    .option('--cluster <name...>', 'for an agent, the cluster that it runs in; for a hub, those that it serves (default: all)')
    .option('--dir <folder>', 'read the tree that the permissions are made of from here instead of the repository'))
    .option('--namespace <name>', 'namespace (default: that of the fleet, or flotilla-system)')
    .option('--git-secret <name>', 'Secret with the credentials of the repository: identity and known_hosts, or username and password')
    .option('--webhook-secret <name>', 'Secret whose key `secret` is what webhooks are signed with')
    .option('--replicas <n>', 'of a hub', parseCount)
    .option('--interval <duration>', 'how often the repository is asked, as 60s', checkedDuration)
    .option('--priority-class <name>', 'priority class of the pods')
    .option('--egress-port <n...>', 'TCP ports that the pods may connect to, beside 443, 6443 and the repository\'s', parsePorts)
    .option('--apply', 'apply it, instead of printing it')
    .option('--wait', 'with --apply: wait until the pods are ready')
    .addOption(new Option('--timeout <duration>', 'how long to wait').argParser(parseDuration).default(300_000, '5m'))
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the cluster; without --apply, it is only asked how it calls the kinds of the tree')
    .addOption(outputOption())
    .addHelpText('after', `
Without --apply it prints YAML, for \`kubectl apply --server-side -f -\` or for a repository; nothing secret is in it.
An agent may deliver exactly the kinds that its folder of the tree holds. Run it again when there are new ones, or choose: --permissions cluster-admin

Examples:
  $ flotilla bootstrap agent --repo https://git.example.com/shop/live.git --cluster prod-eu-west-1 --image registry.example/flotilla:1.0.0
  $ flotilla bootstrap agent --repo git@example.com:shop/live.git --git-secret git --cluster dev --image registry.example/flotilla:1.0.0 --apply --wait
  $ flotilla bootstrap hub --repo git@example.com:shop/live.git --git-secret git --replicas 3 --image registry.example/flotilla:1.0.0
`)
    .action(async (mode: 'agent' | 'hub', options: BootstrapOptions) => {
      const settings = checkedSettings(mode, options);
      const connection = options.apply || options.context !== undefined
        ? await connect({ name: options.context ?? 'of the current context', kubeconfig: options.kubeconfig, context: options.context, signal: io.signal })
        : undefined;
      try {
        const discovery = connection && await discover(connection);
        const complete = await withRights(io, settings, options, discovery);
        if (options.apply && connection) {
          const result = await bootstrapReconciler(connection, complete, { discovery, waitMs: options.wait ? options.timeout : undefined, signal: io.signal });
          result.warnings.forEach(warning => io.err(`warning: ${warning}\n`));
          print(io, options.format, result, resultText);
        } else {
          printManifests(io, options.format, reconcilerObjects(complete));
        }
      } finally {
        await connection?.close();
      }
    });
}

/** Wrong use is told before anything is asked. */
function checkedSettings(mode: 'agent' | 'hub', options: BootstrapOptions): ReconcilerSettings {
  if (mode === 'hub' && (options.permissions !== undefined || options.dir !== undefined)) {
    throw new FlotillaError('FLT6006', {
      what: `a hub delivers nothing to its own cluster, and was given ${options.permissions ? '--permissions' : '--dir'}`,
      fix: 'leave it out; `flotilla cluster add` says what the hub may do in each cluster that it serves',
    });
  }
  const { repo, branch, folder, image, gitSecret, webhookSecret, replicas, interval, priorityClass } = options;
  const settings = {
    mode, image, repo, branch, folder, clusters: options.cluster, namespace: options.namespace, gitSecret, webhookSecret, replicas, interval, priorityClass,
    egressPorts: options.egressPort,
  };
  const errors = checkSettings(settings);
  if (errors.length > 0) {
    throw FlotillaError.all(errors);
  }
  return settings;
}

async function withRights(io: Io, settings: ReconcilerSettings, options: BootstrapOptions, discovery: Discovery | undefined): Promise<ReconcilerSettings> {
  if (settings.mode === 'hub') {
    return settings;
  }
  const { repo, branch, folder } = options;
  const tree = options.permissions ? undefined : await readDeliveries(
    options.dir !== undefined ? new FolderSource(resolve(io.cwd, options.dir)) : new GitSource({ remote: repo, branch, folder, cwd: io.cwd }),
    (options.cluster ?? [])[0],
  );
  return {
    ...settings,
    namespace: options.namespace ?? tree?.namespace,
    deliveriesNamespace: tree?.namespace,
    permissions: deliveryPermissions(options.permissions, tree, discovery, text => io.err(`warning: ${text} (--context)\n`)),
  };
}

/** YAML documents; as JSON a List, which kubectl takes as well. */
function printManifests(io: Io, format: Format, manifests: readonly Manifest[]): void {
  io.out(format === 'json'
    ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }, undefined, 2)}\n`
    : manifests.map(manifest => `---\n${emitYaml(manifest)}`).join(''));
}

function resultText({ server, objects }: BootstrapResult): string {
  const changed = objects.filter(({ action }) => action !== 'unchanged').length;
  return `${table(['OBJECT', 'RESULT'], objects.map(({ object, action }) => [object, action]))}\n${server}: ${count(objects.length, 'object')}, ${changed} changed\n`;
}

function checkedDuration(text: string): string {
  parseDuration(text);
  return text;
}

function parsePorts(text: string, former: number[] | undefined): number[] {
  return [...former ?? [], parseCount(text)];
}
