import { readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ExistingFile, listFolderSync, writtenInPart } from './folder-files';
import { staleFiles } from './owned';
import { FLEET_FILE } from './paths';
import { checkSameFleet } from './same-fleet';
import { removeEmptyFolders, removeLeftovers, StagedFiles } from './staged-files';

/** How many files a write changed. */
export interface WrittenTree {
  readonly written: number;
  readonly deleted: number;
  readonly unchanged: number;
}

/**
 * Makes the tree in a folder the given one: writes what differs, deletes what is ours and no longer part of it, leaves the files of others.
 *
 * All new contents are on the disk under other names before the first file changes, so a folder that cannot be written, or a full disk, changes
 * nothing. `fleet.yaml` is written last.
 *
 * @param folder made when it does not exist
 * @param files contents by path from the root of the fleet; must hold `fleet.yaml`
 * @returns the numbers of files
 * @throws FLT3011 when something cannot be written, FLT3004 when a link is in the way, FLT3012 and FLT3006 when the folder holds
 *   another fleet or a newer layout
 */
export function writeTreeToFolderSync(folder: string, files: ReadonlyMap<string, string>): WrittenTree {
  const root = resolve(folder);
  const existing = listFolderSync(root, folder);
  const old = [...existing.keys()];
  const read = (path: string): string | undefined => existing.has(path) ? readFileSync(join(root, path), 'utf8') : undefined;
  checkSameFleet(read(FLEET_FILE), files.get(FLEET_FILE), `the folder ${JSON.stringify(folder)}`);

  const stale = staleFiles(old, files, read);
  const changed = [...files].filter(([path, content]) => !isSame(root, existing.get(path), content));
  const staged = new StagedFiles(root, folder);
  try {
    for (const [path, content] of changed) {
      staged.add(path, content);
    }
    stale.forEach(path => staged.checkDeletable(path));
  } catch (error) {
    staged.discard();
    throw error;
  }
  try {
    staged.renameAll(path => path !== FLEET_FILE);
    stale.forEach(path => rmSync(join(root, path), { force: true }));
    removeEmptyFolders(root, stale.map(path => dirname(path)));
    staged.renameAll(path => path === FLEET_FILE);
    removeLeftovers(root, old);
  } catch (cause) {
    staged.discard();
    throw writtenInPart(folder, cause);
  }
  return { written: changed.length, deleted: stale.length, unchanged: files.size - changed.length };
}

function isSame(root: string, file: ExistingFile | undefined, content: string): boolean {
  return file !== undefined && file.size === Buffer.byteLength(content) && readFileSync(join(root, file.path), 'utf8') === content;
}

/** Like `writeTreeToFolderSync`, for callers that wait for all their results. */
export async function writeTreeToFolder(folder: string, files: ReadonlyMap<string, string>): Promise<WrittenTree> {
  return Promise.resolve().then(() => writeTreeToFolderSync(folder, files));
}

