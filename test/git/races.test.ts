import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bareRepository, cloneOf, commitFiles, elsewhere, git, temporaryFolder, useIsolatedGit, workTree } from './repositories';
import { commitToBranch, CommitResult, Parent } from '../../lib/git/commit';
import { listTree, readBlobs } from '../../lib/git/read';
import { SourceCommit, sourceCommit } from '../../lib/git/source-commit';

useIsolatedGit();
jest.setTimeout(300_000);

const ROUNDS = 100;
/** Flows at a time: enough to keep two cores busy. */
const PARALLEL = 4;

/** A pause that is none, short or long, so that every order of two flows occurs. */
async function pause(): Promise<void> {
  await sleep(Math.random() < 0.3 ? 0 : Math.random() * 40);
}

/** Three commits of a source, each the parent of the next. */
async function chain(length: number): Promise<{ folder: string; at: SourceCommit[] }> {
  const folder = workTree();
  const at: SourceCommit[] = [];
  for (let i = 0; i < length; i++) {
    commitFiles(folder, { model: String(i) });
    at.push(await sourceCommit(folder) as SourceCommit);
  }
  return { folder, at };
}

/** A server that notes every commit that a branch ever had. */
function server(): string {
  const remote = bareRepository();
  git(remote, 'config', 'core.logAllRefUpdates', 'always');
  return remote;
}

/** Commits that were once the newest of a branch, and are not in its history any more. */
function lostCommits(remote: string): string[] {
  const parents = new Map(git(remote, 'log', '--all', '--format=%H %P').split('\n').map(line => [line.slice(0, 40), line.slice(41)]));
  const tips = git(remote, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads').split('\n');
  return tips.flatMap(line => {
    const history = new Set<string>();
    const queue = [line.slice(0, 40)];
    for (let commit = queue.pop(); commit !== undefined; commit = queue.pop()) {
      if (!history.has(commit)) {
        history.add(commit);
        queue.push(...(parents.get(commit) ?? '').split(' ').filter(parent => parent !== ''));
      }
    }
    const log = readFileSync(join(remote, 'logs', line.slice(41)), 'utf8').trimEnd().split('\n');
    return log.map(entry => entry.slice(41, 81)).filter(commit => !history.has(commit));
  });
}

/** Publishes one file, as publishTree does: nothing when it is the same. */
async function publish(remote: string, branch: string, content: string, source: SourceCommit): Promise<CommitResult> {
  await pause();
  return commitToBranch({
    remote: elsewhere(remote),
    branch,
    cwd: source.folder,
    source,
    // On a busy machine a commit takes seconds, and somebody who needs less is faster more often than anywhere else.
    attempts: 100,
    build: async parent => {
      const before = parent ? await contentOf(parent) : undefined;
      await pause();
      return before === content ? undefined : { writes: new Map([['tree', Buffer.from(content)]]), deletes: [], message: `publish ${content}` };
    },
  });
}

async function contentOf(parent: Parent): Promise<string | undefined> {
  const [file] = await listTree(parent.repository, parent.commit, ['tree']);
  return file && (await readBlobs(parent.repository, [file.id])).get(file.id)?.toString('utf8');
}

async function inParallel(count: number, action: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    while (next < count) {
      await action(next++);
    }
  }));
}

test(`of a source commit and its child, published at the same time, the child's tree remains: ${ROUNDS} rounds`, async () => {
  const remote = server();
  const { at: [first, parent, child] } = await chain(3);
  await publish(remote, 'start', 'X', first);
  const [start, marker] = ['refs/heads/start', 'refs/flotilla/source/start'].map(ref => git(remote, 'rev-parse', ref));
  const refs = Array.from({ length: ROUNDS }, (_, i) => `create refs/heads/b${i} ${start}\ncreate refs/flotilla/source/b${i} ${marker}\n`);
  execFileSync('git', ['update-ref', '--stdin'], { cwd: remote, input: refs.join('') });

  const outcomes = new Map<string, number>();
  await inParallel(ROUNDS, async i => {
    // In every other round the child takes back what the parent did: its tree is the one that is there already, and makes no commit by itself.
    const last = i % 2 === 0 ? 'X' : 'Z';
    const results = await Promise.all([publish(remote, `b${i}`, 'Y', parent), publish(remote, `b${i}`, last, child)]);
    const key = `${last} parent ${results[0].outcome}, child ${results[1].outcome}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  });

  const subjects = git(remote, 'for-each-ref', '--format=%(refname:short) %(contents:subject)', 'refs/heads/b*').split('\n');
  expect(subjects.sort()).toEqual(Array.from({ length: ROUNDS }, (_, i) => `b${i} publish ${i % 2 === 0 ? 'X' : 'Z'}`).sort());
  expect(lostCommits(remote)).toEqual([]);
  // Every order has occurred.
  expect([...outcomes.keys()].sort()).toEqual([
    'X parent committed, child committed', 'X parent superseded, child unchanged', 'Z parent committed, child committed', 'Z parent superseded, child committed',
  ]);
});

test(`of a publisher and a person who commit to the same branch, nothing is lost: ${ROUNDS} rounds`, async () => {
  const remote = server();
  const { at: [source] } = await chain(1);
  await publish(remote, 'live', 'start', source);
  const clone = cloneOf(remote, '--branch=live');
  const results: CommitResult[] = [];

  const publisher = async (): Promise<void> => {
    for (let i = 0; i < ROUNDS; i++) {
      results.push(await publish(remote, 'live', `tree ${i}`, source));
    }
  };
  const person = async (): Promise<void> => {
    const run = async (...args: string[]): Promise<unknown> => promisify(execFile)('git', args, { cwd: clone, env: process.env });
    for (let i = 0; i < ROUNDS; i++) {
      writeFileSync(join(clone, 'notes'), `note ${i}`);
      await run('add', 'notes');
      await run('commit', '--quiet', '--message', `note ${i}`);
      while (await run('push', '--quiet', 'origin', 'live').then(() => false, () => true)) {
        await run('pull', '--quiet', '--rebase', 'origin', 'live');
      }
      await sleep(50 + Math.random() * 200);
    }
  };
  await Promise.all([publisher(), person()]);

  expect([git(remote, 'show', 'live:tree'), git(remote, 'show', 'live:notes')]).toEqual([`tree ${ROUNDS - 1}`, `note ${ROUNDS - 1}`]);
  const subjects = git(remote, 'log', '--format=%s', 'live').split('\n');
  expect(subjects.sort()).toEqual(['publish start', ...Array.from({ length: ROUNDS }, (_, i) => [`publish tree ${i}`, `note ${i}`]).flat()].sort());
  expect(lostCommits(remote)).toEqual([]);
  // They did meet.
  expect(results.some(result => result.attempts > 1)).toBe(true);
});

test('of several processes that publish the commits of one history, the newest remains', async () => {
  const remote = server();
  const { at } = await chain(5);
  const program = join(temporaryFolder(), 'publish.ts');
  writeFileSync(program, `
    import { commitToBranch } from ${JSON.stringify(resolve('lib/git/commit'))};
    const [remote, content, source] = process.argv.slice(2);
    void commitToBranch({
      remote, branch: 'live', source: JSON.parse(source),
      build: async () => ({ writes: new Map([['tree', Buffer.from(content)], [content, Buffer.from(content)]]), deletes: [], message: content }),
    }).then(result => console.log(result.outcome));
  `);
  const outcomes = await Promise.all(at.map(async (source, i) => {
    const args = ['--import', 'tsx', program, elsewhere(remote), `c${i}`, JSON.stringify(source)];
    return (await promisify(execFile)(process.execPath, args, { env: process.env, cwd: resolve('.') })).stdout.trim();
  }));
  expect(outcomes.at(-1)).toMatch(/created|committed/);
  expect(git(remote, 'show', 'live:tree')).toBe('c4');
  expect(lostCommits(remote)).toEqual([]);
  expect(git(remote, 'rev-list', '--count', 'live')).toBe(String(outcomes.filter(outcome => outcome !== 'superseded').length));
});
