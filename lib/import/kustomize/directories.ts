import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseYaml } from '../../yaml/parse';

const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const LISTS = ['resources', 'bases', 'components'];

/** A Kustomize directory. */
export interface KustomizeDirectory {
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** Directories and files that it takes its objects from, relative to the root. */
  readonly uses: readonly string[];
  /** Why its file cannot be read. */
  readonly error?: string;
}

/** All Kustomize directories below a folder, in the order of their paths; folders with a dot at the beginning and `node_modules` are passed by. */
export function readKustomizeDirectories(root: string): KustomizeDirectory[] {
  const found: KustomizeDirectory[] = [];
  const visit = (folder: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    const file = FILES.find(name => entries.some(entry => entry.name === name && !entry.isDirectory()));
    if (file !== undefined) {
      found.push(readDirectory(root, folder, file));
    }
    entries.filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules').forEach(entry => visit(join(folder, entry.name)));
  };
  visit(root);
  return found;
}

function readDirectory(root: string, folder: string, file: string): KustomizeDirectory {
  const path = relative(root, folder).split(sep).join('/');
  try {
    const text = readFileSync(join(folder, file), 'utf8');
    const kustomization = text.trim() === '' ? {} : parseYaml(text, posix.join(path, file));
    const given = typeof kustomization === 'object' && kustomization !== null ? kustomization as Record<string, unknown> : {};
    const named = LISTS.flatMap(list => (Array.isArray(given[list]) ? given[list] as unknown[] : [])).filter(each => typeof each === 'string');
    return { path, uses: named.filter(each => !each.includes('://')).map(each => posix.join(path, each).replace(/\/$/, '')) };
  } catch (error) {
    return { path, uses: [], error: (error as Error).message };
  }
}
