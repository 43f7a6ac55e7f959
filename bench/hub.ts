import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configMapApplications, objectsOf, pathOf } from './agent/inputs';
import { AgentProcess } from './agent/running';
import { Samples } from './agent/samples';
import { numberAfter } from './arguments';
import { type Run, runContender } from './contender';
import type { RawLoops } from './hub/raw-loops';
import { writeKubeconfig } from '../test/control-plane/kubeconfig';
import { LiveBranch } from '../test/reconcile/agent/live-branch';
import { a } from '../test/reconcile/written-tree';
import { temporaryFolder } from '../test/temporary-folder';

/**
 * `npm run bench -- hub [--clusters 200] [--size 50] [--runs 5] [--sockets 20]`: one hub for many clusters of the sandbox, and a commit that changes all
 * objects of all of them, beside the raw loop of the same requests over the same servers, with so many sockets to each.
 */
const clusters = numberAfter('--clusters', 200);
const size = numberAfter('--size', 50);
const runs = numberAfter('--runs', 5);
/** Of the raw loops, to each cluster. */
const sockets = numberAfter('--sockets', 20);
const RAW = `raw loops, ${sockets} sockets each`;
const NAMES = Array.from({ length: clusters }, (_, i) => `cluster-${String(i).padStart(3, '0')}`);
/** Other work may leave little of the machine. */
const PATIENCE_MS = 600_000;
const CASE = `${clusters} clusters of ${size} ConfigMaps, all changed`;

interface Server {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly ca: string;
}

async function main(): Promise<void> {
  const child = fork(join(__dirname, 'hub', 'servers.mjs'), NAMES, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const samples = new Samples('hub');
  try {
    const [servers] = await once(child, 'message') as [Server[]];
    const folder = temporaryFolder();
    const caFile = join(folder, 'ca.crt');
    writeFileSync(caFile, servers[0].ca);
    const kubeconfig = join(folder, 'kubeconfig');
    writeKubeconfig(kubeconfig, servers.map(({ name, url, token }) => ({ name, url, token, caFile })));
    const branch = new LiveBranch({ fleet: 'bench' });
    const first = branch.push(fleetOf(0));
    const agent = new AgentProcess(branch.url, kubeconfig);
    const raw = (version: number): Promise<Run> => runContender(join(__dirname, 'hub', 'raw-loops.ts'), [requests(servers, 'raw', version)]);
    await runContender(join(__dirname, 'hub', 'raw-loops.ts'), [namespaces(servers)]);
    await raw(0);
    await agent.delivered(first, PATIENCE_MS);
    for (let version = 1; version <= runs; version++) {
      process.stderr.write(`run ${version} of ${runs} …\n`);
      const { ms, cpuMs } = await raw(version);
      const commit = branch.push(fleetOf(version));
      const before = await agent.stats();
      const start = agent.wake();
      const after = await agent.delivered(commit, PATIENCE_MS);
      samples.beside(CASE, 'ms', agent.lastRun(start) - start, RAW, ms);
      samples.beside(CASE, 'ms of the processor', after.cpuMs - before.cpuMs, RAW, cpuMs ?? Number.NaN);
      samples.add(CASE, 'requests', after.requests - before.requests);
      samples.add(`memory with ${clusters} clusters`, 'MB', after.rssMB);
      samples.add(`most memory with ${clusters} clusters`, 'MB', after.peakMB);
    }
    // What the work took is given back when there is none for a while.
    await sleep(25_000);
    samples.add(`memory at rest with ${clusters} clusters`, 'MB', (await agent.stats()).rssMB);
    process.stderr.write(`${agent.told('connection').filter(({ state }) => state === 'down').length} times a cluster was taken for away\n`);
    await agent.stop();
  } finally {
    child.disconnect();
  }
  samples.print();
}

function fleetOf(version: number): Parameters<LiveBranch['push']>[0] {
  return Object.fromEntries(NAMES.map(name => [name, { base: { objects: [a.namespace('ours')] }, ...configMapApplications(size, 'ours', String(version), size) }]));
}

function namespaces(servers: readonly Server[]): string {
  return written({ servers, sockets, bodies: [{ path: '/api/v1/namespaces/raw', body: JSON.stringify(a.namespace('raw')) }] });
}

function requests(servers: readonly Server[], namespace: string, version: number): string {
  const objects = objectsOf(configMapApplications(size, namespace, String(version), size));
  return written({ servers, sockets, bodies: objects.map(object => ({ path: pathOf(object), body: JSON.stringify(object) })) });
}

function written(input: RawLoops): string {
  const file = join(temporaryFolder(), 'requests.json');
  writeFileSync(file, JSON.stringify(input));
  return file;
}

void main();
