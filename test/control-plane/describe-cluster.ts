import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { hasControllers, isMissing, type Binaries, type Missing } from './binaries';
import type { KubeClient } from './client';
import { ControlPlane, type ControlPlaneOptions } from './control-plane';
import { SharedEtcd } from './etcd';
import { foundOnce, runLogs } from './found-once';
import type { Plane } from './plane';
import { needsRealOne, SandboxPlane } from './sandbox-plane';

export interface ClusterTestOptions extends Pick<ControlPlaneOptions, 'controllers' | 'users' | 'auditLog' | 'everyVersion'> {
  /** The names of the clusters; they share an etcd when there are several. @default ['test'] */
  readonly clusters?: readonly string[];
}

/** What the tests of a block work with. The clusters are there from its first test on, not yet while it is described. */
export interface ClusterTestContext {
  /** The first cluster. */
  readonly plane: Plane;
  /** The admin client of the first cluster. */
  readonly kube: KubeClient;
  /** A cluster by its name. */
  findPlane(name: string): Plane;
}

/** A first start may have to wait for another process's build. */
const startTimeout = 20 * 60_000;

/**
 * Describes tests that need a real control plane: started before the first of them, stopped after the last.
 *
 * Where there is none, they are skipped by name, and the end of the run says so; in CI (`CI` is set) they fail with the reason instead.
 * `(real cluster)` ends the title, for `jest -t 'real cluster'`.
 */
export function describeWithCluster(title: string, options: ClusterTestOptions, body: (context: ClusterTestContext) => void): void {
  if (process.env.FLOTILLA_CLUSTERS === 'sandbox' && !needsRealOne(options)) {
    describeWithSandbox(title, options, body);
    return;
  }
  const fullTitle = `${title} (real cluster)`;
  const found = withWhatIsAsked(foundOnce(), options);
  if (isMissing(found)) {
    (process.env.CI ? describe : describe.skip)(fullTitle, () => {
      beforeAll(() => {
        throw new Error(`no control plane: ${found.missing}`);
      });
      body(new Clusters());
    });
    return;
  }
  describe(fullTitle, () => {
    const clusters = new Clusters();
    beforeAll(() => clusters.start(found, options), startTimeout);
    afterAll(() => clusters.stop(), 60_000);
    body(clusters);
  });
}

/** The same tests, with clusters of the sandbox. */
function describeWithSandbox(title: string, options: ClusterTestOptions, body: (context: ClusterTestContext) => void): void {
  describe(`${title} (sandbox)`, () => {
    const clusters = new Clusters();
    beforeAll(() => clusters.startSandboxes(options));
    afterAll(() => clusters.stop());
    body(clusters);
  });
}

function withWhatIsAsked(found: Binaries | Missing, options: ClusterTestOptions): Binaries | Missing {
  if (isMissing(found) || !options.controllers || hasControllers(found)) return found;
  return { missing: 'KUBEBUILDER_ASSETS lacks kube-controller-manager, kube-scheduler, kwok or kwok-stages.yaml; unset it to build them with Go' };
}

class Clusters implements ClusterTestContext {
  private readonly planes = new Map<string, Plane>();
  private etcd?: SharedEtcd;

  async start(binaries: Binaries, options: ClusterTestOptions): Promise<void> {
    const { clusters: names = ['test'], ...rest } = options;
    const logs = logsOfThisFile();
    if (names.length > 1) this.etcd = await SharedEtcd.start({ binaries, logDir: logs });
    // One after the other: two cores start two at once no faster, and another test file may be starting its own.
    for (const name of names) {
      this.planes.set(name, await ControlPlane.start({ ...rest, name, binaries, etcd: this.etcd, logDir: logs && join(logs, name) }));
    }
  }

  async startSandboxes({ clusters: names = ['test'], ...rest }: ClusterTestOptions): Promise<void> {
    for (const name of names) {
      this.planes.set(name, await SandboxPlane.start({ ...rest, name }));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.planes.values()].map(plane => plane.stop()));
    await this.etcd?.stop();
  }

  get plane(): Plane {
    const [first] = this.planes.values();
    if (!first) throw new Error('the cluster starts before the first test of its block; use it in a test or a hook');
    return first;
  }

  get kube(): KubeClient {
    return this.plane.kube;
  }

  findPlane(name: string): Plane {
    const plane = this.planes.get(name);
    if (!plane) throw new Error(`this block has no cluster '${name}'; it has ${[...this.planes.keys()].join(', ') || 'none before its first test'}`);
    return plane;
  }
}

/** Named so that the reporter finds it again by the path of the test file. */
function logsOfThisFile(): string | undefined {
  const logs = runLogs();
  const { testPath } = expect.getState();
  return logs && testPath ? join(logs, `${basename(testPath)}-${createHash('sha256').update(testPath).digest('hex').slice(0, 8)}`) : undefined;
}
