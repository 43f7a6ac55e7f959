import { mustBeAuthorized } from './authorize';
import type { ClusterApi, User } from '../api';
import { StatusError } from '../status-error';

/** Whom a request wants to be, from its `Impersonate-…` headers. */
export interface Impersonation {
  readonly user?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Who a request is made as: its own user, or the one that it names when it is allowed to impersonate that user and each group, uid and extra value.
 *
 * @throws StatusError 403, or 400 for groups without a user
 */
export function impersonate(user: User, { user: name, uid, groups = [], extra = {} }: Impersonation, api: ClusterApi): User {
  const extras = Object.entries(extra).flatMap(([key, values]) => values.map((value): [string, string] => [key, value]));
  if (!name && !uid && groups.length === 0 && extras.length === 0) return user;
  if (!name) throw new StatusError(400, 'BadRequest', `requested ${JSON.stringify(groups)} without impersonating a user`);
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  const may = (resource: string, what: string, more: { readonly namespace?: string; readonly group?: string; readonly subresource?: string } = {}) => {
    mustBeAuthorized({ user, verb: 'impersonate', group: '', ...more, resource, name: what }, api);
  };
  if (account) may('serviceaccounts', account, { namespace });
  else may('users', name);
  for (const group of groups) may('groups', group);
  for (const [key, value] of extras) may('userextras', value, { group: 'authentication.k8s.io', subresource: key });
  if (uid) may('uids', uid, { group: 'authentication.k8s.io' });
  const own = groups.length > 0 || !account ? [...groups] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const also = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const isKnown = own.includes(also) || (name !== 'system:anonymous' && own.includes('system:unauthenticated'));
  return { name, groups: isKnown ? own : [...own, also], ...(uid ? { uid } : {}), ...(extras.length > 0 ? { extra } : {}) };
}
