import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { sha256 } from './digest';

/** Raised when what an entry holds, or how a source is rendered, changes: entries of other versions are as if they were not there. */
const FORMAT = '1';

export interface CacheBounds {
  /** Entries that nobody used for so long go. */
  readonly maxAgeMs: number;
  /** Beyond this size, the entries that nobody used for the longest time go. */
  readonly maxBytes: number;
  /** How often the bounds are looked at. */
  readonly everyMs: number;
}

const BOUNDS: CacheBounds = { maxAgeMs: 30 * 24 * 3_600_000, maxBytes: 512 * 2 ** 20, everyMs: 3_600_000 };

/** The kinds of entries, a folder each. */
export type Shelf = 'results' | 'programs' | 'charts' | 'files' | 'failed';

/**
 * What sources became, by the content of all that they were made from; kept between runs and shared by all processes.
 *
 * A cache that cannot be read or written is as if there were none: nothing here throws. An entry appears by a rename, as a whole or not at all, and says
 * itself whether it is whole. Rendered objects may hold what values hold, so only the user can read them.
 */
export class SourceCache {
  /** The cache of this user: `FLOTILLA_CACHE`, or else `${XDG_CACHE_HOME ?? ~/.cache}/cdk8s-flotilla`, and in it `sources`. */
  public static open(cwd: string): SourceCache {
    const { FLOTILLA_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
    return new SourceCache(join(own ? resolve(cwd, own) : join(shared || join(homedir(), '.cache'), 'cdk8s-flotilla'), 'sources', FORMAT));
  }

  constructor(public readonly folder: string, private readonly bounds: CacheBounds = BOUNDS) {}

  /** What was kept under a key; undefined when there is nothing, or nothing whole. */
  public tryRead(shelf: Shelf, key: string): string | undefined {
    const path = this.path(shelf, key);
    try {
      const text = readFileSync(path, 'utf8');
      const content = text.slice(65);
      if (text.slice(0, 64) === sha256(content)) {
        touch(path);
        return content;
      }
      rmSync(path, { force: true });
    } catch {
      // As if there were no entry.
    }
    return undefined;
  }

  /** Keeps a text under a key. */
  public write(shelf: Shelf, key: string, content: string): void {
    const path = this.path(shelf, key);
    const unfinished = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(unfinished, `${sha256(content)}\n${content}`, { mode: 0o600 });
      renameSync(unfinished, path);
    } catch {
      // The next run renders it again; nothing else depends on it.
      remove(unfinished);
    }
  }

  /** What was kept under a text of any length, or else what `make` returns, which is kept. */
  public remember(shelf: Shelf, about: string, make: () => string): string {
    const key = sha256(about);
    const kept = this.tryRead(shelf, key);
    if (kept !== undefined) {
      return kept;
    }
    const made = make();
    this.write(shelf, key, made);
    return made;
  }

  /** Where an entry lies, or would lie. */
  public path(shelf: Shelf, key: string): string {
    return join(this.folder, shelf, key);
  }

  /** Removes what is too old, and the oldest of what is too much; not more often than the bounds say. */
  public clean(now = Date.now()): void {
    try {
      const marker = join(this.folder, 'cleaned');
      const last = statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
      if (now - last < this.bounds.everyMs) {
        return;
      }
      writeFileSync(marker, '');
      let bytes = 0;
      for (const { path, size, used } of this.entries().sort((a, b) => b.used - a.used)) {
        bytes += size;
        if (bytes > this.bounds.maxBytes || now - used > this.bounds.maxAgeMs) {
          remove(path);
        }
      }
    } catch {
      // Another process cleans up, or nobody can.
    }
  }

  private entries(): { path: string; size: number; used: number }[] {
    return readdirSync(this.folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).flatMap(shelf => {
      const folder = join(this.folder, shelf.name);
      return readdirSync(folder).flatMap(name => {
        const path = join(folder, name);
        const stats = statSync(path, { throwIfNoEntry: false });
        return stats ? [{ path, size: stats.isDirectory() ? folderSize(path) : stats.size, used: stats.mtimeMs }] : [];
      });
    });
  }
}

/** Tells that an entry is in use. */
export function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // It goes a little earlier.
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It stays.
  }
}

function folderSize(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
