import { hashText } from '../faults/random';
import { NAME_LETTERS } from '../name-letters';

/**
 * The `pod-template-hash` of a template: FNV-1a over it, spelled in the letters that Kubernetes uses.
 *
 * Of the form of the real one and as stable, but another value: the real one hashes a dump of Go's structures.
 */
export function templateHash(template: unknown, collisions?: number): string {
  return safeEncode(String(hashText(canonical(template) + (collisions === undefined ? '' : `#${collisions}`))));
}

/** As k8s.io/apimachinery/pkg/util/rand does it: no vowels, so that no word comes out. */
export function safeEncode(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i++) encoded += NAME_LETTERS[text.charCodeAt(i) % NAME_LETTERS.length];
  return encoded;
}

/** JSON with sorted keys, without what is undefined. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`;
}
