import { FlotillaError } from '../errors';
import { ClusterEntry, DeliveryEntry } from './cluster-entry';
import { DistinctManifests } from './distinct-manifests';
import { FleetDocument } from './documents';
import { addDuplicateErrors, ClusterFiles, sortEntries } from './entries';
import type { HeldManifest } from './held-manifest';
import type { ObjectFile } from './objects';
import { parseFleet } from './parse';
import { FLEET_FILE } from './paths';
import { readClusters } from './read-clusters';
import { TreeEntry, TreeSource } from './source';

/** The objects of a delivery, or why they cannot be read: then none of them is to be applied, and nothing pruned. */
export type ReadObjects =
  | { readonly objects: readonly ObjectFile[]; readonly error?: undefined }
  | { readonly objects?: undefined; readonly error: FlotillaError };

/** The object of a file that was read before, by its path and the id of its content. */
export type KnownObjects = (entry: TreeEntry) => HeldManifest | undefined;

export interface ReadFleetOptions {
  /** Names of the clusters that are wanted; the others are not looked at. Default: all. */
  readonly clusters?: readonly string[];
  /** The tree of an earlier commit: descriptions that did not change are not read again. */
  readonly former?: FleetTree;
}

export type { ClusterEntry, DeliveryEntry } from './cluster-entry';

/** A committed tree that was read: the descriptions at once, the objects when they are asked for. */
export class FleetTree {
  private readonly manifests: DistinctManifests;

  constructor(
    public readonly source: TreeSource,
    public readonly fleet: FleetDocument,
    /** Sorted by name; a cluster that is broken is among them, with its error. */
    public readonly clusters: readonly ClusterEntry[],
    /** All errors: those of clusters and deliveries, and those that belong to neither. */
    public readonly errors: readonly FlotillaError[],
  ) {
    this.manifests = new DistinctManifests(source);
  }

  /** The commit that was read; undefined for a folder. */
  public get commit(): string | undefined {
    return this.source.commit;
  }

  /** Gives a cluster by its name; undefined when the fleet has no such cluster. */
  public tryFindCluster(name: string): ClusterEntry | undefined {
    return this.clusters.find(cluster => cluster.name === name);
  }

  /** Reads the objects of a delivery; throws its error, or FLT3002 and FLT3010 for all files that are wrong. */
  public async readObjects(delivery: DeliveryEntry): Promise<readonly ObjectFile[]> {
    const read = (await this.readAll([delivery])).get(delivery) as ReadObjects;
    if (read.error) {
      throw read.error;
    }
    return read.objects;
  }

  /**
   * Reads the objects of several deliveries in one go, but for those that the caller knows already; what is wrong with one of them spoils no other. Throws
   * when the source fails.
   */
  public async readAll(deliveries: readonly DeliveryEntry[], known: KnownObjects = () => undefined): Promise<Map<DeliveryEntry, ReadObjects>> {
    const unknown = deliveries.flatMap(delivery => delivery.error ? [] : delivery.objectEntries.filter(entry => !known(entry)));
    const contents = await this.manifests.read(unknown);
    const manifestOf = (entry: TreeEntry): HeldManifest => known(entry) ?? this.manifests.manifestOf(entry, contents);
    return new Map(deliveries.map(delivery => [delivery, delivery.error ? { error: delivery.error } : parseAll(delivery, manifestOf)]));
  }
}

/**
 * Reads the committed tree of a source: what describes the fleet, its clusters and deliveries.
 *
 * What is wrong with one cluster or delivery is an `error` there, and the rest can be used. Throws FLT3003 when the source cannot be read,
 * FLT3004, FLT3005, FLT3006, FLT3007 when `fleet.yaml` is a link, missing, of a newer layout, or wrong.
 */
export async function readFleetTree(source: TreeSource, options: ReadFleetOptions = {}): Promise<FleetTree> {
  const files = sortEntries(await source.list());
  if (!files.fleet) {
    throw await notAFleet(source);
  }
  if (files.structural.length > 0) {
    throw FlotillaError.all(files.structural);
  }
  const contents = await source.read([files.fleet]);
  const fleet = parseFleet((contents.get(FLEET_FILE) as Buffer).toString('utf8'));
  const wanted = options.clusters && new Set(options.clusters);
  const names = [...new Set([...fleet.spec.clusters, ...files.clusters.keys()])].filter(name => !wanted || wanted.has(name)).sort();
  const found = names.map(name => files.clusters.get(name) ?? noFiles(name));
  const clusters = addDuplicateErrors(await readClusters(source, fleet, found, options.former?.clusters));
  const errors = [...files.elsewhere, ...clusters.flatMap(cluster => [
    ...cluster.error?.errors ?? [], ...cluster.deliveries.flatMap(delivery => delivery.error?.errors ?? []),
  ])];
  return new FleetTree(source, fleet, clusters, errors);
}

function noFiles(name: string): ClusterFiles {
  return { name, applications: new Map(), problems: [] };
}

function parseAll(delivery: DeliveryEntry, manifestOf: (entry: TreeEntry) => HeldManifest): ReadObjects {
  const objects: ObjectFile[] = [];
  const errors: FlotillaError[] = [];
  for (const entry of delivery.objectEntries) {
    try {
      objects.push({ manifest: manifestOf(entry), file: entry.path, id: entry.id });
    } catch (error) {
      if (!(error instanceof FlotillaError)) {
        throw error;
      }
      errors.push(error);
    }
  }
  return errors.length > 0 ? { error: FlotillaError.all(errors) } : { objects };
}

async function notAFleet(source: TreeSource): Promise<FlotillaError> {
  const root = await source.listRoot();
  const shown = root.length === 0 ? 'it is empty' : `it holds ${root.slice(0, 8).join(', ')}${root.length > 8 ? `, … (${root.length} in all)` : ''}`;
  return new FlotillaError('FLT3005', {
    what: `${source.description} holds no fleet: there is no ${FLEET_FILE}; ${shown}`,
    where: source.commit ? { commit: source.commit } : {},
    fix: 'give the branch or folder to which the fleet is synthesized, or synthesize it there first (`flotilla synth`)',
  });
}
