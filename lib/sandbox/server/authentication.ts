import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { User } from '../api';
import { isMap, type JsonMap } from '../json';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const AUTHENTICATED = 'system:authenticated';

export interface TokenSubject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  /** In seconds since 1970. */
  readonly issued: number;
  readonly expires: number;
  /** The Pod or Secret that it is bound to. */
  readonly boundTo?: { readonly kind: string; readonly name: string; readonly uid: string };
}

/** Who somebody is by what they show: a token of the cluster, a token of a ServiceAccount, or a certificate. */
export class Authentication {
  private readonly tokens = new Map<string, User>();
  private readonly certificates = new WeakMap<TLSSocket, User | null>();
  private key?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

  /** @param accounts whether a ServiceAccount is still there: a token dies with it */
  constructor(private readonly accounts: (namespace: string, name: string, uid: string) => boolean, private readonly now: () => Date) {}

  addToken(user: User, token = randomBytes(16).toString('hex')): string {
    this.tokens.set(token, { ...user, groups: withAuthenticated(user.groups) });
    return token;
  }

  /** Undefined: nobody, which is not the same as anonymous. */
  tryToken(token: string, audiences: readonly string[] = [ISSUER]): User | undefined {
    return this.tokens.get(token) ?? this.tryServiceAccount(token, audiences);
  }

  /** The user of a client certificate that our authority signed; undefined when there is none. */
  tryCertificate(socket: TLSSocket): User | undefined {
    let user = this.certificates.get(socket);
    if (user === undefined) {
      user = socket.authorized ? userOf(socket) : null;
      this.certificates.set(socket, user);
    }
    return user ?? undefined;
  }

  /** A signed token (JWT) of a ServiceAccount. */
  issueToken({ namespace, name, uid, audiences, issued, expires, boundTo }: TokenSubject): string {
    const claims = {
      'aud': audiences, 'exp': expires, 'iat': issued, 'iss': ISSUER, 'jti': randomBytes(16).toString('hex'),
      'kubernetes.io': { namespace, ...boundTo ? { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } } : {}, serviceaccount: { name, uid } },
      'nbf': issued, 'sub': `system:serviceaccount:${namespace}:${name}`,
    };
    const text = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), { key: this.keys().privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  private tryServiceAccount(token: string, audiences: readonly string[]): User | undefined {
    const [head, body, signature, ...more] = token.split('.');
    if (!signature || more.length > 0 || !this.key) return undefined;
    const valid = verify('sha256', Buffer.from(`${head}.${body}`), { key: this.key.publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    if (!valid) return undefined;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as JsonMap;
    const seconds = this.now().getTime() / 1000;
    if (Number(claims.exp) <= seconds || !(claims.aud as string[]).some(each => audiences.includes(each))) return undefined;
    const { namespace, serviceaccount } = claims['kubernetes.io'] as { namespace: string; serviceaccount: { name: string; uid: string } };
    if (!this.accounts(namespace, serviceaccount.name, serviceaccount.uid)) return undefined;
    return {
      name: String(claims.sub), uid: serviceaccount.uid, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${String(claims.jti)}`] },
    };
  }

  private keys() {
    if (!this.key) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      this.key = { privateKey: createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })), publicKey: createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' })) };
    }
    return this.key;
  }
}

export function withAuthenticated(groups: readonly string[]): readonly string[] {
  return groups.includes(AUTHENTICATED) || groups.includes('system:unauthenticated') ? groups : [...groups, AUTHENTICATED];
}

function userOf(socket: TLSSocket): User | null {
  const { subject } = socket.getPeerCertificate();
  if (!isMap(subject) || typeof subject.CN !== 'string') return null;
  // Several organizations come as a list, which the type does not say.
  const organizations = subject.O as string | string[] | undefined;
  return { name: subject.CN, groups: withAuthenticated(organizations === undefined ? [] : [organizations].flat()) };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
