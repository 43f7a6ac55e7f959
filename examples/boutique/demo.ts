import { tryFindBinaries } from '../../test/control-plane/binaries';
import { startFleet, StartedFleet } from '../../test/control-plane/fleet';
import { Unexpected } from './demo/expect';
import { onInterrupt } from './demo/interrupt';
import { Story } from './demo/story';
import { TemporaryFolder } from './demo/temporary-folder';
import { Terminal } from './demo/terminal';
import { Workspace } from './demo/workspace';

const NAMES = ['dev', 'staging', 'prod'].flatMap(environment => ['us-west-2', 'us-east-1', 'eu-west-1'].map(region => `${environment}-${region}`));

/** `npm run demo`: the shop on nine real control planes, in a minute or two. */
async function main(): Promise<number> {
  const terminal = new Terminal();
  const folder = new TemporaryFolder();
  const signal = onInterrupt({ stopping: () => terminal.say('stopping …'), leaving: () => folder.remove() });
  try {
    terminal.heading('A shop of eleven services on nine clusters: from a typed program to running pods, and back');
    const fleet = await start(terminal, signal);
    try {
      const workspace = await Workspace.create(folder.path, signal);
      workspace.addKubeconfig(fleet.kubeconfig);
      await new Story(terminal, workspace, NAMES, fleet, signal).tell();
    } finally {
      await fleet.stop();
    }
    terminal.summary();
    terminal.holds('all of it was checked. The program that you saw is examples/boutique: start reading at main.ts');
    return 0;
  } catch (e) {
    if (signal.aborted) return 130;
    terminal.failed(e instanceof Unexpected ? e.message : e instanceof Error ? e.stack ?? e.message : String(e));
    return 1;
  } finally {
    folder.remove();
  }
}

async function start(terminal: Terminal, signal: AbortSignal): Promise<StartedFleet> {
  terminal.step('Start nine Kubernetes clusters on this machine');
  terminal.say('kube-apiserver, etcd, scheduler and controllers are the real ones; pods become ready without containers (kwok)');
  if (!tryFindBinaries()) {
    terminal.say('The first time, Go builds them from their sources, because nobody publishes them for every machine: about six minutes');
  }
  const progress = (line: string) => terminal.progress(line.replace('control plane: ', ''));
  const fleet = await startFleet(NAMES, { controllers: true, progress }).catch((e: Error) => { throw new Unexpected(e.message); });
  if (signal.aborted) {
    await fleet.stop();
    throw signal.reason;
  }
  terminal.holds(`${fleet.planes.size} clusters are ready`);
  return fleet;
}

void main().then(code => { process.exit(code); });
