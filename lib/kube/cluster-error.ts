import { FlotillaError, type FlotillaErrorProps } from '../errors';
import { ApiError } from './api-error';
import { isAborted, isForbidden, isTlsFailure, isUnauthorized, isUnreachable } from './classify';
import type { Connection } from './connection';
import { canI, deniedBy } from './denial';

/**
 * What keeps a whole cluster from being worked on: FLT5003 to FLT5007. A FlotillaError stays what it is.
 */
export function clusterError(connection: Connection, error: unknown): FlotillaError {
  if (error instanceof FlotillaError) {
    return error;
  }
  const way = connection.context === undefined ? connection.server : `${connection.server}, context '${connection.context}'`;
  const fail = (code: string, what: string, fix: string) => new FlotillaError(code, { ...about(connection, error), what, fix });
  const kubectl = connection.context === undefined ? 'kubectl' : `kubectl --context ${connection.context}`;

  if (isUnauthorized(error)) {
    return fail(
      'FLT5005', `cluster '${connection.name}' (${way}) does not accept the credentials`,
      `log in again (\`${kubectl} get namespaces\` runs the same login), or give the user of the context a valid token or certificate`,
    );
  }
  if (isTlsFailure(error)) {
    return fail('FLT5004', `cluster '${connection.name}' (${way}) and we do not trust each other's certificates: ${codeOf(error)}`, tlsFix(codeOf(error)));
  }
  if (isUnreachable(error)) {
    return fail(
      'FLT5003', `cluster '${connection.name}' (${way}) cannot be reached: ${codeOf(error)}`,
      `check that the server runs and that this machine reaches it: \`${kubectl} version\`; VPN, firewall and proxy are the usual suspects`,
    );
  }
  if (isAborted(error)) {
    return fail('FLT5003', `cluster '${connection.name}' (${way}) had not answered when the request was given up`, 'run it again, with more time if it was short of it');
  }
  if (isForbidden(error)) {
    const denial = deniedBy(error as ApiError);
    return fail(
      'FLT5006', `cluster '${connection.name}' (${way}) forbids what is needed: ${denial ? denial.sentence : (error as ApiError).message}`,
      denial ? `grant it by RBAC, and check with \`${canI(connection, denial)}\`` : 'ask those who run the cluster for the permission',
    );
  }
  const answer = error instanceof ApiError ? `${error.status} to ${error.request.method} ${error.request.path}` : 'with something else';
  return fail(
    'FLT5007', `cluster '${connection.name}' (${way}) answered unexpectedly: ${answer}`,
    `check that this is the URL of an API server (\`${kubectl} get --raw /version\`), and its log`,
  );
}

/** Where the error comes from and what caused it, for every error of this folder. */
export function about(connection: Connection, error: unknown, object?: string): Pick<FlotillaErrorProps, 'where' | 'cause'> {
  return { where: { cluster: connection.name, ...(object === undefined ? {} : { object }) }, cause: error };
}

function codeOf(error: unknown): string {
  return (error as ApiError).code ?? 'no reply';
}

function tlsFix(code: string): string {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return 'renew the certificate of the API server, and check the clocks of both machines';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'use a host name in `server` that the certificate names, or set `tls-server-name` to one in the kubeconfig';
  }
  if (/SSL|EPROTO/.test(code)) {
    return 'check the scheme and the port of `server` in the kubeconfig, and the client certificate, if there is one';
  }
  return 'put the CA of the API server into `certificate-authority-data` of the kubeconfig';
}
