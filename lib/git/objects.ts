import { createHash } from 'node:crypto';
import { formatOf, type ObjectFormat, USUAL_FORMAT } from './object-format';

/** The mode of an entry, as a tree of Git holds it: without leading zeros. */
export type GitMode = '100644' | '100755' | '120000' | '160000' | '40000';

/** An entry of one tree; its name has no slash. */
export interface GitTreeEntry {
  readonly mode: GitMode;
  readonly name: string;
  /** In hexadecimal digits: 40, or 64 in a repository of SHA-256. */
  readonly id: string;
}

/** Git's id of a file's content, as `git hash-object` prints; text is taken as UTF-8. */
export function blobId(content: Buffer | string, format: ObjectFormat = USUAL_FORMAT): string {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return objectId('blob', bytes, format);
}

/** Git's id of a tree with these entries, in any order and of one format, as `git mktree` prints. */
export function treeId(entries: readonly GitTreeEntry[]): string {
  const sorted = entries.map(entry => ({ entry, key: sortKey(entry) })).sort((a, b) => Buffer.compare(a.key, b.key));
  return objectId('tree', Buffer.concat(sorted.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode} ${entry.name}\0`, 'utf8'), Buffer.from(entry.id, 'hex'),
  ])), entries.length > 0 ? formatOf(entries[0].id) : USUAL_FORMAT);
}

// Git compares names byte by byte, those of folders as if a slash followed (base_name_compare in read-cache.c).
function sortKey(entry: GitTreeEntry): Buffer {
  return Buffer.from(entry.mode === '40000' ? `${entry.name}/` : entry.name, 'utf8');
}

function objectId(type: 'blob' | 'tree', content: Buffer, format: ObjectFormat): string {
  return createHash(format).update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** A file in a tree, by its whole path. */
export interface GitFile {
  readonly mode: Exclude<GitMode, '40000'>;
  /** With slashes: `shop/deployment.apps.web.yaml`. */
  readonly path: string;
  /** In hexadecimal digits: 40, or 64 in a repository of SHA-256. */
  readonly id: string;
}

/** Git's id of the folder that holds these files, as `git rev-parse COMMIT:FOLDER` prints. */
export function folderId(files: readonly GitFile[]): string {
  const entries: GitTreeEntry[] = [];
  const folders = new Map<string, GitFile[]>();
  for (const file of files) {
    const slash = file.path.indexOf('/');
    if (slash < 0) {
      entries.push({ mode: file.mode, name: file.path, id: file.id });
    } else {
      const name = file.path.slice(0, slash);
      const inside = folders.get(name) ?? [];
      folders.set(name, inside);
      inside.push({ ...file, path: file.path.slice(slash + 1) });
    }
  }
  for (const [name, inside] of folders) {
    entries.push({ mode: '40000', name, id: folderId(inside) });
  }
  return treeId(entries);
}
