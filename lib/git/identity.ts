import { FlotillaError } from '../errors';
import { runGit, tryRunGit } from './run';

/** Who makes a commit and when, as Git writes it: `Ann Example <ann@example.com> 1700000000 +0100`. */
export interface CommitIdentity {
  readonly author: string;
  readonly committer: string;
}

/** The identity that git would use for a commit in a folder; throws FLT4007 when it has none. */
export async function readIdentity(cwd: string): Promise<CommitIdentity> {
  const [author, committer] = await Promise.all([identOf('GIT_AUTHOR_IDENT', cwd), identOf('GIT_COMMITTER_IDENT', cwd)]);
  return { author, committer };
}

async function identOf(variable: string, cwd: string): Promise<string> {
  const found = await tryRunGit(['var', variable], { cwd });
  if (found.exitCode === 0) {
    return found.stdout.toString('utf8').trimEnd();
  }
  // A folder that git refuses to look at has nothing to do with the identity; without a repository the error is about the identity alone.
  await runGit(['--version'], { cwd });
  throw new FlotillaError('FLT4007', {
    what: 'git does not know who makes the commit',
    fix: 'run `git config --global user.name "…"` and `git config --global user.email "…"`, or set GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL',
    cause: found.stderr.trim(),
  });
}
