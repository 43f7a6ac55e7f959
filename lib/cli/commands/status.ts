import { Command } from 'commander';
import { FleetStatus, fleetStatus, TargetStatus } from '../../reconcile/status';
import { ClusterOptions, runOptions, withClusters } from '../cluster-options';
import { EXIT } from '../exit-code';
import type { Io } from '../io';
import { count, Format, outputOption, print, table } from '../output';
import type { CommandContext } from '../run';

/** `flotilla status` */
export function statusCommand({ io, exit }: CommandContext): Command {
  return withClusters(new Command('status'))
    .description('show what every cluster holds, beside what the tree says')
    .option('--details', 'a line for every application, not just for those that need a look')
    .addOption(outputOption())
    .addHelpText('after', `
It reads the clusters as they are now and writes nothing. Exit code 0: all applications are synced and ready; 1: some are not.

Example:
  $ flotilla status --repo git@example.com:shop/live.git --branch live
`)
    .action(async (options: ClusterOptions & { readonly details?: boolean; readonly format: Format }) => {
      const status = await fleetStatus(runOptions(io, options));
      print(io, options.format, status, data => statusText(io, data, options.details ?? false));
      const fine = status.unreachable.length === 0 && status.targets.every(isGood);
      exit(fine ? EXIT.fine : EXIT.failed);
    });
}

function statusText(io: Io, status: FleetStatus, details: boolean): string {
  const rows = status.targets.filter(target => details || !isGood(target)).map(target => [
    target.cluster, target.application, target.sync, target.state, `${target.objects.ready}/${target.objects.total}`,
    target.commit?.slice(0, 12) ?? '', notes(target),
  ]);
  const clusters = [...new Set(status.targets.map(target => target.cluster))];
  const good = status.targets.filter(isGood).length;
  const commits = new Set(status.targets.map(target => target.commit));
  return [
    table(['CLUSTER', 'READY', 'SYNCED', 'COMMIT'], clusters.map(cluster => clusterRow(status.targets.filter(target => target.cluster === cluster)))),
    rows.length > 0
      ? `\n${table(['CLUSTER', 'APPLICATION', 'SYNC', 'STATE', 'READY', 'COMMIT', 'NOTE'], rows, (cell, column) => paint(io, cell, column))}` : '',
    ...status.unreachable.map(({ error }) => `\n${error.message}\n`),
    `\n${good} of ${count(status.targets.length, 'application')} on ${count(clusters.length, 'cluster')} synced and ready`,
    commits.size === 1 && status.commit ? `, all at ${status.commit.slice(0, 12)}` : '',
    '\n',
  ].join('');
}

function clusterRow(targets: readonly TargetStatus[]): string[] {
  const commits = new Set(targets.map(target => target.commit?.slice(0, 12) ?? ''));
  return [
    targets[0].cluster, `${targets.filter(target => target.ready).length} of ${targets.length}`,
    `${targets.filter(target => target.sync === 'Synced').length} of ${targets.length}`, commits.size === 1 ? [...commits][0] : 'several',
  ];
}

function isGood(target: TargetStatus): boolean {
  return target.ready && target.sync === 'Synced';
}

function notes(target: TargetStatus): string {
  const held = target.held ? `${count(target.held.objects.length, 'deletion')} held (digest ${target.held.digest}): see \`flotilla approve --help\`` : '';
  return [target.pending > 0 ? `${target.pending} to apply` : '', held, target.message ?? ''].filter(Boolean).join('; ');
}

function paint({ colors }: Io, cell: string, column: number): string {
  if (column !== 2 && column !== 3) {
    return cell;
  }
  return ['Synced', 'Ready'].includes(cell) ? colors.green(cell) : ['Progressing', 'PruneHeld', 'OutOfSync'].includes(cell) ? colors.yellow(cell) : colors.red(cell);
}
