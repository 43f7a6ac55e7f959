import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { KustomizeControllerBinaries } from './binaries';
import { answers, GO_DEFAULTS, type Engine } from './engine';
import { installCrds, installInto } from './install';
import type { Plane } from '../control-plane/plane';
import { startServer } from '../control-plane/server';
import { WorkFolder } from '../control-plane/work-folder';

/** Where its objects are. */
export const FLUX_NAMESPACE = 'flux-system';

export interface KustomizeControllerOptions {
  readonly binaries: KustomizeControllerBinaries;
  /** As whom it speaks with the API server: a user of the control plane with all rights. @default admin */
  readonly user?: string;
  /** Whether it may do more at a time than a fresh installation does: 20 objects and 5,000 requests a second instead of 4 and 50. @default false */
  readonly raised?: boolean;
  /** More flags. @default none */
  readonly flags?: readonly string[];
  /** Where its log goes. @default a temporary folder, removed by `stop` */
  readonly logDir?: string;
}

/** Starts Flux's kustomize-controller, alone: the test is the source controller, by `FluxSource`. */
export async function startKustomizeController(plane: Plane, options: KustomizeControllerOptions): Promise<Engine> {
  const { binaries } = options;
  await installCrds(plane.kube, binaries.crds);
  await installInto(plane.kube, FLUX_NAMESPACE, []);
  const folder = new WorkFolder('flux', options.logDir);
  const scratch = join(folder.path, 'scratch');
  mkdirSync(scratch);
  try {
    const { process } = await startServer({
      program: binaries.program,
      logFile: join(folder.logs, 'kustomize-controller.log'),
      ports: 2,
      args: (metrics, health) => [...kustomizeControllerArgs(metrics!, health!, options.raised ?? false), ...options.flags ?? []],
      env: { ...GO_DEFAULTS, KUBECONFIG: plane.user(options.user ?? 'admin').kubeconfig, RUNTIME_NAMESPACE: FLUX_NAMESPACE, TMPDIR: scratch },
      ready: (_, health) => answers(`http://127.0.0.1:${health}/readyz`),
    });
    return {
      get pids() {
        return process.running && process.pid !== undefined ? [process.pid] : [];
      },
      logs: () => [process.logFile],
      stop: async ({ keepLogs } = {}) => {
        await process.stop();
        folder.remove(keepLogs);
      },
    };
  } catch (e) {
    folder.remove(true);
    throw e;
  }
}

export function kustomizeControllerArgs(metricsPort: number, healthPort: number, raised: boolean): string[] {
  return [
    `--metrics-addr=127.0.0.1:${metricsPort}`, `--health-addr=127.0.0.1:${healthPort}`,
    ...raised ? ['--kube-api-qps=5000', '--kube-api-burst=5000', '--concurrent=20', '--concurrent-ssa=20'] : [],
  ];
}
