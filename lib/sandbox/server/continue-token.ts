import { badRequest } from './refusals';

/** Where the next page begins: the version of all pages, and the key after which it goes on. */
export interface ContinueToken {
  /** -1: the newest, for who got a token because the old version is forgotten. */
  readonly revision: number;
  readonly after: string;
}

/** In the shape of the real one, which clients take as it is. */
export function formatContinue({ revision, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` })).toString('base64url');
}

/** @throws StatusError 400 */
export function parseContinue(token: string): ContinueToken {
  const refuse = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  if (!/^[A-Za-z0-9_=-]*$/.test(token)) throw refuse('illegal base64 data at input byte 0');
  let value: { v?: unknown; rv?: unknown; start?: unknown };
  const text = Buffer.from(token, 'base64url').toString();
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    throw refuse(`invalid character '${text[0]}' looking for beginning of value`);
  }
  if (value?.v !== 'meta.k8s.io/v1') throw refuse('incorrect encoded version for this cluster');
  if (typeof value.rv !== 'number' || value.rv === 0 || typeof value.start !== 'string') throw refuse('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  return { revision: value.rv, after: value.start.replace(/\u0000$/, '') };
}

export function keyOfObject({ metadata }: { readonly metadata: { readonly namespace?: string; readonly name: string } }): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
