import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildPlanned } from './build';
import { cacheFolder } from './build-plan';
import { executable } from './executable';
import { GoError } from './go-command';
import { controlPlanePlan, recipe, recipeHash } from './recipe';

/** Programs that together make a control plane: absolute paths. The optional ones are absent where a folder holds an API server alone. */
export interface Binaries {
  readonly kubeApiserver: string;
  readonly etcd: string;
  readonly kubeControllerManager?: string;
  readonly kubeScheduler?: string;
  readonly kwok?: string;
  /** The Stage objects that tell kwok how a node and a pod come to life. */
  readonly kwokStages?: string;
  readonly source: 'KUBEBUILDER_ASSETS' | 'cache' | 'build';
}

/** Why there is no control plane here, and what to do about it. */
export interface Missing {
  readonly missing: string;
}

export interface BinariesOptions {
  /** Gets one line a step of the build. Nothing is said when absent. */
  readonly progress?: (line: string) => unknown;
}

export function isMissing(found: Binaries | Missing): found is Missing {
  return 'missing' in found;
}

/** Whether Deployments become Available with these binaries, or objects are only stored. */
export function hasControllers(binaries: Binaries): binaries is Required<Binaries> {
  return [binaries.kubeControllerManager, binaries.kubeScheduler, binaries.kwok, binaries.kwokStages].every(path => path !== undefined);
}

/**
 * Finds a control plane for tests, and builds it with Go where there is none: `KUBEBUILDER_ASSETS`, else the cache, else a build of about six minutes.
 * A result is reused by all later runs, until a version or a go.sum changes.
 */
export async function controlPlaneBinaries(options: BinariesOptions = {}): Promise<Binaries | Missing> {
  const found = tryFindBinaries();
  if (found) return found;
  const folder = ownFolder();
  try {
    await buildPlanned(controlPlanePlan(), folder, options.progress ?? (() => undefined));
  } catch (e) {
    if (e instanceof GoError) return { missing: `${e.message}; or set KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd` };
    throw e;
  }
  return inFolder(folder, 'build');
}

/** The same, where there is no point in going on without. Progress goes to stderr unless told otherwise. */
export async function findBinaries(progress = (line: string): unknown => process.stderr.write(`${line}\n`)): Promise<Binaries> {
  const found = await controlPlaneBinaries({ progress });
  if (isMissing(found)) throw new Error(`no control plane: ${found.missing}`);
  return found;
}

/** Looks where binaries may be already; undefined where only a build can give them. It does not wait, so that a test file can ask while it is read. */
export function tryFindBinaries(): Binaries | Missing | undefined {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets) return inAssets(assets);
  const folder = ownFolder();
  return existsSync(folder) ? inFolder(folder, 'cache') : undefined;
}

/** A build's folder appears by a rename: it is there as a whole or not at all. */
function inFolder(folder: string, source: 'cache' | 'build'): Required<Binaries> {
  return {
    kubeApiserver: join(folder, 'kube-apiserver'),
    etcd: join(folder, 'etcd'),
    kubeControllerManager: join(folder, 'kube-controller-manager'),
    kubeScheduler: join(folder, 'kube-scheduler'),
    kwok: join(folder, 'kwok'),
    kwokStages: join(folder, recipe.stagesFile),
    source,
  };
}

function inAssets(folder: string): Binaries | Missing {
  const kubeApiserver = executable(join(folder, 'kube-apiserver'));
  const etcd = executable(join(folder, 'etcd'));
  if (!kubeApiserver || !etcd) {
    return {
      missing: `KUBEBUILDER_ASSETS is '${folder}', and there is no ${kubeApiserver ? 'etcd' : 'kube-apiserver'} in it that can be run; `
        + 'point it at a folder with both, or unset it to build them with Go',
    };
  }
  const stages = join(folder, recipe.stagesFile);
  return {
    kubeApiserver,
    etcd,
    kubeControllerManager: executable(join(folder, 'kube-controller-manager')),
    kubeScheduler: executable(join(folder, 'kube-scheduler')),
    kwok: executable(join(folder, 'kwok')),
    kwokStages: existsSync(stages) ? stages : undefined,
    source: 'KUBEBUILDER_ASSETS',
  };
}

/** The folder that a build of the present recipe has, or will have. */
function ownFolder(): string {
  return cacheFolder('control plane', recipeHash());
}
