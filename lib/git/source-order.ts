import { FlotillaError } from '../errors';
import { GitRepository } from './repository';
import { runGit, tryRunGit } from './run';
import { SourceCommit } from './source-commit';

/** Whether a synth may take the place of what is on the branch. */
export interface SourceOrder {
  /** True when the commit that is on the branch was made from this one: the branch is ahead. */
  readonly superseded: boolean;
  /** What could not be made sure. */
  readonly warning?: string;
}

/**
 * Tells whether `source` is a strict ancestor of the source commit that is recorded on the branch.
 *
 * A history that is cut can prove that it is, never that it is not, and a clone that is older than the recorded commit knows nothing of it:
 * then the remote from which the source was cloned is asked. Throws FLT4008 when that cannot be asked either.
 */
export async function compareSources(source: SourceCommit, recorded: string): Promise<SourceOrder> {
  if (recorded === source.commit) {
    return { superseded: false };
  }
  const local = await isAncestor(source.folder, source.commit, recorded);
  if (local) {
    return { superseded: true };
  }
  if (local === false) {
    if (await isAncestor(source.folder, recorded, source.commit)) {
      return { superseded: false };
    }
    if (!source.shallow) {
      return { superseded: false, warning: `the branch was made from the source commit ${short(recorded)}, which is on another line of history than ${short(source.commit)}` };
    }
  }
  return askRemote(source, recorded);
}

async function askRemote(source: SourceCommit, recorded: string): Promise<SourceOrder> {
  const remote = await remoteOf(source.folder);
  if (remote === undefined) {
    if (source.shallow) {
      throw cannotTell(source, recorded, 'the history of this clone is cut, and it has no remote to ask');
    }
    return unknown(recorded);
  }
  let repository: GitRepository | undefined;
  try {
    repository = await GitRepository.openCommits(remote, source.folder);
    const history = await historyOf(repository, recorded);
    return history === undefined ? unknown(recorded) : { superseded: history.has(source.commit) };
  } catch (error) {
    throw cannotTell(source, recorded, error);
  } finally {
    repository?.close();
  }
}

/** The commits from which one was made, itself included; undefined when the remote has no such commit. */
async function historyOf(repository: GitRepository, commit: string): Promise<Set<string> | undefined> {
  try {
    await repository.fetchCommit(commit);
  } catch (error) {
    const words = error instanceof FlotillaError ? String(error.cause) : '';
    if (/not our ref/i.test(words)) {
      return undefined;
    }
    if (!/unadvertised object|couldn't find remote ref|no such remote ref/i.test(words)) {
      throw error;
    }
    // The server gives branches alone.
    await repository.fetchHeads();
    if (!(await commitsOf(repository, '--all')).has(commit)) {
      return undefined;
    }
  }
  return commitsOf(repository, commit);
}

async function commitsOf(repository: GitRepository, revision: string): Promise<Set<string>> {
  return new Set((await repository.run(['rev-list', revision, '--'])).toString('utf8').split('\n'));
}

/** Undefined when one of the two is not in the repository: then git ends with 128, not with 1. */
async function isAncestor(folder: string, ancestor: string, commit: string): Promise<boolean | undefined> {
  const { exitCode } = await tryRunGit(['merge-base', '--is-ancestor', ancestor, commit], { cwd: folder });
  return exitCode === 0 ? true : exitCode === 1 ? false : undefined;
}

/** The remote of the branch that is checked out, else `origin`, else whichever there is. */
async function remoteOf(folder: string): Promise<string | undefined> {
  const remotes = (await runGit(['remote'], { cwd: folder })).toString('utf8').split('\n').filter(name => name !== '');
  const branch = await tryRunGit(['symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd: folder });
  const upstream = branch.exitCode === 0
    ? (await tryRunGit(['config', '--get', `branch.${branch.stdout.toString('utf8').trim()}.remote`], { cwd: folder })).stdout.toString('utf8').trim()
    : '';
  return [upstream, 'origin', remotes[0]].find(name => name !== undefined && remotes.includes(name));
}

function unknown(recorded: string): SourceOrder {
  return {
    superseded: false,
    warning: `the branch was made from the source commit ${short(recorded)}, which is not in this repository: its history was rewritten, or the branch belongs to another one`,
  };
}

function cannotTell(source: SourceCommit, recorded: string, cause: unknown): FlotillaError {
  return new FlotillaError('FLT4008', {
    what: `whether the source commit ${short(source.commit)} is older than ${short(recorded)}, from which the branch was made, cannot be told; nothing was changed`,
    fix: 'clone the whole history (`git fetch --unshallow`; `fetch-depth: 0` for actions/checkout; `GIT_DEPTH: 0` for GitLab), or publish it all the same with --force-source',
    cause,
  });
}

function short(commit: string): string {
  return commit.slice(0, 12);
}
