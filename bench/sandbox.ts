import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configMapApplications, objectsOf, pathOf } from './agent/inputs';
import { Samples } from './agent/samples';
import { numberAfter } from './arguments';
import { runContender } from './contender';
import type { RawLoops } from './hub/raw-loops';
import type { Measure } from './measure';
import { ticks } from './peers/process-times';
import { ask, RunningClusters, type Server } from './sandbox/running';
import { isMissing } from '../test/control-plane/binaries';
import { ControlPlane } from '../test/control-plane/control-plane';
import { foundOnce } from '../test/control-plane/found-once';
import { a } from '../test/reconcile/written-tree';
import { temporaryFolder } from '../test/temporary-folder';

/**
 * `npm run bench -- sandbox [--clusters 1000] [--size 5000] [--watchers 100] [--runs 5]`: how soon a sandbox answers and what it takes, how many clusters
 * fit into a process, and what it does in a second, beside a real kube-apiserver.
 */
const clusters = numberAfter('--clusters', 1000);
const size = numberAfter('--size', 5000);
const watchers = numberAfter('--watchers', 100);
const runs = numberAfter('--runs', 5);
const OBJECTS = 100;
const REAL = 'kube-apiserver';

async function main(): Promise<void> {
  const samples = new Samples('sandbox');
  for (let run = 0; run <= runs; run++) await first(run > 0 ? samples : new Samples('warm-up'));
  await many(samples);
  const found = foundOnce();
  if (isMissing(found)) process.stderr.write(`${REAL} is left out: ${found.missing}\n`);
  const plane = isMissing(found) ? undefined : await ControlPlane.start({ name: 'bench', binaries: found });
  const sandbox = await RunningClusters.start(1, 0);
  try {
    const real = plane && { url: plane.url, token: plane.token, ca: readFileSync(plane.caFile, 'utf8'), pids: plane.pids };
    for (let run = 0; run <= runs; run++) {
      process.stderr.write(`${run === 0 ? 'warm-up' : `run ${run} of ${runs}`} …\n`);
      await requests(run > 0 ? samples : new Samples('warm-up'), { ...sandbox.server, pids: [sandbox.pid] }, real, run);
    }
  } finally {
    await sandbox.stop();
    await plane?.stop();
  }
  samples.print();
}

interface Measured extends Server {
  readonly pids: readonly number[];
}

interface Speed {
  readonly aSecond: number;
  readonly aProcessorSecond: number;
}

/** A process, from its start until the first answer over HTTPS. */
async function first(samples: Samples): Promise<void> {
  const start = performance.now();
  const running = await RunningClusters.start(1, 0);
  await ask(running.server, '/api/v1/namespaces');
  samples.add('from the start of a process to its first answer', 'ms', performance.now() - start);
  // What other work on the machine does not change.
  samples.add('processor time of that', 'ms', ticks([running.pid]) * 10);
  samples.add('memory of a process with one cluster', 'MB', (await running.memoryMB()).now);
  await running.stop();
}

async function many(samples: Samples): Promise<void> {
  process.stderr.write(`${clusters} clusters of ${OBJECTS} ConfigMaps …\n`);
  const start = performance.now();
  const running = await RunningClusters.start(clusters, OBJECTS);
  const { now, peak } = await running.memoryMB();
  samples.add(`memory of ${clusters} clusters of ${OBJECTS} ConfigMaps`, 'MB', now);
  samples.add(`most memory of ${clusters} clusters of ${OBJECTS} ConfigMaps`, 'MB', peak);
  samples.add(`${clusters} clusters of ${OBJECTS} ConfigMaps, until all are there`, 'ms', performance.now() - start);
  await running.stop();
}

async function requests(samples: Samples, sandbox: Measured, real: Measured | undefined, run: number): Promise<void> {
  const apply = async (server: Measured, bodies: RawLoops['bodies']): Promise<Speed> => {
    await runContender(join(__dirname, 'hub', 'raw-loops.ts'), [written({ servers: [server], bodies: [namespaceOf(namespace)] })]);
    const before = ticks(server.pids);
    const { ms } = await runContender(join(__dirname, 'hub', 'raw-loops.ts'), [written({ servers: [server], bodies })]);
    return { aSecond: bodies.length / ms * 1000, aProcessorSecond: bodies.length / (ticks(server.pids) - before) * 100 };
  };
  // Each run into a namespace of its own, for new objects; the second time to change them.
  const namespace = `run-${run}`;
  for (const [name, version] of [['new', 'a'], ['changed', 'b']]) {
    const bodies = objectsOf(configMapApplications(size, namespace, version, size)).map(object => ({ path: pathOf(object), body: JSON.stringify(object) }));
    const ours = await apply(sandbox, bodies);
    const theirs = real && await apply(real, bodies);
    const title = `server-side applies of ${size} ConfigMaps, ${name}`;
    tell(samples, title, 'a second', ours.aSecond, theirs?.aSecond);
    // What other work on the machine does not change.
    tell(samples, title, 'a second of processor time', ours.aProcessorSecond, theirs?.aProcessorSecond);
  }
  const watched = async (server: Server): Promise<number> => (await runContender(join(__dirname, 'sandbox', 'watchers.ts'), [written(server), String(watchers)])).ms;
  tell(samples, `a write until all of ${watchers} watchers know of it`, 'ms', await watched(sandbox), real && await watched(real));
}

function tell(samples: Samples, name: string, unit: Measure['unit'], ours: number, theirs: number | undefined): void {
  if (theirs === undefined) samples.add(name, unit, ours);
  else samples.beside(name, unit, ours, REAL, theirs);
}

function namespaceOf(name: string): RawLoops['bodies'][number] {
  return { path: `/api/v1/namespaces/${name}`, body: JSON.stringify(a.namespace(name)) };
}

function written(input: object): string {
  const file = join(temporaryFolder(), 'input.json');
  writeFileSync(file, JSON.stringify(input));
  return file;
}

void main();
