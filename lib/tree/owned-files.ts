import { decidingFiles, staleFiles } from './owned';
import { FLEET_FILE } from './paths';
import { checkSameFleet } from './same-fleet';
import type { TreeEntry, TreeSource } from './source';

/**
 * The files of a committed tree that a synthesis of `files` would write to or delete; those of other people are left out.
 *
 * @throws FLT3012 when the tree is another fleet's, FLT3006 when its layout is newer, and what the source throws.
 */
export async function ownedFiles(source: TreeSource, files: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const entries = new Map((await source.list()).filter(entry => entry.mode === 'file' || entry.mode === 'executable').map(entry => [entry.path, entry]));
  const read = async (paths: readonly string[]): Promise<Map<string, string>> => {
    const wanted = paths.map(path => entries.get(path)).filter((entry): entry is TreeEntry => entry !== undefined);
    return new Map([...await source.read(wanted)].map(([path, content]) => [path, content.toString('utf8')]));
  };
  const old = [...entries.keys()];
  const deciding = await read([FLEET_FILE, ...decidingFiles(old, files)]);
  checkSameFleet(deciding.get(FLEET_FILE), files.get(FLEET_FILE), source.description);
  const stale = staleFiles(old, files, path => deciding.get(path));
  return read([...old.filter(path => files.has(path)), ...stale]);
}
