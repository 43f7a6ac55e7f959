import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isObjectId } from './object-format';

/** A generation lives this long; then the next one starts empty, because nothing in it is ever collected. */
const GENERATION_AGE_MS = 7 * 24 * 3_600_000;
/** A generation beside a newer one goes when nobody has used it for this long. */
const UNUSED_AGE_MS = 24 * 3_600_000;
/** All of a remote goes when nobody has used it for this long. */
const FORGOTTEN_AGE_MS = 30 * 24 * 3_600_000;

/** A commit whose objects are in the store, and where its history is cut. */
export interface Tip {
  readonly commit: string;
  readonly shallow: readonly string[];
}

/**
 * The objects of one remote, kept between runs and shared by all processes.
 *
 * Git adds objects atomically and never needs a lock to do so; what does need locks (refs, the list of shallow commits) lies
 * in a private folder of each process (see repository.ts). Nothing is collected: the store is renewed as a whole, as a
 * new generation beside the old one, which other processes may still use.
 */
export class ObjectCache {
  /**
   * Opens the cache of a remote below `${XDG_CACHE_HOME ?? ~/.cache}/cdk8s-flotilla/git`.
   *
   * A temporary one where that cannot be written, and for a remote on this machine, from which a copy is as quick. `fresh` leaves aside
   * what is there, because it is damaged or too large.
   */
  public static open(url: string, fresh = false): ObjectCache {
    if (!isLocal(url)) {
      try {
        const folder = join(cacheRoot(), createHash('sha256').update(url).digest('hex').slice(0, 32));
        mkdirSync(folder, { recursive: true });
        const cache = new ObjectCache(join(folder, currentGeneration(folder, fresh)), false);
        cache.touch();
        removeUnused(folder, cache.generation, UNUSED_AGE_MS);
        removeForgotten(folder);
        return cache;
      } catch {
        // As if there were no cache.
      }
    }
    return new ObjectCache(mkdtempSync(join(tmpdir(), 'flotilla-git-')), true);
  }

  /** `objects` folder for GIT_OBJECT_DIRECTORY. */
  public readonly objects: string;
  private readonly tips: string;

  private constructor(private readonly generation: string, private readonly temporary: boolean) {
    this.objects = join(generation, 'objects');
    this.tips = join(generation, 'tips');
    mkdirSync(join(this.objects, 'pack'), { recursive: true });
    mkdirSync(this.tips, { recursive: true });
  }

  /** Tells other processes that this generation is in use; throws when the folder cannot be written. */
  public touch(): void {
    writeFileSync(join(this.generation, 'used'), '');
    const now = new Date();
    utimesSync(join(this.generation, 'used'), now, now);
  }

  /** Remembers that all of a commit is here, so that the next fetch asks for the difference alone. */
  public remember(name: string, tip: Tip): void {
    const file = join(this.tips, createHash('sha256').update(name).digest('hex').slice(0, 32));
    try {
      writeFileSync(`${file}.${process.pid}`, [tip.commit, ...tip.shallow].join('\n'));
      renameSync(`${file}.${process.pid}`, file);
      this.touch();
    } catch {
      // The next fetch is slower; nothing else depends on it.
    }
  }

  /** What is known to be here. */
  public remembered(): Tip[] {
    return readdirSync(this.tips).filter(name => !name.includes('.')).flatMap(name => {
      try {
        const ids = readFileSync(join(this.tips, name), 'utf8').split('\n');
        return ids.every(isObjectId) ? [{ commit: ids[0], shallow: ids.slice(1) }] : [];
      } catch {
        return [];
      }
    });
  }

  /** Removes the folder when it is a temporary one. */
  public close(): void {
    if (this.temporary) {
      rmSync(this.generation, { recursive: true, force: true });
    }
  }
}

function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk8s-flotilla', 'git');
}

// The name is the time of the start, so that the newest sorts last.
function currentGeneration(folder: string, fresh: boolean): string {
  const newest = readdirSync(folder).sort().at(-1);
  const now = Date.now();
  return !fresh && newest !== undefined && now - parseInt(newest, 36) < GENERATION_AGE_MS
    ? newest
    : `${now.toString(36).padStart(9, '0')}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
}

function removeUnused(folder: string, current: string, age: number): void {
  for (const name of readdirSync(folder)) {
    const generation = join(folder, name);
    if (generation !== current && isOlder(generation, age)) {
      rmSync(generation, { recursive: true, force: true });
    }
  }
}

/** Remotes that nobody reads any more would fill the disk one by one. */
function removeForgotten(current: string): void {
  for (const name of readdirSync(cacheRoot())) {
    const folder = join(cacheRoot(), name);
    if (folder !== current && readdirSync(folder).every(generation => isOlder(join(folder, generation), FORGOTTEN_AGE_MS))) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function isOlder(generation: string, age: number): boolean {
  const used = statSync(join(generation, 'used'), { throwIfNoEntry: false }) ?? statSync(generation, { throwIfNoEntry: false });
  return used !== undefined && Date.now() - used.mtimeMs > age;
}

/** Git's own remotes on this machine: an absolute path or a file URL. */
function isLocal(url: string): boolean {
  return isAbsolute(url) || /^file:/i.test(url);
}
