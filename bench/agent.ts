import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Applications, configMapApplications, objectsOf, pathOf, webApplications, writeManifests, writeRequests } from './agent/inputs';
import { AgentProcess } from './agent/running';
import { Samples } from './agent/samples';
import { numberAfter } from './arguments';
import { runContender } from './contender';
import type { Manifest } from '../lib/tree/manifest';
import { ControlPlane } from '../test/control-plane/control-plane';
import { kubectl } from '../test/control-plane/kubectl';
import { LiveBranch } from '../test/reconcile/agent/live-branch';
import { a } from '../test/reconcile/written-tree';

/**
 * `npm run bench -- agent [--size 1000] [--apps 250] [--runs 5] [--steady 120]`: an agent that follows a branch, in a process of its own, beside the raw
 * loop of the same requests and kubectl.
 *
 * Times are from the call of the webhook until the record of the last application is written, so that the objects and what is told of them are both there.
 */
const size = numberAfter('--size', 1000);
const apps = numberAfter('--apps', 250);
const runs = numberAfter('--runs', 5);
const steadySeconds = numberAfter('--steady', 120);
const CLUSTER = 'bench';
const NAMES = `${size} ConfigMaps`;

async function main(): Promise<void> {
  const plane = await ControlPlane.start({ name: CLUSTER });
  const samples = new Samples('agent');
  try {
    for (let round = 0; round <= runs; round++) {
      process.stderr.write(`${round === 0 ? 'warm-up' : `run ${round} of ${runs}`} …\n`);
      // The first round warms up the server and the file system; the long rest is measured once.
      const kept = round === 0 ? new Samples('warm-up') : samples;
      await configMapRound(plane, round, kept);
      if (apps > 0) {
        await webRound(plane, round, kept);
      }
    }
  } finally {
    await plane.stop();
  }
  samples.print();
}

/** An agent that has nothing but one object to keep, and who pushes to its branch. */
async function startAgent(plane: ControlPlane, round: string): Promise<{ branch: LiveBranch; agent: AgentProcess; namespace: string }> {
  const namespace = `ours-${round}`;
  await plane.kube.create(a.namespace(namespace));
  const branch = new LiveBranch({ fleet: `bench-${round}`, namespace: `flotilla-${round}` });
  const agent = new AgentProcess(branch.url, plane.kubeconfig, [CLUSTER]);
  await agent.delivered(branch.push({ [CLUSTER]: {} }));
  return { branch, agent, namespace };
}

async function rawLoop(plane: ControlPlane, objects: readonly Manifest[]): Promise<number> {
  return (await runContender(join(__dirname, 'reconcile', 'raw-loop.ts'), [writeRequests(plane, objects)])).ms;
}

/** Pushes, calls the webhook, and waits until all is delivered. */
async function deliver(branch: LiveBranch, agent: AgentProcess, applications: Applications): Promise<{ ms: number; requests: number }> {
  const commit = branch.push({ [CLUSTER]: applications });
  const before = await agent.stats();
  const start = agent.wake();
  const after = await agent.delivered(commit);
  return { ms: agent.lastRun(start) - start, requests: after.requests - before.requests };
}

async function configMapRound(plane: ControlPlane, round: number, samples: Samples): Promise<void> {
  const { branch, agent, namespace } = await startAgent(plane, `${round}`);
  await plane.kube.create(a.namespace(`raw-${round}`));
  const raw = await rawLoop(plane, objectsOf(configMapApplications(size, `raw-${round}`)));
  const wanted = configMapApplications(size, namespace);
  const first = await deliver(branch, agent, wanted);
  samples.beside(`${NAMES}, new`, 'ms', first.ms, 'raw loop', raw);
  samples.add(`${NAMES}, new`, 'requests', first.requests);

  for (let i = 0; i < 3; i++) {
    const changed = await deliver(branch, agent, configMapApplications(size, namespace, `changed-${i}`, 10));
    samples.add(`10 of ${NAMES} changed`, 'ms', changed.ms);
    samples.add(`10 of ${NAMES} changed`, 'requests', changed.requests);
  }
  await deliver(branch, agent, wanted);
  await driftOfOne(plane, agent, objectsOf(wanted), samples);
  await driftOfAll(plane, agent, objectsOf(wanted).slice(0, 1000), samples);

  await sleep(5_000);
  const before = await agent.stats();
  // A commit that touches nothing of ours, and then a rest.
  const commit = branch.pushFiles({ 'README.md': `round ${round}\n` });
  agent.wake();
  await agent.delivered(commit).catch(() => undefined);
  const seconds = round === 1 ? steadySeconds : 5;
  await sleep(seconds * 1000);
  const after = await agent.stats();
  samples.add(`${NAMES}, a commit that does not touch them, and a rest`, 'requests', after.requests - before.requests);
  if (round === 1) {
    samples.add(`${NAMES}, a rest of ${seconds} s, polled every minute`, '% of a core', (after.cpuMs - before.cpuMs) / seconds / 10);
  }
  samples.add(`${NAMES}, steady`, 'MB', after.rssMB);
  samples.add(`${NAMES}, peak`, 'MB', after.peakMB);
  await agent.stop();
  await restart(plane, branch, samples);
  // The next round's watches would begin with them.
  for (const each of [namespace, `raw-${round}`]) {
    await plane.kube.delete(`/api/v1/namespaces/${each}/configmaps`);
  }
}

async function restart(plane: ControlPlane, branch: LiveBranch, samples: Samples): Promise<void> {
  const start = performance.timeOrigin + performance.now();
  const agent = new AgentProcess(branch.url, plane.kubeconfig, [CLUSTER]);
  const stats = await agent.delivered(branch.head);
  samples.add(`restart with ${NAMES}, process start included`, 'ms', performance.timeOrigin + performance.now() - start);
  samples.add(`restart with ${NAMES}`, 'requests', stats.requests);
  samples.add(`restart with ${NAMES}`, 'writes', stats.writes);
  samples.add(`restart with ${NAMES}, steady`, 'MB', stats.rssMB);
  samples.add(`restart with ${NAMES}, peak`, 'MB', stats.peakMB);
  await agent.stop();
}

/** Each time another object, and another way to change it; from the answer to the one who changed it. */
async function driftOfOne(plane: ControlPlane, agent: AgentProcess, objects: readonly Manifest[], samples: Samples): Promise<void> {
  const ways: readonly [string, (path: string) => Promise<unknown>][] = [
    ['edited', path => plane.kube.patch(path, { data: { version: 'theirs' } })],
    ['deleted', path => plane.kube.delete(path)],
    ['label removed', path => plane.kube.patch(path, { metadata: { labels: { 'applyset.kubernetes.io/part-of': null } } })],
  ];
  for (let i = 0; i < 30; i++) {
    const object = objects[Math.floor(objects.length * (i + 0.5) / 30)];
    const [way, write] = ways[i % ways.length];
    const before = agent.told('drift').length;
    await write(pathOf(object));
    const done = performance.timeOrigin + performance.now();
    await agent.until(() => agent.told('drift').length > before);
    samples.add(`1 of ${NAMES} ${way}`, 'ms', Math.max(0, agent.told('drift')[before].at - done));
    await sleep(50);
  }
}

/** Somebody changes them all, as fast as a raw loop does; from the last answer to the last repair. */
async function driftOfAll(plane: ControlPlane, agent: AgentProcess, objects: readonly Manifest[], samples: Samples): Promise<void> {
  const before = agent.told('drift').length;
  const start = performance.now();
  const theirs = objects.map(object => ({ ...object, data: { ...object.data as object, version: 'theirs' } }));
  const raw = await rawLoop(plane, theirs);
  await agent.until(() => agent.told('drift').length >= before + objects.length, 120_000);
  samples.beside(`drift in all of ${objects.length} at once, from its begin to the last repair`, 'ms', performance.now() - start, 'raw loop', raw);
}

async function webRound(plane: ControlPlane, round: number, samples: Samples): Promise<void> {
  const { branch, agent, namespace } = await startAgent(plane, `web-${round}`);
  const name = `${apps} applications of Deployment, Service, ServiceAccount and Ingress, new`;
  await plane.kube.create(a.namespace(`raw-web-${round}`));
  const raw = await rawLoop(plane, objectsOf(webApplications(apps, `raw-web-${round}`)));
  const ours = await deliver(branch, agent, webApplications(apps, namespace));
  samples.beside(name, 'ms', ours.ms, 'raw loop', raw);
  samples.add(name, 'requests', ours.requests);
  if (spawnSync('kubectl', ['version', '--client']).status === 0) {
    await plane.kube.create(a.namespace(`kubectl-web-${round}`));
    const manifests = writeManifests(objectsOf(webApplications(apps, `kubectl-web-${round}`)));
    const start = performance.now();
    await kubectl(['apply', '--server-side', '--validate=false', '-f', manifests], { kubeconfig: plane.kubeconfig });
    samples.beside(name, 'ms', ours.ms, 'kubectl apply --server-side --validate=false', performance.now() - start);
  }
  const drifted = webApplications(1, namespace)['web-0'].objects[0];
  for (let i = 0; i < 5; i++) {
    const before = agent.told('drift').length;
    await plane.kube.patch(`${pathOf(drifted)}/scale`, { spec: { replicas: 7 } });
    const done = performance.timeOrigin + performance.now();
    await agent.until(() => agent.told('drift').length > before);
    samples.add('a Deployment scaled', 'ms', Math.max(0, agent.told('drift')[before].at - done));
    await sleep(50);
  }
  await agent.stop();
}

void main();
