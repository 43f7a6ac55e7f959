import { statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlotillaError } from '../errors';
import { GitSetting } from './environment';
import { maskCredentials } from './mask';
import { tryRunGit } from './run';

/** A repository elsewhere, checked and ready for git's command line. */
export interface Remote {
  /** A URL, or an absolute path; may hold credentials. */
  readonly url: string;
  /** The same without credentials, for people. */
  readonly name: string;
  /** Settings of the repository in which the user stands that git needs to reach the remote: headers, credential helpers, `insteadOf`. */
  readonly settings: readonly GitSetting[];
}

/**
 * Finds out which repository is meant.
 *
 * `text` is a URL (https, ssh, git, file, or `host:path`), the name of a remote of the repository around `cwd`, or a path of a bare
 * repository or inside a work tree, relative to `cwd`. Throws FLT4009 for what is none of these, FLT4003 for a path without a repository.
 */
export async function resolveRemote(text: string, cwd = process.cwd()): Promise<Remote> {
  refuseUnsafe(text);
  const settings = await settingsOf(cwd);
  const remote = (url: string): Remote => ({ url, name: maskCredentials(url), settings: settings.filter(([key]) => !key.startsWith('remote.')) });

  const named = settings.find(([key]) => key === `remote.${text}.url`);
  if (named) {
    refuseUnsafe(named[1]);
    return isUrl(named[1], cwd) ? remote(named[1]) : remote(await repositoryAt(named[1], cwd));
  }
  if (/^file:\/\//i.test(text)) {
    // Protocol and depth work over file:// as over a network; only the path must lead to a repository.
    await repositoryAt(filePath(text), cwd);
    return remote(text);
  }
  return isUrl(text, cwd) ? remote(text) : remote(await repositoryAt(text, cwd));
}

/** Whether a remote is reached through ssh. */
export function isSsh(url: string): boolean {
  // An absolute path has its first slash before any colon.
  return /^(git\+)?ssh(\+git)?:\/\//i.test(url) || /^[^/:]+:(?!\/\/)/.test(url);
}

function refuseUnsafe(text: string): void {
  const problem = text === '' ? 'it is empty'
    : text.startsWith('-') ? 'it starts with "-"'
    // eslint-disable-next-line no-control-regex
      : /[\x00-\x1f\x7f]/.test(text) ? 'it holds a control character'
      // <helper>::<address> starts a program (ext::, fd::); none of them is a place for a fleet.
        : /^[A-Za-z0-9][A-Za-z0-9+.-]*::/.test(text) ? 'it names a transport helper'
          : undefined;
  if (problem) {
    throw new FlotillaError('FLT4009', {
      what: `${JSON.stringify(maskCredentials(text))} cannot be a repository: ${problem}`,
      fix: 'give a URL (https://…, ssh://…, git@host:path), the name of a remote, or a path',
    });
  }
}

/** As git decides: a scheme, or a colon before the first slash where no such file exists. */
function isUrl(text: string, cwd: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return true;
  }
  const colon = text.indexOf(':');
  const slash = text.indexOf('/');
  return colon > 1 && (slash < 0 || colon < slash) && statSync(resolve(cwd, text), { throwIfNoEntry: false }) === undefined;
}

function filePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new FlotillaError('FLT4009', { what: `${JSON.stringify(url)} cannot be a repository`, fix: 'write file:// and an absolute path', cause });
  }
}

async function repositoryAt(path: string, cwd: string): Promise<string> {
  const absolute = resolve(cwd, path);
  let folder: string;
  try {
    folder = await realpath(absolute);
  } catch (cause) {
    throw notReachable(absolute, cause);
  }
  if (!statSync(folder).isDirectory()) {
    throw notReachable(absolute, 'it is a file');
  }
  const found = await tryRunGit(['rev-parse', '--is-bare-repository', '--is-inside-git-dir', '--absolute-git-dir'], { cwd: folder });
  if (found.exitCode !== 0) {
    throw notReachable(absolute, found.stderr.trim());
  }
  const [bare, inside, gitDir] = found.stdout.toString('utf8').trimEnd().split('\n');
  if (bare === 'true' || inside === 'true') {
    return gitDir;
  }
  const top = await tryRunGit(['rev-parse', '--show-toplevel'], { cwd: folder });
  return top.exitCode === 0 ? top.stdout.toString('utf8').trimEnd() : gitDir;
}

/** FLT4003 */
export function notReachable(name: string, cause: unknown): FlotillaError {
  return new FlotillaError('FLT4003', {
    what: `the Git repository ${maskCredentials(name)} cannot be read`,
    fix: 'check the address, the network and the credentials: `git ls-remote` with the same address has to work without a prompt',
    cause,
  });
}

/** What the repository around a folder says locally about how remotes are reached; CI stores its token there. */
async function settingsOf(cwd: string): Promise<GitSetting[]> {
  const wanted = '^(http|credential|url)\\.|^core\\.(sshcommand|askpass|gitproxy)$|^remote\\..*\\.url$';
  const found = await tryRunGit(['config', '--local', '--includes', '-z', '--get-regexp', wanted], { cwd });
  if (found.exitCode !== 0) {
    return [];
  }
  return found.stdout.toString('utf8').split('\0').filter(entry => entry !== '').map(entry => {
    const newline = entry.indexOf('\n');
    return newline < 0 ? [entry, 'true'] as const : [entry.slice(0, newline), entry.slice(newline + 1)] as const;
  });
}
