import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawInput } from './raw-loop';
import type { Manifest } from '../../lib/tree/manifest';
import type { ControlPlane } from '../../test/control-plane/control-plane';
import { a, writeTree } from '../../test/reconcile/written-tree';
import { temporaryFolder } from '../../test/temporary-folder';

/** The same objects in the form that each contender reads. */
export interface Inputs {
  /** A committed tree. */
  readonly tree: string;
  /** A file of requests. */
  readonly requests: string;
  /** One file of manifests, for kubectl. */
  readonly manifests: string;
}

/** ConfigMaps of 300 bytes in a namespace of their own; the first `changed` of them differ from those of version 1. */
export function configMaps(size: number, namespace: string, version = 1, changed = 0): Manifest[] {
  return Array.from({ length: size }, (_, i) => a.configMap(`config-${i}`, { version: i < changed ? String(version) : '1', padding: 'x'.repeat(220) }, namespace));
}

/** Writes the inputs of one round: each contender gets a namespace of its own that exists already. */
export function writeInputs(plane: ControlPlane, objectsIn: (namespace: string) => Manifest[], round: string, folder?: Inputs): Inputs {
  const base = temporaryFolder();
  const requests = join(base, 'requests.json');
  const bodies = objectsIn(`raw-${round}`).map(object => ({
    path: `/api/v1/namespaces/raw-${round}/configmaps/${object.metadata.name}`, body: JSON.stringify(object),
  }));
  writeFileSync(requests, JSON.stringify({ url: plane.url, token: plane.token, caFile: plane.caFile, bodies } satisfies RawInput));
  const manifests = join(base, 'manifests.yaml');
  mkdirSync(join(base, 'tree'));
  writeFileSync(manifests, objectsIn(`kubectl-${round}`).map(object => `---\n${JSON.stringify(object)}\n`).join(''));
  const tree = writeTree({ [plane.name]: { web: { objects: objectsIn(`ours-${round}`) } } }, {
    fleet: `bench-${round}`, namespace: `flotilla-${round}`, folder: folder?.tree ?? join(base, 'tree'),
  });
  return { tree, requests, manifests };
}
