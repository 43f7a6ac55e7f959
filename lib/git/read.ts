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
 * Reads blobs one after the other, in the order of `ids`, through one process; holds one at a time in memory.
 *
 * Throws FLT4002 when one is not there or is no blob.
 */
export async function* streamBlobs(repository: GitRepository, ids: Iterable<string>): AsyncGenerator<GitBlob> {
  const args = ['cat-file', '--batch'];
  const child = spawnGit(args, await repository.options());
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = exitOf(child);
  const fed = feed(child, lines(ids));
  // Both are awaited below; a failure before that must not count as unhandled.
  ended.catch(() => {});
  fed.catch(() => {});
  const input = new ChunkReader(child.stdout);
  try {
    for (;;) {
      const header = await input.line();
      if (header === undefined) {
        break;
      }
      const [id, type, size] = header.split(' ');
      if (type !== 'blob') {
        throw damaged(id, type);
      }
      yield [id, await input.bytes(Number(size))];
      await input.bytes(1);
    }
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
    for await (const [id, content] of streamBlobs(repository, wanted)) {
      blobs.set(id, content);
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

/** Takes lines and counted bytes from a stream of chunks. */
class ChunkReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.chunks = stream[Symbol.asyncIterator]();
  }

  /** The next line without its end; undefined at the end of the stream. */
  public async line(): Promise<string | undefined> {
    let end: number;
    while ((end = this.rest.indexOf(10)) < 0) {
      const next = await this.chunks.next();
      if (next.done) {
        return undefined;
      }
      this.rest = this.rest.length === 0 ? next.value : Buffer.concat([this.rest, next.value]);
    }
    const text = this.rest.toString('utf8', 0, end);
    this.rest = this.rest.subarray(end + 1);
    return text;
  }

  public async bytes(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = count;
    while (this.rest.length < missing) {
      parts.push(this.rest);
      missing -= this.rest.length;
      const next = await this.chunks.next();
      if (next.done) {
        throw damaged('an object', 'the output ended in its midst');
      }
      this.rest = next.value;
    }
    parts.push(this.rest.subarray(0, missing));
    this.rest = this.rest.subarray(missing);
    // A copy: what is kept must not hold on to the whole chunk.
    return Buffer.concat(parts);
  }
}
