import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { holdBuildLock } from './build-lock';
import { go } from './go-command';
import { recipe, type Program } from './recipe';

type Progress = (line: string) => unknown;

/**
 * Builds every program of the recipe into `folder`, unless another process does so meanwhile. The folder appears only when all of it is there.
 * Throws a GoError when Go cannot.
 */
export async function buildControlPlane(folder: string, progress: Progress): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const release = await holdBuildLock(`${folder}.lock`, { done: () => existsSync(folder), progress });
  const unfinished = join(dirname(folder), `${basename(folder)}.building-${process.pid}`);
  try {
    if (existsSync(folder)) return;
    removeAbandoned(folder);
    mkdirSync(unfinished, { recursive: true });
    const started = Date.now();
    await go(['version'], recipe.goFolder);
    progress(`control plane: no binaries in ${folder}: building them with Go, once; about six minutes on two cores`);
    for (const [i, program] of recipe.programs.entries()) {
      await build(program, join(unfinished, program.name), `(${i + 1} of ${recipe.programs.length})`, progress);
    }
    writeFileSync(join(unfinished, recipe.stagesFile), await stages());
    publish(unfinished, folder);
    progress(`control plane: built in ${seconds(started)}: ${folder}`);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
    release();
  }
}

/** What builds left that were killed: a build takes minutes, so a folder of an hour ago is nobody's. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(dirname(folder)).filter(n => n.includes('.building-'))) {
    const path = join(dirname(folder), name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs > 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}

async function build(program: Program, target: string, position: string, progress: Progress): Promise<void> {
  const step = `control plane: building ${program.name} ${program.version} ${position}`;
  const started = Date.now();
  progress(`${step} …`);
  const heartbeat = setInterval(() => progress(`${step} … ${seconds(started)}`), 15_000);
  try {
    await go(['build', '-trimpath', '-ldflags', recipe.ldflags, '-o', target, program.package], join(recipe.goFolder, program.module));
  } finally {
    clearInterval(heartbeat);
  }
  progress(`${step} done in ${seconds(started)}`);
}

/** The stages come from kwok's own module, in one file: they are of the version that runs them. */
async function stages(): Promise<string> {
  const module = (await go(['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], join(recipe.goFolder, 'kwok'))).trim();
  return recipe.stages.map(stage => readFileSync(join(module, 'kustomize', 'stage', `${stage}.yaml`), 'utf8')).join('---\n');
}

/** Another process may have published since, where a lock was taken for stale: the first one wins, both are the same. */
function publish(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (e) {
    if (!existsSync(folder)) throw e;
  }
}

function seconds(since: number): string {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}
