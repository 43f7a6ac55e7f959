import { FlotillaError } from '../errors';
import { isObjectId } from './object-format';

/**
 * Checks the name of a branch by the rules of `git check-ref-format --branch`; throws FLT4009.
 */
export function checkBranchName(branch: string): void {
  const problem = problemOf(branch);
  if (problem) {
    throw new FlotillaError('FLT4009', {
      what: `${JSON.stringify(branch)} cannot be the name of a branch: ${problem}`,
      fix: 'give the name of a branch, such as "main" or "deploy/prod", without "refs/heads/"',
    });
  }
}

/** Checks that a text is the whole id of a commit; throws FLT4009. */
export function checkCommitId(commit: string): void {
  if (!isObjectId(commit)) {
    throw new FlotillaError('FLT4009', {
      what: `${JSON.stringify(commit)} is not the id of a commit`,
      fix: 'give all of its digits, as `git rev-parse HEAD` prints them',
    });
  }
}

function problemOf(branch: string): string | undefined {
  if (branch === '') return 'it is empty';
  if (branch.startsWith('-')) return 'it starts with "-"';
  if (branch === 'HEAD' || branch === '@') return 'Git keeps that name for itself';
  if (branch.startsWith('refs/')) return 'it is the full name of a ref';
  // eslint-disable-next-line no-control-regex
  const forbidden = /[\x00-\x20\x7f~^:?*[\\]/.exec(branch);
  if (forbidden) return `it holds ${JSON.stringify(forbidden[0])}`;
  if (branch.includes('..')) return 'it holds ".."';
  if (branch.includes('@{')) return 'it holds "@{"';
  if (branch.endsWith('.')) return 'it ends in "."';
  for (const part of branch.split('/')) {
    if (part === '') return 'it starts or ends with "/", or holds "//"';
    if (part.startsWith('.')) return 'a part of it starts with "."';
    if (part.endsWith('.lock')) return 'a part of it ends in ".lock"';
  }
  return undefined;
}

/** The names that somebody may have meant, the nearest first, at most ten; all (up to ten) when none is near. */
export function nearBranches(wanted: string, existing: readonly string[]): string[] {
  const scored = existing.map(name => ({ name, score: distance(wanted.toLowerCase(), name.toLowerCase()) }));
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const near = scored.filter(({ name, score }) => score <= limit || name.includes(wanted) || wanted.includes(name));
  return (near.length > 0 ? near : scored)
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, 10)
    .map(({ name }) => name);
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
