import { FlotillaError } from '../errors';
import { clusterFile, clusterFolder, CLUSTERS_FOLDER, FLEET_FILE } from './paths';
import { EntryMode, TreeEntry, TreeSource } from './source';
import { maskCredentials } from '../git/mask';
import { GitFile } from '../git/objects';
import { listRoot, listTree, readBlobs } from '../git/read';
import { GitRepository } from '../git/repository';

export interface GitSourceProps {
  /** URL, name of a remote, or path of a repository. */
  readonly remote: string;
  /** The branch to read. Either this or `commit`. */
  readonly branch?: string;
  /** The commit to read, by its whole id, where the server gives commits by their id. */
  readonly commit?: string;
  /** Folder of the tree in the repository. Default: its root. */
  readonly folder?: string;
  /** Only what concerns these clusters is listed. Default: all. */
  readonly clusters?: readonly string[];
  /** What a relative path and the name of a remote are relative to. Default: the current folder. */
  readonly cwd?: string;
}

const MODES: Record<GitFile['mode'], EntryMode> = { 100644: 'file', 100755: 'executable', 120000: 'link', 160000: 'submodule' };

/**
 * A tree in a Git repository. Every call of `list` fetches the newest commit of the branch, without its history; `read` reads the commit that was listed.
 *
 * Its methods throw FLT4003 when the repository cannot be read, FLT4004 when it has no such branch.
 */
export class GitSource implements TreeSource {
  public readonly description: string;
  private readonly prefix: string;
  private repository: Promise<GitRepository> | undefined;
  private readonly paths: readonly string[];
  private current: string | undefined;
  private currentId: string | undefined;

  /** `repository` is one that is open already, and stays open; `props.remote` then only describes it. */
  constructor(private readonly props: GitSourceProps, private readonly given?: GitRepository) {
    if ((props.branch === undefined) === (props.commit === undefined)) {
      throw new TypeError('a Git source reads either a branch or a commit');
    }
    const folder = (props.folder ?? '').replace(/^(\.?\/)+|\/+$/g, '');
    this.prefix = folder === '' || folder === '.' ? '' : `${folder}/`;
    this.description = [maskCredentials(props.remote), props.branch ?? props.commit, folder].filter(part => part).join(' ');
    this.current = props.commit;
    const clusters = props.clusters?.flatMap(name => [clusterFolder(name), clusterFile(name)]) ?? [CLUSTERS_FOLDER];
    this.paths = [FLEET_FILE, ...clusters].map(path => `${this.prefix}${path}`);
  }

  public get commit(): string | undefined {
    return this.current;
  }

  /** Of the commit that was fetched last: see `advance`. */
  public get treeId(): string | undefined {
    return this.currentId;
  }

  public async list(): Promise<TreeEntry[]> {
    await this.onceMoreWhenDamaged(async repository => { this.current = await this.fetch(repository); });
    return this.listCurrent();
  }

  /**
   * Looks for a newer commit, and fetches it. Returns an id that is the same as long as nothing that concerns this source has changed.
   *
   * `ask`: first asks the remote whether there is one, which is cheaper when there mostly is none.
   */
  public async advance(options: { readonly ask: boolean; readonly signal?: AbortSignal }): Promise<string> {
    return this.onceMoreWhenDamaged(async (repository, again) => {
      const { branch } = this.props;
      if (again || !options.ask || this.current === undefined || branch === undefined
        || await repository.remoteTip(branch, options) !== this.current || this.currentId === undefined) {
        this.current = await this.fetch(repository, options.signal);
        this.currentId = (await repository.run(['ls-tree', '-z', '--full-tree', this.current, '--', ...this.paths])).toString('latin1');
      }
      return this.currentId;
    });
  }

  /** The entries of the commit that was fetched last. */
  public async listCurrent(): Promise<TreeEntry[]> {
    const files = await this.onceMoreWhenDamaged(async (repository, again) => {
      if (again && this.current) {
        await repository.fetchCommit(this.current, { depth: 1 });
      }
      return listTree(repository, this.current as string, this.paths);
    });
    return files.map(({ path, mode, id }) => ({ path: path.slice(this.prefix.length), mode: MODES[mode] ?? 'other', id }));
  }

  public async read(entries: readonly TreeEntry[]): Promise<Map<string, Buffer>> {
    const ids = entries.map(entry => entry.id);
    const blobs = await this.onceMoreWhenDamaged(async (repository, again) => {
      if (again && this.current) {
        await repository.fetchCommit(this.current, { depth: 1 });
      }
      return readBlobs(repository, ids);
    });
    return new Map(entries.map(({ path, id }) => [path, blobs.get(id) as Buffer]));
  }

  public async listRoot(): Promise<string[]> {
    const repository = await this.open();
    return listRoot(repository, this.prefix ? `${this.current}:${this.prefix.slice(0, -1)}` : `${this.current}`);
  }

  public close(): void {
    void this.repository?.then(repository => repository.close(), () => {});
    this.repository = undefined;
  }

  private async fetch(repository: GitRepository, signal?: AbortSignal): Promise<string> {
    const depth = { depth: 1, signal };
    return this.props.commit !== undefined
      ? repository.fetchCommit(this.props.commit, depth)
      : repository.findBranch(this.props.branch as string, depth);
  }

  /** A damaged cache is made anew and the action done once more. */
  private async onceMoreWhenDamaged<T>(action: (repository: GitRepository, again: boolean) => Promise<T>): Promise<T> {
    const repository = await this.open();
    try {
      return await action(repository, false);
    } catch (error) {
      if (!(error instanceof FlotillaError) || error.code !== 'FLT4002') {
        throw error;
      }
      await repository.remake();
      return action(repository, true);
    }
  }

  private async open(): Promise<GitRepository> {
    if (this.given) {
      return this.given;
    }
    this.repository ??= GitRepository.open(this.props.remote, this.props.cwd);
    try {
      return await this.repository;
    } catch (error) {
      this.repository = undefined;
      throw error;
    }
  }
}
