import { FlotillaError } from '../../errors';

/** A URL and the digest that is meant, in lower case. Throws FLT2108 for a URL without a digest, or what is no URL. */
export function checkPinned({ url, sha256 }: { readonly url: string; readonly sha256?: string }): { url: string; sha256: string } {
  if (!/^https?:\/\//i.test(String(url)) || !URL.canParse(url)) {
    throw new FlotillaError('FLT2108', { what: `${JSON.stringify(url)} is no URL of a file`, fix: 'write it with `https://`; files of the repository are named in `files`' });
  }
  const digest = String(sha256 ?? '').replace(/^sha256:/, '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    throw new FlotillaError('FLT2108', {
      what: sha256 === undefined || sha256 === '' ? `the URL ${url} has no digest` : `the URL ${url} has the digest ${JSON.stringify(sha256)}, which is no SHA-256`,
      fix: `read the file, and pin it: \`sha256\` is what \`curl -fsSL ${url} | sha256sum\` prints`,
    });
  }
  return { url, sha256: digest };
}
