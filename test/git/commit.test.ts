import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bareRepository, cloneOf, commitFiles, git, temporaryFolder, useIsolatedGit, workTree } from './repositories';
import { Changes, commitToBranch, CommitRequest, CommitResult } from '../../lib/git/commit';
import { classifyPush } from '../../lib/git/push';
import { listTree } from '../../lib/git/read';
import { SourceCommit, sourceCommit } from '../../lib/git/source-commit';

useIsolatedGit();

function write(files: Record<string, string>, deletes: string[] = [], message = 'change'): Changes {
  return { writes: new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)])), deletes, message };
}

async function commit(remote: string, changes: Changes | undefined, more: Partial<CommitRequest> = {}): Promise<CommitResult> {
  return commitToBranch({ remote, branch: 'live', cwd: temporaryFolder(), build: async () => Promise.resolve(changes), ...more });
}

function filesOf(remote: string, ref = 'live'): string {
  return git(remote, 'ls-tree', '-r', '--name-only', '-z', ref).replaceAll('\0', ' ').trim();
}

/** A source repository with commits one after the other, and the same repository seen from each of them. */
async function sources(count: number): Promise<{ folder: string; at: SourceCommit[] }> {
  const folder = workTree();
  const at: SourceCommit[] = [];
  for (let i = 0; i < count; i++) {
    // Commits of the same content in the same second would be the same.
    commitFiles(folder, { model: `${folder} ${i}` });
    at.push(await sourceCommit(folder) as SourceCommit);
  }
  return { folder, at };
}

function refuse(remote: string, hook: string, script: string): void {
  writeFileSync(join(remote, 'hooks', hook), `#!/bin/sh\n${script}\n`);
  chmodSync(join(remote, 'hooks', hook), 0o755);
}

describe('a commit', () => {
  test('makes the branch when it does not exist', async () => {
    const remote = bareRepository();
    const result = await commit(remote, write({ 'a/b': '1' }));
    expect(result).toMatchObject({ outcome: 'created', attempts: 1, subject: 'change', warnings: [] });
    expect([filesOf(remote), git(remote, 'rev-parse', 'live'), git(remote, 'rev-list', '--count', 'live')]).toEqual(['a/b', result.commit, '1']);
  });

  test('changes what it is told to, whatever the paths, and keeps the rest', async () => {
    const remote = bareRepository();
    const odd = 'q"uo\\te\nü \t.txt';
    await commit(remote, write({ keep: '1', gone: '1', [odd]: '1', folder: 'a file' }));
    const result = await commit(remote, write({ 'new': '2', 'folder/inside': '2' }, ['gone', odd, 'folder']));
    expect(result.outcome).toBe('committed');
    expect(filesOf(remote)).toBe('folder/inside keep new');
    expect(git(remote, 'log', '-1', '--format=%an <%ae>|%cn|%s', 'live')).toBe('Ann Example <ann@example.com>|Ann Example|change');
  });

  test('is not made when there is nothing to change', async () => {
    const remote = bareRepository();
    expect(await commit(remote, undefined)).toEqual({ outcome: 'unchanged', attempts: 1, warnings: [], source: undefined });
    const { commit: first } = await commit(remote, write({ a: '1' }));
    expect(await commit(remote, write({}))).toMatchObject({ outcome: 'unchanged', commit: first });
  });

  test('goes on what others pushed in the meantime', async () => {
    const remote = bareRepository();
    await commit(remote, write({ a: '1' }));
    let calls = 0;
    const result = await commitToBranch({
      remote,
      branch: 'live',
      cwd: temporaryFolder(),
      build: async parent => {
        if (calls++ < 2) {
          await commit(remote, write({ [`other-${calls}`]: '1' }));
        }
        const files = parent ? await listTree(parent.repository, parent.commit) : [];
        return write({ mine: files.map(file => file.path).join() });
      },
    });
    expect(result).toMatchObject({ outcome: 'committed', attempts: 3 });
    expect(filesOf(remote)).toBe('a mine other-1 other-2');
    expect(git(remote, 'show', 'live:mine')).toBe('a,other-1,other-2');
  });

  test('is given up when others are faster every time', async () => {
    const remote = bareRepository();
    let calls = 0;
    const build = async (): Promise<Changes> => {
      await commit(remote, write({ [`other-${calls++}`]: '1' }));
      return write({ mine: '1' });
    };
    await expect(commit(remote, undefined, { build, attempts: 3 })).rejects.toThrow(/FLT4006 live of .* changed during each of 3 attempts/);
    expect(calls).toBe(3);
  });

  test('is refused with the words of the hook that refuses', async () => {
    const remote = bareRepository();
    refuse(remote, 'pre-receive', 'echo "only on Mondays" >&2; exit 1');
    await expect(commit(remote, write({ a: '1' }))).rejects.toThrow(/FLT4005 .* refused the commit to live\n(.*\n)*.*only on Mondays/);
  });

  test('is refused for a branch that is checked out', async () => {
    const folder = workTree();
    commitFiles(folder, { a: '1' });
    await expect(commit(folder, write({ a: '2' }), { branch: 'main' })).rejects.toThrow(/FLT4005 (.*\n)*.*branch is currently checked out/);
    expect(await commit(folder, write({ a: '2' }), { branch: 'live' })).toMatchObject({ outcome: 'created' });
  });

  test('is refused beside a branch whose name is a folder of its own', async () => {
    const remote = bareRepository();
    await commit(remote, write({ a: '1' }));
    await expect(commit(remote, write({ a: '1' }), { branch: 'live/eu' })).rejects.toThrow('FLT4005');
  });

  test('needs to know who makes it', async () => {
    const before = process.env.GIT_CONFIG_GLOBAL;
    const config = join(temporaryFolder(), 'config');
    writeFileSync(config, '[user]\n\tuseConfigOnly = true\n');
    process.env.GIT_CONFIG_GLOBAL = config;
    try {
      await expect(commit(bareRepository(), write({ a: '1' }))).rejects.toThrow(/FLT4007 (.*\n)*.*fix run `git config --global user.name/);
    } finally {
      process.env.GIT_CONFIG_GLOBAL = before;
    }
  });

  test('takes the identity of the folder it is told', async () => {
    const remote = bareRepository();
    const cwd = workTree();
    git(cwd, 'config', 'user.name', 'Robot');
    await commit(remote, write({ a: '1' }), { cwd });
    expect(git(remote, 'log', '-1', '--format=%an', 'live')).toBe('Robot');
  });

  test('is not made once it was stopped', async () => {
    const remote = bareRepository();
    const controller = new AbortController();
    const build = async (): Promise<Changes> => {
      controller.abort();
      return Promise.resolve(write({ a: '1' }));
    };
    await expect(commit(remote, undefined, { build, signal: controller.signal })).rejects.toThrow('aborted');
    expect(git(remote, 'for-each-ref')).toBe('');
  });
});

describe('of two source commits', () => {
  test('the older one changes nothing once the newer one is on the branch', async () => {
    const remote = bareRepository();
    const { at } = await sources(3);
    await commit(remote, write({ a: '0' }), { source: at[0] });
    const newer = await commit(remote, write({ a: '2' }), { source: at[2] });
    expect(newer).toMatchObject({ outcome: 'committed', source: at[2].commit });
    expect(await commit(remote, write({ a: '1' }), { source: at[1] })).toEqual({
      outcome: 'superseded', commit: newer.commit, source: at[2].commit, attempts: 1, warnings: [],
    });
    expect(git(remote, 'log', '-1', '--format=%(trailers)', 'live')).toBe(`Flotilla-Source: ${at[2].commit}\n`);
  });

  test('the newer one is remembered also when it changes nothing', async () => {
    const remote = bareRepository();
    const { at } = await sources(3);
    const first = await commit(remote, write({ a: 'x' }), { source: at[0] });
    expect(await commit(remote, undefined, { source: at[2] })).toEqual({ outcome: 'unchanged', commit: first.commit, source: at[2].commit, attempts: 1, warnings: [] });
    expect(await commit(remote, write({ a: 'y' }), { source: at[1] })).toMatchObject({ outcome: 'superseded', source: at[2].commit });
    expect(git(remote, 'rev-list', '--count', 'refs/flotilla/source/live')).toBe('2');
    expect(git(remote, 'show', 'live:a')).toBe('x');
  });

  test('the same one may come again, and leaves no trace when nothing differs', async () => {
    const remote = bareRepository();
    const { at } = await sources(1);
    await commit(remote, write({ a: 'x' }), { source: at[0] });
    expect(await commit(remote, undefined, { source: at[0] })).toMatchObject({ outcome: 'unchanged' });
    expect(git(remote, 'rev-list', '--count', 'refs/flotilla/source/live')).toBe('1');
    expect(await commit(remote, write({ a: 'y' }), { source: at[0] })).toMatchObject({ outcome: 'committed' });
  });

  test('the older one can be forced', async () => {
    const remote = bareRepository();
    const { at } = await sources(2);
    await commit(remote, write({ a: '1' }), { source: at[1] });
    expect(await commit(remote, write({ a: '0' }), { source: at[0], forceSource: true })).toMatchObject({ outcome: 'committed', source: at[0].commit });
  });

  test('the older one may start anew where the branch was deleted', async () => {
    const remote = bareRepository();
    const { at } = await sources(2);
    await commit(remote, write({ a: '1' }), { source: at[1] });
    git(remote, 'update-ref', '-d', 'refs/heads/live');
    expect(await commit(remote, write({ a: '0' }), { source: at[0] })).toMatchObject({ outcome: 'created', source: at[0].commit });
  });

  test('each branch has its own', async () => {
    const remote = bareRepository();
    const { at } = await sources(2);
    await commit(remote, write({ a: '1' }), { source: at[1], branch: 'live-2' });
    expect(await commit(remote, write({ a: '0' }), { source: at[0] })).toMatchObject({ outcome: 'created' });
    expect(await commit(remote, write({ a: '1' }), { source: at[1] })).toMatchObject({ outcome: 'committed' });
  });

  test('one with changes that are in no commit neither keeps away nor is kept away, and says so', async () => {
    const remote = bareRepository();
    const { folder, at } = await sources(2);
    await commit(remote, write({ a: '1' }), { source: at[1] });
    writeFileSync(join(folder, 'model'), 'edited');
    const dirty = await sourceCommit(folder) as SourceCommit;
    expect(dirty.dirty).toBe(true);
    const result = await commit(remote, write({ a: 'edited' }), { source: { ...dirty, commit: at[0].commit } });
    expect(result).toMatchObject({ outcome: 'committed', warnings: [expect.stringContaining('-dirty')] });
    expect(git(remote, 'log', '-1', '--format=%(trailers)', 'live')).toBe(`Flotilla-Source: ${at[0].commit}-dirty\n`);
    expect(await commit(remote, write({ a: '0' }), { source: at[0] })).toMatchObject({ outcome: 'superseded' });
  });

  test('without the marker, the trailer on the branch counts, also below commits of others', async () => {
    const remote = bareRepository();
    const { at } = await sources(2);
    await commit(remote, write({ a: '1' }), { source: at[1] });
    const clone = cloneOf(remote, '--branch', 'live');
    for (let i = 0; i < 5; i++) {
      commitFiles(clone, { other: String(i) });
    }
    git(clone, 'push', '--quiet', 'origin', 'live');
    git(remote, 'update-ref', '-d', 'refs/flotilla/source/live');
    expect(await commit(remote, write({ a: '0' }), { source: at[0] })).toMatchObject({ outcome: 'superseded', source: at[1].commit });
  });

  test('on different lines of history, both may come, with a warning', async () => {
    const remote = bareRepository();
    const { folder, at } = await sources(2);
    await commit(remote, write({ a: '1' }), { source: at[1] });
    git(folder, 'checkout', '--quiet', '-b', 'feature', at[0].commit);
    commitFiles(folder, { model: 'feature' });
    const feature = await sourceCommit(folder) as SourceCommit;
    expect(await commit(remote, write({ a: 'f' }), { source: feature })).toMatchObject({ outcome: 'committed', warnings: [expect.stringContaining('another line of history')] });
  });
});

describe('a source clone that does not know the commit on the branch', () => {
  /** A source on a server, a branch made from its second commit of three, and clones. */
  async function published(): Promise<{ remote: string; server: string; folder: string; at: SourceCommit[] }> {
    const remote = bareRepository();
    const { folder, at } = await sources(3);
    const server = bareRepository();
    git(folder, 'push', '--quiet', server, 'main');
    await commit(remote, write({ a: '1' }), { source: at[1] });
    return { remote, server, folder, at };
  }

  test('because its history is cut asks the server: the branch was older', async () => {
    const { remote, server } = await published();
    const source = await sourceCommit(cloneOf(`file://${server}`, '--depth=1')) as SourceCommit;
    expect(source.shallow).toBe(true);
    expect(await commit(remote, write({ a: '2' }), { source })).toMatchObject({ outcome: 'committed', warnings: [] });
  });

  test('because its history is cut asks the server: the branch was newer', async () => {
    const { remote, server, folder, at } = await published();
    git(folder, 'push', '--quiet', '--force', server, `${at[0].commit}:refs/heads/main`, `${at[2].commit}:refs/heads/newer`);
    const source = await sourceCommit(cloneOf(`file://${server}`, '--depth=1', '--branch=main')) as SourceCommit;
    expect(source.commit).toBe(at[0].commit);
    expect(await commit(remote, write({ a: '0' }), { source })).toMatchObject({ outcome: 'superseded', source: at[1].commit });
  });

  test('because it was cloned before that commit asks the server', async () => {
    const { remote, server, folder, at } = await published();
    git(folder, 'push', '--quiet', '--force', server, `${at[0].commit}:refs/heads/main`);
    const source = await sourceCommit(cloneOf(server)) as SourceCommit;
    git(folder, 'push', '--quiet', server, 'main');
    expect(await commit(remote, write({ a: '0' }), { source })).toMatchObject({ outcome: 'superseded', source: at[1].commit });
  });

  test('asks for the branches of a server that gives no other commits', async () => {
    const { remote, server, folder, at } = await published();
    git(folder, 'push', '--quiet', '--force', server, `${at[0].commit}:refs/heads/main`);
    const clone = cloneOf(server);
    const source = await sourceCommit(clone) as SourceCommit;
    git(folder, 'push', '--quiet', server, 'main');
    git(clone, 'config', '--global', 'protocol.version', '0');
    try {
      expect(await commit(remote, write({ a: '0' }), { source })).toMatchObject({ outcome: 'superseded', source: at[1].commit });
    } finally {
      git(clone, 'config', '--global', '--unset', 'protocol.version');
    }
  });

  test('goes on with a warning when the server does not know it either', async () => {
    const { remote } = await published();
    const other = await sources(1);
    const server = bareRepository();
    git(other.folder, 'push', '--quiet', server, 'main');
    const results = [await commit(remote, write({ a: '2' }), { source: other.at[0], forceSource: true })];
    const { at } = await sources(1);
    results.push(await commit(remote, write({ a: '3' }), { source: at[0] }));
    const shallow = await sourceCommit(cloneOf(`file://${server}`, '--depth=1')) as SourceCommit;
    await commit(remote, write({ a: '4' }), { source: { ...at[0] } });
    results.push(await commit(remote, write({ a: '5' }), { source: shallow }));
    expect(results.map(({ outcome, warnings }) => [outcome, warnings.length])).toEqual([['committed', 0], ['committed', 1], ['committed', 1]]);
    expect(results[2].warnings[0]).toContain('its history was rewritten, or the branch belongs to another one');
  });

  test('is refused when the server cannot be asked, with the way out', async () => {
    const { remote, server } = await published();
    const clone = cloneOf(`file://${server}`, '--depth=1');
    git(clone, 'remote', 'set-url', 'origin', 'http://127.0.0.1:1/x.git');
    const source = await sourceCommit(clone) as SourceCommit;
    await expect(commit(remote, write({ a: '2' }), { source })).rejects.toThrow(/FLT4008 (.*\n)*.*fetch-depth: 0/);
    git(clone, 'remote', 'remove', 'origin');
    await expect(commit(remote, write({ a: '2' }), { source })).rejects.toThrow('FLT4008');
    expect(await commit(remote, write({ a: '2' }), { source, forceSource: true })).toMatchObject({ outcome: 'committed' });
  });
});

describe('a server that', () => {
  test('refuses the marker gets the branch alone, and the result says so', async () => {
    const remote = bareRepository();
    refuse(remote, 'update', 'case "$1" in refs/flotilla/*) echo "no such refs here" >&2; exit 1;; esac');
    const { at } = await sources(3);
    expect(await commit(remote, write({ a: '0' }), { source: at[0] })).toMatchObject({ outcome: 'created', warnings: [expect.stringContaining('no such refs here')] });
    expect(await commit(remote, undefined, { source: at[1] })).toMatchObject({ outcome: 'unchanged', source: at[0].commit, warnings: [expect.stringContaining('does not take')] });
    await commit(remote, write({ a: '2' }), { source: at[2] });
    expect(await commit(remote, write({ a: '1' }), { source: at[1] })).toMatchObject({ outcome: 'superseded' });
  });

  test('cannot change two refs at once gets one after the other, and the result says so', async () => {
    const remote = bareRepository();
    git(remote, 'config', 'receive.advertiseAtomic', 'false');
    const { at } = await sources(2);
    expect(await commit(remote, write({ a: '1' }), { source: at[1] })).toMatchObject({ outcome: 'created', warnings: [expect.stringContaining('two refs at once')] });
    expect(git(remote, 'for-each-ref', '--format=%(refname)')).toBe('refs/flotilla/source/live\nrefs/heads/live');
    expect(await commit(remote, write({ a: '0' }), { source: at[0] })).toMatchObject({ outcome: 'superseded' });
  });
});

describe('sourceCommit', () => {
  test('is undefined outside of a repository and before the first commit', async () => {
    expect(await sourceCommit(temporaryFolder())).toBeUndefined();
    expect(await sourceCommit(workTree())).toBeUndefined();
  });

  test('is not dirty because of files that Git does not know', async () => {
    const { folder, at } = await sources(1);
    writeFileSync(join(folder, 'report.xml'), '');
    expect(await sourceCommit(folder)).toEqual(at[0]);
    expect(at[0]).toMatchObject({ dirty: false, shallow: false });
  });
});

describe('a push that failed', () => {
  const line = (ref: string, reason: string): string => `To x\n!\t${'a'.repeat(40)}:${ref}\t${reason}\nDone\n`;

  test.each<[string, string, string, string]>([
    ['git: behind', '[rejected] (fetch first)', '', 'outdated'],
    ['git: not on top', '[rejected] (non-fast-forward)', '', 'outdated'],
    ['git: another lock', '[remote rejected] (failed to update ref)', 'remote: error: cannot lock ref \'refs/heads/x\': is at a but expected b', 'outdated'],
    ['git: another lock file', '[remote rejected] (failed to update ref)', 'remote: error: cannot lock ref: Unable to create \'/x/live.lock\': File exists.', 'outdated'],
    ['GitHub: at the same time', '[remote rejected] (cannot lock ref \'refs/heads/x\': is at a but expected b)', '', 'outdated'],
    ['Gerrit: at the same time', '[remote rejected] (lock failure)', '', 'outdated'],
    ['Azure DevOps: at the same time', '[remote rejected] (TF401028: The reference \'refs/heads/x\' has already been updated by another client)', '', 'outdated'],
    ['git: no place for the ref', '[remote rejected] (failed to update ref)', 'remote: error: cannot lock ref \'refs/heads/a/b\': \'refs/heads/a\' exists; cannot create \'refs/heads/a/b\'', 'refused'],
    ['git: a hook', '[remote rejected] (pre-receive hook declined)', 'remote: no', 'refused'],
    ['GitHub: protected', '[remote rejected] (protected branch hook declined)', 'remote: error: GH006: Protected branch update failed', 'refused'],
  ])('%s', (_, reason, stderr, kind) => {
    expect(classifyPush(line('refs/heads/x', reason), stderr).kind).toBe(kind);
  });

  test.each<[string, string]>([
    ['fatal: unable to access \'https://h/x/\': The requested URL returned error: 403', 'refused'],
    ['git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'refused'],
    ['fatal: the receiving end does not support --atomic push', 'not-atomic'],
    ['fatal: unable to access \'https://h/\': Could not resolve host: h', 'unreachable'],
    ['error: RPC failed; curl 56 Recv failure: Connection reset by peer', 'unreachable'],
  ])('before any ref: %s', (stderr, kind) => {
    expect(classifyPush('', stderr).kind).toBe(kind);
  });
});
