import { FlotillaError } from '../errors';
import { decidingFiles, ReadOld, staleFiles } from './owned';
import { CLUSTERS_FOLDER, FLEET_FILE } from './paths';
import { publishMessage } from './publish-message';
import { checkSameFleet } from './same-fleet';
import { Changes, CommitResult, commitToBranch, Parent } from '../git/commit';
import { formatOf, ObjectFormat, USUAL_FORMAT } from '../git/object-format';
import { blobId, GitFile } from '../git/objects';
import { listTree, readBlobs } from '../git/read';
import { sourceCommit } from '../git/source-commit';

export interface PublishRequest {
  /** Contents by path from the root of the fleet; must hold `fleet.yaml`. */
  readonly files: ReadonlyMap<string, string>;
  /** URL, name of a remote, or path of the repository. */
  readonly remote: string;
  /** The branch; made when it does not exist. */
  readonly branch: string;
  /** Folder of the program that made the files: its repository's commit is recorded, and git is asked there who commits. Default: the current one. */
  readonly sourceDir?: string;
  /** Publishes although the branch was made from a newer source commit, or that cannot be told. Default: false. */
  readonly forceSource?: boolean;
  /** How often it is tried when others push at the same time. Default: 10. */
  readonly attempts?: number;
  /** Stops before the next step. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a synthesized tree the content of a branch, as one commit: writes what differs, deletes what is ours and no longer part of it, leaves the
 * files of others. No commit when nothing differs, or when the branch was made from a newer source commit.
 *
 * Throws FLT3012 when the branch holds another fleet, FLT3006 when a newer layout, FLT3004 when a link is in the way, and what `commitToBranch` throws.
 */
export async function publishTree(request: PublishRequest): Promise<CommitResult> {
  const { files, remote, branch, forceSource, attempts, signal } = request;
  const cwd = request.sourceDir ?? process.cwd();
  const source = await sourceCommit(cwd);
  return commitToBranch({
    remote,
    branch,
    cwd,
    ...(source ? { source } : {}),
    forceSource,
    attempts,
    signal,
    build: async parent => changesOn(parent, files, `${branch} of ${remote}`),
  });
}

async function changesOn(
  parent: Parent | undefined, files: ReadonlyMap<string, string>, place: string,
): Promise<Changes | undefined> {
  const old = new Map((parent ? await listTree(parent.repository, parent.commit, [FLEET_FILE, CLUSTERS_FOLDER]) : []).map(file => [file.path, file]));
  const read = await readOld(parent, old, [FLEET_FILE, ...decidingFiles([...old.keys()], files)]);
  checkSameFleet(read(FLEET_FILE), files.get(FLEET_FILE), place);
  const format: ObjectFormat = parent ? formatOf(parent.commit) : USUAL_FORMAT;
  const changed = [...files].filter(([path, content]) => old.get(path)?.id !== blobId(content, format));
  changed.forEach(([path]) => refuseLinks(path, old));
  const deletes = staleFiles([...old.keys()], files, read);
  if (changed.length === 0 && deletes.length === 0) {
    return undefined;
  }
  return {
    writes: new Map(changed.map(([path, content]) => [path, Buffer.from(content, 'utf8')])),
    deletes,
    message: publishMessage(files.get(FLEET_FILE), changed.map(([path]) => ({ path, isNew: !old.has(path) })), deletes),
  };
}

/** Reads some files of the old tree in one go. */
async function readOld(parent: Parent | undefined, old: ReadonlyMap<string, GitFile>, paths: readonly string[]): Promise<ReadOld> {
  const wanted = paths.flatMap(path => old.get(path) ?? []).filter(file => file.mode !== '120000' && file.mode !== '160000');
  const contents = parent ? await readBlobs(parent.repository, wanted.map(file => file.id)) : new Map<string, Buffer>();
  const texts = new Map(wanted.map(file => [file.path, contents.get(file.id)?.toString('utf8')]));
  return path => texts.get(path);
}

/** A link or a file of others where we need a folder would vanish without a word. */
function refuseLinks(path: string, old: ReadonlyMap<string, GitFile>): void {
  const parts = path.split('/');
  for (let length = 1; length <= parts.length; length++) {
    const above = parts.slice(0, length).join('/');
    const file = old.get(above);
    if (file && (length < parts.length || file.mode === '120000' || file.mode === '160000')) {
      const found = { 100644: 'a file', 100755: 'a file', 120000: 'a symbolic link', 160000: 'a submodule' }[file.mode];
      throw new FlotillaError('FLT3004', {
        what: `${above} on the branch is ${found} where the tree needs a ${length < parts.length ? 'folder' : 'file'}`,
        where: { file: above },
        fix: 'move it away on the branch, or choose another branch',
      });
    }
  }
}
