import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-test-')));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** Every test file calls this once: nothing of the user's settings is read, the cache is a folder of its own, and all of it goes at the end. */
export function useIsolatedGit(): void {
  const before = { ...process.env };
  beforeAll(() => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'gitconfig'), '[user]\n\tname = Ann Example\n\temail = ann@example.com\n[init]\n\tdefaultBranch = main\n');
    Object.assign(process.env, { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: join(home, 'gitconfig'), XDG_CACHE_HOME: join(home, 'cache') });
  });
  afterAll(() => {
    for (const name of ['GIT_CONFIG_NOSYSTEM', 'GIT_CONFIG_GLOBAL', 'XDG_CACHE_HOME']) {
      if (before[name] === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = before[name];
      }
    }
    folders.splice(0).forEach(folder => rmSync(folder, { recursive: true, force: true }));
  });
}

/** Runs git and gives its output without the last line break. */
export function git(cwd: string, ...args: string[]): string {
  // Jest's process.env is a copy, which child processes do not get by themselves.
  return execFileSync('git', args, { cwd, env: process.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(/\n$/, '');
}

/** An empty bare repository. */
export function bareRepository(format: 'sha1' | 'sha256' = 'sha1'): string {
  const folder = temporaryFolder();
  git(folder, 'init', '--quiet', '--bare', `--object-format=${format}`);
  git(folder, 'config', 'receive.denyDeleteCurrent', 'ignore');
  return folder;
}

/** A repository with a work tree. */
export function workTree(format: 'sha1' | 'sha256' = 'sha1'): string {
  const folder = temporaryFolder();
  git(folder, 'init', '--quiet', `--object-format=${format}`);
  return folder;
}

/** A clone of a repository, on a branch. */
export function cloneOf(remote: string, ...args: string[]): string {
  const folder = temporaryFolder();
  git(folder, 'clone', '--quiet', ...args, remote, '.');
  return folder;
}

/** Writes files and commits them; gives the commit's id. */
export function commitFiles(folder: string, files: Readonly<Record<string, string | Buffer>>, message = 'change'): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', message);
  return git(folder, 'rev-parse', 'HEAD');
}

/** A bare repository whose branch `main` holds these files. */
export function repositoryWith(files: Readonly<Record<string, string | Buffer>>): { remote: string; commit: string } {
  const folder = workTree();
  const commit = commitFiles(folder, files);
  const remote = bareRepository();
  git(folder, 'push', '--quiet', remote, 'HEAD:refs/heads/main');
  return { remote, commit };
}

/** A name by which git knows a repository of this machine as one elsewhere, so that it is kept in the cache. */
export function elsewhere(repository: string): string {
  const url = `https://example.invalid/${basename(repository)}`;
  if (!known.has(url)) {
    git('/', 'config', '--global', `url.${repository}.insteadOf`, url);
    known.add(url);
  }
  return url;
}

const known = new Set<string>();
