import { blobId } from '../../../lib/git/objects';
import type { GitSource } from '../../../lib/tree/git-source';
import type { TreeEntry } from '../../../lib/tree/source';
import { treeFiles, WrittenFleet, WrittenOptions } from '../written-tree';

/** A branch in memory: what a repository gives an agent, without the programs and the disk that it takes. */
export class HeldBranch {
  private files: ReadonlyMap<string, string> = new Map();
  private pushes = 0;

  constructor(private readonly options: WrittenOptions = {}) {}

  /** Commits a whole tree, and files beside it; gives the commit's id. */
  public push(clusters: WrittenFleet, files: Readonly<Record<string, string>> = {}): string {
    this.files = new Map([...treeFiles(clusters, this.options), ...Object.entries(files)]);
    this.pushes++;
    return this.commit;
  }

  public get commit(): string {
    return String(this.pushes).padStart(40, '0');
  }

  /** For one agent. */
  public openSource(): GitSource {
    return new HeldSource(() => ({ commit: this.commit, files: this.files })) as unknown as GitSource;
  }
}

interface Tip {
  readonly commit: string;
  readonly files: ReadonlyMap<string, string>;
}

class HeldSource {
  public readonly description = 'a branch in memory';
  private current?: Tip;

  constructor(private readonly tip: () => Tip) {}

  public get commit(): string | undefined {
    return this.current?.commit;
  }

  public get treeId(): string | undefined {
    return this.current?.commit;
  }

  public async advance(): Promise<string> {
    this.current = this.tip();
    return this.current.commit;
  }

  public async listCurrent(): Promise<TreeEntry[]> {
    return [...this.current!.files].map(([path, text]) => ({ path, mode: 'file', id: blobId(Buffer.from(text)) }));
  }

  public async read(entries: readonly TreeEntry[]): Promise<Map<string, Buffer>> {
    return new Map(entries.map(({ path }) => [path, Buffer.from(this.current!.files.get(path)!)]));
  }

  public async listRoot(): Promise<string[]> {
    return [];
  }

  public close(): void {
    this.current = undefined;
  }
}
