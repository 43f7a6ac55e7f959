import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GitSource } from '../../../lib/tree/git-source';
import { bareRepository, git, workTree } from '../../git/repositories';
import { WrittenFleet, WrittenOptions, writeTree } from '../written-tree';

/** A repository with a branch `live`, and who pushes to it. */
export class LiveBranch {
  public readonly url: string;
  private readonly folder: string;

  constructor(private readonly options: WrittenOptions & { readonly format?: 'sha1' | 'sha256' } = {}) {
    this.url = bareRepository(options.format);
    this.folder = workTree(options.format);
    git(this.folder, 'remote', 'add', 'origin', this.url);
    git(this.folder, 'checkout', '--quiet', '-b', 'live');
  }

  public openSource(clusters?: readonly string[]): GitSource {
    return new GitSource({ remote: this.url, branch: 'live', clusters });
  }

  /** Commits a whole tree and pushes it; gives the commit's id. */
  public push(clusters: WrittenFleet, files: Readonly<Record<string, string>> = {}): string {
    this.clear();
    writeTree(clusters, { ...this.options, folder: this.folder });
    return this.pushFiles(files);
  }

  /** Commits files as they are, beside what is there. */
  public pushFiles(files: Readonly<Record<string, string>>, ...options: string[]): string {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), content);
    }
    git(this.folder, 'add', '--all');
    git(this.folder, 'commit', '--quiet', '--allow-empty', '--message', 'change');
    git(this.folder, 'push', '--quiet', ...options, 'origin', 'live');
    return git(this.folder, 'rev-parse', 'HEAD');
  }

  /** The commit that was pushed last. */
  public get head(): string {
    return git(this.folder, 'rev-parse', 'HEAD');
  }

  /** Goes back as `git revert` does. */
  public revert(): string {
    git(this.folder, 'revert', '--no-edit', 'HEAD');
    git(this.folder, 'push', '--quiet', 'origin', 'live');
    return git(this.folder, 'rev-parse', 'HEAD');
  }

  /** Commits a whole tree without a history and pushes it by force. */
  public pushOrphan(clusters: WrittenFleet): string {
    git(this.folder, 'checkout', '--quiet', '--orphan', 'other');
    this.clear();
    writeTree(clusters, { ...this.options, folder: this.folder });
    git(this.folder, 'add', '--all');
    git(this.folder, 'commit', '--quiet', '--message', 'anew');
    git(this.folder, 'branch', '--quiet', '--move', '--force', 'live');
    git(this.folder, 'push', '--quiet', '--force', 'origin', 'live');
    return git(this.folder, 'rev-parse', 'HEAD');
  }

  /** Deletes the branch in the repository. */
  public deleteBranch(): void {
    git(this.folder, 'push', '--quiet', 'origin', '--delete', 'live');
  }

  /** Takes everything out of the work tree. */
  public clear(): void {
    for (const name of ['fleet.yaml', 'clusters']) {
      rmSync(join(this.folder, name), { recursive: true, force: true });
    }
  }
}
