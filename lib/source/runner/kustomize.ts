import { commandOf, describeJob, KustomizeJob } from './job';
import { Programs } from './programs';
import { FlotillaError } from '../../errors';
import { parseManifests } from '../parse-manifests';
import { SourceManifest } from '../request';

/**
 * What the digest of the input did not see is not to be read: nothing of kustomize reaches the network. (Port 9 discards.)
 */
const OFFLINE = { GIT_ALLOW_PROTOCOL: 'none', HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '', http_proxy: '', https_proxy: '', no_proxy: '' };

/** Builds a kustomization. Throws FLT2104 with the program's own message. */
export async function renderKustomization(job: KustomizeJob, programs: Programs): Promise<SourceManifest[]> {
  const { status, stdout, stderr } = await programs.run(job.program, [job.path], describeJob(job), OFFLINE);
  if (status !== 0) {
    const cause = withoutLogLine(stderr);
    throw new FlotillaError('FLT2104', { what: `${commandOf(job.program)} cannot build ${JSON.stringify(job.path)}`, where: { file: job.path }, cause, fix: fixOf(cause) });
  }
  return parseManifests(stdout, job.path);
}

/** kubectl logs its error, with the time and the number of the process. */
function withoutLogLine(text: string): string {
  const logged = /^E\d{4} .*?"command failed" err=("(?:\\.|[^"\\])*")/m.exec(text);
  try {
    return logged ? JSON.parse(logged[1]) as string : text;
  } catch {
    return text;
  }
}

function fixOf(message: string): string {
  if (/cycle detected/.test(message)) {
    return 'remove one of the references by which the kustomizations name each other';
  }
  if (/unable to find one of 'kustomization/.test(message)) {
    return 'name the folder that holds the kustomization.yaml';
  }
  if (/no such file or directory|not a valid directory|must resolve to a file|evalsymlink failure/.test(message)) {
    return 'correct the path that the message names, in the kustomization.yaml that names it, or add the file';
  }
  return 'mend the kustomization that the message names';
}
