import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program and the Go module folder (below the plan's `goFolder`) that pins every source file of it. */
export interface Program {
  readonly name: string;
  readonly module: string;
  readonly package: string;
  readonly version: string;
}

/** Programs that are built together, and kept together in a folder of the cache. */
export interface BuildPlan {
  /** What they are together: begins each line that is told, and names their folder in the cache. */
  readonly name: string;
  /** How long the build takes, in words. */
  readonly takes: string;
  /** Names a build: equal for equal sources, versions, flags and platform. */
  readonly hash: string;
  /** Holds a folder with go.mod and go.sum for each module. */
  readonly goFolder: string;
  readonly programs: readonly Program[];
  readonly ldflags: string;
  /** Puts into the folder what the programs need beside them. @default nothing */
  readonly complete?: (folder: string) => Promise<void>;
}

/** Of everything that a build depends on: what `about` tells, the platform, and what the modules pin. */
export function buildHash(goFolder: string, modules: readonly string[], about: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify([...about, process.platform, process.arch]));
  for (const module of modules) {
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(goFolder, module, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The version of a module that a go.mod of ours requires: written down there alone. */
export function versionIn(goFolder: string, folder: string, module: string): string {
  const path = join(goFolder, folder, 'go.mod');
  const line = readFileSync(path, 'utf8').split('\n').find(l => l.startsWith(`require ${module} `));
  if (!line) throw new Error(`${path} does not require ${module}`);
  return line.split(' ')[2]!;
}

/** The folder that the build of this name and hash has, or will have. */
export function cacheFolder(name: string, hash: string): string {
  const root = process.env.FLOTILLA_TEST_CACHE || process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(root, 'cdk8s-flotilla', name.replaceAll(' ', '-'), hash);
}
