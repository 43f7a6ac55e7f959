import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A generation lives this long; then the next one starts empty, because nothing in it is ever collected. */
const GENERATION_AGE_MS = 7 * 24 * 3_600_000;
/** A generation that nobody has used for this long is removed. */
const UNUSED_AGE_MS = 24 * 3_600_000;

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
   * Opens the cache of a remote below `${XDG_CACHE_HOME ?? ~/.cache}/cdk8s-flotilla/git`, or a temporary one where that cannot be written.
   *
   * `fresh` leaves what is there aside, because it is damaged or too large.
   */
  public static open(url: string, fresh = false): ObjectCache {
    try {
      const folder = join(cacheRoot(), createHash('sha256').update(url).digest('hex').slice(0, 32));
      mkdirSync(folder, { recursive: true });
      const cache = new ObjectCache(join(folder, currentGeneration(folder, fresh)), false);
      cache.touch();
      removeUnused(folder, cache.generation);
      return cache;
    } catch {
      return new ObjectCache(mkdtempSync(join(tmpdir(), 'flotilla-git-')), true);
    }
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
        return ids.every(id => /^[0-9a-f]{40}$/.test(id)) ? [{ commit: ids[0], shallow: ids.slice(1) }] : [];
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

function removeUnused(folder: string, current: string): void {
  for (const name of readdirSync(folder)) {
    const generation = join(folder, name);
    const used = statSync(join(generation, 'used'), { throwIfNoEntry: false }) ?? statSync(generation, { throwIfNoEntry: false });
    if (generation !== current && used && Date.now() - used.mtimeMs > UNUSED_AGE_MS) {
      rmSync(generation, { recursive: true, force: true });
    }
  }
}
