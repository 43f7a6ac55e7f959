import { FlotillaError } from '../errors';
import { ClusterEntry, DeliveryEntry } from './cluster-entry';
import { invalidObject } from './objects';
import { CLUSTERS_FOLDER, FLEET_FILE } from './paths';
import { TreeEntry } from './source';

/** The files of one application on one cluster. */
export interface ApplicationFiles {
  /** `clusters/NAME/APPLICATION.yaml` */
  delivery?: TreeEntry;
  /** Everything in the folder, manifests or not. */
  readonly inside: TreeEntry[];
  /** Links and the like: FLT3004. */
  readonly problems: FlotillaError[];
}

/** The files of one cluster. */
export interface ClusterFiles {
  readonly name: string;
  /** `clusters/NAME.yaml` */
  document?: TreeEntry;
  readonly applications: Map<string, ApplicationFiles>;
  /** Links and the like that belong to no application: FLT3004. */
  readonly problems: FlotillaError[];
}

/** The files of a tree, by what they belong to. */
export interface SortedEntries {
  fleet?: TreeEntry;
  readonly clusters: Map<string, ClusterFiles>;
  /** What makes the whole tree unusable. */
  readonly structural: FlotillaError[];
  /** What belongs to no cluster. */
  readonly elsewhere: FlotillaError[];
}

/** Sorts the files of a tree by cluster and application, by their paths alone. */
export function sortEntries(entries: readonly TreeEntry[]): SortedEntries {
  const sorted: SortedEntries = { clusters: new Map(), structural: [], elsewhere: [] };
  for (const entry of [...entries].sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0)) {
    if (entry.path === FLEET_FILE) {
      sorted.fleet = entry;
    }
    if (entry.path === FLEET_FILE || entry.path === CLUSTERS_FOLDER) {
      sorted.structural.push(...problemsOf(entry));
    } else if (entry.path.startsWith(`${CLUSTERS_FOLDER}/`)) {
      sortClusterEntry(sorted, entry, entry.path.split('/').slice(1));
    }
  }
  return sorted;
}

function sortClusterEntry(sorted: SortedEntries, entry: TreeEntry, [first, second, ...rest]: string[]): void {
  if (second === undefined) {
    // A file of a person's is no cluster; a link may stand for a whole cluster's folder.
    if (first.endsWith('.yaml')) {
      const files = filesOf(sorted, first.slice(0, -'.yaml'.length));
      files.document = entry;
      files.problems.push(...problemsOf(entry));
    } else if (!isFile(entry)) {
      filesOf(sorted, first).problems.push(...problemsOf(entry));
    }
    return;
  }
  const cluster = filesOf(sorted, first);
  if (rest.length > 0) {
    const application = applicationOf(cluster, second);
    application.inside.push(entry);
    application.problems.push(...problemsOf(entry));
  } else if (second.endsWith('.yaml')) {
    const application = applicationOf(cluster, second.slice(0, -'.yaml'.length));
    application.delivery = entry;
    application.problems.push(...problemsOf(entry));
  } else if (!isFile(entry)) {
    applicationOf(cluster, second).problems.push(...problemsOf(entry));
  }
}

function filesOf(sorted: SortedEntries, name: string): ClusterFiles {
  const files = sorted.clusters.get(name) ?? { name, applications: new Map(), problems: [] };
  sorted.clusters.set(name, files);
  return files;
}

function applicationOf(cluster: ClusterFiles, name: string): ApplicationFiles {
  const files = cluster.applications.get(name) ?? { inside: [], problems: [] };
  cluster.applications.set(name, files);
  return files;
}

/** Whether an entry is an ordinary file. */
export function isFile(entry: TreeEntry): boolean {
  return entry.mode === 'file' || entry.mode === 'executable';
}

function problemsOf(entry: TreeEntry): FlotillaError[] {
  const word = { file: undefined, executable: undefined, link: 'a symbolic link', submodule: 'a submodule', other: 'neither a file nor a folder' }[entry.mode];
  return word === undefined ? [] : [new FlotillaError('FLT3004', {
    what: `${entry.path} is ${word}, which a committed tree cannot hold`,
    where: { file: entry.path },
    fix: 'put the file itself there, or synthesize the tree anew',
  })];
}

/**
 * An object of one identity in two applications of a cluster is an error of both: each would take it from the other for ever.
 *
 * A path inside an application's folder is one-to-one with the identity, so the paths tell without reading a file.
 */
export function addDuplicateErrors(clusters: readonly ClusterEntry[]): ClusterEntry[] {
  return clusters.map(cluster => {
    const owners = new Map<string, DeliveryEntry[]>();
    for (const delivery of cluster.deliveries) {
      for (const { path } of delivery.objectEntries) {
        const file = path.slice(delivery.folder.length + 1);
        const before = owners.get(file);
        owners.set(file, before ? [...before, delivery] : [delivery]);
      }
    }
    const errors = new Map<DeliveryEntry, FlotillaError[]>();
    for (const [file, deliveries] of owners) {
      for (const delivery of deliveries.length > 1 ? deliveries : []) {
        const others = deliveries.filter(other => other !== delivery).map(other => other.application).join(', ');
        const error = invalidObject(`${delivery.folder}/${file}`, `the same object is in ${others} on the cluster ${cluster.name}`);
        errors.set(delivery, [...errors.get(delivery) ?? [], error]);
      }
    }
    return errors.size === 0 ? cluster : {
      ...cluster,
      deliveries: cluster.deliveries.map(delivery => errors.has(delivery)
        ? { ...delivery, error: FlotillaError.all([...delivery.error?.errors ?? [], ...errors.get(delivery) ?? []]) } : delivery),
    };
  });
}
