import { FlotillaError } from '../errors';
import { autoscaled } from './autoscaled';
import { DesiredCluster, desiredTarget, DesiredTarget } from './desired';
import type { ClusterAccess } from '../tree/documents';
import { HeldManifest } from '../tree/held-manifest';
import { API_VERSION } from '../tree/names';
import { parseObject } from '../tree/objects';
import type { ClusterEntry, DeliveryEntry, FleetTree } from '../tree/read';
import type { TreeEntry } from '../tree/source';
import { parseYaml } from '../yaml/parse';

/** One cluster of a tree: how to reach it and what it wants, or why nothing may be done with it. */
export interface LoadedCluster {
  readonly name: string;
  readonly access: ClusterAccess;
  /** What is wrong with single applications; the others can be applied. */
  readonly errors: readonly FlotillaError[];
  readonly desired: DesiredCluster;
  /** The objects whose replicas an autoscaler owns: see `autoscaled`. Sorted. */
  readonly scaled: readonly string[];
}

/**
 * Reads all that a cluster wants; what is as it was in an earlier tree is taken from there.
 *
 * @throws FLT3002 to FLT3010 when the cluster as a whole cannot be read
 */
export async function loadCluster(tree: FleetTree, cluster: ClusterEntry, former?: LoadedCluster): Promise<LoadedCluster> {
  if (cluster.error || !cluster.document) {
    throw cluster.error ?? new FlotillaError('FLT3008', {
      what: `the fleet has no description of the cluster ${cluster.name}`, where: { file: cluster.file }, fix: 'synthesize the tree anew',
    });
  }
  const { namespace } = tree.fleet.spec;
  // What was read before, and is still the same.
  const before = new Map(former?.desired.namespace === namespace ? former.desired.targets.map(target => [target.application, target]) : []);
  const known = new Map([...before.values()].flatMap(target => target.objects.map(object => [object.file, object])));
  const read = await tree.readAll(cluster.deliveries, ({ path, id }) => {
    const object = known.get(path);
    return object?.blob === id ? object.committed : undefined;
  });
  // An autoscaler still scales when another file of its application is broken.
  const manifests = await Promise.all(cluster.deliveries.map(delivery => (
    read.get(delivery)?.objects?.map(({ manifest }) => manifest) ?? readWhatCanBe(tree, delivery)
  )));
  const scaled = autoscaled(manifests.flat());
  const sameScaled = former !== undefined && [...scaled].sort().join() === former.scaled.join();
  const targets: DesiredTarget[] = [];
  const errors: FlotillaError[] = [];
  const unreadable: string[] = [];
  for (const delivery of cluster.deliveries) {
    const same = before.get(delivery.application);
    if (same && sameScaled && !delivery.error && same.revision === delivery.revision) {
      targets.push(same);
      continue;
    }
    const content = read.get(delivery);
    if (!delivery.document || !content?.objects) {
      unreadable.push(delivery.application);
      errors.push(...(content?.error ?? delivery.error)?.errors ?? []);
      continue;
    }
    const files = content.objects.map(({ file, id, manifest }) => ({ path: file, blob: id, manifest }));
    targets.push(desiredTarget(delivery.document.spec, delivery.revision, namespace, files, scaled));
  }
  return {
    name: cluster.name,
    access: cluster.document.spec.access ?? {},
    errors,
    scaled: [...scaled].sort(),
    desired: {
      fleet: tree.fleet.metadata.name, cluster: cluster.name, clusters: tree.fleet.spec.clusters, namespace, commit: tree.commit,
      targets, unreadable, approvals: await readApprovals(tree, cluster.name),
    },
  };
}

/** The objects of an application that cannot be read whole, as far as they can. */
async function readWhatCanBe(tree: FleetTree, delivery: DeliveryEntry): Promise<HeldManifest[]> {
  const entries = delivery.objectEntries.filter(({ mode }) => mode === 'file');
  const contents = await tree.source.read(entries);
  return entries.flatMap(({ path }) => {
    try {
      return [new HeldManifest(parseObject(contents.get(path)?.toString('utf8') ?? '', path))];
    } catch {
      return [];
    }
  });
}

/** `clusters/NAME/APPLICATION.approval.yaml` */
const APPROVAL = /^clusters\/([^/]+)\/([^/]+)\.approval\.yaml$/;

/** Path of the approval of an application's deletions. */
export function approvalFile(cluster: string, application: string): string {
  return `clusters/${cluster}/${application}.approval.yaml`;
}

/** The document that approves a list of deletions, by its digest. */
export function approvalDocument(cluster: string, application: string, digests: readonly string[]): object {
  return { apiVersion: API_VERSION, kind: 'Approval', metadata: { name: application }, spec: { cluster, application, prune: [...digests].sort() } };
}

/** The digests that an approval file holds; none when it is not one: what cannot be read approves nothing. */
export function parseApproval(text: string, file: string): readonly string[] {
  let document: { kind?: unknown; spec?: { prune?: unknown } } | null;
  try {
    document = parseYaml(text, file) as typeof document;
  } catch {
    return [];
  }
  const prune = document?.kind === 'Approval' ? document.spec?.prune : undefined;
  return Array.isArray(prune) ? prune.filter(digest => typeof digest === 'string') : [];
}

async function readApprovals(tree: FleetTree, cluster: string): Promise<Map<string, ReadonlySet<string>>> {
  const found: { application: string; entry: TreeEntry }[] = [];
  for (const entry of await tree.source.list()) {
    const match = entry.mode === 'file' && entry.path.endsWith('.approval.yaml') ? APPROVAL.exec(entry.path) : null;
    if (match?.[1] === cluster) {
      found.push({ application: match[2], entry });
    }
  }
  const contents = await tree.source.read(found.map(({ entry }) => entry));
  return new Map(found.map(({ application, entry }) => [
    application, new Set(parseApproval(contents.get(entry.path)?.toString('utf8') ?? '', entry.path)),
  ]));
}
