import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isGlob, listGlob } from './glob';
import { FlotillaError } from '../../errors';
import { KUSTOMIZATION_FILES } from '../kustomize/closure';
import { parseManifests } from '../parse-manifests';
import { SourceManifest } from '../request';
import { SourceFolders } from '../source-folders';

const EXTENSIONS = /\.(ya?ml|json)$/i;

/**
 * Reads the objects in files, in the order of the list; those of a folder or a glob in the order of their paths.
 *
 * @param patterns files, folders (all of their *.yaml, *.yml and *.json, at whatever depth, but for names that begin with a dot) and globs
 * @throws FLT2106 for what leads to no file, FLT2107 for what leads out of the folders that sources may read, FLT2112 and FLT3002 for what is no object
 */
export function readManifests(patterns: readonly string[], folders: SourceFolders): SourceManifest[] {
  const seen = new Set<string>();
  return patterns.flatMap(pattern => filesOf(pattern, folders)).flatMap(path => {
    const real = folders.find(path, 'the file');
    if (seen.has(real)) {
      return [];
    }
    seen.add(real);
    const shown = folders.show(path);
    if (KUSTOMIZATION_FILES.some(name => shown === name || shown.endsWith(`/${name}`))) {
      throw new FlotillaError('FLT2112', {
        what: `${shown} is a kustomization, and no object`,
        where: { file: shown },
        fix: 'use a Kustomization source for its folder, or name the files beside it',
      });
    }
    return parseManifests(readFileSync(real, 'utf8'), shown);
  });
}

function filesOf(pattern: string, folders: SourceFolders): string[] {
  // A file may have such characters in its name.
  if (isGlob(pattern) && statSync(resolve(folders.cwd, pattern), { throwIfNoEntry: false }) === undefined) {
    return some(listGlob(pattern, folders.cwd).filter(path => EXTENSIONS.test(path)), pattern);
  }
  const real = folders.find(pattern, 'the file or folder');
  if (!statSync(real).isDirectory()) {
    return [resolve(folders.cwd, pattern)];
  }
  return some(filesIn(resolve(folders.cwd, pattern), folders, []), pattern);
}

function filesIn(folder: string, folders: SourceFolders, above: readonly string[]): string[] {
  const real = realpathSync(folder);
  if (above.includes(real)) {
    // A link to a folder that it lies in: all of it is on the list already.
    return [];
  }
  return readdirSync(folder).filter(name => !name.startsWith('.')).sort().flatMap(name => {
    const path = join(folder, name);
    const found = statSync(folders.find(path, 'the file'));
    return found.isDirectory() ? filesIn(path, folders, [...above, real]) : found.isFile() && EXTENSIONS.test(name) ? [path] : [];
  });
}

function some(paths: string[], pattern: string): string[] {
  if (paths.length === 0) {
    throw new FlotillaError('FLT2106', {
      what: `${JSON.stringify(pattern)} leads to no file of YAML or JSON`,
      where: { file: pattern },
      fix: 'correct it: paths are relative to the working directory, and files have to end in .yaml, .yml or .json',
    });
  }
  return paths;
}
