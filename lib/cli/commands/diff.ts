import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { diffTrees } from '../../tree/diff';
import { groupChanges } from '../../tree/diff-groups';
import { ownedFiles } from '../../tree/owned-files';
import { changesText } from '../change-text';
import { EXIT } from '../exit-code';
import { Format, outputOption, print } from '../output';
import { runProgram } from '../program';
import { readFolder } from '../read-folder';
import type { CommandContext } from '../run';
import { TreeOptions, treeSource, withTree } from '../tree-options';

/** `flotilla diff` */
export function diffCommand({ io, exit }: CommandContext): Command {
  return withTree(new Command('diff'))
    .description('show what a synth would change in the tree: the blast radius; identical changes once')
    .option('--program <command>', 'how to run the fleet program (default: `app` of cdk8s.yaml)')
    .addOption(outputOption())
    .addHelpText('after', `
It runs the fleet program and compares what it makes with what is committed. Exit code 3: there are differences.

Examples:
  $ flotilla diff --repo git@example.com:shop/live.git --branch live
  $ flotilla diff --dir dist
`)
    .action(async (options: TreeOptions & { readonly program?: string; readonly format: Format }) => {
      const source = treeSource(io, options);
      const folder = mkdtempSync(join(tmpdir(), 'flotilla-tree-'));
      try {
        const report = await runProgram(io, options.program, folder);
        const after = readFolder(folder);
        const before = await ownedFiles(source, after);
        const { changes } = diffTrees(before, after);
        print(io, options.format, { fleet: report.fleet, commit: source.commit, groups: groupChanges({ changes }) },
          () => changesText(io, changes, report.clusters));
        exit(changes.length > 0 ? EXIT.differences : EXIT.fine);
      } finally {
        source.close?.();
        rmSync(folder, { recursive: true, force: true });
      }
    });
}
