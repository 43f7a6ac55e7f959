import { tryFindBinaries } from '../../test/control-plane/binaries';
import { startFleet, StartedFleet } from '../../test/control-plane/fleet';
import { Unexpected } from './demo/expect';
import { Story } from './demo/story';
import { Terminal } from './demo/terminal';
import { Workspace } from './demo/workspace';

const NAMES = ['dev', 'staging', 'prod'].flatMap(environment => ['us-west-2', 'us-east-1', 'eu-west-1'].map(region => `${environment}-${region}`));

/** `npm run demo`: the shop on nine real control planes, in about two minutes. */
async function main(): Promise<number> {
  const terminal = new Terminal();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stop.signal.aborted) terminal.say('stopping …');
      stop.abort(new Error(`stopped by ${signal}`));
    });
  }
  try {
    terminal.heading('A shop of eleven services on nine clusters: from a typed program to running pods, and back');
    await run(terminal, stop.signal);
    terminal.summary();
    terminal.holds('all of it was checked. The program that you saw is examples/boutique: start reading at main.ts');
    return 0;
  } catch (e) {
    if (stop.signal.aborted) return 130;
    terminal.failed(e instanceof Unexpected ? e.message : e instanceof Error ? e.stack ?? e.message : String(e));
    return 1;
  }
}

async function run(terminal: Terminal, signal: AbortSignal): Promise<void> {
  const fleet = await start(terminal, signal);
  try {
    const workspace = await Workspace.create(signal);
    try {
      workspace.addKubeconfig(fleet.kubeconfig);
      await new Story(terminal, workspace, NAMES, fleet, signal).tell();
    } finally {
      workspace.remove();
    }
  } finally {
    await fleet.stop();
  }
}

async function start(terminal: Terminal, signal: AbortSignal): Promise<StartedFleet> {
  terminal.step('Start nine Kubernetes clusters on this machine');
  terminal.say('kube-apiserver, etcd, scheduler and controllers are the real ones; pods become ready without containers (kwok)');
  if (!tryFindBinaries()) {
    terminal.say('The first time, Go builds them from their sources: no Docker, no root, no account is needed.');
  }
  const fleet = await startFleet(NAMES, { controllers: true, progress: line => terminal.progress(line.replace('control plane: ', '')) });
  if (signal.aborted) {
    // A start that has begun is not interrupted: it knows best how to end what it started.
    await fleet.stop();
    throw signal.reason;
  }
  terminal.holds(`${fleet.planes.size} clusters are ready`);
  return fleet;
}

void main().then(code => { process.exitCode = code; });
