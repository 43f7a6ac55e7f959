import { HttpServer, serveGit } from './http-server';
import { bareRepository, commitFiles, git, temporaryFolder, useIsolatedGit, workTree } from './repositories';
import { commitToBranch, CommitResult } from '../../lib/git/commit';
import { GitRepository } from '../../lib/git/repository';
import { sourceCommit } from '../../lib/git/source-commit';

useIsolatedGit();

const TOKEN = `basic ${Buffer.from('x-access-token:secret-token').toString('base64')}`;
let remote: string;
let server: HttpServer;

beforeAll(async () => {
  remote = bareRepository();
  server = await serveGit(remote, TOKEN.replace('basic', 'Basic'));
});

afterAll(async () => server.close());

async function write(url: string, cwd: string, content: string): Promise<CommitResult> {
  return commitToBranch({
    remote: url, branch: 'live', cwd, source: await sourceCommit(cwd),
    build: async () => Promise.resolve({ writes: new Map([['a', Buffer.from(content)]]), deletes: [], message: content }),
  });
}

test('a branch and its marker are written and read over HTTP with the token that CI puts into the checkout', async () => {
  const cwd = workTree();
  commitFiles(cwd, { model: '1' });
  git(cwd, 'config', `http.${new URL(server.url).origin}/.extraheader`, `AUTHORIZATION: ${TOKEN.replace('basic', 'Basic')}`);
  git(cwd, 'remote', 'add', 'origin', server.url);
  expect(await write('origin', cwd, '1')).toMatchObject({ outcome: 'created', warnings: [] });
  commitFiles(cwd, { model: '2' });
  const second = await write('origin', cwd, '2');
  expect(second).toMatchObject({ outcome: 'committed', warnings: [] });
  expect(git(remote, 'for-each-ref', '--format=%(refname)')).toBe('refs/flotilla/source/live\nrefs/heads/live');
  const repository = await GitRepository.open('origin', cwd);
  expect(await repository.fetchBranch('live', { depth: 1 })).toBe(second.commit);
  repository.close();
});

test('a token in the address works, and is in no message', async () => {
  const withToken = (token: string): string => server.url.replace('http://', `http://x-access-token:${token}@`);
  const repository = await GitRepository.open(withToken('secret-token'), temporaryFolder());
  expect(await repository.fetchBranch('live')).toBeDefined();
  const missing: Error = await repository.findBranch('none').then(() => Promise.reject(new Error('it is there')), error => error);
  expect(missing.message).toContain('http://***@127.0.0.1');
  expect(missing.message).not.toContain('secret-token');
  repository.close();
  const wrong: Error = await write(withToken('wrong-token'), temporaryFolder(), '3').then(() => Promise.reject(new Error('it worked')), error => error);
  expect(wrong.message).toMatch(/^FLT4003 /);
  expect(wrong.message).not.toContain('wrong-token');
});

test('without a token the answer is an error, not a prompt', async () => {
  await expect(write(server.url, temporaryFolder(), '4')).rejects.toThrow(/FLT4003 the Git repository http:.* cannot be read\n(.*\n)*.*terminal prompts disabled/);
});
