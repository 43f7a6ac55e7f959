import { createHash } from 'node:crypto';
import { DownloadJob } from './job';
import { causeText, FlotillaError } from '../../errors';
import { MAX_FILE_BYTES, formatMebibytes } from '../../yaml/limits';

/** Downloads a file and sees that it is the one that is meant. Throws FLT2109. */
export async function download({ url, sha256 }: DownloadJob, timeoutMs: number): Promise<string> {
  const content = await fetchBytes(url, timeoutMs);
  const actual = createHash('sha256').update(content).digest('hex');
  if (actual !== sha256) {
    throw new FlotillaError('FLT2109', {
      what: `${url} is not the file that the model means: its SHA-256 is ${actual}, and not ${sha256}`,
      fix: 'read what is there now; when it is what you want, set `sha256` to the new digest',
    });
  }
  return content.toString('utf8');
}

async function fetchBytes(url: string, timeoutMs: number): Promise<Buffer> {
  // Loaded here: most runs download nothing.
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const reply = await fetch(url, { dispatcher, signal: AbortSignal.timeout(timeoutMs) });
    if (!reply.ok || reply.body === null) {
      throw new Error(`the server answered ${reply.status} ${reply.statusText}`.trimEnd());
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of reply.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > MAX_FILE_BYTES) {
        throw new Error(`it has more than ${formatMebibytes(MAX_FILE_BYTES)}`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    throw new FlotillaError('FLT2109', { what: `${url} cannot be downloaded`, cause: reasonOf(cause), fix: 'see that this machine can reach it, or keep the file in the repository' });
  } finally {
    await dispatcher.destroy();
  }
}

/** undici says `fetch failed`, and why in the cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return [causeText(error), causeText(cause)].filter(Boolean).join(': ');
}
