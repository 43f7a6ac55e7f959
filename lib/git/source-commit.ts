import { gitFailed, runGit, tryRunGit } from './run';

/** The commit of the repository in which a program lies that makes a tree. */
export interface SourceCommit {
  /** Where git was asked. */
  readonly folder: string;
  /** Its id, all of it. */
  readonly commit: string;
  /** Whether files that Git knows differ from the commit. */
  readonly dirty: boolean;
  /** Whether the history is cut, as CI does by default. */
  readonly shallow: boolean;
}

/** The commit that is checked out around a folder; undefined outside of a repository, or before its first commit. Throws FLT4002 when git refuses to look. */
export async function sourceCommit(folder: string): Promise<SourceCommit | undefined> {
  const args = ['rev-parse', '--is-shallow-repository', '--is-inside-work-tree', 'HEAD'];
  const asked = await tryRunGit(args, { cwd: folder });
  const [shallow, inWorkTree, commit] = asked.stdout.toString('utf8').split('\n');
  if (asked.exitCode !== 0) {
    if (/not a git repository/i.test(asked.stderr) || commit === 'HEAD') {
      return undefined;
    }
    // For instance a folder of another user: to go on would be to publish without any order.
    throw gitFailed(args, asked);
  }
  // As `git describe --dirty`: what Git does not know (reports, logs) is left behind by any CI job.
  const changes = inWorkTree === 'true' ? await runGit(['status', '--porcelain', '--untracked-files=no'], { cwd: folder }) : [];
  return { folder, commit, dirty: changes.length > 0, shallow: shallow === 'true' };
}
