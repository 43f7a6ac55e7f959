import { fieldChanges } from '../../tree/field-diff';
import { identityOf } from '../../tree/manifest';
import { SourceManifest } from '../request';

/** Where two renderings of one chart differ: `data.password of Secret 'web'`. */
export function findDifferences(first: readonly SourceManifest[], second: readonly SourceManifest[]): string[] {
  if (first.length !== second.length) {
    return [`${first.length} objects, and ${second.length} objects`];
  }
  return first.flatMap(({ manifest }, i) => {
    const { kind, name } = identityOf(manifest);
    return fieldChanges(manifest, second[i].manifest).map(({ path }) => `${path} of ${kind} '${name}'`);
  });
}
