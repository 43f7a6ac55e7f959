import { Peer } from './peer';
import { resetPeaks, untilQuiet } from './process-times';
import { RequestCount } from './request-count';
import type { ControlPlane } from '../../test/control-plane/control-plane';
import { waitUntil } from '../../test/control-plane/wait-until';
import type { Engine } from '../../test/engines/engine';
import { peakMB, Run } from '../contender';

/** How long a delivery may take: 10,000 objects take Argo CD minutes. */
export const PATIENCE = { timeout: 1_800_000, every: 100 };

/** What is the same for every engine: measuring, drift, resting, and cleaning up. */
export abstract class EnginePeer implements Peer {
  abstract readonly name: string;
  protected namespace = '';

  protected constructor(protected readonly plane: ControlPlane, private readonly engine: Engine, private readonly user: string) {}

  abstract install(namespace: string, folder: string): Promise<Run>;
  abstract again(): Promise<Run>;
  abstract change(folder: string): Promise<Run>;
  abstract remove(): Promise<void>;

  heal(configMap: string): Promise<Run> {
    const { kube } = this.plane;
    const path = `/api/v1/namespaces/${this.namespace}/configmaps/${configMap}`;
    return this.measure(async () => {
      await kube.patch(path, { data: { version: 'edited' } });
      await waitUntil(`${this.name} has healed ${configMap}`, async () => (await kube.get(path)).data.version !== 'edited', { ...PATIENCE, every: 20 });
    });
  }

  rest(): void {
    this.signal('SIGSTOP');
  }

  async wake(): Promise<void> {
    this.signal('SIGCONT');
    await untilQuiet(this.engine.pids);
  }

  async stop(): Promise<void> {
    this.signal('SIGCONT');
    await this.engine.stop();
  }

  /** Times the work, which says itself when the engine is done; its own requests are those of the user admin. */
  protected async measure(work: () => Promise<unknown>): Promise<Run> {
    const { pids } = this.engine;
    resetPeaks(pids);
    const count = new RequestCount(this.plane.auditFile, this.user);
    const start = performance.now();
    try {
      await work();
    } catch (e) {
      throw new Error(`${this.name}: ${(e as Error).message}; its logs: ${this.engine.logs().join(', ')}`, { cause: e });
    }
    const ms = performance.now() - start;
    return { ms, ...await count.end(), peakMB: pids.map(peakMB).reduce((sum, value) => sum + value, 0) };
  }

  /** As the objects' owner is gone, nobody brings them back. */
  protected async removeObjects(): Promise<void> {
    await this.plane.kube.delete(`/api/v1/namespaces/${this.namespace}/configmaps`);
  }

  private signal(signal: NodeJS.Signals): void {
    for (const pid of this.engine.pids) {
      process.kill(pid, signal);
    }
  }
}
