import { FlotillaError } from '../errors';
import type { HeldManifest } from './held-manifest';
import { formatIdentity, identityOf, Manifest, type ObjectIdentity } from './manifest';
import { IGNORE_ANNOTATION } from './names';
import { objectFile, parseTreePath } from './paths';
import { at, isMap, show } from './shape';
import { isPath, parseFieldPaths } from '../rules/field-path';
import { parseEmitted } from '../yaml/parse-emitted';

/** An object of an application and the file that holds it. */
export interface ObjectFile {
  readonly manifest: HeldManifest;
  /** From the root of the fleet: `clusters/prod/web/shop/deployment.apps.web.yaml`. */
  readonly file: string;
  /** Git's id of the file. */
  readonly id: string;
}

/**
 * Reads the manifest in a file of an application's folder; throws FLT3002, and FLT3010 for what is not one Kubernetes object or does not belong at this path.
 */
export function parseObject(text: string, file: string): Manifest {
  const value = parseEmitted(text, file);
  const problem = problemOf(value);
  if (problem) {
    throw invalidObject(file, problem);
  }
  const manifest = value as Manifest;
  checkPlace(identityOf(manifest), file);
  return manifest;
}

/** Throws FLT3010 for an object that does not belong in this file. */
export function checkPlace(id: ObjectIdentity, file: string): void {
  const path = parseTreePath(file);
  const expected = objectFile(id);
  if (path?.kind !== 'object' || path.file !== expected) {
    throw invalidObject(file, `${formatIdentity(id)} belongs in ${expected}`);
  }
}

function problemOf(value: unknown): string | undefined {
  if (!isMap(value)) {
    return `it holds ${show(value)} instead of one object`;
  }
  for (const field of ['apiVersion', 'kind', 'metadata.name']) {
    const text = at(value, field);
    if (typeof text !== 'string' || text === '') {
      return `${field} has to be a text, and is ${show(text)}`;
    }
  }
  // meta.k8s.io: any kind may come as a list of itself, and `List` holds whatever.
  if (Array.isArray(value.items) && String(value.kind).endsWith('List')) {
    return `${String(value.kind)} holds several objects; each needs a file of its own`;
  }
  const namespace = at(value, 'metadata.namespace');
  if (namespace !== undefined && (typeof namespace !== 'string' || namespace === '')) {
    return `metadata.namespace has to be a text, and is ${show(namespace)}`;
  }
  for (const field of ['metadata.labels', 'metadata.annotations']) {
    const map = at(value, field);
    // Kubernetes takes null for absent.
    if (map !== undefined && map !== null && !(isMap(map) && Object.values(map).every(item => typeof item === 'string'))) {
      return `${field} has to be a map of texts, and is ${show(map)}`;
    }
  }
  return ignoreProblem(at(value, 'metadata.annotations'));
}

/** What cannot be read as paths would be applied, and so taken back from whoever owns it. */
function ignoreProblem(annotations: unknown): string | undefined {
  const text = isMap(annotations) ? annotations[IGNORE_ANNOTATION] : undefined;
  const wrong = typeof text === 'string' ? parseFieldPaths(text).find(path => !isPath(path)) : undefined;
  return wrong && !isPath(wrong) ? `its annotation ${IGNORE_ANNOTATION} ${wrong.what}` : undefined;
}

/** FLT3010 */
export function invalidObject(file: string, problem: string): FlotillaError {
  return new FlotillaError('FLT3010', {
    what: `${file} cannot be applied: ${problem}`,
    where: { file },
    fix: 'synthesize the tree anew; files in the folder of an application are not edited or added by hand',
  });
}
