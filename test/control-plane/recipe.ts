import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const kubernetes = versionIn('kubernetes', 'k8s.io/kubernetes');
const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(kubernetes) ?? [];

/** A program and the Go module folder (below `go/`) that pins every source file of it. */
export interface Program {
  readonly name: string;
  readonly module: 'etcd' | 'kubernetes' | 'kwok';
  readonly package: string;
  readonly version: string;
}

/** What is built, from what, and how. */
export const recipe = {
  /** The Kubernetes version that `/version` of a built API server tells. */
  kubernetes,
  goFolder: join(__dirname, 'go'),
  stagesFile: 'kwok-stages.yaml',
  programs: [
    { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3', version: versionIn('etcd', 'go.etcd.io/etcd/server/v3') },
    { name: 'kube-apiserver', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver', version: kubernetes },
    { name: 'kube-controller-manager', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-controller-manager', version: kubernetes },
    { name: 'kube-scheduler', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-scheduler', version: kubernetes },
    { name: 'kwok', module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', version: versionIn('kwok', 'sigs.k8s.io/kwok') },
  ] satisfies Program[],
  /** Built from a module, Kubernetes takes itself for v0.0.0-master; its release scripts set these two packages, and so do we. */
  ldflags: ['-s', '-w', ...['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap(path => [
    `-X ${path}.gitVersion=${kubernetes}`, `-X ${path}.gitMajor=${major}`, `-X ${path}.gitMinor=${minor}`,
  ])].join(' '),
  /**
   * Below `kustomize/stage` of the kwok module. Without node-heartbeat: its writes would be the only ones of a steady cluster, and nobody misses
   * them, as the controller that distrusts silent nodes does not run.
   */
  stages: ['node/fast/node-initialize', 'pod/fast/pod-ready', 'pod/fast/pod-complete', 'pod/fast/pod-delete'],
} as const;

/** Names a build: equal for equal sources, versions, flags and platform. */
export function recipeHash(): string {
  const hash = createHash('sha256').update(JSON.stringify([recipe.programs, recipe.ldflags, recipe.stages, process.platform, process.arch]));
  for (const module of ['etcd', 'kubernetes', 'kwok']) {
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(recipe.goFolder, module, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The version of a module that a go.mod of ours requires: written down there alone. */
function versionIn(folder: string, module: string): string {
  const text = readFileSync(join(__dirname, 'go', folder, 'go.mod'), 'utf8');
  const line = text.split('\n').find(l => l.startsWith(`require ${module} `));
  if (!line) throw new Error(`test/control-plane/go/${folder}/go.mod does not require ${module}`);
  return line.split(' ')[2]!;
}
