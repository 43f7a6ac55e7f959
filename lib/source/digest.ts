import { createHash, Hash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FlotillaError } from '../errors';
import { SourceFolders } from './source-folders';

/** More files than any chart has: a request that names a home folder by mistake ends here. */
const MAX_FILES = 20_000;
/** What version control and package managers keep beside the files of a chart: no part of its content, but what lies there can be read. */
const BESIDE = new Set(['.git', 'node_modules']);

/** SHA-256 of a text or of bytes, in hex. */
export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of a value, whatever the order of the keys of its maps. */
export function digestOf(value: unknown): string {
  return sha256(JSON.stringify(sorted(value)) ?? '');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === 'object' && value !== null) {
    // Entries, and no map: a key may be called __proto__.
    return Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]);
  }
  return value;
}

/**
 * Digest of all files in a folder: their paths and contents, but for those of `.git` and `node_modules`. Links are followed.
 *
 * @param folder where it leads after all links
 * @throws FLT2107 for a link that leads out of the folders that sources may read, FLT2106 for one that leads nowhere or to a folder that it lies in
 */
export function digestFolder(folder: string, folders: SourceFolders, what: string): string {
  const hash = createHash('sha256');
  addFolder({ hash, folders, what, files: 0 }, folder, '', [folder]);
  return hash.digest('hex');
}

interface Walk {
  readonly hash: Hash;
  readonly folders: SourceFolders;
  readonly what: string;
  files: number;
  /** Whether the walk is in a folder that counts for nothing but its links. */
  beside?: boolean;
}

function addFolder(walk: Walk, folder: string, prefix: string, above: readonly string[]): void {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const name = `${prefix}${entry.name}`;
    const real = entry.isSymbolicLink() ? walk.folders.find(path, `${walk.what} holds a link:`) : path;
    const kind = entry.isSymbolicLink() ? statSync(real) : entry;
    if (kind.isDirectory()) {
      if (above.includes(realpathSync(real))) {
        throw new FlotillaError('FLT2106', {
          what: `${walk.what} ${JSON.stringify(walk.folders.show(path))} is a link to a folder that it lies in`,
          where: { file: walk.folders.show(path) },
          fix: 'remove the link',
        });
      }
      const { beside = false } = walk;
      walk.beside = beside || BESIDE.has(entry.name);
      addFolder(walk, real, `${name}/`, [...above, realpathSync(real)]);
      walk.beside = beside;
    } else if (kind.isFile() && !walk.beside) {
      addFile(walk, real, name);
    }
  }
}

function addFile(walk: Walk, path: string, name: string): void {
  walk.files++;
  if (walk.files > MAX_FILES) {
    throw new FlotillaError('FLT2106', {
      what: `${walk.what} ${JSON.stringify(walk.folders.show(path))}: the folder has more than ${MAX_FILES.toLocaleString('en-US')} files`,
      fix: 'name the folder that holds the source, and not one above it',
    });
  }
  const content = readFileSync(path);
  // The length keeps one file that ends like the beginning of another apart from the two.
  walk.hash.update(`${JSON.stringify(name)} ${content.length}\n`).update(content);
}
