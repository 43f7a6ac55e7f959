import { temporaryFolder, useIsolatedGit } from './repositories';
import { maskCredentials } from '../../lib/git/mask';
import { blobId } from '../../lib/git/objects';
import { runGit, tryRunGit } from '../../lib/git/run';

useIsolatedGit();

describe('maskCredentials', () => {
  test.each<[string, string]>([
    ['https://user:pass@example.com/a.git', 'https://***@example.com/a.git'],
    ['https://ghp_abc@example.com/a.git', 'https://***@example.com/a.git'],
    ['https://user:p@ss@example.com/a.git', 'https://***@example.com/a.git'],
    ['fatal: unable to access \'https://u:t@h:8443/x/\': nope', 'fatal: unable to access \'https://***@h:8443/x/\': nope'],
    ['ssh://git@example.com/a', 'ssh://git@example.com/a'],
    ['ssh://git:secret@example.com/a', 'ssh://git:***@example.com/a'],
    ['git@example.com:a/b.git', 'git@example.com:a/b.git'],
    ['https://example.com/a@b', 'https://example.com/a@b'],
    ['https://h/x?private_token=abc&y=1', 'https://h/x?private_token=***&y=1'],
    ['AUTHORIZATION: basic eHh4', 'AUTHORIZATION: basic ***'],
  ])('%s', (text, masked) => {
    expect(maskCredentials(text)).toBe(masked);
  });
});

test('a command that fails says which one, and what git says', async () => {
  await expect(runGit(['rev-parse', 'HEAD'], { cwd: temporaryFolder() })).rejects.toThrow(/FLT4002 `git rev-parse HEAD` failed with exit code 128\n.*why fatal: not a git repository/s);
});

test('no message holds a password', async () => {
  const error: Error = await runGit(['ls-remote', 'https://ann:secret@127.0.0.1:1/x.git']).then(() => Promise.reject(new Error('it worked')), caught => caught);
  expect(error.message).toContain('127.0.0.1');
  expect(error.message).not.toContain('secret');
});

test('without git the reader is told to install it', async () => {
  const path = process.env.PATH;
  process.env.PATH = temporaryFolder();
  try {
    await expect(runGit(['--version'])).rejects.toThrow(/FLT4001 .*\n(.*\n)*  fix install git/);
  } finally {
    process.env.PATH = path;
  }
});

test('a working folder that does not exist is not taken for a missing git', async () => {
  await expect(runGit(['--version'], { cwd: '/does/not/exist' })).rejects.toThrow('FLT4002');
});

test('what git reads is written as git takes it, and a git that ends early is no failure of the pipe', async () => {
  expect((await runGit(['hash-object', '--stdin'], { stdin: [Buffer.from('a'), 'b\n'] })).toString().trim()).toBe(blobId('ab\n'));
  const result = await tryRunGit(['rev-parse', '--no-such-flag-at-all', '--verify', 'x'], { cwd: temporaryFolder(), stdin: Buffer.alloc(10_000_000) });
  expect(result.exitCode).not.toBe(0);
});

test('the variables by which a hook ties git to its repository are not passed on', async () => {
  process.env.GIT_DIR = '/does/not/exist';
  try {
    expect((await tryRunGit(['rev-parse', '--git-dir'], { cwd: temporaryFolder() })).stderr).toContain('not a git repository (or any');
  } finally {
    delete process.env.GIT_DIR;
  }
});

test('git can be stopped', async () => {
  const signal = AbortSignal.timeout(50);
  await expect(runGit(['cat-file', '--batch'], { cwd: temporaryFolder(), stdin: endless(signal), signal })).rejects.toThrow();
});

async function* endless(signal: AbortSignal): AsyncGenerator<string> {
  while (!signal.aborted) {
    await new Promise(resolve => setTimeout(resolve, 5));
    yield '';
  }
}
