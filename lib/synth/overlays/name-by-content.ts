import { createHash } from 'node:crypto';
import { moveObjects } from './rename';
import { AnyApplication } from '../../model/application';
import { isMap } from '../../model/values';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';
import { NAME_ANNOTATION, PRUNE_ANNOTATION } from '../../tree/names';
import { RenderedObject } from '../objects';
import { Problem } from '../problem';
import { sortedCopy } from '../values';

/** What pods read by name when they start. */
const NAMED_BY_CONTENT = new Set(['ConfigMap', 'Secret']);
/** As Kubernetes takes for generated names: no vowels, so that no word comes out. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const LENGTH = 10;

/**
 * Puts a hash of their content behind the names of the ConfigMaps and Secrets that ask for it, and lets what refers to them follow: another content is another
 * object, and a rollout of what reads it. The former one goes when that is done.
 */
export function nameByContent(application: AnyApplication, objects: RenderedObject[]): Problem[] {
  const problems: Problem[] = [];
  const names = new Map<Manifest, string>();
  for (const object of objects) {
    const { manifest, origin } = object;
    const annotations: unknown = manifest.metadata?.annotations;
    const wish = isMap(annotations) ? annotations[NAME_ANNOTATION] : undefined;
    if (wish === undefined) {
      continue;
    }
    const kind = formatGroupKind({ group: groupOf(String(manifest.apiVersion)), kind: manifest.kind });
    if (wish === 'by-content' && NAMED_BY_CONTENT.has(kind)) {
      object.manifest = prepared(manifest);
      names.set(object.manifest, `${manifest.metadata.name}-${hashOf(manifest)}`);
    } else {
      problems.push({
        code: 'FLT2604',
        application,
        origin,
        what: wish === 'by-content' ? `${kind} '${manifest.metadata.name}' is to be named by its content: only ConfigMaps and Secrets can be`
          : `${kind} '${manifest.metadata.name}' is to be named ${JSON.stringify(wish)}`,
        fix: `put the annotation ${NAME_ANNOTATION}: by-content on a ConfigMap or a Secret`,
      });
    }
  }
  if (names.size > 0) {
    moveObjects(
      objects, manifest => ({ name: names.get(manifest) ?? manifest.metadata.name, namespace: manifest.metadata.namespace }),
      (object, manifest) => { object.manifest = manifest; },
    );
  }
  return problems;
}

/** Without the wish, which is fulfilled, and with one for the day on which it leaves the tree. */
function prepared(manifest: Manifest): Manifest {
  const { [NAME_ANNOTATION]: _, ...annotations } = manifest.metadata.annotations ?? {};
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { [PRUNE_ANNOTATION]: 'after-rollout', ...annotations } } };
}

/** Of all but what it is called and marked with. */
function hashOf({ apiVersion: _, metadata: __, ...content }: Manifest): string {
  const digest = createHash('sha256').update(JSON.stringify(sortedCopy(content))).digest();
  return [...digest.subarray(0, LENGTH)].map(byte => LETTERS[byte % LETTERS.length]).join('');
}
