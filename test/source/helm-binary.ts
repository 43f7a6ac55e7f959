import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildPlanned } from '../control-plane/build';
import { buildHash, cacheFolder, versionIn, type BuildPlan, type Program } from '../control-plane/build-plan';
import { tryFindInPath } from '../control-plane/executable';
import { GoError } from '../control-plane/go-command';

const goFolder = join(__dirname, 'go');

/** The `helm` of the version that the expected renderings were made with. */
export function helmPlan(): BuildPlan {
  const module = 'helm.sh/helm/v3';
  const version = versionIn(goFolder, 'helm', module);
  const program: Program = { name: 'helm', module: 'helm', package: `${module}/cmd/helm`, version };
  // Its release scripts set the version, and so do we.
  const ldflags = `-s -w -X ${module}/internal/version.version=${version}`;
  return { name: 'helm', takes: 'about two minutes on two cores', hash: buildHash(goFolder, ['helm'], [program, ldflags]), goFolder, programs: [program], ldflags };
}

/** Absolute path of helm, from the cache or else from a build, or of the machine's where there is no Go. `FLOTILLA_TEST_HELM` wins where it is set. */
export async function helmBinary(progress: (line: string) => unknown = line => process.stderr.write(`${line}\n`)): Promise<string> {
  const given = process.env.FLOTILLA_TEST_HELM;
  if (given) return tryFindInPath(given) ?? given;
  const plan = helmPlan();
  const folder = cacheFolder(plan.name, plan.hash);
  try {
    if (!existsSync(folder)) await buildPlanned(plan, folder, progress);
    return join(folder, 'helm');
  } catch (e) {
    const installed = e instanceof GoError ? tryFindInPath('helm') : undefined;
    if (installed === undefined) throw e;
    return installed;
  }
}
