import type { TLSSocket } from 'node:tls';
import type { User } from '../api';
import { StatusError } from '../status-error';
import { withAuthenticated, type Authentication } from './authentication';
import type { Exchange } from './exchange';
import { forbidden } from './forbidden';
import type { AccessAttributes, Rules } from './rules';

const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Who asks, as far as that can be told. @throws StatusError 401, 403 when they may not speak for whom they speak for */
export function identify(exchange: Exchange, authentication: Authentication, rules: Rules): User {
  const authorization = exchange.header('authorization');
  let user = authentication.tryCertificate(exchange.request.socket as TLSSocket);
  if (!user && authorization !== undefined) {
    const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token) {
      user = authentication.tryToken(token);
      if (!user) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
    }
  }
  return impersonated(exchange, user ?? ANONYMOUS, rules);
}

function impersonated(exchange: Exchange, user: User, rules: Rules): User {
  const { headers } = exchange.request;
  const name = exchange.header('impersonate-user');
  const groups = valuesOf(exchange, 'impersonate-group');
  const uid = exchange.header('impersonate-uid');
  const extra: Record<string, string[]> = {};
  for (const key of Object.keys(headers)) {
    if (key.startsWith('impersonate-extra-')) extra[decodeURIComponent(key.slice('impersonate-extra-'.length))] = valuesOf(exchange, key);
  }
  if (!name) {
    if (groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0) {
      throw new StatusError(500, 'InternalError', `Internal error occurred: requested ${JSON.stringify([...groups])} without impersonating a user`.replace(/requested .*/, 'requested impersonation without a user'));
    }
    return user;
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const check = (attributes: Omit<AccessAttributes, 'user' | 'verb'>) => {
    const asked = { ...attributes, user, verb: 'impersonate' };
    const { allowed, reason } = rules.authorize(asked);
    if (!allowed) throw forbidden(asked, reason);
  };
  if (account) check({ group: '', version: 'v1', resource: 'serviceaccounts', namespace: account[1], name: account[2] });
  else check({ group: '', version: 'v1', resource: 'users', name });
  for (const group of groups) check({ group: '', version: 'v1', resource: 'groups', name: group });
  if (uid !== undefined) check({ group: 'authentication.k8s.io', version: 'v1', resource: 'uids', name: uid });
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values) check({ group: 'authentication.k8s.io', version: 'v1', resource: 'userextras', subresource: key, name: value });
  }
  const own = account && groups.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : groups;
  const all = name === 'system:anonymous' ? [...own, 'system:unauthenticated'] : withAuthenticated(own);
  return { name, groups: [...new Set(all)], ...uid === undefined ? {} : { uid }, ...Object.keys(extra).length > 0 ? { extra } : {} };
}

/** One header each; Node joins those it knows nothing about by commas, which no group has unescaped. */
function valuesOf(exchange: Exchange, name: string): string[] {
  const values: string[] = [];
  const { rawHeaders } = exchange.request;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i].toLowerCase() === name) values.push(rawHeaders[i + 1]);
  return values;
}
