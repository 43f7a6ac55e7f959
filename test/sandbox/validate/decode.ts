import { normalize } from '../../../lib/sandbox/defaults/apply-defaults';
import { DecodeError } from '../../../lib/sandbox/defaults/decode-error';
import type { JsonMap } from '../../../lib/sandbox/json';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { StatusError } from '../../../lib/sandbox/status-error';

/** What becomes of fields that a kind has not: refused, or dropped without a word. */
export type FieldValidation = 'Strict' | 'Ignore';

/**
 * An object as it was sent, made into what the server holds.
 *
 * @throws StatusError 400
 */
export function decode(resource: ServedResource, sent: JsonMap, fieldValidation: FieldValidation = 'Ignore'): JsonMap {
  const unknown: string[] = [];
  const { kind, version } = resource;
  const refuse = (why: string) => new StatusError(400, 'BadRequest', `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);
  try {
    const object = normalize(resource, sent, path => unknown.push(path));
    if (fieldValidation === 'Strict' && unknown.length > 0) throw refuse(`strict decoding error: ${unknown.map(path => `unknown field ${JSON.stringify(path)}`).join(', ')}`);
    return object;
  } catch (error) {
    throw error instanceof DecodeError ? refuse(error.message) : error;
  }
}
