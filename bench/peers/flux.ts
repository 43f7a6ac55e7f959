import { EnginePeer, PATIENCE } from './engine-peer';
import type { ControlPlane } from '../../test/control-plane/control-plane';
import { GivenUp, waitUntil } from '../../test/control-plane/wait-until';
import type { KustomizeControllerBinaries } from '../../test/engines/binaries';
import type { Engine } from '../../test/engines/engine';
import { FluxSource, pack } from '../../test/engines/flux-source';
import { FLUX_NAMESPACE, startKustomizeController } from '../../test/engines/kustomize-controller';
import { Run } from '../contender';

const USER = 'flux';
const KUSTOMIZATIONS = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${FLUX_NAMESPACE}/kustomizations`;
/** It looks for drift as often as it is told to; this is what a test has the patience for, users have minutes. */
export const FLUX_INTERVAL_SECONDS = 60;

interface KustomizationStatus {
  readonly lastAppliedRevision?: string;
  readonly lastHandledReconcileAt?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
}

/** One Kustomization, of a source that the benchmark serves itself: neither a clone nor a poll of Git is in the times. */
export class FluxPeer extends EnginePeer {
  static async start(plane: ControlPlane, binaries: KustomizeControllerBinaries): Promise<FluxPeer> {
    const engine = await startKustomizeController(plane, { binaries, user: USER, raised: true });
    return new FluxPeer(plane, engine, await FluxSource.start(plane.kube), `Flux ${binaries.version}, raised settings`);
  }

  private constructor(plane: ControlPlane, engine: Engine, private readonly source: FluxSource, readonly name: string) {
    super(plane, engine, USER);
  }

  async install(namespace: string, folder: string): Promise<Run> {
    this.namespace = namespace;
    await this.source.create(namespace);
    await this.plane.kube.create({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: namespace, namespace: FLUX_NAMESPACE },
      spec: { interval: '24h', retryInterval: '24h', timeout: '30m', path: './', prune: true, sourceRef: { kind: 'GitRepository', name: namespace } },
    });
    await waitUntil(`${this.name} waits for the artifact`, async () => (await this.status()).conditions?.some(({ reason }) => reason === 'ArtifactFailed'));
    return this.change(folder);
  }

  async change(folder: string): Promise<Run> {
    const artifact = await pack(folder);
    return this.measure(async () => {
      await this.source.publish(this.namespace, artifact);
      await this.until('applied the revision', status => status.lastAppliedRevision === artifact.revision);
    });
  }

  again(): Promise<Run> {
    return this.measure(() => this.reconcile());
  }

  /** With the interval short for the while; the edit comes when it has just begun, so this is the most that it takes. */
  override async heal(configMap: string): Promise<Run> {
    await this.plane.kube.patch(this.path, { spec: { interval: `${FLUX_INTERVAL_SECONDS}s` } });
    await this.reconcile();
    try {
      return await super.heal(configMap);
    } finally {
      await this.plane.kube.patch(this.path, { spec: { interval: '24h' } });
    }
  }

  async remove(): Promise<void> {
    // Deleting with pruning would delete the objects one by one.
    await this.plane.kube.patch(this.path, { spec: { prune: false } });
    await this.plane.kube.delete(this.path);
    await waitUntil(`${this.name} has let go`, async () => await this.plane.kube.tryGet(this.path) === undefined, PATIENCE);
    await this.removeObjects();
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.source.stop();
  }

  private get path(): string {
    return `${KUSTOMIZATIONS}/${this.namespace}`;
  }

  private async reconcile(): Promise<void> {
    const at = new Date().toISOString();
    await this.plane.kube.patch(this.path, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': at } } });
    await this.until('reconciled', status => status.lastHandledReconcileAt === at);
  }

  private async status(): Promise<KustomizationStatus> {
    return (await this.plane.kube.get(this.path)).status as KustomizationStatus | undefined ?? {};
  }

  private async until(what: string, done: (status: KustomizationStatus) => boolean): Promise<void> {
    await waitUntil(`${this.name} has ${what}`, async () => {
      const status = await this.status();
      const failed = status.conditions?.find(({ type, status: value, reason }) => type === 'Ready' && value === 'False' && reason.endsWith('Failed'));
      if (failed && failed.reason !== 'ArtifactFailed') {
        throw new GivenUp(failed.message);
      }
      return done(status) && status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');
    }, PATIENCE);
  }
}
