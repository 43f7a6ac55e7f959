import { resolve } from 'node:path';
import { Command } from 'commander';
import { FlotillaError } from '../errors';
import type { Io } from './io';
import { FolderSource } from '../tree/folder-source';
import { GitSource } from '../tree/git-source';
import type { TreeSource } from '../tree/source';

/** Where a committed tree is. */
export interface TreeOptions {
  readonly dir?: string;
  readonly repo?: string;
  readonly branch: string;
}

export const DEFAULT_BRANCH = 'live';

/** Adds `--dir` or `--repo` and `--branch`. */
export function withTree(command: Command): Command {
  return command
    .option('--dir <folder>', 'read the tree from a folder')
    .option('--repo <url>', 'read the tree from a Git repository: a URL, a remote\'s name or a path')
    .option('--branch <name>', 'branch of the repository', DEFAULT_BRANCH);
}

/** The tree that the options name. */
export function treeSource(io: Io, options: TreeOptions): TreeSource {
  if ((options.dir === undefined) === (options.repo === undefined)) {
    throw new FlotillaError('FLT6005', {
      what: options.dir === undefined ? 'the command was not told where the tree is' : 'the command was given both --dir and --repo',
      fix: 'give either --dir dist, or --repo URL --branch live',
    });
  }
  return options.dir !== undefined
    ? new FolderSource(resolve(io.cwd, options.dir))
    : new GitSource({ remote: options.repo as string, branch: options.branch, cwd: io.cwd });
}
