import { accessSync, constants, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FlotillaError } from '../errors';
import { notWritable } from './folder-files';

/**
 * New contents that lie beside the files they are for, under other names, until they are renamed; or are taken away again.
 *
 * Its methods throw FLT3011 when something cannot be written, FLT3004 when a link is in the way.
 */
export class StagedFiles {
  private readonly temporary = new Map<string, string>();
  private readonly made: string[] = [];
  private readonly folders = new Set<string>();

  constructor(private readonly root: string, private readonly name: string) {}

  public add(path: string, content: string): void {
    const folder = dirname(path);
    this.makeFolder(folder);
    const stats = lstatSync(join(this.root, path), { throwIfNoEntry: false });
    if (stats?.isSymbolicLink()) {
      throw linkInTheWay(path);
    }
    this.attempt(() => {
      if (stats?.isDirectory()) {
        throw new Error(`${path} is a folder`);
      }
      // Neither ends in .yaml nor is longer than a file name may be, whatever the file's own name.
      const temporary = join(folder, `.flotilla-${process.pid}-${this.temporary.size}.tmp`);
      this.temporary.set(path, temporary);
      writeFileSync(join(this.root, temporary), content);
    });
  }

  /** Checks that a file may be deleted. */
  public checkDeletable(path: string): void {
    this.attempt(() => accessSync(join(this.root, dirname(path)), constants.W_OK | constants.X_OK)); // eslint-disable-line no-bitwise
  }

  /** Gives files their names. */
  public renameAll(select: (path: string) => boolean): void {
    for (const [path, temporary] of this.temporary) {
      if (select(path)) {
        renameSync(join(this.root, temporary), join(this.root, path));
        this.temporary.delete(path);
      }
    }
  }

  /** Takes everything away that was added. */
  public discard(): void {
    for (const temporary of this.temporary.values()) {
      rmSync(join(this.root, temporary), { force: true });
    }
    for (const folder of this.made.reverse()) {
      try {
        rmdirSync(folder);
      } catch {
        // Somebody else has put something there by now.
      }
    }
  }

  // Each part by itself: `recursive` would follow a link to wherever it leads.
  private makeFolder(path: string): void {
    if (this.folders.has(path)) {
      return;
    }
    if (path === '.') {
      this.attempt(() => {
        const first = mkdirSync(this.root, { recursive: true });
        if (first !== undefined) {
          for (let folder = this.root; folder.startsWith(first); folder = dirname(folder)) {
            this.made.unshift(folder);
          }
        }
      });
    } else {
      this.makeFolder(dirname(path));
      const folder = join(this.root, path);
      const stats = lstatSync(folder, { throwIfNoEntry: false });
      if (stats?.isSymbolicLink()) {
        throw linkInTheWay(path);
      }
      if (!stats?.isDirectory()) {
        this.attempt(() => mkdirSync(folder));
        this.made.push(folder);
      }
    }
    this.folders.add(path);
  }

  private attempt(action: () => void): void {
    try {
      action();
    } catch (cause) {
      throw notWritable(this.name, cause);
    }
  }
}

/** Removes what a process left that was stopped in the midst of writing. */
export function removeLeftovers(root: string, paths: Iterable<string>): void {
  for (const path of paths) {
    const pid = /\/\.flotilla-(\d+)-\d+\.tmp$/.exec(`/${path}`)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(root, path), { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes folders that hold nothing any more, and then those around them, up to the root. */
export function removeEmptyFolders(root: string, folders: readonly string[]): void {
  const candidates = new Set<string>();
  for (const folder of folders) {
    for (let path = folder; path !== '.'; path = dirname(path)) {
      candidates.add(path);
    }
  }
  // The longest first: what is inside before what is around it.
  for (const path of [...candidates].sort((a, b) => b.length - a.length)) {
    if (readdirSync(join(root, path)).length === 0) {
      rmdirSync(join(root, path));
    }
  }
}

function linkInTheWay(path: string): FlotillaError {
  return new FlotillaError('FLT3004', {
    what: `${path} is a symbolic link: the tree is not written through it, because it may lead anywhere`,
    where: { file: path },
    fix: 'delete the link; nothing was changed',
  });
}
