import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bareRepository, cloneOf, commitFiles, elsewhere, git, repositoryWith, temporaryFolder, useIsolatedGit, workTree } from './repositories';
import { FlotillaError } from '../../lib/errors';
import { listTree, readBlobs, streamBlobs } from '../../lib/git/read';
import { resolveRemote } from '../../lib/git/remote';
import { GitRepository } from '../../lib/git/repository';
import { GitSource } from '../../lib/tree/git-source';

useIsolatedGit();

async function withRepository<T>(remote: string, action: (repository: GitRepository) => Promise<T>, cwd?: string): Promise<T> {
  const repository = await GitRepository.open(remote, cwd);
  try {
    return await action(repository);
  } finally {
    repository.close();
  }
}

/** Runs something with a cache of its own. */
async function withCache<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const before = process.env.XDG_CACHE_HOME;
  const folder = temporaryFolder();
  process.env.XDG_CACHE_HOME = folder;
  try {
    return await action(folder);
  } finally {
    process.env.XDG_CACHE_HOME = before;
  }
}

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  return action().then(() => 'fulfilled', error => error instanceof FlotillaError ? error.code : String(error));
}

describe('a remote', () => {
  test.each(['', '-u', '--upload-pack=touch /tmp/x', 'ext::sh -c date', 'fd::1', 'a\nb', 'file://host/x'])('is not %j', async text => {
    expect(await codeOf(async () => resolveRemote(text, temporaryFolder()))).toMatch(/FLT4009|FLT4003/);
  });

  test('may be a path inside a work tree, relative to a folder', async () => {
    const folder = workTree();
    const commit = commitFiles(folder, { 'a/b/c.txt': 'x' });
    for (const remote of [folder, join(folder, 'a/b'), relative(join(folder, 'a'), folder), '.', join(folder, '.git'), pathToFileURL(folder).href]) {
      expect(await withRepository(remote, async repository => repository.fetchBranch('main'), join(folder, 'a'))).toBe(commit);
    }
  });

  test('may be the name of a remote of the repository around the folder', async () => {
    const { remote, commit } = repositoryWith({ a: '1' });
    expect(await withRepository('origin', async repository => repository.fetchBranch('main'), cloneOf(remote))).toBe(commit);
  });

  test('is reached with the settings of the repository around the folder, where CI keeps its token', async () => {
    const folder = workTree();
    git(folder, 'config', 'http.https://example.com/.extraheader', 'AUTHORIZATION: basic x');
    git(folder, 'config', 'alias.x', 'y');
    const { settings } = await resolveRemote('https://example.com/x.git', folder);
    expect(settings).toEqual([['http.https://example.com/.extraheader', 'AUTHORIZATION: basic x']]);
    const { remote } = repositoryWith({ a: '1' });
    git(folder, 'config', `url.${remote}.insteadOf`, 'https://example.invalid/fleet');
    expect(await withRepository('https://example.invalid/fleet', async repository => repository.fetchBranch('main'), folder)).toBeDefined();
  });

  test.each<[string, () => string]>([
    ['a path that does not exist', () => join(temporaryFolder(), 'x')],
    ['a folder without a repository', () => temporaryFolder()],
    ['a file', () => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'x'), '');
      return join(folder, 'x');
    }],
    ['a server that does not answer', () => 'http://127.0.0.1:1/x.git'],
  ])('that is %s is not reachable', async (_, remote) => {
    expect(await codeOf(async () => withRepository(remote(), async repository => repository.fetchBranch('main')))).toMatch(/FLT400[23]/);
  });
});

describe('fetchBranch', () => {
  test('gives undefined for a branch that does not exist, and findBranch lists those that do', async () => {
    const { remote } = repositoryWith({ a: '1' });
    await withRepository(remote, async repository => {
      expect(await repository.fetchBranch('mian')).toBeUndefined();
      await expect(repository.findBranch('mian')).rejects.toThrow(/FLT4004 .* has no branch "mian"\n.*fix give one that exists: main/);
    });
    await withRepository(bareRepository(), async repository => {
      await expect(repository.findBranch('main')).rejects.toThrow('the repository is empty');
    });
  });

  test('follows the branch, also when it was rewritten or deleted', async () => {
    const folder = workTree();
    const remote = bareRepository();
    await withRepository(remote, async repository => {
      const first = commitFiles(folder, { a: '1' });
      git(folder, 'push', '--quiet', remote, 'HEAD:main');
      expect(await repository.fetchBranch('main', { depth: 1 })).toBe(first);
      const second = commitFiles(folder, { a: '2' });
      git(folder, 'push', '--quiet', remote, 'HEAD:main');
      expect(await repository.fetchBranch('main', { depth: 1 })).toBe(second);
      expect(await repository.fetchBranch('main')).toBe(second);
      expect((await repository.run(['rev-list', '--count', second])).toString().trim()).toBe('2');
      git(folder, 'push', '--quiet', '--force', remote, `${first}:main`);
      expect(await repository.fetchBranch('main')).toBe(first);
      git(folder, 'push', '--quiet', remote, ':main');
      expect(await repository.fetchBranch('main')).toBeUndefined();
    });
  });

  test('fetches many branches at the same time, and from several repositories of the same remote', async () => {
    const folder = workTree();
    const remote = bareRepository();
    const commits = Array.from({ length: 8 }, (_, i) => commitFiles(folder, { a: String(i) }));
    commits.forEach((commit, i) => git(folder, 'push', '--quiet', remote, `${commit}:refs/heads/b${i}`));
    const url = elsewhere(remote);
    const fetched = await Promise.all(commits.map(async (_, i) => withRepository(url, async repository =>
      Promise.all([repository.fetchBranch(`b${i}`, { depth: 1 }), repository.fetchBranch(`b${7 - i}`), repository.fetchBranch(`b${i}`, { depth: 2 })]))));
    expect(fetched).toEqual(commits.map((commit, i) => [commit, commits[7 - i], commit]));
  });

  test('uses what an earlier process fetched, and leaves nothing of its own behind', async () => {
    const { remote } = repositoryWith({ a: '1'.repeat(5000) });
    const temporary = temporaryFolder();
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      await withCache(async () => {
        const url = elsewhere(remote);
        await withRepository(url, async repository => repository.fetchBranch('main', { depth: 1 }));
        await withRepository(url, async repository => {
          expect((await repository.run(['for-each-ref', '--format=%(refname)'])).toString()).toMatch(/^refs\/tips\//);
          expect(repository.isShallow).toBe(true);
        });
      });
      // The caches of this test lie there, too; no repository does.
      expect(readdirSync(temporary).filter(name => /^flotilla-(repo|git)-/.test(name))).toEqual([]);
    } finally {
      if (before === undefined) {
        delete process.env.TMPDIR;
      } else {
        process.env.TMPDIR = before;
      }
    }
  });

  test('keeps nothing of a repository on the same machine', async () => {
    const { remote } = repositoryWith({ a: '1' });
    await withCache(async folder => {
      await withRepository(remote, async repository => repository.fetchBranch('main'));
      await withRepository(`file://${remote}`, async repository => repository.fetchBranch('main'));
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  test('forgets a remote that nobody has read for a month, and keeps the others', async () => {
    await withCache(async folder => {
      const urls = [1, 2, 3].map(content => elsewhere(repositoryWith({ a: String(content) }).remote));
      for (const url of urls.slice(0, 2)) {
        await withRepository(url, async repository => repository.fetchBranch('main'));
      }
      const root = join(folder, 'cdk8s-flotilla/git');
      const [old] = readdirSync(root);
      const used = join(root, old, readdirSync(join(root, old))[0], 'used');
      utimesSync(used, 0, 0);
      await withRepository(urls[2], async repository => repository.fetchBranch('main'));
      expect(readdirSync(root)).toHaveLength(2);
      expect(readdirSync(root)).not.toContain(old);
    });
  });

  test('works without a cache that can be written', async () => {
    const cache = process.env.XDG_CACHE_HOME;
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    process.env.XDG_CACHE_HOME = file;
    try {
      const { remote, commit } = repositoryWith({ a: '1' });
      expect(await withRepository(elsewhere(remote), async repository => repository.fetchBranch('main'))).toBe(commit);
    } finally {
      process.env.XDG_CACHE_HOME = cache;
    }
  });

  test('makes a damaged cache anew', async () => {
    await withCache(async cache => {
      const folder = workTree();
      const remote = bareRepository();
      const url = elsewhere(remote);
      const push = (content: string): string => {
        const commit = commitFiles(folder, { 'f/fleet.yaml': content, 'f/clusters/b': 'same' });
        git(folder, 'push', '--quiet', remote, 'HEAD:main');
        return commit;
      };
      push('1');
      await withRepository(url, async repository => repository.fetchBranch('main', { depth: 1 }));
      const objects = readdirSync(cache, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && /objects/.test(entry.parentPath));
      expect(objects.length).toBeGreaterThan(0);
      for (const entry of objects) {
        rmSync(join(entry.parentPath, entry.name));
        writeFileSync(join(entry.parentPath, entry.name), '');
      }
      const commit = push('2');
      const source = new GitSource({ remote: url, branch: 'main', folder: 'f' });
      const files = await source.list();
      expect(source.commit).toBe(commit);
      expect((await source.read(files)).size).toBe(2);
      source.close();
    });
  });

  test('takes no hooks and no templates of the user into its own repositories', async () => {
    const { remote, commit } = repositoryWith({ a: '1' });
    const hooks = temporaryFolder();
    writeFileSync(join(hooks, 'reference-transaction'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    process.env.GIT_CONFIG_COUNT = '0';
    git('/', 'config', '--global', 'core.hooksPath', hooks);
    try {
      expect(await withRepository(remote, async repository => repository.fetchBranch('main'))).toBe(commit);
    } finally {
      git('/', 'config', '--global', '--unset', 'core.hooksPath');
      delete process.env.GIT_CONFIG_COUNT;
    }
  });
});

describe('listTree and readBlobs', () => {
  test('give paths as they are, whatever is in them, and contents byte by byte', async () => {
    const files: Record<string, Buffer> = {
      'plain.txt': Buffer.from('x'),
      'grün/ö ä.yaml': Buffer.from('ü'),
      'quo"te\\back': Buffer.from(''),
      'tab\there': Buffer.from([0, 255, 10]),
      'big': Buffer.alloc(300_000, 'abc'),
      'new\nline': Buffer.from('\n'),
    };
    const { remote } = repositoryWith(files);
    await withRepository(remote, async repository => {
      const commit = await repository.findBranch('main', { depth: 1 });
      const listed = await listTree(repository, commit);
      expect(listed.map(file => file.path).sort()).toEqual(Object.keys(files).sort());
      const blobs = await readBlobs(repository, listed.map(file => file.id));
      for (const { path, id } of listed) {
        expect(blobs.get(id)?.equals(files[path])).toBe(true);
      }
    });
  });

  test('give contents of any size, wherever what git writes is cut', async () => {
    // A pipe gives 64 KiB at a time; a header has some 50 bytes.
    const sizes = [0, 1, 2, ...Array.from({ length: 70 }, (_, i) => 65_470 + i), 131_072, 1_000_000, 3];
    const files = Object.fromEntries(sizes.map(size => [`f${size}`, Buffer.alloc(size, `${size} \n`)]));
    const { remote } = repositoryWith(files);
    await withRepository(remote, async repository => {
      const listed = await listTree(repository, await repository.findBranch('main', { depth: 1 }));
      const blobs = await readBlobs(repository, listed.map(file => file.id));
      expect(blobs.size).toBe(sizes.length);
      for (const { path, id } of listed) {
        expect([path, blobs.get(id)?.equals(files[path])]).toEqual([path, true]);
      }
    });
  });

  test('tell modes, and limit themselves to some paths', async () => {
    const folder = workTree();
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a/run'), '', { mode: 0o755 });
    commitFiles(folder, { 'b/c': '1', 'ab': '2' });
    await withRepository(folder, async repository => {
      const commit = await repository.findBranch('main');
      expect((await listTree(repository, commit, ['a', 'nothing'])).map(({ path, mode }) => [path, mode])).toEqual([['a/run', '100755']]);
    });
  });

  test('read tens of thousands of blobs in the order in which they were asked for', async () => {
    const { remote } = repositoryWith(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, `content ${i}`])));
    await withRepository(remote, async repository => {
      const files = await listTree(repository, await repository.findBranch('main', { depth: 1 }));
      const ids = Array.from({ length: 30_000 }, (_, i) => files[i % files.length].id);
      let count = 0;
      for await (const blobs of streamBlobs(repository, ids)) {
        for (const [id] of blobs) {
          expect(id).toBe(ids[count++]);
        }
      }
      expect(count).toBe(ids.length);
    });
  });

  test('refuse an object that is not there', async () => {
    const { remote } = repositoryWith({ a: '1' });
    await withRepository(remote, async repository => {
      await expect(readBlobs(repository, ['1'.repeat(40)])).rejects.toThrow('FLT4002');
    });
  });
});
