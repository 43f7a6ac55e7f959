import type { Hmac } from 'node:crypto';

/** GitHub sends at most 25 MB. */
export const MAX_BODY = 25 * 1024 * 1024;

/** So much of a body is kept to look for the branch; a push of a thousand commits is about one MB. */
export const MAX_KEPT = 1024 * 1024;

/** What was read of a body. */
export interface Body {
  /** The whole of it; undefined when it has more bytes than are kept. */
  readonly bytes?: Buffer;
  /** Whether it has more bytes than may be read; the rest was not. */
  readonly oversize: boolean;
}

/**
 * Reads a body to its end, and feeds all of it to the signature. A long one is not kept: its signature needs no more than what is passing.
 *
 * @throws whatever the stream does when the caller leaves or is too slow
 */
export async function readBody(stream: ReadableStream<Uint8Array> | null, signature?: Hmac): Promise<Body> {
  const kept: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.byteLength;
    if (length > MAX_BODY) {
      // Cancelling would cut the connection before the answer is sent. The server drops what still comes, for half a second.
      reader?.releaseLock();
      return { oversize: true };
    }
    signature?.update(part.value);
    if (length <= MAX_KEPT) {
      kept.push(part.value);
    } else {
      kept.length = 0;
    }
  }
  return { oversize: false, ...(length <= MAX_KEPT ? { bytes: Buffer.concat(kept) } : {}) };
}

/** The JSON of a body, also where it is the field `payload` of a form; undefined when it is none. */
export function parseBody(bytes: Buffer, contentType: string | undefined): unknown {
  try {
    return JSON.parse(formPayload(bytes, contentType) ?? bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The field `payload` of a form: GitHub, Gitea and Forgejo can be told to send one. */
export function formPayload(bytes: Buffer, contentType: string | undefined): string | undefined {
  return contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded')
    ? new URLSearchParams(bytes.toString('utf8')).get('payload') ?? undefined
    : undefined;
}
