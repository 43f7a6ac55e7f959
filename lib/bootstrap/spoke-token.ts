import { setTimeout as sleep } from 'node:timers/promises';
import { FlotillaError } from '../errors';
import { isAlreadyGone } from '../kube/classify';
import type { Connection } from '../kube/connection';
import { objectError } from '../kube/object-error';

/** A Secret that holds a token of a ServiceAccount, without the token. */
export interface TokenSecret {
  readonly name: string;
  readonly uid: string;
}

/** A token as the cluster issued it. Never printed. */
export interface IssuedToken extends TokenSecret {
  readonly token: string;
  /** Base64 of PEM: the authority that the cluster's pods trust. */
  readonly ca?: string;
}

interface SecretObject {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly data?: { readonly 'token'?: string; readonly 'ca.crt'?: string };
}

const ISSUED_WITHIN_MS = 30_000;

/**
 * Has a token issued for a ServiceAccount, in a Secret of its own, and waits for it.
 *
 * Such a token lives as long as its Secret: a hub does not lose its clusters because nobody renewed anything, and to delete the Secret revokes the token at
 * once. One with an end (TokenRequest) could do neither: API servers cut its life as they like, often to a day, and it is valid until then.
 *
 * @throws FLT5101 when it is forbidden, FLT7105 when the cluster issues none
 */
export async function issueToken(
  connection: Connection, namespace: string, account: string, labels: Record<string, string>, signal?: AbortSignal,
): Promise<IssuedToken> {
  const { metadata } = await ask<SecretObject>(connection, namespace, 'POST', '', {
    apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token',
    metadata: { generateName: `${account}-token-`, namespace, labels, annotations: { 'kubernetes.io/service-account.name': account } },
  }, signal);
  const end = Date.now() + ISSUED_WITHIN_MS;
  for (let delay = 50; Date.now() < end; delay = Math.min(delay * 2, 1000)) {
    const { data } = await ask<SecretObject>(connection, namespace, 'GET', metadata.name, undefined, signal);
    if (data?.token) {
      return { name: metadata.name, uid: metadata.uid, token: Buffer.from(data.token, 'base64').toString('utf8'), ca: data['ca.crt'] };
    }
    await sleep(delay, undefined, { signal });
  }
  await deleteToken(connection, namespace, metadata);
  throw new FlotillaError('FLT7105', {
    what: `cluster '${connection.name}' has issued no token for the ServiceAccount ${namespace}/${account} in ${ISSUED_WITHIN_MS / 1000} s`,
    where: { cluster: connection.name },
    fix: 'check that its kube-controller-manager runs and has a `--service-account-private-key-file`; then run it again',
  });
}

/** The tokens that were issued with these labels. */
export async function listTokens(connection: Connection, namespace: string, labels: Record<string, string>, signal?: AbortSignal): Promise<TokenSecret[]> {
  const labelSelector = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
  const { items } = await ask<{ readonly items: readonly SecretObject[] | null }>(connection, namespace, 'GET', '', undefined, signal, { labelSelector });
  return (items ?? []).map(({ metadata: { name, uid } }) => ({ name, uid }));
}

/** Revokes a token. One that is gone is revoked. */
export async function deleteToken(connection: Connection, namespace: string, { name, uid }: TokenSecret): Promise<void> {
  try {
    await ask(connection, namespace, 'DELETE', name, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } });
  } catch (error) {
    if (!(error instanceof FlotillaError && isAlreadyGone(error.cause))) {
      throw error;
    }
  }
}

async function ask<T>(
  connection: Connection, namespace: string, method: 'GET' | 'POST' | 'DELETE', name: string, body?: object, signal?: AbortSignal, query?: Record<string, string>,
): Promise<T> {
  const path = `/api/v1/namespaces/${namespace}/secrets${name === '' ? '' : `/${name}`}`;
  try {
    return (await connection.request<T>({ method, path, body, query, signal })).body;
  } catch (error) {
    signal?.throwIfAborted();
    throw objectError(connection, name === '' ? `Secret/${namespace}` : `Secret/${namespace}/${name}`, error);
  }
}
