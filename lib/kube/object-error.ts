import { FlotillaError } from '../errors';
import type { Impersonation } from './access';
import { ApiError } from './api-error';
import {
  isAlreadyExists, isFieldConflict, isForbidden, isImmutable, isMissingNamespace, isMissingRole, isNotServed, isRetryable, isStale, isTerminatingDefinition,
  isTerminatingNamespace, isTooLarge, isTypedPatchFailure, isUnauthorized,
} from './classify';
import { about, clusterError } from './cluster-error';
import type { Connection } from './connection';
import { canI, type Denial, deniedBy, isImpersonationDenied } from './denial';
import { IMMUTABLE_ANNOTATION } from '../tree/names';

/**
 * What is wrong with one object: FLT5101 to FLT5110 and FLT5112 to FLT5114; FLT5003 to FLT5005 when it is the cluster that is wrong.
 * A FlotillaError stays what it is.
 *
 * @param identity the object, as `formatIdentity` writes it
 */
export function objectError(connection: Connection, identity: string, error: unknown): FlotillaError {
  if (error instanceof FlotillaError) {
    return error;
  }
  const fail = (code: string, what: string, fix: string) => new FlotillaError(code, { ...about(connection, error, identity), what: `${identity} ${what}`, fix });
  if (!(error instanceof ApiError)) {
    return fail('FLT5110', 'could not be worked on', 'this is a fault of ours: report it with the cause');
  }
  if (error.status === 0 || isUnauthorized(error)) {
    const { code, what, fix } = clusterError(connection, error);
    return new FlotillaError(code, { ...about(connection, error, identity), what, fix });
  }
  const namespace = isMissingNamespace(error);
  if (namespace !== undefined) {
    return fail('FLT5105', `needs the namespace '${namespace}', which does not exist`, 'let the application create it, or create it before');
  }
  if (isTerminatingNamespace(error)) {
    return fail('FLT5106', 'cannot be created: its namespace is being deleted', 'wait until the namespace is gone; finalizers in it may hold it up');
  }
  if (isTerminatingDefinition(error)) {
    return fail('FLT5114', 'cannot be created: the definition of its kind is being deleted', 'wait until the definition is gone and comes back; finalizers on other objects of the kind may hold it up');
  }
  if (isForbidden(error)) {
    const denial = deniedBy(error);
    if (connection.as && denial && isImpersonationDenied(denial)) {
      return fail('FLT5113', ...mayNotImpersonate(connection, connection.as, denial));
    }
    return fail('FLT5101', ...forbidden(connection, error, denial));
  }
  if (isTypedPatchFailure(error)) {
    return fail('FLT5103', `does not fit the schema of its kind: ${withoutPrefix(error.message)}`, 'correct the field; `kubectl explain` lists those there are');
  }
  if (isTooLarge(error)) {
    return fail('FLT5112', `is too large to be stored, with what others have added to it: ${error.message}`, 'split the object, or remove what made it grow; `kubectl get -o json | wc -c` tells its size');
  }
  if (isNotServed(error)) {
    return fail('FLT5104', `is of a kind that the cluster does not serve (${error.request.path})`, 'install its CustomResourceDefinition, or check apiVersion and kind');
  }
  if (isMissingRole(error)) {
    return fail('FLT5102', 'names a role that does not exist', 'correct `roleRef`, or deliver the role as well');
  }
  if (isImmutable(error)) {
    return fail(
      'FLT5107', `cannot be changed in fields that are immutable: ${fieldsOf(error)}`,
      `undo the change, or annotate the object with \`${IMMUTABLE_ANNOTATION}: recreate\` to have it deleted and created again`,
    );
  }
  if (isFieldConflict(error)) {
    return fail('FLT5108', `has fields that others own: ${causes(error).join('; ')}`, 'leave the fields to them, or force the apply');
  }
  if (isStale(error) || isAlreadyExists(error)) {
    return fail('FLT5108', 'was changed by somebody else at the same time', 'try again');
  }
  if (isInvalid(error)) {
    return fail('FLT5102', `is not valid: ${causes(error).join('\n    ')}`, 'correct the manifest, where it is rendered');
  }
  if (isRetryable(error)) {
    return fail('FLT5109', `was not accepted by a server that is overloaded or not available (${error.status}), also after retries`, 'try again later');
  }
  return fail('FLT5110', `was refused: ${error.status} ${error.reason ?? ''}`.trimEnd(), 'see the cause, which is the words of the server');
}

function forbidden(connection: Connection, error: ApiError, denial: Denial | undefined): [what: string, fix: string] {
  if (denial) {
    const fix = `grant it by RBAC, and check with \`${canI(connection, denial)}\``;
    // Whoever is to work in a namespace alone cannot make it: its rights would have to be there before.
    const before = connection.as && denial.resource === 'namespaces' ? '; or leave it to an application without `serviceAccount` that this one `dependsOn`' : '';
    return [`is forbidden: ${denial.sentence}`, fix + before];
  }
  if (error.message.includes('attempting to grant RBAC permissions not currently held')) {
    return [
      'would grant permissions that its deliverer does not hold',
      'grant them to the deliverer too, or give it the verbs `escalate` and `bind` on roles',
    ];
  }
  return [`was refused by an admission control: ${error.message}`, 'change the manifest to what the policy allows, or ask those who own the policy'];
}

/** It is no fault of the tenant: the connection's own user lacks a right. */
function mayNotImpersonate({ context }: Connection, { user }: Impersonation, denial: Denial): [what: string, fix: string] {
  const [namespace, name] = user.split(':').slice(2);
  const kubectl = context === undefined ? 'kubectl' : `kubectl --context ${context}`;
  return [
    `cannot be delivered as the ServiceAccount ${namespace}/${name}: '${denial.user}' may not impersonate it`,
    `grant '${denial.user}' the verb \`impersonate\` on this ServiceAccount, and check with \`${kubectl} auth can-i impersonate serviceaccounts/${name} -n ${namespace}\``,
  ];
}

/** 422, and what is found wrong earlier: the syntax of the object, or by a webhook, which mostly answers with 400. */
function isInvalid(error: ApiError): boolean {
  return error.status === 422 || error.status === 400;
}

/** The server's causes, a line each; its message when it names none. */
function causes(error: ApiError): string[] {
  const lines = (error.details?.causes ?? []).map(cause => [cause.field, cause.message].filter(Boolean).join(': '));
  return lines.length > 0 ? [...new Set(lines)] : [error.message];
}

function fieldsOf(error: ApiError): string {
  return [...new Set((error.details?.causes ?? []).map(cause => cause.field || 'the object'))].join(', ');
}

/** `failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.x: field not declared in schema` */
function withoutPrefix(message: string): string {
  return message.replace(/^failed to create typed (patch|live) object \([^)]*\):\s*/, '');
}
