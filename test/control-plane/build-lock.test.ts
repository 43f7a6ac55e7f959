import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdBuildLock } from './build-lock';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-lock-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hold = (name: string, done = () => false, said: string[] = []) =>
  holdBuildLock(join(folder, name), { done, progress: line => said.push(line), poll: 5 });

test('the second holder waits for the first, and says so once', async () => {
  const release = await hold('contended');
  const said: string[] = [];
  let second: (() => void) | undefined;
  const waiting = hold('contended', undefined, said).then(r => { second = r; });
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(second).toBeUndefined();
  release();
  await waiting;
  expect(said).toEqual([expect.stringContaining(`process ${process.pid} is building it`)]);
  second?.();
  expect(existsSync(join(folder, 'contended'))).toBe(false);
});

test('a waiter goes on without the lock as soon as the work is done', async () => {
  const release = await hold('done');
  let done = false;
  const waiting = hold('done', () => done);
  done = true;
  (await waiting)();
  expect(existsSync(join(folder, 'done'))).toBe(true);
  release();
});

test('the lock of a process that is gone is taken over at once', async () => {
  const pid = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
  writeFileSync(join(folder, 'dead'), `${pid} ${hostname()}\n`);
  (await hold('dead'))();
});

test.each(['', '1 another-host\n'])('a lock that nobody touched for a minute is taken over: %j', async content => {
  const path = join(folder, 'old');
  writeFileSync(path, content);
  utimesSync(path, new Date(), new Date(Date.now() - 61_000));
  (await hold('old'))();
});
