import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectCache } from './cache';
import { formatOf, type ObjectFormat, USUAL_FORMAT } from './object-format';

/** Private folders that are open; they go when the process ends, however it was left. */
const openFolders = new Set<string>();
process.once('exit', () => openFolders.forEach(folder => rmSync(folder, { recursive: true, force: true })));

/**
 * A bare repository of this process alone: refs, settings, the list of shallow commits, all that needs locks. Its objects are in a cache.
 *
 * It is as `git init --bare` makes it, but for what the user's templates and hooks would add.
 */
export class PrivateFolder {
  public readonly path: string;
  /** Of its objects. */
  public readonly format: ObjectFormat;

  /** @param format where it is known; else what the cache holds, and the usual one when that is nothing */
  constructor(private readonly cache: ObjectCache, format?: ObjectFormat) {
    const known = cache.remembered();
    this.format = format ?? (known.length > 0 ? formatOf(known[0].commit) : USUAL_FORMAT);
    this.path = mkdtempSync(join(tmpdir(), 'flotilla-repo-'));
    openFolders.add(this.path);
    for (const name of ['refs/tips', 'objects']) {
      mkdirSync(join(this.path, name), { recursive: true });
    }
    writeFileSync(join(this.path, 'HEAD'), 'ref: refs/heads/none\n');
    writeFileSync(join(this.path, 'config'), configOf(this.format, join(this.path, 'no-hooks')));
    // What git knows to be there, it does not ask the server for.
    const tips = known.filter(({ commit }) => formatOf(commit) === this.format);
    tips.forEach((tip, i) => writeFileSync(join(this.path, 'refs/tips', String(i)), `${tip.commit}\n`));
    const shallow = new Set(tips.flatMap(tip => tip.shallow));
    if (shallow.size > 0) {
      writeFileSync(join(this.path, 'shallow'), [...shallow].map(id => `${id}\n`).join(''));
    }
  }

  /** Variables that make git work in this repository. */
  public get variables(): Record<string, string> {
    return { GIT_DIR: this.path, GIT_OBJECT_DIRECTORY: this.cache.objects };
  }

  /** The commits at which history is cut. */
  public get shallowCommits(): string[] {
    try {
      return readFileSync(join(this.path, 'shallow'), 'utf8').split('\n').filter(line => line !== '');
    } catch {
      return [];
    }
  }

  /** Tells the next process what it need not fetch. */
  public remember(ref: string, commit: string): void {
    this.cache.remember(ref, { commit, shallow: this.shallowCommits });
  }

  public close(): void {
    rmSync(this.path, { recursive: true, force: true });
    openFolders.delete(this.path);
    this.cache.close();
  }
}

// `fsync = none`: what a power cut damages here is fetched again. A transfer that stands still for a minute is given up.
function configOf(format: ObjectFormat, hooks: string): string {
  const extensions = format === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${format}\n`;
  return `[core]
\trepositoryformatversion = ${format === 'sha1' ? 0 : 1}
\tbare = true
\thooksPath = ${JSON.stringify(hooks)}
\tlogAllRefUpdates = false
\tfsync = none
[gc]
\tauto = 0
[maintenance]
\tauto = false
[fetch]
\twriteCommitGraph = false
[http]
\tlowSpeedLimit = 1
\tlowSpeedTime = 60
[protocol "ext"]
\tallow = never
${extensions}`;
}
