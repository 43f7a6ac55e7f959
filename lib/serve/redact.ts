import { maskCredentials } from '../git/mask';

/** Takes credentials out of a text that leaves the process: those of URLs and headers, bearer tokens, and JSON Web Tokens wherever they stand. */
export function redact(text: string): string {
  return maskCredentials(text)
    .replace(/\b(bearer\s+)[^\s'",;]+/gi, '$1***')
    .replace(/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '***');
}

/**
 * The same for what an API server said of a Secret: it quotes the value that it does not like.
 *
 * @param object as records and errors write it: `Secret/shop/token`, `Secret shop/token`
 */
export function redactObject(object: string | undefined, text: string): string {
  return redact(/^Secret[/ ]/.test(object ?? '') ? text.replace(/"(?:[^"\\]|\\.)*"/g, '"***"').replace(/(Invalid value:) *(?![" ])[^\n]*/g, '$1 ***') : text);
}
