import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peers } from './peers';
import type { Manifest } from '../../lib/tree/manifest';
import type { ControlPlane } from '../../test/control-plane/control-plane';
import { a } from '../../test/reconcile/written-tree';
import { temporaryFolder } from '../../test/temporary-folder';
import type { Run } from '../contender';

type Keep = (contender: string, run: Run) => void;

/** One round of the cases with ConfigMaps, for all peers: the same objects as everybody's, in namespaces of their own. */
export class ConfigMapRound {
  constructor(private readonly plane: ControlPlane, private readonly peers: Peers, private readonly round: string) {}

  install(objectsIn: (namespace: string) => Manifest[], keep: Keep): Promise<void> {
    return this.peers.each(async (peer, index) => {
      const namespace = this.namespace(index);
      await this.plane.kube.create(a.namespace(namespace));
      return peer.install(namespace, folderOf(objectsIn(namespace)));
    }, keep);
  }

  again(keep: Keep): Promise<void> {
    return this.peers.each(peer => peer.again(), keep);
  }

  change(objectsIn: (namespace: string) => Manifest[], keep: Keep): Promise<void> {
    return this.peers.each((peer, index) => peer.change(folderOf(objectsIn(this.namespace(index)))), keep);
  }

  heal(configMap: string, keep: Keep): Promise<void> {
    return this.peers.each(peer => peer.heal(configMap), keep);
  }

  remove(): Promise<void> {
    return this.peers.each(peer => peer.remove());
  }

  private namespace(index: number): string {
    return `peer-${index}-${this.round}`;
  }
}

/** One file, as `helm template` or `kustomize build` would write it. */
function folderOf(objects: readonly Manifest[]): string {
  const folder = join(temporaryFolder(), 'manifests');
  mkdirSync(folder);
  writeFileSync(join(folder, 'manifests.yaml'), objects.map(object => `---\n${JSON.stringify(object)}\n`).join(''));
  return folder;
}
