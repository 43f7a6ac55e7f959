/** What an entry of a tree is. Only files and executables are ever read. */
export type EntryMode = 'file' | 'executable' | 'link' | 'submodule' | 'other';

/** One entry of a tree that is not a folder. */
export interface TreeEntry {
  /** From the root of the fleet, with slashes: `clusters/prod/web.yaml`. */
  readonly path: string;
  readonly mode: EntryMode;
  /** Git's id of its content. */
  readonly id: string;
}

/** A committed tree, wherever it lies: a folder, a commit. */
export interface TreeSource {
  /** Where the tree is, for people: `https://example.com/fleet.git main`, `dist`. */
  readonly description: string;
  /** The commit that is read, by its whole id; known once `list` was called, and absent for a folder. */
  readonly commit?: string;
  /** All entries that can belong to a fleet: `fleet.yaml` and what is below `clusters`. */
  list(): Promise<TreeEntry[]>;
  /** The contents of files that `list` gave, by their paths. Reads each content once, however many paths have it. */
  read(entries: readonly TreeEntry[]): Promise<Map<string, Buffer>>;
  /** What lies in the root, for a message; folders end in a slash. */
  listRoot(): Promise<string[]>;
  /** Gives back what the source holds open, where it holds something. */
  close?(): void;
}
