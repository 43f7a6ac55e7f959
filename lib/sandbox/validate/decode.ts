import { normalize } from '../defaults/apply-defaults';
import { DecodeError } from '../defaults/decode-error';
import type { JsonMap } from '../json';
import type { ServedResource } from '../served-resource';
import { StatusError } from '../status-error';

/** What becomes of fields that a kind has not, or that are there twice: refused, told in a warning, or dropped without a word. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface Decoded {
  readonly object: JsonMap;
  /** For the header `Warning`: `unknown field "spec.foo"`. */
  readonly warnings: readonly string[];
}

/**
 * An object as it was sent, made into what the server holds: see `normalize`.
 *
 * @param duplicates paths of fields that the text of the request has twice, from `findDuplicateFields`
 * @throws StatusError 400 in the words of the real server
 */
export function decode(resource: ServedResource, sent: JsonMap, fieldValidation: FieldValidation = 'Ignore', duplicates: readonly string[] = []): Decoded {
  const unknown: string[] = [];
  const { kind, version } = resource;
  const refuse = (why: string) => new StatusError(400, 'BadRequest', `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);
  try {
    const object = normalize(resource, sent, fieldValidation === 'Ignore' ? undefined : path => unknown.push(path));
    const warnings = [...duplicates.map(path => `duplicate field ${JSON.stringify(path)}`), ...unknown.map(path => `unknown field ${JSON.stringify(path)}`)];
    if (fieldValidation === 'Strict' && warnings.length > 0) throw refuse(`strict decoding error: ${warnings.join(', ')}`);
    return { object, warnings: fieldValidation === 'Warn' ? warnings : [] };
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message);
    throw error;
  }
}
