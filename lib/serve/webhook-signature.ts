import { createHmac, Hmac, timingSafeEqual } from 'node:crypto';

/** How a caller proves that it knows the secret. */
export type Proof =
  /** An HMAC with SHA-256 over the body, as hexadecimal digits. */
  | { readonly type: 'signature'; readonly header: string; readonly digest: Buffer | undefined }
  /** The secret itself. */
  | { readonly type: 'token'; readonly header: string; readonly token: string };

/** Headers with a signature, and what stands before its digits. GitHub and Forgejo send several; the first of this list decides. */
const SIGNATURES: readonly (readonly [header: string, prefix: string])[] = [
  ['x-hub-signature-256', 'sha256='], // GitHub; Forgejo and Gitea too
  ['x-forgejo-signature', ''],
  ['x-gitea-signature', ''],
  ['x-hub-signature', 'sha256='], // Bitbucket; GitHub's is SHA-1, and beside the one above
];

/** What a request brings to prove itself; undefined when it brings nothing. */
export function tryFindProof(header: (name: string) => string | undefined): Proof | undefined {
  for (const [name, prefix] of SIGNATURES) {
    const value = header(name)?.trim();
    if (value) {
      return { type: 'signature', header: name, digest: parseDigest(value, prefix) };
    }
  }
  const gitlab = header('x-gitlab-token');
  if (gitlab) {
    return { type: 'token', header: 'x-gitlab-token', token: gitlab };
  }
  const [, bearer] = /^bearer +(\S.*)$/i.exec(header('authorization')?.trim() ?? '') ?? [];
  return bearer ? { type: 'token', header: 'authorization', token: bearer } : undefined;
}

/** The HMAC that a body is fed to. */
export function signatureOf(secret: string): Hmac {
  return createHmac('sha256', secret);
}

/** Whether two digests are the same, in a time that does not tell where they differ. */
export function sameDigest(a: Buffer, b: Buffer | undefined): boolean {
  return b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}

/** Whether a token is the secret, in a time that tells neither where they differ nor how long the secret is. */
export function sameToken(secret: string, token: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'flotilla').update(text).digest();
  return timingSafeEqual(digest(secret), digest(token));
}

function parseDigest(value: string, prefix: string): Buffer | undefined {
  const digits = value.startsWith(prefix) ? value.slice(prefix.length) : '';
  return /^[0-9a-f]{64}$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined;
}
