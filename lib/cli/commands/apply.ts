import { Command, Option } from 'commander';
import { applyFleet, ApplyResult } from '../../reconcile/apply';
import { ClusterResult, isFine, ObjectAction, ObjectResult, TargetResult } from '../../reconcile/report';
import { ClusterOptions, runOptions, withClusters } from '../cluster-options';
import { EXIT } from '../exit-code';
import type { Io } from '../io';
import { count, Format, outputOption, parseDuration, print, table } from '../output';
import type { CommandContext } from '../run';

interface ApplyCommandOptions extends ClusterOptions {
  readonly wait?: boolean;
  readonly timeout: number;
  readonly details?: boolean;
  readonly format: Format;
}

/** `flotilla apply` */
export function applyCommand({ io, exit }: CommandContext): Command {
  return withClusters(new Command('apply'))
    .description('make the clusters match the tree, once')
    .option('--wait', 'wait until every object is ready: between waves, before pruning and at the end')
    .addOption(new Option('--timeout <duration>', 'how long to wait for readiness').argParser(parseDuration).default(300_000, '5m'))
    .option('--details', 'a line for every application, not just for those that need a look')
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
      print(io, options.format, result, data => applyText(io, data, options.details ?? false));
      const unready = options.wait && result.clusters.some(cluster => cluster.targets.some(target => target.outcome !== 'removed' && target.ready === false));
      exit(result.clusters.every(isFine) && !unready ? EXIT.fine : EXIT.failed);
    });
}

function applyText(io: Io, result: ApplyResult, details: boolean): string {
  const errors = result.clusters.flatMap(cluster => [...cluster.error?.errors ?? [], ...cluster.targets.flatMap(target => target.errors)]);
  const rows = result.clusters.flatMap(({ cluster, targets }) => targets.filter(target => details || isWorthTelling(target))
    .map(target => [cluster, target.application, target.outcome, readyWord(target), told(target)]));
  return [
    table(['CLUSTER', 'RESULT', 'READY', 'OBJECTS'], result.clusters.map(cluster => clusterRow(cluster)),
      (cell, column, row) => column === 1 ? paint(io, row[1], cell) : cell),
    '\n',
    ...(rows.length > 0 ? [
      table(['CLUSTER', 'APPLICATION', 'RESULT', 'READY', 'OBJECTS'], rows, (cell, column, row) => column === 2 ? paint(io, row[2], cell) : cell), '\n',
    ] : []),
    ...errors.map(error => `${error.message}\n\n`),
    `${summary(result.clusters)}${result.commit ? ` at ${result.commit.slice(0, 12)}` : ''}\n`,
  ].join('');
}

function clusterRow(result: ClusterResult): string[] {
  const { cluster, error, targets } = result;
  const inTree = targets.filter(target => target.outcome !== 'removed');
  const outcome = isFine(result) ? targets.every(target => target.outcome === 'unchanged') ? 'unchanged' : 'applied' : 'failed';
  return [
    cluster, outcome, error ? '' : `${inTree.filter(target => target.ready).length} of ${inTree.length}`,
    error ? error.what : counted(targets.flatMap(target => target.objects)),
  ];
}

/** What went as it should is counted; what did not has a row of its own. */
function isWorthTelling(target: TargetResult): boolean {
  return target.outcome === 'failed' || target.outcome === 'blocked' || target.outcome === 'removed' || target.ready === false || target.held !== undefined;
}

function readyWord(target: TargetResult): string {
  return target.ready === undefined ? '' : target.ready ? 'yes' : 'no';
}

function told(target: TargetResult): string {
  const parts = [counted(target.objects)].filter(Boolean);
  if (target.held) {
    parts.push(`${count(target.held.objects.length, 'deletion')} held (digest ${target.held.digest}): see \`flotilla approve --help\``);
  }
  if (target.message) {
    parts.push(target.message);
  }
  return parts.join(', ');
}

function counted(objects: readonly ObjectResult[]): string {
  return COUNTED.flatMap(action => {
    const n = objects.filter(object => object.action === action).length;
    return n > 0 ? [`${n} ${action}`] : [];
  }).join(', ');
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
