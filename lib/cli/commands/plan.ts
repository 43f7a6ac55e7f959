import { Command } from 'commander';
import { FleetPreview, previewFleet } from '../../reconcile/preview';
import { changesText } from '../change-text';
import { ClusterOptions, runOptions, withClusters } from '../cluster-options';
import { EXIT } from '../exit-code';
import type { Io } from '../io';
import { count, Format, outputOption, print } from '../output';
import type { CommandContext } from '../run';

/** `flotilla plan` */
export function planCommand({ io, exit }: CommandContext): Command {
  return withClusters(new Command('plan'))
    .description('show what an apply would change in the clusters; identical changes once')
    .addOption(outputOption())
    .addHelpText('after', `
It asks the API servers by dry runs and writes nothing. Exit code 3: there are differences.

Example:
  $ flotilla plan --repo git@example.com:shop/live.git --branch live
`)
    .action(async (options: ClusterOptions & { readonly format: Format }) => {
      const preview = await previewFleet(runOptions(io, options));
      print(io, options.format, preview, data => planText(io, data));
      const targets = preview.clusters.flatMap(cluster => cluster.targets);
      const failed = preview.clusters.some(cluster => cluster.error) || targets.some(target => target.errors.length > 0);
      const differs = targets.some(target => target.changes.length > 0 || target.held);
      exit(failed ? EXIT.failed : differs ? EXIT.differences : EXIT.fine);
    });
}

function planText(io: Io, preview: FleetPreview): string {
  const targets = preview.clusters.flatMap(({ cluster, targets: each }) => each.map(target => ({ cluster, ...target })));
  const errors = preview.clusters.flatMap(({ error, targets: each }) => [...error?.errors ?? [], ...each.flatMap(target => target.errors)]);
  const held = targets.flatMap(({ cluster, application, held: each }) => each
    ? [`! ${cluster}/${application}: ${count(each.objects.length, 'deletion')} over the prune budget: flotilla approve ${cluster}/${application} ${each.digest} --repo …\n`] : []);
  const released = targets.flatMap(({ cluster, application, released: each }) => each
    .filter(({ reason }) => reason === 'kept' || reason === 'orphaned').map(({ object, reason }) => `  ${cluster}/${application}: ${object} stays in the cluster (${reason})\n`));
  return [
    changesText(io, targets.flatMap(target => target.changes), preview.clusters.length),
    ...held,
    ...released,
    ...errors.map(error => `\n${error.message}\n`),
  ].join('');
}
