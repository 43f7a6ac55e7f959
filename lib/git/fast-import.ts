import { FlotillaError } from '../errors';
import { CommitIdentity } from './identity';
import { isObjectId } from './object-format';
import { GitRepository } from './repository';

/** A commit that does not exist yet. */
export interface NewCommit extends CommitIdentity {
  /** The commit before it; absent for the first of a branch. */
  readonly parent?: string;
  readonly message: string;
  /** Contents of files by path, as ordinary files. */
  readonly writes: ReadonlyMap<string, Buffer>;
  /** Paths of files that the parent has and this commit has not. */
  readonly deletes: readonly string[];
}

/** Makes commits without a checkout, in one process; gives their ids, in the same order. Throws FLT4002. */
export async function importCommits(repository: GitRepository, commits: readonly NewCommit[]): Promise<string[]> {
  const output = await repository.run(['fast-import', '--quiet', '--done', '--force', '--date-format=raw'], { stdin: stream(commits) });
  const ids = output.toString('utf8').split('\n').filter(line => line !== '');
  if (ids.length !== commits.length || !ids.every(isObjectId)) {
    throw new FlotillaError('FLT4002', { what: `\`git fast-import\` gave ${JSON.stringify(ids)} for ${commits.length} commits`, fix: 'see that git is 2.29 or newer' });
  }
  return ids;
}

function* stream(commits: readonly NewCommit[]): Generator<Buffer | string> {
  for (const [i, commit] of commits.entries()) {
    const mark = i + 1;
    yield `commit refs/import/${i}\nmark :${mark}\nauthor ${commit.author}\ncommitter ${commit.committer}\n`;
    yield* data(Buffer.from(commit.message, 'utf8'));
    if (commit.parent) {
      yield `from ${commit.parent}\n`;
    }
    for (const path of commit.deletes) {
      yield `D ${quotePath(path)}\n`;
    }
    for (const [path, content] of commit.writes) {
      yield `M 100644 inline ${quotePath(path)}\n`;
      yield* data(content);
    }
    yield `\nget-mark :${mark}\n`;
  }
  yield 'done\n';
}

function* data(content: Buffer): Generator<Buffer | string> {
  yield `data ${content.length}\n`;
  yield content;
  yield '\n';
}

/** A path in quotes, as C has them: fast-import would otherwise end it at a line break. */
function quotePath(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
