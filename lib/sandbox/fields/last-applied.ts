import { isMap, type Json, type JsonMap } from '../json';
import { problemsOf } from './check';
import { fieldsOf } from './collect';
import { compareValues } from './compare';
import { ConflictError } from './conflict';
import { difference, EMPTY, hasPath, type FieldSet } from './field-set';
import type { ValueType } from './typed-value';

/*
 * What `kubectl apply` once wrote, `kubectl apply --server-side` may take over without a conflict: the server reads kubectl's annotation to know what that was,
 * and keeps it up to date. For the manager `kubectl` alone.
 */

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** In bytes, of all annotations. */
const MOST_ANNOTATIONS = 256 * 1024;

/** The conflicts that kubectl's own annotation does not explain; undefined when it explains all of them. */
export function unexplained(type: ValueType, live: JsonMap, error: ConflictError, apiVersion: string): ConflictError | undefined {
  const allowed = lastAppliedFields(type, live, apiVersion);
  if (!allowed) return error;
  const left = error.conflicts.filter(conflict => !hasPath(allowed, conflict.path));
  return left.length > 0 ? new ConflictError(left) : undefined;
}

/** What the annotation says and the object still has; undefined without an annotation that can be read. */
function lastAppliedFields(type: ValueType, live: JsonMap, apiVersion: string): FieldSet | undefined {
  const text = annotationOf(live);
  if (!text) return undefined;
  let applied: Json;
  try {
    applied = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isMap(applied) || applied.apiVersion !== apiVersion || problemsOf(type, applied).length > 0 || problemsOf(type, live).length > 0) return undefined;
  const { added, modified, removed } = compareValues(type, applied, live);
  return [added, modified, removed].reduce(difference, fieldsOf(type, applied) ?? EMPTY);
}

function annotationOf(object: JsonMap): string | undefined {
  const annotations = isMap(object.metadata) ? object.metadata.annotations : undefined;
  const text = isMap(annotations) ? annotations[LAST_APPLIED] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** The object with the annotation saying what was applied now, if it has one. */
export function withLastApplied(object: JsonMap, applied: JsonMap): JsonMap {
  if (annotationOf(object) === undefined) return object;
  const metadata = object.metadata as JsonMap;
  const annotations: JsonMap = { ...metadata.annotations as JsonMap, [LAST_APPLIED]: describe(applied) };
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)), 0);
  if (size > MOST_ANNOTATIONS) delete annotations[LAST_APPLIED];
  if (annotations[LAST_APPLIED] === annotationOf(object)) return object;
  return { ...object, metadata: { ...metadata, annotations } };
}

/** As the server writes it: keys sorted, a line feed at the end. */
function describe(applied: JsonMap): string {
  const metadata = applied.metadata as JsonMap | undefined;
  if (!isMap(metadata) || !isMap(metadata.annotations)) return `${goJson(applied)}\n`;
  const { [LAST_APPLIED]: _, ...annotations } = metadata.annotations;
  return `${goJson({ ...applied, metadata: { ...metadata, annotations } })}\n`;
}

function goJson(value: Json): string {
  return JSON.stringify(sorted(value)).replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  return isMap(value) ? Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])])) : value;
}
