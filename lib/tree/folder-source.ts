import { lstatSync, readdirSync, readFileSync, readlinkSync, Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FlotillaError } from '../errors';
import { CLUSTERS_FOLDER, FLEET_FILE } from './paths';
import { EntryMode, TreeEntry, TreeSource } from './source';
import { blobId } from '../git/objects';

/** Synchronous calls read small files ten times as fast as asynchronous ones; after so many, others get their turn. */
const FILES_PER_TURN = 200;

/** A tree in a folder on disk. Links are listed, never followed. Throws FLT3003 from its methods when something cannot be read. */
export class FolderSource implements TreeSource {
  public readonly description: string;
  private readonly root: string;

  constructor(folder: string) {
    this.root = resolve(folder);
    this.description = folder;
  }

  public async list(): Promise<TreeEntry[]> {
    this.readRoot();
    const found: { path: string; stats: Stats }[] = [];
    for (const path of [FLEET_FILE, CLUSTERS_FOLDER]) {
      this.walk(path, found);
    }
    return inTurns(found, ({ path, stats }) => {
      const mode = modeOf(stats);
      return { path, mode, id: this.idOf(path, mode) };
    });
  }

  public async read(entries: readonly TreeEntry[]): Promise<Map<string, Buffer>> {
    return new Map(await inTurns(entries, ({ path, id }) => {
      const content = this.attempt(path, () => readFileSync(join(this.root, path)));
      if (blobId(content) !== id) {
        throw this.unreadable(path, 'it changed while the tree was read');
      }
      return [path, content] as const;
    }));
  }

  public async listRoot(): Promise<string[]> {
    return this.readRoot().map(entry => entry.isDirectory() ? `${entry.name}/` : entry.name).sort();
  }

  // The root itself may be a link: the user named it.
  private readRoot(): { readonly name: string; isDirectory(): boolean }[] {
    try {
      return readdirSync(this.root, { withFileTypes: true });
    } catch (cause) {
      throw new FlotillaError('FLT3003', {
        what: `the folder ${JSON.stringify(this.description)} cannot be read`,
        fix: 'give a folder that exists and that you may read; `flotilla synth` makes one',
        cause,
      });
    }
  }

  private walk(path: string, found: { path: string; stats: Stats }[]): void {
    const stats = this.attempt(path, () => lstatSync(join(this.root, path), { throwIfNoEntry: false }));
    if (stats?.isDirectory()) {
      for (const name of this.attempt(path, () => readdirSync(join(this.root, path))).sort()) {
        this.walk(`${path}/${name}`, found);
      }
    } else if (stats) {
      found.push({ path, stats });
    }
  }

  private idOf(path: string, mode: EntryMode): string {
    switch (mode) {
      case 'link':
        return blobId(this.attempt(path, () => readlinkSync(join(this.root, path))));
      case 'other':
        return blobId('');
      default:
        return blobId(this.attempt(path, () => readFileSync(join(this.root, path))));
    }
  }

  private attempt<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw this.unreadable(path, cause);
    }
  }

  private unreadable(path: string, cause: unknown): FlotillaError {
    return new FlotillaError('FLT3003', {
      what: `${path} in the folder ${JSON.stringify(this.description)} cannot be read`,
      where: { file: path },
      fix: 'see that it exists, that you may read it, and that no other program writes to the folder at the same time',
      cause,
    });
  }
}

function modeOf(stats: Stats): EntryMode {
  if (stats.isSymbolicLink()) {
    return 'link';
  }
  if (!stats.isFile()) {
    return 'other';
  }
  // Git looks at the owner's bit alone.
  return Math.floor(stats.mode / 0o100) % 2 === 1 ? 'executable' : 'file';
}

async function inTurns<T, R>(items: readonly T[], action: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    results.push(action(item));
    if (results.length % FILES_PER_TURN === 0) {
      await setImmediate();
    }
  }
  return results;
}
