import { createHmac, randomBytes } from 'node:crypto';
import { isMap } from './shape';

/** kubectl stores the whole object there, values included. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The document; of a Secret, one in which each value is replaced by `hidden:` and eight digits of its hash, so that a change shows and the value does not. */
export function maskSecret(document: unknown): unknown {
  if (!isMap(document) || document.kind !== 'Secret' || document.apiVersion !== 'v1') {
    return document;
  }
  const masked: Record<string, unknown> = { ...document };
  for (const field of ['data', 'stringData']) {
    if (field in masked) {
      const values = masked[field];
      masked[field] = isMap(values) ? Object.fromEntries(Object.entries(values).map(([key, value]) => [key, hashed(value)])) : hashed(values);
    }
  }
  const { metadata } = document;
  if (isMap(metadata) && isMap(metadata.annotations) && LAST_APPLIED in metadata.annotations) {
    masked.metadata = { ...metadata, annotations: { ...metadata.annotations, [LAST_APPLIED]: hashed(metadata.annotations[LAST_APPLIED]) } };
  }
  return masked;
}

/** Of this process alone, so that nobody can find a weak value by trying. */
const KEY = randomBytes(32);

/** What stands for a value that must not be shown. */
export function hashed(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value) ?? '';
  return `hidden:${createHmac('sha256', KEY).update(text).digest('hex').slice(0, 8)}`;
}
