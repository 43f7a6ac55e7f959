import { lstatSync, readdirSync, Stats } from 'node:fs';
import { join } from 'node:path';
import { FlotillaError } from '../errors';
import { CLUSTERS_FOLDER, FLEET_FILE } from './paths';

/** A file of a folder that is about to be written. */
export interface ExistingFile {
  /** From the root, with slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Lists `fleet.yaml` and the ordinary files below `clusters`, by path; links are never followed and not listed.
 *
 * @throws FLT3011 when a folder cannot be read
 */
export function listFolderSync(root: string, name: string): Map<string, ExistingFile> {
  const found = new Map<string, ExistingFile>();
  try {
    walk(root, FLEET_FILE, found);
    walk(root, CLUSTERS_FOLDER, found);
  } catch (cause) {
    throw notWritable(name, cause);
  }
  return found;
}

function walk(root: string, path: string, found: Map<string, ExistingFile>): void {
  const stats: Stats | undefined = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    for (const name of readdirSync(join(root, path))) {
      walk(root, `${path}/${name}`, found);
    }
  } else if (stats?.isFile()) {
    found.set(path, { path, size: stats.size });
  }
}

/** FLT3011: nothing was changed. */
export function notWritable(folder: string, cause: unknown): FlotillaError {
  return new FlotillaError('FLT3011', {
    what: `the tree cannot be written to the folder ${JSON.stringify(folder)}; nothing was changed`,
    fix: 'see that the folder may be written and that the disk has room, or choose another folder',
    cause,
  });
}

/** FLT3011 in the worst case: a name could not be given although the content was already on the disk. */
export function writtenInPart(folder: string, cause: unknown): FlotillaError {
  return new FlotillaError('FLT3011', {
    what: `the tree was written to the folder ${JSON.stringify(folder)} only in part`,
    fix: 'run it again: what is missing is written then',
    cause,
  });
}
