import { select } from './select';
import { change, OverlayStep, placeOf, remove } from './step';
import { userFrame } from '../../model/call-site';
import { ObjectSelector, PatchedObject } from '../../model/overlay-props';
import { isMap } from '../../model/values';
import { copyJson, Json, JsonMap } from '../../patch/json';
import { applyJsonPatch } from '../../patch/json-patch';
import { PatchError } from '../../patch/patch-error';
import { applyStrategicMerge } from '../../patch/strategic-merge';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';
import { RenderedObject } from '../objects';
import { Problem } from '../problem';
import { isPromise } from '../render';

/** Changes what `patch` selects by `with`. */
export function patchObjects(step: OverlayStep): void {
  const deleted = new Set<RenderedObject>();
  for (const object of select(step, 'patch', step.props.patch as ObjectSelector, 'patch')) {
    // A class of the user's may hand out the same object each time.
    const result = patched(step, object, copyJson(object.manifest as JsonMap) as Manifest);
    if (result === undefined) {
      deleted.add(object);
    } else if ('code' in result) {
      step.problems.push(result as Problem);
    } else {
      change(step, 'patch', object, result as Manifest);
    }
  }
  remove(step, 'patch', deleted);
}

/** The object as it is after the patch; undefined when the patch deletes it. */
function patched(step: OverlayStep, object: RenderedObject, manifest: Manifest): Manifest | Problem | undefined {
  const { with: content } = step.props;
  const { overlay } = step;
  const named = `${formatGroupKind({ group: groupOf(String(manifest.apiVersion)), kind: manifest.kind })} '${manifest.metadata?.name}'`;
  const wrong = (code: string, what: string, fix: string, more: Partial<Problem> = {}): Problem => (
    { code, application: step.application, origin: object.origin, where: placeOf(step), what, fix, ...more });
  try {
    if (typeof content === 'function') {
      const returned: unknown = content(manifest as PatchedObject);
      if (isPromise(returned)) {
        returned.then(undefined, () => {});
        return wrong('FLT2010', `the patch ${overlay.name} returns a promise`, 'make `with` synchronous: read what it needs before `synth`');
      }
      return manifest;
    }
    const result = Array.isArray(content) ? applyJsonPatch(manifest as JsonMap, defined(content) as Json[]) : merged(manifest, defined(content) as JsonMap);
    return result === undefined || isMap(result) ? result as Manifest | undefined
      : wrong('FLT2205', `the patch ${overlay.name} leaves no object of ${named}`, 'patch fields of the object; `remove` leaves it out');
  } catch (error) {
    if (error instanceof PatchError) {
      return wrong('FLT2205', `the patch ${overlay.name} does not fit ${named}: ${error.message}`, error.fix);
    }
    return wrong('FLT2009', `the patch ${overlay.name} threw at ${named}`, 'mend the function `with`',
      { cause: error, where: { ...placeOf(step), source: userFrame(error) ?? overlay.source } });
  }
}

/** What a strategic merge patch says of version, kind, name and namespace tells what it is for, as in kustomize, and changes nothing. */
function merged(manifest: Manifest, content: JsonMap): Json | undefined {
  const result = applyStrategicMerge(manifest as JsonMap, content);
  if (result === undefined) {
    return undefined;
  }
  const { apiVersion, kind, metadata: { name, namespace } } = manifest;
  const { name: _name, namespace: _namespace, ...metadata } = isMap(result.metadata) ? result.metadata : {};
  return { ...result, apiVersion, kind, metadata: { ...metadata, name, ...namespace === undefined ? {} : { namespace } } } as JsonMap;
}

/** Without keys that are `undefined`, which no document can hold. */
function defined(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(defined);
  }
  const entries = isMap(value) ? Object.entries(value).filter(([, inner]) => inner !== undefined) : undefined;
  return entries ? Object.fromEntries(entries.map(([key, inner]) => [key, defined(inner)])) : value;
}
