import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { holdBuildLock } from './build-lock';
import { type BuildPlan, type Program } from './build-plan';
import { go } from './go-command';

type Progress = (line: string) => unknown;

/**
 * Builds every program of the plan into `folder`, unless another process does so meanwhile. The folder appears only when all of it is there.
 * Throws a GoError when Go cannot.
 */
export async function buildPlanned(plan: BuildPlan, folder: string, progress: Progress): Promise<void> {
  const tell = (line: string): unknown => progress(`${plan.name}: ${line}`);
  mkdirSync(dirname(folder), { recursive: true });
  const release = await holdBuildLock(`${folder}.lock`, { done: () => existsSync(folder), progress: tell });
  const unfinished = join(dirname(folder), `${basename(folder)}.building-${process.pid}`);
  try {
    if (existsSync(folder)) return;
    removeAbandoned(folder);
    mkdirSync(unfinished, { recursive: true });
    const started = Date.now();
    await go(['version'], plan.goFolder);
    tell(`no binaries in ${folder}: building them with Go, once; ${plan.takes}`);
    for (const [i, program] of plan.programs.entries()) {
      await build(plan, program, join(unfinished, program.name), `(${i + 1} of ${plan.programs.length})`, tell);
    }
    await plan.complete?.(unfinished);
    publish(unfinished, folder);
    tell(`built in ${seconds(started)}: ${folder}`);
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

async function build(plan: BuildPlan, program: Program, target: string, position: string, progress: Progress): Promise<void> {
  const step = `building ${program.name} ${program.version} ${position}`;
  const started = Date.now();
  progress(`${step} …`);
  const heartbeat = setInterval(() => progress(`${step} … ${seconds(started)}`), 15_000);
  try {
    await go(['build', '-trimpath', '-ldflags', plan.ldflags, '-o', target, program.package], join(plan.goFolder, program.module));
  } finally {
    clearInterval(heartbeat);
  }
  progress(`${step} done in ${seconds(started)}`);
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
