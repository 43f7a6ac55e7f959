import { EnginePeer, PATIENCE } from './engine-peer';
import { GitFolder } from './git-folder';
import type { ControlPlane } from '../../test/control-plane/control-plane';
import { GivenUp, waitUntil } from '../../test/control-plane/wait-until';
import { startArgoCd } from '../../test/engines/argo-cd';
import type { ArgoCdBinaries } from '../../test/engines/binaries';
import type { Engine } from '../../test/engines/engine';
import { Run } from '../contender';

const REFRESH = 'argocd.argoproj.io/refresh';

interface ApplicationStatus {
  readonly sync?: { readonly status: string; readonly revision?: string };
  readonly operationState?: { readonly phase: string; readonly message?: string; readonly syncResult?: { readonly revision: string } };
}

/** Ways to run it, by their `syncOptions`; the first is the fastest. Each is an installation of its own, with this as its namespace and its user. */
export const ARGO_WAYS = {
  'argocd': ['ServerSideApply=true', 'Validate=false'],
  // Checks each manifest against the API server's OpenAPI document, as it does unless told otherwise.
  'argocd-validating': ['ServerSideApply=true'],
  // Compares three states itself, as it does unless told otherwise.
  'argocd-client-side': ['Validate=false'],
} as const;

export type ArgoWay = keyof typeof ARGO_WAYS;

/** One Application that syncs and heals by itself, of a Git repository on this machine. */
export class ArgoPeer extends EnginePeer {
  static async start(plane: ControlPlane, binaries: ArgoCdBinaries, way: ArgoWay): Promise<ArgoPeer> {
    const engine = await startArgoCd(plane, { binaries, namespace: way, user: way, raised: true });
    return new ArgoPeer(plane, engine, way, binaries.version);
  }

  readonly name: string;
  private git = new GitFolder();

  private constructor(plane: ControlPlane, engine: Engine, private readonly own: ArgoWay, version: string) {
    super(plane, engine, own);
    this.name = `Argo CD ${version}, raised settings, ${ARGO_WAYS[own].join(', ')}`;
  }

  async install(namespace: string, folder: string): Promise<Run> {
    this.namespace = namespace;
    this.git = new GitFolder();
    const revision = this.git.commit(folder);
    return this.measure(async () => {
      await this.plane.kube.create({
        apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: namespace, namespace: this.own },
        spec: {
          project: 'default', source: { repoURL: this.git.url, path: '.', targetRevision: 'main' },
          destination: { server: 'https://kubernetes.default.svc', namespace },
          syncPolicy: { automated: { selfHeal: true }, syncOptions: ARGO_WAYS[this.own] },
        },
      });
      await this.untilSynced(revision);
    });
  }

  async change(folder: string): Promise<Run> {
    const revision = this.git.commit(folder);
    return this.measure(async () => {
      await this.requestRefresh();
      await this.untilSynced(revision);
    });
  }

  again(): Promise<Run> {
    return this.measure(async () => {
      await this.requestRefresh();
      await waitUntil(`${this.name} has refreshed`, async () => !(REFRESH in ((await this.plane.kube.get(this.path)).metadata.annotations ?? {})), PATIENCE);
    });
  }

  async remove(): Promise<void> {
    // Without a finalizer, it leaves the objects alone.
    await this.plane.kube.delete(this.path);
    await this.removeObjects();
  }

  private get path(): string {
    return `/apis/argoproj.io/v1alpha1/namespaces/${this.own}/applications/${this.namespace}`;
  }

  private async requestRefresh(): Promise<void> {
    await this.plane.kube.patch(this.path, { metadata: { annotations: { [REFRESH]: 'normal' } } });
  }

  private async untilSynced(revision: string): Promise<void> {
    await waitUntil(`${this.name} has synced`, async () => {
      const { sync, operationState } = (await this.plane.kube.get(this.path)).status as ApplicationStatus | undefined ?? {};
      if (operationState?.phase === 'Failed' || operationState?.phase === 'Error') {
        throw new GivenUp(operationState.message);
      }
      return sync?.status === 'Synced' && sync.revision === revision
        && operationState?.phase === 'Succeeded' && operationState.syncResult?.revision === revision;
    }, PATIENCE);
  }
}
