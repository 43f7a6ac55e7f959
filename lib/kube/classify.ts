import { ApiError } from './api-error';
import { locationOf } from './resource';

export { isImmutable } from './immutable';

/** The API server does not serve the kind (yet): also for some ten milliseconds after its definition was established. */
export function isNotServed(error: unknown): boolean {
  // The server's router answers in plain text, what stands in for a definition that is on its way with a Status that names no object.
  return isStatus(error, 404) && (error.contentType === 'text/plain' || (error.reason === 'NotFound' && !error.details?.name));
}

/** Name of the namespace that an object was to be written to and that does not exist; undefined when the error says something else. */
export function isMissingNamespace(error: unknown): string | undefined {
  if (!isStatus(error, 404) || error.details?.kind !== 'namespaces') {
    return undefined;
  }
  // A missing Namespace that was itself asked for is an object like others.
  return locationOf(error.request.path).plural === 'namespaces' ? undefined : error.details.name;
}

/** The role that a binding names does not exist, or not yet for all of the server. It says that it does not find the *binding*, which an apply would make. */
export function isMissingRole(error: unknown): boolean {
  return isAlreadyGone(error) && (error as ApiError).request.method === 'PATCH' && /bindings$/.test(locationOf((error as ApiError).request.path).plural ?? '');
}

/** The namespace is being deleted: nothing new is accepted in it. */
export function isTerminatingNamespace(error: unknown): boolean {
  return isStatus(error, 403) && (error.details?.causes?.some(cause => cause.reason === 'NamespaceTerminating') ?? false);
}

/** The definition of the kind is being deleted, with all its objects: no new one is accepted. */
export function isTerminatingDefinition(error: unknown): boolean {
  return isStatus(error, 403) && error.message.endsWith('create not allowed while custom resource definition is terminating');
}

/** An apply names a field that the kind has not, or with a wrong type, or twice. The server calls it its own fault (500); it is the manifest's. */
export function isTypedPatchFailure(error: unknown): boolean {
  return isStatus(error, 500) && /failed to create typed (patch|live) object/.test(error.message);
}

/**
 * The object is too large to be stored. The server says so by 413 when the request alone is, and calls it its own fault (500) when the object would be, with
 * what others have in it and the marks of who wrote it.
 */
export function isTooLarge(error: unknown): boolean {
  return isStatus(error, 413) || (isStatus(error, 500) && /request is too large|message larger than max|ResourceExhausted/.test(error.message));
}

/** An apply without force met fields that others own. */
export function isFieldConflict(error: unknown): boolean {
  return isStatus(error, 409) && (error.details?.causes?.some(cause => cause.reason === 'FieldManagerConflict') ?? false);
}

/** The object has changed since it was read, or a precondition does not hold. */
export function isStale(error: unknown): boolean {
  return isStatus(error, 409) && error.reason === 'Conflict' && !isFieldConflict(error);
}

/** A creation met an object of that name. */
export function isAlreadyExists(error: unknown): boolean {
  return isStatus(error, 409) && error.reason === 'AlreadyExists';
}

/** There is no such object; its kind is served. */
export function isAlreadyGone(error: unknown): boolean {
  return isStatus(error, 404) && error.reason === 'NotFound' && Boolean(error.details?.name) && isMissingNamespace(error) === undefined;
}

/** Refused by RBAC or by an admission control; not because a namespace or a definition is terminating. */
export function isForbidden(error: unknown): boolean {
  return isStatus(error, 403) && !isTerminatingNamespace(error) && !isTerminatingDefinition(error);
}

/** The server does not accept the credentials, or there are none to present. */
export function isUnauthorized(error: unknown): boolean {
  return isStatus(error, 401) || (isStatus(error, 0) && error.code === 'CREDENTIALS');
}

/** What a list or a watch would go on from is too old: the server has forgotten what came after it. */
export function isExpired(error: unknown): boolean {
  return isStatus(error, 410);
}

/** The server has too much to do. */
export function isThrottled(error: unknown): boolean {
  return isStatus(error, 429);
}

/** There is no reply: network, TLS, timeout. Not when the caller gave up, nor when there was nothing to log in with. */
export function isUnreachable(error: unknown): boolean {
  return isStatus(error, 0) && !isAborted(error) && !isUnauthorized(error);
}

/** The two sides found no trust in each other: an unknown CA, an expired certificate, another host's. */
export function isTlsFailure(error: unknown): boolean {
  return isStatus(error, 0) && /CERT|TLS|SSL|SELF_SIGNED|^UNABLE_TO_|^EPROTO$|^HOSTNAME_MISMATCH$|^INVALID_CA$/.test(error.code ?? '');
}

/** The caller's signal came, or the connection was closed. */
export function isAborted(error: unknown): boolean {
  return isStatus(error, 0) && error.code === 'ABORTED';
}

/** The very same request may succeed later, though nothing is changed by us: the server is away, overloaded or on its way up. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof ApiError)) {
    return false;
  }
  if (error.status === 0) {
    return isUnreachable(error) && !isTlsFailure(error);
  }
  // An apply carries no version: what was stale was the server's own attempt to merge it.
  return isThrottled(error) || (error.status >= 500 && !isTypedPatchFailure(error) && !isTooLarge(error)) || (isStale(error) && error.request.method === 'PATCH');
}

function isStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}
