import type { ServedResource } from '../served-resource';
import { StatusError, type StatusCause, type StatusDetails } from '../status-error';

type Named = Pick<ServedResource, 'group' | 'plural'>;

/** `deployments.apps`, as messages name a resource. */
export function qualified({ group, plural }: Named): string {
  return group ? `${plural}.${group}` : plural;
}

function detailsOf({ group, plural }: Named, name: string): StatusDetails {
  return { name, ...group ? { group } : {}, kind: plural };
}

export function notFound(resource: Named, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
}

/** @param isDeleted whether it is on its way out */
export function alreadyExists(resource: Named, name: string, isDeleted = false): StatusError {
  return new StatusError(409, 'AlreadyExists', `${isDeleted ? 'object is being deleted: ' : ''}${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));
}

export function conflict(resource: Named, name: string, why: string): StatusError {
  return new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, detailsOf(resource, name));
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function noSuchResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** @param kind its group too: `CreateOptions.meta.k8s.io` */
export function invalid(kind: { readonly kind: string; readonly group: string }, name: string, causes: readonly StatusCause[]): StatusError {
  const texts = causes.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  const what = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
  return new StatusError(422, 'Invalid', `${what} "${name}" is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`, {
    ...name ? { name } : {}, ...kind.group ? { group: kind.group } : {}, ...kind.kind ? { kind: kind.kind } : {}, causes,
  });
}

export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}
