import { Command } from 'commander';
import { applyFleet, ApplyResult } from '../../reconcile/apply';
import { ClusterResult, isFine, ObjectAction, TargetResult } from '../../reconcile/report';
import { ClusterOptions, runOptions, withClusters } from '../cluster-options';
import { EXIT } from '../exit-code';
import type { Io } from '../io';
import { count, Format, outputOption, parseDuration, print, table } from '../output';
import type { CommandContext } from '../run';

interface ApplyCommandOptions extends ClusterOptions {
  readonly wait?: boolean;
  readonly timeout: number;
  readonly format: Format;
}

/** `flotilla apply` */
export function applyCommand({ io, exit }: CommandContext): Command {
  return withClusters(new Command('apply'))
    .description('make the clusters match the tree, once')
    .option('--wait', 'wait until every object is ready: between waves, before pruning and at the end')
    .option('--timeout <duration>', 'how long to wait for readiness, as 90s or 5m', parseDuration, 300_000)
    .addOption(outputOption())
    .addHelpText('after', `
It reads the tree alone: the machine needs neither the fleet program nor its packages. It may be stopped and run again at any time.

Examples:
  $ flotilla apply --dir dist
  $ flotilla apply --repo git@example.com:shop/live.git --branch live --wait
  $ flotilla apply --dir dist --cluster prod-eu-west-1 --app web
`)
    .action(async (options: ApplyCommandOptions) => {
      const result = await applyFleet({
        ...runOptions(io, options), wait: options.wait, timeoutMs: options.timeout,
        onCluster: cluster => io.interactive && io.err(`${isFine(cluster) ? '✔' : '✘'} ${cluster.cluster} in ${cluster.seconds.toFixed(1)} s\n`),
      });
      print(io, options.format, result, data => applyText(io, data));
      const unready = options.wait && result.clusters.some(cluster => cluster.targets.some(target => target.outcome !== 'removed' && target.ready === false));
      exit(result.clusters.every(isFine) && !unready ? EXIT.fine : EXIT.failed);
    });
}

function applyText(io: Io, result: ApplyResult): string {
  const rows = result.clusters.flatMap(cluster => cluster.error
    ? [[cluster.cluster, '', 'failed', '', cluster.error.what]]
    : cluster.targets.map(target => [cluster.cluster, target.application, target.outcome, readyWord(target), told(target)]));
  const errors = result.clusters.flatMap(cluster => [...cluster.error?.errors ?? [], ...cluster.targets.flatMap(target => target.errors)]);
  return [
    table(['CLUSTER', 'APPLICATION', 'RESULT', 'READY', 'OBJECTS'], rows, (cell, column, row) => column === 2 ? paint(io, row[2], cell) : cell),
    '\n',
    ...errors.map(error => `${error.message}\n\n`),
    `${summary(result.clusters)}${result.commit ? ` at ${result.commit.slice(0, 12)}` : ''}\n`,
  ].join('');
}

function readyWord(target: TargetResult): string {
  return target.ready === undefined ? '' : target.ready ? 'yes' : 'no';
}

function told(target: TargetResult): string {
  const parts = COUNTED.flatMap(action => {
    const n = target.objects.filter(object => object.action === action).length;
    return n > 0 ? [`${n} ${action}`] : [];
  });
  if (target.held) {
    parts.push(`${count(target.held.objects.length, 'deletion')} held: \`flotilla approve\` ${target.held.digest}`);
  }
  if (target.message) {
    parts.push(target.message);
  }
  return parts.join(', ');
}

const COUNTED: readonly ObjectAction[] = ['created', 'configured', 'unchanged', 'pruned', 'released', 'failed', 'skipped'];

function summary(clusters: readonly ClusterResult[]): string {
  const targets = clusters.flatMap(cluster => cluster.targets);
  const broken = clusters.filter(cluster => !isFine(cluster)).length;
  const changed = targets.flatMap(target => target.objects).filter(object => ['created', 'configured', 'pruned'].includes(object.action)).length;
  const state = broken > 0 ? `${count(broken, 'cluster')} of ${clusters.length} failed` : count(clusters.length, 'cluster');
  return `${state}, ${count(targets.length, 'application')}, ${count(changed, 'object')} changed`;
}

function paint(io: Io, outcome: string, cell: string): string {
  const { colors } = io;
  return outcome === 'failed' ? colors.red(cell) : outcome === 'blocked' ? colors.yellow(cell) : outcome === 'unchanged' ? colors.dim(cell) : colors.green(cell);
}
