import { join, relative } from 'node:path';

/** Where a checkout of the repository lies, relative to the working directory. */
export const CORPUS = process.env.INFRA_DEPLOYMENTS
  ?? relative(process.cwd(), join(__dirname, '..', '..', '..', 'shared', 'corpora', 'infra-deployments'));

/** A Kustomize directory of it: `component('backup/base/member')`. */
export function component(folder: string): string {
  return join(CORPUS, 'components', folder);
}
