import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ARGO_CD_ROLES, CONFIG, CRDS, argoCdPlan, kustomizeControllerPlan } from './recipe';
import { redisServer, type RedisBinary } from './redis';
import type { Missing } from '../control-plane/binaries';
import { buildPlanned } from '../control-plane/build';
import { cacheFolder, type BuildPlan } from '../control-plane/build-plan';
import { GoError } from '../control-plane/go-command';

type Progress = (line: string) => unknown;

/** Absolute paths: of a program, and of a folder of YAML. */
export interface KustomizeControllerBinaries {
  readonly version: string;
  readonly program: string;
  readonly crds: string;
}

/** Absolute paths: of programs, and of folders of YAML. */
export interface ArgoCdBinaries {
  readonly version: string;
  readonly applicationController: string;
  readonly repoServer: string;
  readonly crds: string;
  readonly config: string;
  readonly redis: RedisBinary;
}

/** Flux's kustomize-controller from the cache, or else from a build of about three minutes. */
export async function kustomizeControllerBinaries(progress: Progress): Promise<KustomizeControllerBinaries | Missing> {
  const plan = kustomizeControllerPlan();
  const folder = await builtFolder(plan, progress);
  if (typeof folder !== 'string') return folder;
  const [{ name, version }] = plan.programs as [BuildPlan['programs'][0]];
  return { version, program: join(folder, name), crds: join(folder, CRDS) };
}

/** Argo CD from the cache, or else from a build of about five minutes; and the redis-server that it cannot do without. */
export async function argoCdBinaries(progress: Progress): Promise<ArgoCdBinaries | Missing> {
  // First what can be missing for no fault of the machine's.
  const redis = await redisServer(progress);
  if ('missing' in redis) return redis;
  const plan = argoCdPlan();
  const folder = await builtFolder(plan, progress);
  if (typeof folder !== 'string') return folder;
  const [applicationController, repoServer] = ARGO_CD_ROLES.map(role => join(folder, role)) as [string, string];
  return { version: plan.programs[0]!.version, applicationController, repoServer, crds: join(folder, CRDS), config: join(folder, CONFIG), redis };
}

/** The folder of a finished build; it appears by a rename, as a whole or not at all. */
async function builtFolder(plan: BuildPlan, progress: Progress): Promise<string | Missing> {
  const folder = cacheFolder(plan.name, plan.hash);
  if (existsSync(folder)) return folder;
  try {
    await buildPlanned(plan, folder, progress);
    return folder;
  } catch (e) {
    if (e instanceof GoError) return { missing: e.message };
    throw e;
  }
}
