import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { bareRepository, commitFiles, git, useIsolatedGit, workTree } from './repositories';
import { blobId, folderId, GitTreeEntry, treeId } from '../../lib/git/objects';

useIsolatedGit();

describe('blobId', () => {
  test.each<[string, Buffer | string]>([
    ['nothing', ''],
    ['text with umlauts', 'grün\n'],
    ['bytes that are no text', Buffer.from([0, 1, 255, 10, 13])],
    ['a megabyte', Buffer.alloc(1_000_000, 'x')],
  ])('is the id that git gives to %s', (_, content) => {
    const id = execFileSync('git', ['hash-object', '--stdin', '--no-filters'], { input: Buffer.from(content), encoding: 'utf8' }).trim();
    expect(blobId(content)).toBe(id);
  });
});

describe('treeId', () => {
  test('is the id that git gives to a tree, whatever the names and the order', () => {
    const repository = bareRepository();
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '-', '.', '0', '~', '_', 'ü', '\u{10ffff}', '\u{ff5e}', ' '), minLength: 1, maxLength: 4 })
      .filter(text => text !== '.' && text !== '..');
    const entry = fc.record<GitTreeEntry>({ name, mode: fc.constantFrom('100644', '100755', '120000', '40000', '160000'), id: fc.constantFrom(blobId('a'), blobId('b')) });
    fc.assert(fc.property(fc.uniqueArray(entry, { selector: item => item.name, maxLength: 8 }), entries => {
      const types: Record<string, string> = { 40000: 'tree', 160000: 'commit' };
      const input = entries.map(({ mode, name: file, id }) => `${mode.padStart(6, '0')} ${types[mode] ?? 'blob'} ${id}\t${file}\0`).join('');
      const expected = execFileSync('git', ['mktree', '-z', '--missing'], { cwd: repository, input, encoding: 'utf8' }).trim();
      expect(treeId(entries)).toBe(expected);
    }), { numRuns: 60 });
  });

  test('sorts a folder as if a slash followed its name', () => {
    const id = blobId('');
    expect(treeId([{ mode: '40000', name: 'web', id }, { mode: '100644', name: 'web.yaml', id }]))
      .toBe(treeId([{ mode: '100644', name: 'web.yaml', id }, { mode: '40000', name: 'web', id }]));
  });
});

test('folderId is the id of the folder in a commit', () => {
  const folder = workTree();
  const files = { 'x/web.yaml': 'a', 'x/web/shop/one.yaml': 'b', 'x/web/_cluster/two.yaml': 'c', 'x/web-2/three.yaml': 'd' };
  commitFiles(folder, files);
  expect(folderId(Object.entries(files).map(([path, content]) => ({ mode: '100644', path: path.slice(2), id: blobId(content) }))))
    .toBe(git(folder, 'rev-parse', 'HEAD:x'));
});
