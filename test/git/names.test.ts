import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { checkBranchName, nearBranches } from '../../lib/git/names';

function isAccepted(name: string): boolean {
  try {
    checkBranchName(name);
    return true;
  } catch {
    return false;
  }
}

test.each(['main', 'deploy/prod', 'a.b', 'a@b', 'ä', 'a-', 'a{b'])('%s is the name of a branch', name => {
  expect(isAccepted(name)).toBe(true);
});

test.each(['', '-d', '--upload-pack=x', 'HEAD', '@', 'a..b', 'a b', 'a~1', 'a^', 'a:b', 'a?', 'a*', 'a[b', 'a\\b', '/a', 'a/', 'a//b', '.a', 'a/.b', 'a.lock', 'a.lock/b',
  'a.', 'a@{1}', 'a\nb', 'refs/heads/main'])('%j is not', name => {
  expect(() => checkBranchName(name)).toThrow('FLT4009');
});

test('whatever is accepted, git accepts too', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '-', '@', '{', '..', '.lock', ' ', '~', 'ä', '\\', '\x7f'), minLength: 1, maxLength: 5 });
  fc.assert(fc.property(name.filter(isAccepted), accepted => {
    execFileSync('git', ['check-ref-format', '--branch', accepted], { stdio: 'pipe' });
  }), { numRuns: 50 });
});

test('near names come first, and all of a few when none is near', () => {
  expect(nearBranches('lvie', ['main', 'live', 'live-2', 'old'])).toEqual(['live']);
  expect(nearBranches('live', ['main', 'live-eu', 'x'])).toEqual(['live-eu']);
  expect(nearBranches('zzz', ['main', 'live'])).toEqual(['live', 'main']);
});
