import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unexpected } from './expect';
import type { Terminal } from './terminal';
import { Sandbox } from '../../../lib/testing';
import { tryFindBinaries } from '../../../test/control-plane/binaries';
import { KubeClient } from '../../../test/control-plane/client';
import { startFleet } from '../../../test/control-plane/fleet';
import { writeKubeconfig } from '../../../test/control-plane/kubeconfig';

/** The clusters of the demo, whatever they are. */
export interface DemoClusters {
  /** A file with a context for each. */
  readonly kubeconfig: string;
  /** To ask the API servers themselves: the demo does not take flotilla's word for it. */
  readonly clients: ReadonlyMap<string, KubeClient>;
  /** Whether an image that nobody can pull fails. */
  readonly pullsImages: boolean;
  stop(): Promise<void>;
}

/** Clusters in this process: Node.js is all that it takes. */
export async function startSandboxes(names: readonly string[], folder: string, terminal: Terminal): Promise<DemoClusters> {
  terminal.say('each is an API server in this very process; pods become ready in time-lapse, without containers');
  const sandboxes: Sandbox[] = [];
  const clients = new Map<string, KubeClient>();
  const caFile = join(folder, 'ca.crt');
  for (const name of names) {
    const sandbox = await Sandbox.start({ name });
    writeFileSync(caFile, sandbox.ca);
    sandboxes.push(sandbox);
    clients.set(name, new KubeClient(sandbox.url, sandbox.token, caFile));
  }
  const kubeconfig = join(folder, 'clusters.kubeconfig');
  writeKubeconfig(kubeconfig, sandboxes.map(({ name, url, token }) => ({ name, url, token, caFile })));
  return {
    kubeconfig, clients, pullsImages: true,
    stop: async () => {
      clients.forEach(client => client.close());
      await Promise.all(sandboxes.map(sandbox => sandbox.close()));
    },
  };
}

/** Real ones, built with Go the first time. */
export async function startControlPlanes(names: readonly string[], terminal: Terminal): Promise<DemoClusters> {
  terminal.say('kube-apiserver, etcd, scheduler and controllers are the real ones; pods become ready without containers (kwok)');
  if (!tryFindBinaries()) {
    terminal.say('The first time, Go builds them from their sources, because nobody publishes them for every machine: about six minutes');
  }
  const progress = (line: string): void => terminal.progress(line.replace('control plane: ', ''));
  const fleet = await startFleet(names, { controllers: true, progress }).catch((e: Error) => { throw new Unexpected(e.message); });
  const clients = new Map([...fleet.planes].map(([name, plane]) => [name, plane.kube]));
  return { kubeconfig: fleet.kubeconfig, clients, pullsImages: false, stop: () => fleet.stop() };
}
