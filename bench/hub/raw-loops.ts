import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { contend } from '../contender';

/** What the raw loops need: the requests of each server, and nothing of the product. */
export interface RawLoops {
  readonly servers: readonly { readonly url: string; readonly token: string; readonly ca: string }[];
  /** The same for each server. */
  readonly bodies: readonly { readonly path: string; readonly body: string }[];
  /** Sockets to each server. */
  readonly sockets: number;
}

/** On two cores, thousands of handshakes take their time. */
const CONNECT_MS = 300_000;

// The raw loop of requests over each of the servers, all of them at the same time.
contend(async ([file]) => {
  const { servers, bodies, sockets } = JSON.parse(readFileSync(file, 'utf8')) as RawLoops;
  const pools = servers.map(({ url, ca }) => new Pool(url, { connections: sockets, connect: { ca, timeout: CONNECT_MS } }));
  const start = performance.now();
  await Promise.all(servers.map(async ({ token }, server) => {
    let next = 0;
    await Promise.all(Array.from({ length: sockets }, async () => {
      for (let i = next++; i < bodies.length; i = next++) {
        const answer = await pools[server].request({
          method: 'PATCH', path: `${bodies[i].path}?fieldManager=raw&force=true`, body: bodies[i].body,
          headers: {
            'authorization': `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml',
            'accept': 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
          },
        });
        const text = await answer.body.text();
        if (answer.statusCode > 299) {
          throw new Error(`${bodies[i].path}: ${answer.statusCode} ${text}`);
        }
      }
    }));
  }));
  const ms = performance.now() - start;
  await Promise.all(pools.map(pool => pool.close()));
  return { ms, requests: servers.length * bodies.length, writes: servers.length * bodies.length };
});
