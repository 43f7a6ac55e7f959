import { FlotillaError } from '../errors';
import { ClusterEntry, DeliveryEntry } from './cluster-entry';
import { ClusterDocument, DeliveryDocument, FleetDocument } from './documents';
import { ApplicationFiles, ClusterFiles, isFile } from './entries';
import { isOurs, parseCluster, parseDelivery } from './parse';
import { clusterFile, clusterFolder, deliveryFile, targetFolder } from './paths';
import { EntryMode, TreeEntry, TreeSource } from './source';
import { folderId, GitFile, treeId } from '../git/objects';
import { parseYaml } from '../yaml/parse';

/** Reads the descriptions of clusters and of their deliveries, all in one go. Clusters that are neither listed nor ours are left out. */
export async function readClusters(
  source: TreeSource, fleet: FleetDocument, clusters: readonly ClusterFiles[], former: readonly ClusterEntry[] = [],
): Promise<ClusterEntry[]> {
  const unchanged = knownDeliveries(fleet, clusters, former);
  const documents = clusters.flatMap(cluster => [
    cluster.document, ...[...cluster.applications].flatMap(([application, files]) => unchanged.has(`${cluster.name}/${application}`) ? [] : [files.delivery]),
  ]);
  const contents = await source.read(documents.filter(entry => entry !== undefined && isFile(entry)) as TreeEntry[]);
  const listed = new Set(fleet.spec.clusters);
  return clusters.flatMap(files => {
    const deliveries = [...files.applications].sort(([a], [b]) => a < b ? -1 : 1)
      .flatMap(([application, inside]) => unchanged.get(`${files.name}/${application}`) ?? readDelivery(fleet, files.name, application, inside, contents) ?? []);
    return readCluster(files, deliveries, listed.has(files.name), contents) ?? [];
  });
}

/** Deliveries that are as they were in an earlier tree of the same fleet, by `CLUSTER/APPLICATION`: the same files with the same contents. */
function knownDeliveries(fleet: FleetDocument, clusters: readonly ClusterFiles[], former: readonly ClusterEntry[]): Map<string, DeliveryEntry> {
  const known = new Map<string, DeliveryEntry>();
  for (const { name, deliveries } of former) {
    const files = clusters.find(cluster => cluster.name === name);
    for (const delivery of deliveries) {
      const inside = files?.applications.get(delivery.application);
      if (inside && !delivery.error && inside.problems.length === 0 && delivery.document?.spec.fleet === fleet.metadata.name
        && delivery.revision === revisionOf(delivery.application, delivery.folder, inside)) {
        known.set(`${name}/${delivery.application}`, delivery);
      }
    }
  }
  return known;
}

type Contents = ReadonlyMap<string, Buffer>;

function readCluster(files: ClusterFiles, deliveries: DeliveryEntry[], listed: boolean, contents: Contents): ClusterEntry | undefined {
  const entry = { name: files.name, file: clusterFile(files.name), deliveries };
  const text = files.document && contents.get(files.document.path)?.toString('utf8');
  const belongs = deliveries.some(delivery => delivery.document) || (text !== undefined && isCluster(text, entry.file)) || files.problems.length > 0;
  if (!listed && !belongs) {
    return undefined;
  }
  const errors = [...files.problems];
  let document: ClusterDocument | undefined;
  if (!listed) {
    const found = text === undefined ? `${clusterFolder(entry.name)} has deliveries` : `${entry.file} exists`;
    errors.push(inconsistent(entry.name, `is not in the list of clusters in fleet.yaml, but ${found}`));
  } else if (files.document === undefined) {
    errors.push(inconsistent(entry.name, `is listed in fleet.yaml, but there is no ${entry.file}`));
  }
  if (text !== undefined) {
    document = collect(errors, () => parseCluster(text, entry.file));
    if (document && document.metadata.name !== entry.name) {
      errors.push(inconsistent(entry.name, `is called ${JSON.stringify(document.metadata.name)} in ${entry.file}`));
    }
  }
  return { ...entry, ...(document ? { document } : {}), ...(errors.length > 0 ? { error: FlotillaError.all(errors) } : {}) };
}

function isCluster(text: string, file: string): boolean {
  try {
    return isOurs(parseYaml(text, file), 'Cluster');
  } catch {
    // A file that nobody can read and that fleet.yaml does not name is a person's.
    return false;
  }
}

function readDelivery(
  fleet: FleetDocument, cluster: string, application: string, files: ApplicationFiles, contents: Contents,
): DeliveryEntry | undefined {
  const folder = targetFolder(cluster, application);
  const file = deliveryFile(cluster, application);
  const objectEntries = files.inside.filter(entry => isFile(entry) && entry.path.endsWith('.yaml'));
  const errors = [...files.problems];
  const text = files.delivery && contents.get(files.delivery.path)?.toString('utf8');
  const document = text === undefined ? undefined : collect(errors, () => parseDelivery(text, file));
  if (document) {
    errors.push(...disagreements(document, { fleet: fleet.metadata.name, cluster, application }, file));
  } else if (errors.length === 0) {
    if (objectEntries.length === 0) {
      return undefined;
    }
    errors.push(new FlotillaError('FLT3009', {
      what: `the folder ${folder} holds manifests, but ${files.delivery ? `${file} is no Delivery` : `there is no ${file}`}`,
      where: { cluster, application, file: folder },
      fix: 'synthesize the tree anew; keep manifests of your own outside of the folder "clusters"',
    }));
  }
  return {
    cluster,
    application,
    file,
    folder,
    objectEntries,
    revision: revisionOf(application, folder, files),
    ...(document ? { document } : {}),
    ...(errors.length > 0 ? { error: FlotillaError.all(errors) } : {}),
  };
}

const GIT_MODES: Partial<Record<EntryMode, GitFile['mode']>> = { file: '100644', executable: '100755', link: '120000', submodule: '160000' };

/** Git's id of the tree that holds the Delivery's file and its folder, and nothing else. */
function revisionOf(application: string, folder: string, files: ApplicationFiles): string {
  const inside = files.inside.flatMap(({ path, mode, id }) => {
    const gitMode = GIT_MODES[mode];
    return gitMode ? [{ mode: gitMode, path: path.slice(folder.length + 1), id }] : [];
  });
  return treeId([
    ...(files.delivery ? [{ mode: GIT_MODES[files.delivery.mode] ?? '100644', name: `${application}.yaml`, id: files.delivery.id } as const] : []),
    ...(inside.length > 0 ? [{ mode: '40000', name: application, id: folderId(inside) } as const] : []),
  ]);
}

function disagreements(document: DeliveryDocument, expected: { fleet: string; cluster: string; application: string }, file: string): FlotillaError[] {
  return (['fleet', 'cluster', 'application'] as const).filter(field => document.spec[field] !== expected[field]).map(field => new FlotillaError('FLT3009', {
    what: `${file} says that its ${field} is ${JSON.stringify(document.spec[field])}; by its place it is ${JSON.stringify(expected[field])}`,
    where: { cluster: expected.cluster, application: expected.application, file },
    fix: 'synthesize the tree anew; a delivery is not copied or renamed by hand',
  }));
}

function inconsistent(cluster: string, problem: string): FlotillaError {
  return new FlotillaError('FLT3008', {
    what: `the cluster ${cluster} ${problem}`,
    where: { cluster },
    fix: 'synthesize the tree anew: fleet.yaml and the files in the folder "clusters" belong together',
  });
}

/** Runs a step whose errors are kept beside the others. */
function collect<T>(errors: FlotillaError[], step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof FlotillaError)) {
      throw error;
    }
    errors.push(error);
    return undefined;
  }
}
