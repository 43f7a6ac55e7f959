import type { TLSSocket } from 'node:tls';
import type { User } from '../api';
import { StatusError } from '../status-error';
import { withAuthenticated, type Authentication } from './authentication';
import type { Exchange } from './exchange';
import { forbidden } from './forbidden';
import type { AccessAttributes, Rules } from './rules';

/** What a request wants, whoever sends it. */
type Attributes = Omit<AccessAttributes, 'user'>;

const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Who asks, as far as that can be told. @throws StatusError 401, 403 when they may not speak for whom they speak for */
export function identify(exchange: Exchange, authentication: Authentication, rules: Rules, attributes: Attributes): User {
  const authorization = exchange.header('authorization');
  let user = authentication.tryCertificate(exchange.request.socket as TLSSocket);
  if (!user && authorization !== undefined) {
    const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token) {
      user = authentication.tryToken(token);
      if (!user) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
    }
  }
  return impersonated(exchange, user ?? ANONYMOUS, rules, attributes);
}

interface Wanted {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

function impersonated(exchange: Exchange, user: User, rules: Rules, attributes: Attributes): User {
  if (!speaksForOthers(exchange)) return user;
  const name = exchange.header('impersonate-user');
  const groups = valuesOf(exchange, 'impersonate-group');
  const uid = exchange.header('impersonate-uid');
  const extra: Record<string, string[]> = {};
  for (const key of Object.keys(exchange.request.headers)) {
    if (key.startsWith('impersonate-extra-')) extra[decodeURIComponent(key.slice('impersonate-extra-'.length))] = valuesOf(exchange, key);
  }
  if (!name) {
    if (groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0) throw new StatusError(400, 'BadRequest', `requested ${JSON.stringify(groups)} without impersonating a user`);
    return user;
  }
  const wanted = { name, groups, uid, extra };
  const account = ACCOUNT.exec(name);
  if (refusalOf(user, wanted, 'impersonate', '', rules)) mustBeConstrained(user, wanted, account ? 'serviceaccount' : 'user-info', attributes, rules);
  const own = account && groups.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : groups;
  const all = name === 'system:anonymous' ? [...own, 'system:unauthenticated'] : withAuthenticated(own);
  return { name, groups: [...new Set(all)], ...uid === undefined ? {} : { uid }, ...Object.keys(extra).length > 0 ? { extra } : {} };
}

/** Who may not become somebody altogether may yet do so for what is asked here. @throws StatusError 403 */
function mustBeConstrained(user: User, wanted: Wanted, mode: string, attributes: Attributes, rules: Rules): void {
  const asked = { ...attributes, user, verb: `impersonate-on:${mode}:${attributes.verb}` };
  const { allowed, reason } = rules.authorize(asked);
  if (!allowed) throw forbidden(asked, reason);
  const refusal = refusalOf(user, wanted, `impersonate:${mode}`, 'authentication.k8s.io', rules);
  if (refusal) throw refusal;
}

/** The first part of somebody that a user may not become. */
function refusalOf(user: User, { name, groups, uid, extra }: Wanted, verb: string, group: string, rules: Rules): StatusError | undefined {
  const account = ACCOUNT.exec(name);
  const authentication = { group: 'authentication.k8s.io', version: 'v1' };
  const parts = [
    account ? { group, version: 'v1', resource: 'serviceaccounts', namespace: account[1], name: account[2] } : { group, version: 'v1', resource: 'users', name },
    ...groups.map(each => ({ group, version: 'v1', resource: 'groups', name: each })),
    ...uid === undefined ? [] : [{ ...authentication, resource: 'uids', name: uid }],
    ...Object.entries(extra).flatMap(([key, values]) => values.map(value => ({ ...authentication, resource: 'userextras', subresource: key, name: value }))),
  ];
  for (const part of parts) {
    const asked = { ...part, user, verb };
    const { allowed, reason } = rules.authorize(asked);
    if (!allowed) return forbidden(asked, reason);
  }
  return undefined;
}

/** Nearly nobody does: what follows would be looked for in each request. */
function speaksForOthers({ request: { headers } }: Exchange): boolean {
  for (const key in headers) if (key.startsWith('impersonate-')) return true;
  return false;
}

/** One header each; Node joins those it knows nothing about by commas, which no group has unescaped. */
function valuesOf(exchange: Exchange, name: string): string[] {
  const values: string[] = [];
  const { rawHeaders } = exchange.request;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i].toLowerCase() === name) values.push(rawHeaders[i + 1]);
  return values;
}
