import { join } from 'node:path';
import { findBinaries } from './binaries';
import { ControlPlane } from './control-plane';
import { SharedEtcd } from './etcd';
import { writeKubeconfig } from './kubeconfig';
import { WorkFolder } from './work-folder';

export interface FleetOptions {
  /** Whether Deployments become Available in the clusters. @default false */
  readonly controllers?: boolean;
  /** Gets one line a cluster. Nothing is said when absent. */
  readonly progress?: (line: string) => void;
  /** How many start at a time. @default 3 */
  readonly concurrency?: number;
}

/** Control planes that were started together, over one etcd. */
export interface StartedFleet {
  /** One kubeconfig file with a context for each, under its name; the user of all is admin. */
  readonly kubeconfig: string;
  readonly planes: ReadonlyMap<string, ControlPlane>;
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** Starts a control plane for each name. When one fails, it stops all and throws. */
export async function startFleet(names: readonly string[], options: FleetOptions = {}): Promise<StartedFleet> {
  const progress = options.progress ?? (() => undefined);
  const binaries = await findBinaries(options.progress);
  const etcd = await SharedEtcd.start({ binaries });
  const folder = new WorkFolder('fleet');
  const started = new Map<string, ControlPlane>();
  const stop = async (how?: { readonly keepLogs?: boolean }): Promise<void> => {
    await Promise.all([...started.values()].map(plane => plane.stop(how)));
    await etcd.stop(how);
    folder.remove(how?.keepLogs);
  };

  const waiting = [...names];
  const start = async (name: string): Promise<void> => {
    const since = Date.now();
    started.set(name, await ControlPlane.start({ name, etcd, binaries, controllers: options.controllers, logDir: join(folder.logs, name) }));
    progress(`control plane: ${name} is ready after ${((Date.now() - since) / 1000).toFixed(1)} s (${started.size} of ${names.length})`);
  };
  const startAll = async (): Promise<void> => {
    try {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await start(name);
    } finally {
      // After a failure nobody starts another one.
      waiting.length = 0;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: options.concurrency ?? 3 }, startAll));
  const failed = results.find(r => r.status === 'rejected');
  if (failed) {
    await stop({ keepLogs: true });
    throw failed.reason;
  }

  const planes = new Map(names.map(name => [name, started.get(name)!]));
  const kubeconfig = join(folder.path, 'kubeconfig');
  writeKubeconfig(kubeconfig, [...planes.values()]);
  return { kubeconfig, planes, stop };
}
