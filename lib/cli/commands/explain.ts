import { Command } from 'commander';
import { explanationText } from '../explain-text';
import { Format, outputOption, print } from '../output';
import { askProgram } from '../program';
import type { CommandContext } from '../run';

interface ExplainOptions {
  readonly namespace?: string;
  readonly all?: boolean;
  readonly program?: string;
  readonly format: Format;
}

/** `flotilla explain` */
export function explainCommand({ io }: CommandContext): Command {
  return new Command('explain')
    .description('say where the values of a committed object come from: constructs, sources and overlays, with their lines')
    .argument('<cluster>', 'name of the cluster')
    .argument('<app>', 'name of the application')
    .argument('<object>', 'kind and name: deployment/web, certificates.cert-manager.io/web')
    .argument('[field]', 'a field, or a part of the object: spec.replicas, metadata.labels (default: all fields that overlays touched)')
    .option('-n, --namespace <name>', 'namespace of the object, where several are called so')
    .option('--all', 'fields that no overlay touched, too')
    .option('--program <command>', 'how to run the fleet program (default: `app` of cdk8s.yaml)')
    .addOption(outputOption())
    .addHelpText('after', `
It runs the fleet program, which writes nothing. The newest change of a field is the last one shown.

Examples:
  $ flotilla explain prod-eu-west-1 web deployment/web
  $ flotilla explain prod-eu-west-1 web deployment/web spec.replicas
  $ flotilla explain prod-eu-west-1 web deploy/web 'spec.template.spec.containers[server].image' -o json
`)
    .action(async (cluster: string, application: string, object: string, field: string | undefined, { namespace, all, program, format }: ExplainOptions) => {
      const explanation = await askProgram(io, program, {
        cluster, application, object, ...namespace === undefined ? {} : { namespace }, ...field === undefined ? {} : { field },
      });
      print(io, format, explanation, () => explanationText(io, explanation, { chains: field !== undefined, all: all === true }));
    });
}
