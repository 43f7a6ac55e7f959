import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { Server } from './running';
import { contend } from '../contender';

const MAPS = '/api/v1/namespaces/default/configmaps';

/** Opens a watch, and calls back with each line of it. Resolves when it is open. */
function watch({ url, token, ca }: Server, onLine: () => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const req = request(new URL(`${MAPS}?watch=1&fieldSelector=metadata.name%3Dwatched&resourceVersion=0`, url), { ca, headers: { authorization: `Bearer ${token}` } }, response => {
      response.on('data', (chunk: Buffer) => {
        for (const byte of chunk) if (byte === 10) onLine();
      });
      resolve(() => req.destroy());
    });
    req.on('error', reject);
    req.end();
  });
}

function apply({ url, token, ca }: Server, agent: Agent, value: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const req = request(new URL(`${MAPS}/watched?fieldManager=bench&force=true`, url), {
      method: 'PATCH', ca, agent, headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' },
    }, response => {
      response.resume();
      response.on('end', () => (response.statusCode! < 300 ? resolve() : reject(new Error(`apply: ${response.statusCode}`))));
    });
    req.on('error', reject);
    req.end(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'watched', namespace: 'default' }, data: { value } }));
  });
}

// One write, and as many watchers as it says: from before the request until the last of them has its event. The median of 20.
contend(async ([file, count]) => {
  const server = JSON.parse(readFileSync(file, 'utf8')) as Server;
  const agent = new Agent({ keepAlive: true });
  const watchers = Number(count);
  let lines = 0;
  let all: (() => void) | undefined;
  const ends: (() => void)[] = [];
  for (let i = 0; i < watchers; i++) {
    ends.push(await watch(server, () => {
      if (++lines === watchers) all?.();
    }));
  }
  const round = async (value: string): Promise<number> => {
    lines = 0;
    const told = new Promise<void>(resolve => {
      all = resolve;
    });
    const start = performance.now();
    await apply(server, agent, value);
    await told;
    return performance.now() - start;
  };
  const times: number[] = [];
  for (let i = 0; i < 25; i++) times.push(await round(String(i)));
  // The first ones warm up the server.
  const counted = times.slice(5).sort((a, b) => a - b);
  for (const end of ends) end();
  agent.destroy();
  return { ms: (counted[9] + counted[10]) / 2, requests: counted.length, writes: counted.length };
});
