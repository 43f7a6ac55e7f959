import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildHash, versionIn, type BuildPlan, type Program } from './build-plan';
import { moduleFolder } from './go-command';

const goFolder = join(__dirname, 'go');
const kubernetes = versionIn(goFolder, 'kubernetes', 'k8s.io/kubernetes');
const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(kubernetes) ?? [];

/** What is built, from what, and how. */
export const recipe = {
  /** The Kubernetes version that `/version` of a built API server tells. */
  kubernetes,
  goFolder,
  stagesFile: 'kwok-stages.yaml',
  programs: [
    { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3', version: versionIn(goFolder, 'etcd', 'go.etcd.io/etcd/server/v3') },
    { name: 'kube-apiserver', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver', version: kubernetes },
    { name: 'kube-controller-manager', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-controller-manager', version: kubernetes },
    { name: 'kube-scheduler', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-scheduler', version: kubernetes },
    { name: 'kwok', module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', version: versionIn(goFolder, 'kwok', 'sigs.k8s.io/kwok') },
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
  return buildHash(goFolder, ['etcd', 'kubernetes', 'kwok'], [recipe.programs, recipe.ldflags, recipe.stages]);
}

/** The recipe in the form that a build wants. */
export function controlPlanePlan(): BuildPlan {
  return {
    name: 'control plane',
    takes: 'about six minutes on two cores',
    hash: recipeHash(),
    goFolder,
    programs: recipe.programs,
    ldflags: recipe.ldflags,
    complete: async folder => writeFileSync(join(folder, recipe.stagesFile), await stages()),
  };
}

/** The stages come from kwok's own module, in one file: they are of the version that runs them. */
async function stages(): Promise<string> {
  const module = await moduleFolder('sigs.k8s.io/kwok', join(goFolder, 'kwok'));
  return recipe.stages.map(stage => readFileSync(join(module, 'kustomize', 'stage', `${stage}.yaml`), 'utf8')).join('---\n');
}
