import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { numberAfter } from './arguments';
import { Run, runContender } from './contender';
import { median, print, rounded } from './measure';
import { ConfigMapRound } from './peers/config-maps';
import { chosenPeers, Peers, planeForPeers } from './peers/peers';
import { tellAlone, tellBeside } from './peers/tell';
import { configMaps, Inputs, writeInputs } from './reconcile/inputs';
import { ControlPlane } from '../test/control-plane/control-plane';
import { kubectl } from '../test/control-plane/kubectl';
import { a } from '../test/reconcile/written-tree';

/**
 * `npm run bench -- reconcile [--size 1000] [--runs 5] [--peers flux,argo|none] [--drift]`: a one-shot apply beside the raw loop of its
 * requests, kubectl, and the engines of others, which are built when they are first used.
 */
const size = numberAfter('--size', 1000);
const runs = numberAfter('--runs', 5);
const chosen = chosenPeers(process.argv.includes('--peers') ? process.argv[process.argv.indexOf('--peers') + 1] : undefined);
const drift = process.argv.includes('--drift');

type Case = 'new' | 'unchanged' | '10 changed' | 'drift';
type Contender = 'flotilla apply' | 'raw loop' | 'kubectl apply --server-side --validate=false' | Peers['names'][number];

async function main(): Promise<void> {
  const plane = await ControlPlane.start({ name: 'bench', ...planeForPeers });
  const found = new Map<string, Run[]>();
  let peers: Peers | undefined;
  try {
    peers = await Peers.start(plane, chosen);
    for (let round = 0; round <= runs; round++) {
      process.stderr.write(`${round === 0 ? 'warm-up' : `run ${round} of ${runs}`} …\n`);
      await runRound(plane, peers, String(round), (name, contender, run) => {
        // The first round warms up the server and the file system.
        if (round > 0) {
          found.set(`${name}/${contender}`, [...found.get(`${name}/${contender}`) ?? [], run]);
        }
      });
    }
  } finally {
    await peers?.stop();
    await plane.stop();
  }
  for (const name of ['new', 'unchanged', '10 changed'] as const) {
    tell(name, found);
    peers.names.forEach(peer => tellBeside('reconcile', `${size} ConfigMaps, ${name}`, found.get(`${name}/flotilla apply`) ?? [], peer, found.get(`${name}/${peer}`) ?? []));
  }
  peers.names.forEach(peer => tellAlone('reconcile', `${size} ConfigMaps, drift`, peer, found.get(`drift/${peer}`) ?? []));
}

async function runRound(plane: ControlPlane, peers: Peers, round: string, keep: (name: Case, contender: Contender, run: Run) => void): Promise<void> {
  for (const who of ['raw', 'ours', 'kubectl']) {
    await plane.kube.create(a.namespace(`${who}-${round}`));
  }
  const others = new ConfigMapRound(plane, peers, round);
  const first = writeInputs(plane, namespace => configMaps(size, namespace), round);
  await each(plane, first, 'new', keep);
  await others.install(namespace => configMaps(size, namespace), (peer, run) => keep('new', peer, run));
  await each(plane, first, 'unchanged', keep);
  await others.again((peer, run) => keep('unchanged', peer, run));
  await each(plane, writeInputs(plane, namespace => configMaps(size, namespace, 2, 10), round, first), '10 changed', keep);
  await others.change(namespace => configMaps(size, namespace, 2, 10), (peer, run) => keep('10 changed', peer, run));
  if (drift) {
    await others.heal('config-0', (peer, run) => keep('drift', peer, run));
  }
  await others.remove();
}

async function each(plane: ControlPlane, inputs: Inputs, name: Case, keep: (name: Case, contender: Contender, run: Run) => void): Promise<void> {
  keep(name, 'raw loop', await runContender(join(__dirname, 'reconcile', 'raw-loop.ts'), [inputs.requests]));
  keep(name, 'flotilla apply', await runContender(join(__dirname, 'reconcile', 'ours.ts'), [plane.kubeconfig, inputs.tree]));
  if (hasKubectl()) {
    const start = performance.now();
    await kubectl(['apply', '--server-side', '--validate=false', '--force-conflicts', '-f', inputs.manifests], { kubeconfig: plane.kubeconfig });
    keep(name, 'kubectl apply --server-side --validate=false', { ms: performance.now() - start, peakMB: Number.NaN });
  }
}

function tell(name: Case, found: ReadonlyMap<string, readonly Run[]>): void {
  const ours = found.get(`${name}/flotilla apply`) ?? [];
  const common = { bench: 'reconcile', case: `${size} ConfigMaps, ${name}`, n: ours.length } as const;
  const peak = median(ours.map(run => run.peakMB));
  for (const baseline of ['raw loop', 'kubectl apply --server-side --validate=false'] as const) {
    const theirs = found.get(`${name}/${baseline}`) ?? [];
    if (theirs.length === 0) {
      process.stderr.write(`${baseline} is not on this machine: skipped\n`);
      continue;
    }
    print({
      ...common, value: rounded(median(ours.map(run => run.ms))), unit: 'ms', baseline, baselineValue: rounded(median(theirs.map(run => run.ms))),
      ratio: rounded(median(ours.map((run, i) => run.ms / theirs[i].ms))), peakMB: peak,
    });
  }
  print({ ...common, value: median(ours.map(run => run.requests ?? 0)), unit: 'requests', baseline: 'raw loop', baselineValue: size });
}

function hasKubectl(): boolean {
  return spawnSync('kubectl', ['version', '--client']).status === 0;
}

void main();
