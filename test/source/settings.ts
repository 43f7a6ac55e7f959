import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { helmBinary } from './helm-binary';
import { temporaryFolder } from '../temporary-folder';

const VARIABLES = ['FLOTILLA_CACHE', 'FLOTILLA_HELM', 'FLOTILLA_KUSTOMIZE', 'FLOTILLA_SOURCE_TIMEOUT', 'PATH'];

/** A cache of its own for each test of a file, and the environment as it was after each. Returns the folder of the cache. */
export function useOwnCache(): () => string {
  const before = Object.fromEntries(VARIABLES.map(name => [name, process.env[name]]));
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder();
    process.env.FLOTILLA_CACHE = folder;
  });
  afterEach(() => VARIABLES.forEach(name => {
    const value = before[name];
    if (value === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = value;
    }
  }));
  return () => folder;
}

/** Helm in FLOTILLA_HELM for each test of a file: built before the first, where there is none. */
export function useHelm(): () => string {
  let helm = '';
  beforeAll(async () => {
    helm = await helmBinary();
  }, 900_000);
  beforeEach(() => {
    process.env.FLOTILLA_HELM = helm;
  });
  return () => helm;
}

/** A program in place of another one, and what it was started with. */
export interface CountedProgram {
  readonly path: string;
  /** The arguments of each start, in their order. */
  starts(): string[];
}

/** A program that writes down each start and then becomes another one, or does what a script of sh says. */
export function counted(script: string): CountedProgram {
  const folder = temporaryFolder();
  const path = join(folder, 'program');
  const log = join(folder, 'starts');
  writeFileSync(log, '');
  writeFileSync(path, `#!/bin/sh\necho "$*" >> '${log}'\n${script}\n`);
  chmodSync(path, 0o755);
  return { path, starts: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) };
}

/** Files in a new folder, by their paths. Returns the folder. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return folder;
}

/** Files in a folder, by their paths. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
