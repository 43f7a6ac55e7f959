import { ARGO_WAYS, ArgoPeer } from './argo';
import { FluxPeer } from './flux';
import type { Peer } from './peer';
import type { Missing } from '../../test/control-plane/binaries';
import type { ControlPlane, ControlPlaneOptions } from '../../test/control-plane/control-plane';
import { argoCdBinaries, kustomizeControllerBinaries } from '../../test/engines/binaries';
import { Run } from '../contender';

const starts = {
  'flux': async (plane, tell) => startWith(await kustomizeControllerBinaries(tell), binaries => FluxPeer.start(plane, binaries)),
  'argo': async (plane, tell) => startWith(await argoCdBinaries(tell), binaries => ArgoPeer.start(plane, binaries, 'argocd')),
  'argo-validating': async (plane, tell) => startWith(await argoCdBinaries(tell), binaries => ArgoPeer.start(plane, binaries, 'argocd-validating')),
  'argo-client-side': async (plane, tell) => startWith(await argoCdBinaries(tell), binaries => ArgoPeer.start(plane, binaries, 'argocd-client-side')),
} satisfies Record<string, (plane: ControlPlane, tell: (line: string) => unknown) => Promise<Peer | Missing>>;

export type PeerName = keyof typeof starts;

/** Argo CD with validation takes a minute for a thousand new objects: only on demand. */
const USUAL: readonly PeerName[] = ['flux', 'argo'];

/** What a control plane has to have for peers: a user for each, and a record of who asked for what. */
export const planeForPeers: ControlPlaneOptions = {
  auditLog: true,
  users: Object.fromEntries(['flux', ...Object.keys(ARGO_WAYS)].map(user => [user, ['system:masters']])),
};

/** Reads `--peers flux,argo,argo-validating,argo-client-side`, or `none`. */
export function chosenPeers(list: string | undefined): PeerName[] {
  if (list === undefined) {
    return [...USUAL];
  }
  return list.split(',').filter(name => name !== '' && name !== 'none').map(name => {
    if (!Object.hasOwn(starts, name)) {
      throw new Error(`there is no peer '${name}'; there are ${Object.keys(starts).join(', ')}, and 'none'`);
    }
    return name as PeerName;
  });
}

/** Peers that run beside each other on one control plane, and of which one at a time moves. */
export class Peers {
  /** Builds what is missing, once, and starts all. One that cannot be had is said and left out. */
  static async start(plane: ControlPlane, names: readonly PeerName[]): Promise<Peers> {
    const tell = (line: string): unknown => process.stderr.write(`${line}\n`);
    const peers: Peer[] = [];
    try {
      for (const name of names) {
        const peer = await starts[name](plane, tell);
        if ('missing' in peer) {
          tell(`${name} is not on this machine: skipped: ${peer.missing}`);
        } else {
          peer.rest();
          peers.push(peer);
        }
      }
    } catch (e) {
      await Promise.all(peers.map(peer => peer.stop()));
      throw e;
    }
    return new Peers(peers);
  }

  private constructor(private readonly peers: readonly Peer[]) {}

  get names(): string[] {
    return this.peers.map(({ name }) => name);
  }

  /** Has one peer after the other do a piece of work while all else rests. `index` tells them apart where a name would be too long. */
  async each(work: (peer: Peer, index: number) => Promise<Run | void>, keep: (name: string, run: Run) => void = () => undefined): Promise<void> {
    for (const [index, peer] of this.peers.entries()) {
      await peer.wake();
      const run = await work(peer, index);
      peer.rest();
      if (run) {
        keep(peer.name, run);
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.peers.map(peer => peer.stop()));
  }
}

async function startWith<T extends object>(binaries: T | Missing, start: (binaries: T) => Promise<Peer>): Promise<Peer | Missing> {
  return 'missing' in binaries ? binaries : start(binaries);
}
