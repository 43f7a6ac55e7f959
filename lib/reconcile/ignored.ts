import { createHash } from 'node:crypto';
import { FieldPath, isPath, parseFieldPath, parseFieldPaths } from '../rules/field-path';
import type { IgnoreRule } from '../rules/ignore-rule';
import { concerns } from '../rules/match';
import type { HeldManifest } from '../tree/held-manifest';
import { formatIdentity } from '../tree/manifest';
import { IGNORE_ANNOTATION } from '../tree/names';

/** What says that fields of an object are given up. */
export interface IgnoreSources {
  /** Of the Delivery. */
  readonly rules?: readonly IgnoreRule[];
  /** Objects whose replicas an autoscaler owns, by `formatIdentity`. */
  readonly autoscaled?: ReadonlySet<string>;
}

/** The fields of an object that are given up: by the rules of its Delivery, by its own annotation, or to an autoscaler. Sorted by their text. */
export function ignoredFields({ id, annotations }: HeldManifest, { rules = [], autoscaled }: IgnoreSources): readonly FieldPath[] {
  const annotation = annotations?.[IGNORE_ANNOTATION];
  const paths = [
    ...rules.filter(rule => concerns(rule, id)).flatMap(rule => rule.fields.map(parseFieldPath)),
    ...annotation === undefined ? [] : parseFieldPaths(annotation),
    ...autoscaled?.has(formatIdentity(id)) ? [parseFieldPath('spec.replicas')] : [],
  ].filter(isPath);
  const wanted = id.kind === 'Secret' && id.group === '' ? paths.flatMap(ofSecret) : paths;
  return [...new Map(wanted.map(path => [path.text, path])).values()].sort((a, b) => a.text < b.text ? -1 : 1);
}

/** The server keeps `stringData` as `data`: a key of one is a key of the other. */
function ofSecret(path: FieldPath): FieldPath[] {
  const [first, ...rest] = path.steps;
  const twin = !('field' in first) ? undefined : first.field === 'data' ? 'stringData' : first.field === 'stringData' ? 'data' : undefined;
  return twin === undefined ? [path] : [path, { text: `${twin}${path.text.slice(path.text.startsWith('s') ? 'stringData'.length : 'data'.length)}`, steps: [{ field: twin }, ...rest] }];
}

/** What is compared with the record: when other fields are given up, the object is applied anew, though its file is the same. */
export function hashWith(hash: string, ignored: readonly FieldPath[]): string {
  const length = hash.length;
  return ignored.length === 0 ? hash : createHash('sha256').update([hash, ...ignored.map(({ text }) => text)].join('\0')).digest('hex').slice(0, length);
}
