import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { FlotillaError } from '../../errors';
import { importCrd } from '../../import/crd';
import { importHelm } from '../../import/helm/import-helm';
import { importRepository } from '../../import/import-repository';
import type { Io } from '../io';
import { count } from '../output';
import type { CommandContext } from '../run';

/** `flotilla import` */
export function importCommand({ io }: CommandContext): Command {
  return new Command('import')
    .description('write TypeScript from what there is: a repository, the values of a chart, definitions of custom kinds')
    .addCommand(repositoryCommand(io), { isDefault: true })
    .addCommand(helmCommand(io))
    .addCommand(crdCommand(io));
}

function repositoryCommand(io: Io): Command {
  return new Command('repository')
    .description('write a fleet program with the same output as a tree of Kustomize directories or a folder of Argo CD Applications')
    .argument('<folder>', 'the tree, or the folder with the Applications and ApplicationSets')
    .option('-o, --output <file>', 'file to write (default: the program is printed)')
    .option('--name <name>', 'name of the fleet (default: that of the folder)')
    .option('--root <folder>', 'the checkout that paths of Argo CD sources are below (default: the folder or the one above it that has them)')
    .addHelpText('after', `
What cannot be mapped is listed on stderr, and in the program as comments.

Examples:
  $ flotilla import ../infra/components --output main.ts      components/NAME/{base, ENVIRONMENT/CLUSTER, rings/RING/CLUSTER}
  $ flotilla import repository ../infra/argo-cd --output main.ts
`)
    .action((folder: string, options: { output?: string; name?: string; root?: string }) => {
      const file = options.output === undefined ? undefined : resolve(io.cwd, options.output);
      const { text, clusters, applications, targets, unmapped } = importRepository({
        folder: resolve(io.cwd, folder), name: options.name, root: options.root === undefined ? undefined : resolve(io.cwd, options.root),
        runsIn: file === undefined ? io.cwd : dirname(file),
      });
      write(io, file, text);
      const rest = unmapped.length === 0 ? '' : `; not mapped: ${unmapped.length}`;
      io.err(`${count(clusters, 'cluster')}, ${count(applications, 'application')}, ${count(targets, 'target')}${rest}\n`);
      unmapped.forEach(({ where, what }) => io.err(`  ${where}: ${what}\n`));
    });
}

function helmCommand(io: Io): Command {
  return new Command('helm')
    .description('write the type of the values of a chart, for `new HelmChart<WebValues>({ … })`')
    .argument('<chart>', 'a folder, a chart of --repository, or oci://…')
    .option('--repository <url>', 'chart repository')
    .option('--version <version>', 'version of the chart')
    .option('-o, --output <file>', 'file to write (default: it is printed)')
    .addHelpText('after', `
The type is that of values.schema.json or, where there is none, told from values.yaml, whose comments become docstrings.

Examples:
  $ flotilla import helm charts/web --output web-values.ts
  $ flotilla import helm ingress-nginx --repository https://kubernetes.github.io/ingress-nginx --version 4.15.1 --output ingress-nginx-values.ts
`)
    .action((chart: string, options: { repository?: string; version?: string; output?: string }) => {
      const { name, from, text } = importHelm({ chart, repository: options.repository, version: options.version }, io.cwd, io.env);
      const file = options.output === undefined ? undefined : resolve(io.cwd, options.output);
      write(io, file, text, true);
      if (file !== undefined) {
        io.err(`${name}, from ${from}, is in ${options.output}\n`);
      }
    });
}

function crdCommand(io: Io): Command {
  return new Command('crd')
    .description('write classes for custom kinds, by the `cdk8s import` of the project')
    .argument('<source>', 'a file, a URL, or github:account/repo')
    .option('-o, --output <folder>', 'folder to write to (default: imports)')
    .addHelpText('after', `
Example:
  $ flotilla import crd crds/certificates.yaml
`)
    .action((source: string, { output }: { output?: string }) => importCrd({
      source, output, cwd: io.cwd, env: io.env, signal: io.signal, print: text => io.err(text),
    }));
}

/** A file that is written again and again may be replaced; a program that somebody went on with may not. */
function write(io: Io, file: string | undefined, text: string, replace = false): void {
  if (file === undefined) {
    io.out(text);
    return;
  }
  if (!replace && existsSync(file)) {
    throw new FlotillaError('FLT2506', { what: `${file} exists`, where: { file }, fix: 'name another file by --output, or delete it first' });
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
