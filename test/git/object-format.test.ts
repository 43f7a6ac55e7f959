import { rmSync } from 'node:fs';
import { serveGit } from './http-server';
import { bareRepository, commitFiles, elsewhere, git, useIsolatedGit, workTree } from './repositories';
import { commitToBranch } from '../../lib/git/commit';
import { blobId, folderId } from '../../lib/git/objects';
import { listTree, readBlobs } from '../../lib/git/read';
import { GitRepository } from '../../lib/git/repository';
import { GitSource } from '../../lib/tree/git-source';
import { publishTree } from '../../lib/tree/publish';
import { readFleetTree } from '../../lib/tree/read';
import { sampleFiles, twoClusters } from '../tree/sample-fleet';

useIsolatedGit();

const FORMATS = ['sha1', 'sha256'] as const;
const FILES = { 'a.yaml': 'a: 1\n', 'sub/b.yaml': 'b: 1\n', 'sub/c/d.yaml': 'd: 1\n' };

test.each(FORMATS)('ids of files and folders are those of git: %s', format => {
  const folder = workTree(format);
  commitFiles(folder, FILES);
  const files = Object.entries(FILES).map(([path, content]) => ({ mode: '100644', path, id: blobId(content, format) } as const));
  expect(files.map(({ id }) => id)).toEqual(files.map(({ path }) => git(folder, 'rev-parse', `HEAD:${path}`)));
  expect(folderId(files)).toBe(git(folder, 'rev-parse', 'HEAD^{tree}'));
});

/** How a repository is reached: what is local is not kept between runs, what is elsewhere is. */
const WAYS: readonly (readonly [string, (folder: string) => string])[] = [
  ['by its path', folder => folder], ['as a file', folder => `file://${folder}`], ['over a network', elsewhere],
];

describe.each(WAYS)('a repository of SHA-256, reached %s', (_way, addressOf) => {
  test('is published to from its first commit on, and read', async () => {
    const folder = bareRepository('sha256');
    const remote = addressOf(folder);
    const sourceDir = workTree();
    commitFiles(sourceDir, { 'program.ts': '1' });
    const publish = async (image: string) => publishTree({ files: sampleFiles(twoClusters(image)), remote, branch: 'main', sourceDir });
    const first = await publish('web:1');
    expect(first).toMatchObject({ outcome: 'created', commit: expect.stringMatching(/^[0-9a-f]{64}$/), attempts: 1, warnings: [] });
    expect(await publish('web:1')).toMatchObject({ outcome: 'unchanged', commit: first.commit, warnings: [] });
    commitFiles(sourceDir, { 'program.ts': '2' });
    const second = await publish('web:2');
    expect(second).toMatchObject({ outcome: 'committed', commit: git(folder, 'rev-parse', 'main'), source: git(sourceDir, 'rev-parse', 'HEAD') });
    expect(git(folder, 'rev-list', '--count', 'main')).toBe('2');
    expect(git(folder, 'fsck', '--strict')).toBe('');

    for (const props of [{ branch: 'main' }, { commit: second.commit as string }]) {
      const source = new GitSource({ remote, ...props });
      const tree = await readFleetTree(source);
      expect([tree.commit, tree.errors, tree.clusters.length]).toEqual([second.commit, [], 2]);
      source.close();
    }
  });

  test('keeps an older source commit away, whose ids are as long', async () => {
    const remote = addressOf(bareRepository('sha256'));
    const sourceDir = workTree('sha256');
    const older = commitFiles(sourceDir, { 'program.ts': '1' });
    commitFiles(sourceDir, { 'program.ts': '2' });
    await publishTree({ files: sampleFiles(twoClusters('web:2')), remote, branch: 'main', sourceDir });
    git(sourceDir, 'checkout', '--quiet', older);
    expect(await publishTree({ files: sampleFiles(twoClusters('web:1')), remote, branch: 'main', sourceDir })).toMatchObject({ outcome: 'superseded' });
  });

  test('gets a branch beside those there are', async () => {
    const folder = bareRepository('sha256');
    const work = workTree('sha256');
    commitFiles(work, FILES);
    git(work, 'push', '--quiet', folder, 'HEAD:refs/heads/main');
    const build = async () => ({ writes: new Map([['x.yaml', Buffer.from('x: 1\n')]]), deletes: [], message: 'x' });
    expect(await commitToBranch({ remote: addressOf(folder), branch: 'live', cwd: work, build })).toMatchObject({ outcome: 'created' });
    expect(git(folder, 'ls-tree', '-r', '--name-only', 'live')).toBe('x.yaml');
  });
});

test('a repository over HTTP that is made anew with other ids is read again', async () => {
  const folder = bareRepository('sha1');
  const server = await serveGit(folder, 'Bearer x');
  try {
    git('/', 'config', '--global', `http.${server.url}.extraHeader`, 'Authorization: Bearer x');
    const fill = (format: 'sha1' | 'sha256'): string => {
      const work = workTree(format);
      const commit = commitFiles(work, FILES);
      git(work, 'push', '--quiet', folder, 'HEAD:refs/heads/main');
      return commit;
    };
    const contents = async (repository: GitRepository): Promise<string[]> => {
      const commit = await repository.findBranch('main', { depth: 1 });
      const files = await listTree(repository, commit);
      const blobs = await readBlobs(repository, files.map(({ id }) => id));
      return [commit, ...files.map(({ id }) => blobs.get(id)!.toString())];
    };
    const before = fill('sha1');
    const kept = await GitRepository.open(server.url);
    expect(await contents(kept)).toEqual([before, ...Object.values(FILES)]);

    rmSync(folder, { recursive: true });
    git('/', 'init', '--quiet', '--bare', '--object-format=sha256', folder);
    git(folder, 'config', 'http.receivepack', 'true');
    const after = fill('sha256');
    expect(await kept.remoteTip('main')).toBe(after);
    expect(await contents(kept)).toEqual([after, ...Object.values(FILES)]);
    kept.close();
    // What another process finds in the cache.
    const next = await GitRepository.open(server.url);
    expect(await contents(next)).toEqual([after, ...Object.values(FILES)]);
    next.close();
  } finally {
    await server.close();
  }
});
