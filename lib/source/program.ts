import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { FlotillaError } from '../errors';
import { SourceCache } from './cache';

/** A program that renders sources. */
export interface Program {
  /** As messages name it: `helm`. */
  readonly name: string;
  readonly path: string;
  /** What comes before the arguments: `kustomize` of `kubectl kustomize`. */
  readonly first: readonly string[];
}

/** `helm`: the one that FLOTILLA_HELM names, or else the first in PATH. Throws FLT2103. */
export function findHelm(cwd: string): Program {
  const path = tryFindProgram('helm', 'FLOTILLA_HELM', cwd);
  if (path === undefined) {
    throw new FlotillaError('FLT2103', {
      what: `the program helm was not found, which renders Helm charts${given('FLOTILLA_HELM')}`,
      fix: 'install Helm 3 (https://helm.sh/docs/intro/install) and see that PATH leads to it, or set FLOTILLA_HELM to its path',
    });
  }
  return { name: 'helm', path, first: [] };
}

/** `kustomize`: the one that FLOTILLA_KUSTOMIZE names, or else the first in PATH, or else `kubectl kustomize`. Throws FLT2103. */
export function findKustomize(cwd: string): Program {
  const path = tryFindProgram('kustomize', 'FLOTILLA_KUSTOMIZE', cwd);
  if (path !== undefined) {
    return { name: 'kustomize', path, first: ['build'] };
  }
  const kubectl = process.env.FLOTILLA_KUSTOMIZE ? undefined : tryFindInPath('kubectl');
  if (kubectl === undefined) {
    throw new FlotillaError('FLT2103', {
      what: `neither kustomize nor kubectl was found, one of which builds kustomizations${given('FLOTILLA_KUSTOMIZE')}`,
      fix: 'install kustomize (https://kubectl.docs.kubernetes.io/installation/kustomize) or kubectl and see that PATH leads to it, or set FLOTILLA_KUSTOMIZE to the path of kustomize',
    });
  }
  return { name: 'kubectl', path: kubectl, first: ['kustomize'] };
}

function given(variable: string): string {
  const value = process.env[variable];
  return value ? ` (${variable} is ${JSON.stringify(value)})` : '';
}

/**
 * What tells one version of a program from another, without running it: the digest of its bytes. It is remembered with the size and the time of the file.
 *
 * A program that only starts another one (as version managers put into PATH) has one digest for all versions.
 */
export function digestProgram(program: Program, cache: SourceCache): string {
  const real = realpathSync(program.path);
  const { size, mtimeMs, ino } = statSync(real);
  return cache.remember('programs', JSON.stringify([real, size, mtimeMs, ino]), () => createHash('sha256').update(readFileSync(real)).digest('hex'));
}

function tryFindProgram(name: string, variable: string, cwd: string): string | undefined {
  const value = process.env[variable];
  if (!value) {
    return tryFindInPath(name);
  }
  return /[\\/]/.test(value) ? executable(resolve(cwd, value)) : tryFindInPath(value);
}

function tryFindInPath(name: string): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const suffix of suffixes) {
      const found = executable(join(folder, name + suffix));
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}
