import type { TreeEntry, TreeSource } from '../tree/source';

/** A source at one moment: it is listed once, so that all who read it see one commit. */
export class Snapshot implements TreeSource {
  private listed: Promise<TreeEntry[]> | undefined;

  private pinned: string | undefined;

  /** @param listNow how it is listed, where that is not to look for something newer */
  constructor(private readonly source: TreeSource, private readonly listNow = () => source.list()) {}

  public get description(): string {
    return this.source.description;
  }

  public get commit(): string | undefined {
    return this.pinned ?? this.source.commit;
  }

  public list(): Promise<TreeEntry[]> {
    this.listed ??= this.listNow().then(entries => {
      this.pinned = this.source.commit;
      return entries;
    });
    return this.listed;
  }

  public read(entries: readonly TreeEntry[]): Promise<Map<string, Buffer>> {
    return this.source.read(entries);
  }

  public listRoot(): Promise<string[]> {
    return this.source.listRoot();
  }

  public close(): void {
    this.source.close?.();
  }
}
