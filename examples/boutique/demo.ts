import { DemoClusters, startControlPlanes, startSandboxes } from './demo/clusters';
import { Unexpected } from './demo/expect';
import { onInterrupt } from './demo/interrupt';
import { Story } from './demo/story';
import { TemporaryFolder } from './demo/temporary-folder';
import { Terminal } from './demo/terminal';
import { Workspace } from './demo/workspace';

const NAMES = ['dev', 'staging', 'prod'].flatMap(environment => ['us-west-2', 'us-east-1', 'eu-west-1'].map(region => `${environment}-${region}`));

/** `npm run demo -- --real`: on real control planes instead of the sandbox's. */
const REAL = process.argv.includes('--real');

/** `npm run demo`: the shop on nine clusters, in a minute. */
async function main(): Promise<number> {
  const terminal = new Terminal();
  const folder = new TemporaryFolder();
  const signal = onInterrupt({ stopping: () => terminal.say('stopping …'), leaving: () => folder.remove() });
  try {
    terminal.heading('A shop of eleven services on nine clusters: from a typed program to running pods, and back');
    const clusters = await start(terminal, folder.path, signal);
    try {
      const workspace = await Workspace.create(folder.path, signal);
      workspace.addKubeconfig(clusters.kubeconfig);
      await new Story(terminal, workspace, NAMES, clusters, signal).tell();
    } finally {
      await clusters.stop();
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

async function start(terminal: Terminal, folder: string, signal: AbortSignal): Promise<DemoClusters> {
  terminal.step('Start nine Kubernetes clusters on this machine');
  const clusters = REAL ? await startControlPlanes(NAMES, terminal) : await startSandboxes(NAMES, folder, terminal);
  if (signal.aborted) {
    await clusters.stop();
    throw signal.reason;
  }
  terminal.holds(`${clusters.clients.size} clusters are ready`);
  return clusters;
}

void main().then(code => { process.exit(code); });
