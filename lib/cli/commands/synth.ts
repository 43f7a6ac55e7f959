import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { FlotillaError } from '../../errors';
import { publishTree } from '../../tree/publish';
import type { Io } from '../io';
import { count, Format, outputOption, print } from '../output';
import { ProgramReport, runProgram } from '../program';
import { readFolder } from '../read-folder';
import type { CommandContext } from '../run';
import { DEFAULT_BRANCH } from '../tree-options';

interface SynthOptions {
  readonly program?: string;
  readonly output?: string;
  readonly repo?: string;
  readonly branch?: string;
  readonly forceSource?: boolean;
  readonly format: Format;
}

/** `flotilla synth` */
export function synthCommand({ io }: CommandContext): Command {
  return new Command('synth')
    .description('run the fleet program and write the tree: to a folder, or as a commit on a branch')
    .option('--program <command>', 'how to run the fleet program (default: `app` of cdk8s.yaml)')
    .option('--output <folder>', 'write to a folder (default: dist)')
    .option('--repo <url>', 'commit to a Git repository: a URL, a remote\'s name or a path')
    .option('--branch <name>', `branch to commit to (default: ${DEFAULT_BRANCH})`)
    .option('--force-source', 'commit although the branch was made from a newer source commit, or that cannot be told')
    .addOption(outputOption())
    .addHelpText('after', `
A commit is made without a checkout and only when something changed; it is never forced. Files of other people stay.
A source commit that is an ancestor of the one already on the branch changes nothing.

Examples:
  $ flotilla synth                                                   to dist/
  $ flotilla synth --repo git@example.com:shop/live.git --branch live
`)
    .action(async (options: SynthOptions) => {
      if (options.output !== undefined && options.repo !== undefined) {
        throw new FlotillaError('FLT6006', { what: 'synth was given both --output and --repo', fix: 'give one of them' });
      }
      if (options.branch !== undefined && options.repo === undefined) {
        throw new FlotillaError('FLT6006', { what: 'synth was given --branch without --repo', fix: 'give --repo too: `--repo . --branch live` commits to this repository' });
      }
      if (options.repo === undefined) {
        await toFolder(io, options);
      } else {
        await toBranch(io, { ...options, repo: options.repo, branch: options.branch ?? DEFAULT_BRANCH });
      }
    });
}

async function toFolder(io: Io, options: SynthOptions): Promise<void> {
  const folder = options.output ?? 'dist';
  const report = await runProgram(io, options.program, resolve(io.cwd, folder));
  const { fleet, clusters, targets, objects, written, deleted, unchanged } = report;
  print(io, options.format, { fleet, clusters, targets, objects, written, deleted, unchanged, output: folder }, data => [
    `${data.fleet}: ${summary(data)} in ${data.output}/`,
    `${count(data.written, 'file')} written, ${data.deleted} deleted, ${data.unchanged} unchanged`,
    '',
  ].join('\n'));
}

async function toBranch(io: Io, options: SynthOptions & { readonly repo: string; readonly branch: string }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-tree-'));
  try {
    const report = await runProgram(io, options.program, folder);
    const result = await publishTree({
      files: readFolder(folder), remote: options.repo, branch: options.branch, sourceDir: io.cwd, signal: io.signal, forceSource: options.forceSource,
    });
    result.warnings.forEach(warning => io.err(`warning: ${warning}\n`));
    const { fleet, clusters, targets, objects } = report;
    print(io, options.format, { fleet, clusters, targets, objects, ...result }, () => `${fleet}: ${summary(report)}\n${sentence(result, options)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sentence(result: Awaited<ReturnType<typeof publishTree>>, { branch, repo }: { branch: string; repo: string }): string {
  switch (result.outcome) {
    case 'unchanged':
      return `${branch} of ${repo} is the same: no commit`;
    case 'superseded':
      return `${branch} of ${repo} already holds a newer source commit (${result.source?.slice(0, 12) ?? 'unknown'}): nothing was changed`;
    default:
      return `${branch} of ${repo} is at ${result.commit?.slice(0, 12)}: ${result.subject}`;
  }
}

function summary(report: Pick<ProgramReport, 'clusters' | 'targets' | 'objects'>): string {
  return `${count(report.clusters, 'cluster')}, ${count(report.targets, 'target')}, ${count(report.objects, 'object')}`;
}
