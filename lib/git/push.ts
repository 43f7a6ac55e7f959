import { GitRepository } from './repository';

/** A ref of the remote and the commit that it shall have. */
export interface RefUpdate {
  readonly commit: string;
  /** Full name: `refs/heads/main`. */
  readonly ref: string;
}

/**
 * What became of a push. `outdated`: somebody else was faster, and the same can be tried on what they pushed. `refused`: it would be refused
 * again. `other-format`: the server names its objects by another hash. `not-atomic`: the server cannot change several refs at once.
 * `unreachable`: the connection broke; what the server did is not known.
 */
export type PushResult =
  | { readonly kind: 'pushed' }
  | { readonly kind: 'outdated' | 'refused' | 'other-format' | 'not-atomic' | 'unreachable'; readonly words: string };

/** Pushes commits, all or none; never forced, so a ref only ever moves on from what it was. */
export async function pushRefs(repository: GitRepository, updates: readonly RefUpdate[]): Promise<PushResult> {
  const result = await repository.tryRun([
    'push', '--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no', ...updates.length > 1 ? ['--atomic'] : [],
    '--', repository.remote.url, ...updates.map(({ commit, ref }) => `${commit}:${ref}`),
  ]);
  return result.exitCode === 0 ? { kind: 'pushed' } : classifyPush(result.stdout.toString('utf8'), result.stderr);
}

/** Reads what `git push --porcelain` says of a push that failed. */
export function classifyPush(stdout: string, stderr: string): Exclude<PushResult, { kind: 'pushed' }> {
  const reasons = [...stdout.matchAll(/^!\t[^\t]*\t(.*)$/gm)].map(match => match[1]);
  const words = wordsOf(reasons, stderr);
  if (/does not support --atomic/.test(stderr)) {
    return { kind: 'not-atomic', words };
  }
  if (/does not support this repository's hash algorithm/.test(stderr)) {
    return { kind: 'other-format', words };
  }
  if (reasons.length === 0) {
    return { kind: /denied|permission|forbidden|not (allowed|authorized|permitted)|authenticat|read-only|archived|\b40[13]\b|could not read (username|password)/i.test(stderr) ? 'refused' : 'unreachable', words };
  }
  // Of several refs that go together, those that are not to blame say only that.
  const causes = reasons.filter(reason => !/\(atomic push fail/i.test(reason));
  return { kind: causes.every(reason => isOutdated(reason, stderr)) ? 'outdated' : 'refused', words };
}

function isOutdated(reason: string, stderr: string): boolean {
  if (OUTDATED.test(reason)) {
    return !PERMANENT.test(reason);
  }
  // git's own server names the ref in the reason and tells the rest on the side.
  return /failed to update ref|failed to lock|atomic transaction failed/i.test(reason) && (OUTDATED.test(stderr) && !PERMANENT.test(stderr));
}

// git, GitHub, GitLab: the first seven; JGit (Gerrit): "lock failure"; Azure DevOps: "already been updated by another client".
const OUTDATED = /fetch first|non-fast-forward|stale info|cannot lock ref|reference already exists|incorrect old value|but expected|\.lock': File exists|lock failure|already been updated/i;
// A branch "a" beside a branch "a/b", or a folder that may not be written: the next attempt would fail alike.
const PERMANENT = /exists; cannot create|Permission denied|Read-only file system|No space left/i;

function wordsOf(reasons: readonly string[], stderr: string): string {
  const said = stderr.split('\n')
    .map(line => line.replace(/^remote:\s?/, '').trimEnd())
    .filter(line => line !== '' && !/^(hint:|To |error: failed to push some refs)/.test(line));
  return [...new Set([...said, ...reasons])].join('\n');
}
