import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitEnvironment } from '../../lib/bootstrap/git-credentials';
import { temporaryFolder } from '../temporary-folder';

/** What the real git finds out for a server, with the Secret's files in a folder of ours. */
function ask(files: Readonly<Record<string, string>>, host: string): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const settings = gitEnvironment({ mode: 'agent', image: 'a', repo: 'https://git.example.com/shop/live.git', gitSecret: 'git' });
  const env = Object.fromEntries(settings.map(({ name, value }) => [name, value.replaceAll('/etc/flotilla/git', folder)]));
  const { stdout } = spawnSync('git', ['credential', 'fill'], {
    input: `protocol=https\nhost=${host}\n\n`, encoding: 'utf8', cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: 'true', ...env },
  });
  return stdout;
}

describe('git in a pod', () => {
  test('takes user and password from the files of the Secret', () => {
    expect(ask({ username: 'ann', password: 's3cret' }, 'git.example.com')).toMatch(/username=ann\npassword=s3cret\n/);
  });

  test('needs no user beside a token, and minds no line break at its end', () => {
    expect(ask({ password: 't0ken\n' }, 'git.example.com')).toMatch(/username=git\npassword=t0ken\n/);
  });

  test('tells another server nothing', () => {
    expect(ask({ username: 'ann', password: 's3cret' }, 'evil.example.com')).not.toContain('s3cret');
  });
});
