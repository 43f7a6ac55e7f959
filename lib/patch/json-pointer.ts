import { PatchError } from './patch-error';

/** The keys of a JSON pointer (RFC 6901); `''` is the whole document. @throws PatchError */
export function parsePointer(pointer: string): string[] {
  if (pointer === '') {
    return [];
  }
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) {
    throw new PatchError(`the path ${JSON.stringify(pointer)} is no JSON pointer`, 'write it as `/spec/replicas`, with `~1` for a `/` and `~0` for a `~` in a key');
  }
  return pointer.slice(1).split('/').map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/** The pointer of keys. */
export function formatPointer(keys: readonly (string | number)[]): string {
  return keys.map(key => `/${String(key).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}
