import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Io } from './io';
import { parseCount, parseDuration } from './output';
import { keepHeapSmall } from './resting-heap';
import { DEFAULT_BRANCH } from './tree-options';
import { FlotillaError } from '../errors';
import { connect } from '../kube/connect';
import type { Connection } from '../kube/connection';
import { inCluster } from '../kube/in-cluster';
import type { Agent, AgentOptions } from '../reconcile/agent/agent';
import { readClusterSecret } from '../reconcile/cluster-secret';
import type { LoadedCluster } from '../reconcile/load';
import { logAgent } from '../serve/log';
import type { LogLevel } from '../serve/log-line';
import { serveAgent } from '../serve/serve-agent';
import { GitSource } from '../tree/git-source';

/** Options of `agent` and `hub`. */
export interface AgentCommandOptions {
  readonly repo: string;
  readonly branch: string;
  readonly folder?: string;
  readonly interval: number;
  readonly listen?: string;
  readonly webhookSecretFile?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly concurrency: number;
  readonly auditInterval: number;
  readonly logLevel: LogLevel;
}

/** Adds what `agent` and `hub` have in common. */
export function withAgent(command: Command): Command {
  return command
    .requiredOption('--repo <url>', 'Git repository to follow: a URL, a remote\'s name or a path; required')
    .option('--branch <name>', 'its branch', DEFAULT_BRANCH)
    .option('--folder <path>', 'folder of the tree in the repository (default: its root)')
    .addOption(new Option('--interval <duration>', 'how often the repository is asked, a quarter more or less; 1s or longer')
      .argParser(parseInterval).default(60_000, '60s'))
    .option('--listen <host:port>', 'serve /metrics, /healthz, /readyz and POST /webhook there (default: nothing is served)')
    .option('--webhook-secret-file <file>', 'file with the secret that callers of the webhook share (default: only calls from this machine are taken)')
    .option('--kubeconfig <file>', 'kubeconfig with the contexts of the clusters (default: KUBECONFIG, then ~/.kube/config, then the service account of this Pod)')
    .option('--concurrency <n>', 'requests at a time to each cluster', parseCount, 20)
    .addOption(new Option('--audit-interval <duration>', 'check every object by a dry run once in this time; 0s: never').argParser(parseDuration).default(6 * 3_600_000, '6h'))
    .addOption(new Option('--log-level <level>', 'least level that is logged').choices(['debug', 'info', 'warn', 'error']).default('info'));
}

/** The branch that the options name. */
export function followedSource(io: Io, options: AgentCommandOptions, clusters?: readonly string[]): GitSource {
  return new GitSource({ remote: options.repo, branch: options.branch, folder: options.folder, clusters, cwd: io.cwd });
}

/**
 * How the clusters of a tree are reached: by the Secret that the tree names, by a context of the kubeconfig, or by the service account of this Pod.
 *
 * @param home opens the way to the cluster that holds the Secrets, and knows which cluster of the fleet that is
 */
export function connector(
  options: AgentCommandOptions,
  home: { readonly connection: () => Promise<Connection>; readonly namespace: string; readonly isHome: (cluster: string) => boolean },
): AgentOptions['connect'] {
  return async ({ name, access }: LoadedCluster, signal: AbortSignal) => {
    const common = { name, concurrency: options.concurrency, signal };
    const own = home.isHome(name);
    const { secret } = access;
    if (secret && !own) {
      return connect({ ...common, kubeconfigDocument: async () => readClusterSecret(await home.connection(), secret, home.namespace, signal) });
    }
    if (isInPod(options) && !own) {
      throw new FlotillaError('FLT5001', {
        what: `the tree names no Secret with the way to the cluster '${name}', and this Pod has no kubeconfig`, where: { cluster: name },
        fix: 'register it with `flotilla cluster add`, and put the lines that it prints into the model; the hub\'s own cluster is named by --home-cluster',
      });
    }
    const context = options.context ?? (isInPod(options) ? undefined : access.context ?? name);
    return connect({ ...common, kubeconfig: options.kubeconfig, context });
  };
}

/** No kubeconfig, and a service account: the cluster meant is the one around. */
export function isInPod(options: Pick<AgentCommandOptions, 'kubeconfig'>): boolean {
  return options.kubeconfig === undefined && process.env.KUBECONFIG === undefined && inCluster(process.env);
}

/** Serves, logs and runs an agent until the process is asked to stop. */
export async function runUntilStopped(io: Io, agent: Agent, options: AgentCommandOptions, stop: () => Promise<void> = () => agent.stop()): Promise<void> {
  const events = (listener: Parameters<Agent['subscribe']>[0]) => agent.subscribe(listener);
  keepHeapSmall(events);
  const log = logAgent({ events, stream: { isTTY: io.interactive, write: text => io.out(text) }, level: options.logLevel });
  const server = options.listen === undefined ? undefined : await serveAgent({
    listen: options.listen, events, state: () => agent.state, wake: () => agent.wake(), branch: options.branch,
    heartbeatAgeMs: () => agent.heartbeatAgeMs, maxHeartbeatAgeMs: Math.max(300_000, 4 * options.interval),
    webhookSecret: options.webhookSecretFile === undefined ? undefined : readSecret(resolve(io.cwd, options.webhookSecretFile)),
  });
  try {
    if (server) {
      io.err(`listening on port ${server.port}\n`);
    }
    const running = agent.run();
    await Promise.race([running, new Promise<void>(done => {
      io.signal.addEventListener('abort', () => done(), { once: true });
      if (io.signal.aborted) done();
    })]);
    await stop();
    await running;
  } finally {
    await server?.close();
    log.close();
  }
}

/** Without a least one, `0s` would ask the repository without a pause. */
function parseInterval(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds < 1_000) {
    throw new InvalidArgumentError('It is 1s or longer; the webhook is for what is to be seen sooner.');
  }
  return milliseconds;
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new FlotillaError('FLT6005', { what: `the secret of the webhook cannot be read from ${file}`, fix: 'give a file that this process may read', cause: error });
  }
}
