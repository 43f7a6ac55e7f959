import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { contend } from '../contender';

/** What the raw loop needs: where to send what, and nothing of the product. */
export interface RawInput {
  readonly url: string;
  readonly token: string;
  readonly caFile: string;
  readonly bodies: readonly { readonly path: string; readonly body: string }[];
}

const CONCURRENCY = 20;

// The least that any deployer has to do: one server-side apply an object, as many at a time, over kept connections.
contend(async ([file]) => {
  const { url, token, caFile, bodies } = JSON.parse(readFileSync(file, 'utf8')) as RawInput;
  const pool = new Pool(url, { connections: CONCURRENCY, connect: { ca: readFileSync(caFile) } });
  const start = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    for (let i = next++; i < bodies.length; i = next++) {
      const answer = await pool.request({
        method: 'PATCH', path: `${bodies[i].path}?fieldManager=raw&force=true`, body: bodies[i].body,
        headers: {
          'authorization': `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml',
          'accept': 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
        },
      });
      await answer.body.text();
      if (answer.statusCode > 299) {
        throw new Error(`${bodies[i].path}: ${answer.statusCode}`);
      }
    }
  }));
  const ms = performance.now() - start;
  await pool.close();
  return { ms, requests: bodies.length, writes: bodies.length };
});
