import { HeldManifest } from './held-manifest';
import { checkPlace, parseObject } from './objects';
import type { TreeEntry, TreeSource } from './source';

interface Batch {
  readonly entries: TreeEntry[];
  readonly contents: Promise<ReadonlyMap<string, Buffer>>;
}

/**
 * The manifests of a tree by Git's id of their files. Most clusters of a fleet hold the same ones: each is read, parsed and kept once, however many clusters
 * want it.
 */
export class DistinctManifests {
  private readonly held = new Map<string, HeldManifest>();
  private batch?: Batch;

  constructor(private readonly source: Pick<TreeSource, 'read'>) {}

  /** The contents of those files that `manifestOf` has to be given; at least of these. Throws when the source fails. */
  public async read(entries: readonly TreeEntry[]): Promise<ReadonlyMap<string, Buffer>> {
    const unknown = entries.filter(({ id }) => !this.held.has(id));
    if (unknown.length === 0) {
      return new Map();
    }
    const batch = this.batch ??= this.newBatch();
    unknown.forEach(entry => batch.entries.push(entry));
    // A file that cannot be read is the trouble of who wants it, and of nobody else.
    return batch.contents.catch(() => this.source.read(unknown));
  }

  /**
   * The manifest in a file of an application's folder.
   *
   * @throws FLT3002, and FLT3010 for what is not one Kubernetes object or does not belong at this path
   */
  public manifestOf({ path, id }: TreeEntry, contents: ReadonlyMap<string, Buffer>): HeldManifest {
    const same = this.held.get(id);
    if (same) {
      checkPlace(same.id, path);
      return same;
    }
    const manifest = new HeldManifest(parseObject((contents.get(path) as Buffer).toString('utf8'), path));
    this.held.set(id, manifest);
    return manifest;
  }

  /** What is asked for at the same time is read together: with Git, each reading is a process. */
  private newBatch(): Batch {
    const entries: TreeEntry[] = [];
    const contents = new Promise<void>(resolve => setImmediate(resolve)).then(() => {
      this.batch = undefined;
      return this.source.read(entries);
    });
    return { entries, contents };
  }
}
