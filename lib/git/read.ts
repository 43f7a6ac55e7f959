import { FlotillaError } from '../errors';
import { GitFile } from './objects';
import { GitRepository } from './repository';
import { exitOf, feed, gitFailed, spawnGit } from './run';

/**
 * Lists all files of a commit, at any depth, sorted by path as Git sorts; `under` limits that to files and folders by their paths.
 *
 * Throws FLT4002 when the commit is not there.
 */
export async function listTree(repository: GitRepository, commit: string, under: readonly string[] = []): Promise<GitFile[]> {
  const output = await repository.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...under]);
  const files: GitFile[] = [];
  // "100644 blob <digits>\t<path>\0": the path is bytes, which -z leaves unquoted.
  for (let start = 0; start < output.length;) {
    const end = output.indexOf(0, start);
    const tab = output.indexOf(9, start);
    const [mode, , id] = output.toString('latin1', start, tab).split(' ');
    files.push({ mode: mode as GitFile['mode'], id, path: output.toString('utf8', tab + 1, end) });
    start = end + 1;
  }
  return files;
}

/** The names directly in the root folder of a commit; folders end in a slash. */
export async function listRoot(repository: GitRepository, commit: string): Promise<string[]> {
  const output = (await repository.run(['ls-tree', '-z', '--full-tree', commit])).toString('utf8');
  return output.split('\0').filter(line => line !== '').map(line => `${line.slice(line.indexOf('\t') + 1)}${line.startsWith('040000') ? '/' : ''}`);
}

/** A blob and its id. */
export type GitBlob = readonly [id: string, content: Buffer];

/**
 * Reads blobs in the order of `ids`, through one process; gives those at once that git wrote at once, some 64 KiB or one larger blob.
 *
 * Throws FLT4002 when one is not there or is no blob.
 */
export async function* streamBlobs(repository: GitRepository, ids: Iterable<string>): AsyncGenerator<readonly GitBlob[]> {
  // Without the option git writes each blob by itself, and nobody waits for one here.
  const args = ['cat-file', '--batch', '--buffer'];
  const child = spawnGit(args, await repository.options());
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = exitOf(child);
  const fed = feed(child, lines(ids));
  // Both are awaited below; a failure before that must not count as unhandled.
  ended.catch(() => {});
  fed.catch(() => {});
  const output = new BlobOutput();
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const blobs = output.take(chunk);
      if (blobs.length > 0) {
        yield blobs;
      }
    }
    output.end();
    await fed;
    const exitCode = await ended;
    if (exitCode !== 0) {
      throw gitFailed(args, { exitCode, stderr: Buffer.concat(stderr).toString('utf8') });
    }
  } finally {
    child.kill();
  }
}

/** Reads blobs and gives them by their ids; each is read once, however often it is named. Throws FLT4002 when one is not there. */
export async function readBlobs(repository: GitRepository, ids: Iterable<string>): Promise<Map<string, Buffer>> {
  const wanted = new Set(ids);
  const blobs = new Map<string, Buffer>();
  if (wanted.size > 0) {
    for await (const some of streamBlobs(repository, wanted)) {
      some.forEach(([id, content]) => blobs.set(id, content));
    }
  }
  return blobs;
}

function* lines(ids: Iterable<string>): Generator<string> {
  let batch = '';
  for (const id of ids) {
    batch += `${id}\n`;
    if (batch.length > 32_768) {
      yield batch;
      batch = '';
    }
  }
  yield batch;
}

function damaged(id: string, type: string): FlotillaError {
  return new FlotillaError('FLT4002', {
    what: `\`git cat-file --batch\` gave no file for ${id}: ${type}`,
    fix: 'run it again; when it stays, the repository is damaged: see `git fsck` there',
  });
}

/** Takes blobs out of what `git cat-file --batch` writes. To wait for each would cost more than to read it. */
class BlobOutput {
  private chunks: Buffer[] = [];
  private length = 0;
  /** How much the blob at the start of the chunks takes, with its header; 0 as long as that is not known. */
  private wanted = 0;

  /** The blobs that are complete with this chunk. */
  public take(chunk: Buffer): GitBlob[] {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length < this.wanted) {
      return [];
    }
    const input = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    const blobs: GitBlob[] = [];
    let start = 0;
    this.wanted = 0;
    for (let header; (header = input.indexOf(10, start)) >= 0;) {
      const [id, type, size] = input.toString('utf8', start, header).split(' ');
      if (type !== 'blob') {
        throw damaged(id, type);
      }
      const end = header + 1 + Number(size);
      if (end >= input.length) {
        this.wanted = end + 1 - start;
        break;
      }
      // A copy: what is kept must not hold on to the whole chunk.
      blobs.push([id, Buffer.from(input.subarray(header + 1, end))]);
      start = end + 1;
    }
    this.chunks = start < input.length ? [input.subarray(start)] : [];
    this.length = input.length - start;
    return blobs;
  }

  public end(): void {
    if (this.wanted > 0) {
      throw damaged('an object', 'the output ended in its midst');
    }
  }
}
