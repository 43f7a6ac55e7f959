import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildHash, versionIn, type BuildPlan, type Program } from '../control-plane/build-plan';
import { moduleFolder } from '../control-plane/go-command';

const goFolder = join(__dirname, 'go');

/** Beside each engine's programs: what its API server must know. */
export const CRDS = 'crds';
/** Beside Argo CD's programs: the objects that an installation holds besides them. */
export const CONFIG = 'config';
/** The parts of Argo CD that run here: one program, which looks at its own name. */
export const ARGO_CD_ROLES = ['argocd-application-controller', 'argocd-repo-server'] as const;

/** Flux's kustomize-controller, with the custom resource definitions of Kustomization and of all sources. */
export function kustomizeControllerPlan(): BuildPlan {
  const program: Program = {
    name: 'kustomize-controller', module: 'kustomize-controller', package: 'github.com/fluxcd/kustomize-controller',
    version: versionIn(goFolder, 'kustomize-controller', 'github.com/fluxcd/kustomize-controller'),
  };
  return plan('flux kustomize-controller', 'about three minutes on two cores', program, ['flux-sources'], '-s -w', async folder => {
    const bases = join('config', 'crd', 'bases');
    copyYaml(join(await moduleFolder(program.package, join(goFolder, program.module)), bases), join(folder, CRDS));
    copyYaml(join(await moduleFolder('github.com/fluxcd/source-controller', join(goFolder, 'flux-sources')), bases), join(folder, CRDS));
  });
}

/** Argo CD in one program, with a name for each role, its custom resource definitions and its ConfigMaps. */
export function argoCdPlan(): BuildPlan {
  const module = 'github.com/argoproj/argo-cd/v3';
  const version = versionIn(goFolder, 'argo-cd', module);
  const program: Program = { name: 'argocd', module: 'argo-cd', package: `${module}/cmd`, version };
  // Its release scripts set the version, and so do we.
  return plan('argo-cd', 'about five minutes on two cores', program, [], `-s -w -X ${module}/common.version=${version.slice(1)}`, async folder => {
    const source = await moduleFolder(module, join(goFolder, program.module));
    copyYaml(join(source, 'manifests', 'crds'), join(folder, CRDS));
    copyYaml(join(source, 'manifests', 'base', 'config'), join(folder, CONFIG));
    for (const role of ARGO_CD_ROLES) symlinkSync(program.name, join(folder, role));
  });
}

function plan(
  name: string, takes: string, program: Program, moreModules: readonly string[], ldflags: string, complete: (folder: string) => Promise<void>,
): BuildPlan {
  const hash = buildHash(goFolder, [program.module, ...moreModules], [program, ldflags]);
  return { name, takes, hash, goFolder, programs: [program], ldflags, complete };
}

/** A module's files are read-only, their copies are not to be: a cache can be removed at any time. */
function copyYaml(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter(n => n.endsWith('.yaml') && n !== 'kustomization.yaml')) {
    cpSync(join(from, name), join(to, name), { mode: 0 });
  }
}
