import type { SchemaNode } from '../../schema/schema-node';
import type { Json, JsonMap, StoredObject } from '../json';
import { isMap } from '../json';
import { applyJsonPatch, withSortedKeys } from '../patch/json-patch';
import { applyMergePatch, asMerged } from '../patch/merge-patch';
import { PatchError } from '../patch/patch-error';
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch';
import { goMap } from '../patch/strategic-order';
import { StatusError } from '../status-error';
import { parseJson } from './decode-body';
import { badRequest, invalid } from './refusals';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

const TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json', 'application/merge-patch+json': 'merge', 'application/strategic-merge-patch+json': 'strategic', 'application/apply-patch+yaml': 'apply',
};
const MAX_OPERATIONS = 10_000;

/** @throws StatusError 415 */
export function patchTypeOf(contentType: string | undefined, isCustom: boolean): PatchType {
  const type = TYPES[(contentType ?? '').split(';')[0]];
  if (isCustom && (type === undefined || type === 'strategic')) {
    const accepted = Object.keys(TYPES).filter(each => TYPES[each] !== 'strategic').join(', ');
    throw new StatusError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted}`);
  }
  if (type === undefined) throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  return type;
}

export interface Patch {
  /** Changes nothing in place. @throws StatusError */
  apply(object: JsonMap): JsonMap;
  /** What `apply` made of an object, with its keys in the order in which a refusal shows them. */
  show(patched: JsonMap, object: JsonMap): Json;
}

/** @throws StatusError 400 */
export function readPatch(type: Exclude<PatchType, 'apply'>, text: string, schema: SchemaNode | undefined): Patch {
  const patch = parseJson(text, why => badRequest(type === 'strategic' ? why : `error decoding patch: ${why}`));
  if (type === 'json') {
    if (!Array.isArray(patch)) throw badRequest(`error decoding patch: json: cannot unmarshal ${nameOf(patch)} into Go value of type []handlers.jsonPatchOp`);
    if (patch.length > MAX_OPERATIONS) {
      throw new StatusError(413, 'RequestEntityTooLarge', `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`);
    }
    return {
      apply: object => asObject(unprocessable(() => applyJsonPatch(object, patch))),
      show: (_, object) => {
        const touched = new Set<Json>();
        const patched = applyJsonPatch(object, patch, touched);
        return withSortedKeys(patched, touched.add(patched));
      },
    };
  }
  if (!isMap(patch)) throw badRequest(`${type === 'merge' ? 'error decoding patch: ' : ''}json: cannot unmarshal ${nameOf(patch)} into Go value of type map[string]interface {}`);
  if (type === 'merge') return { apply: object => asObject(applyMergePatch(object, patch)), show: (patched, object) => asMerged(patched, object, patch) };
  return {
    apply: object => {
      try {
        return applyStrategicMergePatch(object, patch, schema);
      } catch (e) {
        throw e instanceof PatchError ? new StatusError(500, '', e.message) : e;
      }
    },
    // Of this kind the patch itself is shown.
    show: () => goMap(patch),
  };
}

/** What a patch made has to be read again as an object of its kind. */
export function refusePatched(patched: Json, why: string): StatusError {
  const shown = typeof patched === 'string' ? patched : JSON.stringify(patched).replace(/[<>&]/g, found => `\\u00${found.charCodeAt(0).toString(16)}`);
  return invalid({ group: '', kind: '' }, '', [{ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(shown)}: ${why}`, field: 'patch' }]);
}

function unprocessable<T>(apply: () => T): T {
  try {
    return apply();
  } catch (e) {
    if (!(e instanceof PatchError)) throw e;
    if (e.malformed) throw badRequest(e.message);
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

function asObject(patched: Json): StoredObject {
  if (isMap(patched)) return patched as StoredObject;
  throw badRequest(`json: cannot unmarshal ${nameOf(patched)} into Go value of type map[string]interface {}`);
}

function nameOf(value: Json): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : isMap(value) ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value;
}
