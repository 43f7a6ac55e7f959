import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sampleFiles, twoClusters, writeFiles } from './sample-fleet';
import { writeTreeToFolder, writeTreeToFolderSync } from '../../lib/tree/write-folder';
import { temporaryFolder, useIsolatedGit } from '../git/repositories';

useIsolatedGit();

function contentsOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return new Map(entries.map(entry => join(entry.parentPath, entry.name)).sort().map(path => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

function sorted(files: Iterable<readonly [string, string]>): Map<string, string> {
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

test('the first write makes the folder and all files', () => {
  const folder = join(temporaryFolder(), 'a/b');
  const files = sampleFiles(twoClusters());
  expect(writeTreeToFolderSync(folder, files)).toEqual({ written: files.size, deleted: 0, unchanged: 0 });
  expect(contentsOf(folder)).toEqual(sorted(files));
});

test('only what differs is written', () => {
  const folder = temporaryFolder();
  const files = sampleFiles(twoClusters());
  writeTreeToFolderSync(folder, files);
  const old = new Date(0);
  files.forEach((_, path) => utimesSync(join(folder, path), old, old));
  const changed = sampleFiles(twoClusters('web:2'));
  expect(writeTreeToFolderSync(folder, changed)).toEqual({ written: 2, deleted: 0, unchanged: files.size - 2 });
  const touched = [...files.keys()].filter(path => statSync(join(folder, path)).mtimeMs !== 0);
  expect(touched.sort()).toEqual(['clusters/prod-eu/web/shop/deployment.apps.web.yaml', 'clusters/prod-us/web/shop/deployment.apps.web.yaml']);
});

test('a file whose content changed without its length is written', () => {
  const folder = temporaryFolder();
  writeTreeToFolderSync(folder, sampleFiles(twoClusters('web:1')));
  writeTreeToFolderSync(folder, sampleFiles(twoClusters('web:2')));
  expect(contentsOf(folder)).toEqual(sorted(sampleFiles(twoClusters('web:2'))));
});

test('stale files of ours go, with the folders that they leave empty; the files of others stay', () => {
  const folder = temporaryFolder();
  writeTreeToFolderSync(folder, sampleFiles(twoClusters()));
  const others: [string, string][] = [
    ['README.md', 'x'], ['clusters/README.md', 'x'], ['clusters/prod-us/kustomization.yaml', 'kind: Kustomization\n'], ['clusters/prod-us/web/NOTES.txt', 'x'],
    ['clusters/mine.yaml', 'kind: Mine\n'], ['clusters/mine/app/a.yaml', 'kind: Mine\n'], ['clusters/broken.yaml', '{'], ['.git/config', 'x'],
  ];
  writeFiles(folder, others);
  const { 'prod-eu': onlyOne } = twoClusters();
  const files = sampleFiles({ 'prod-eu': { web: onlyOne.web } });
  writeTreeToFolderSync(folder, files);
  expect(contentsOf(folder)).toEqual(sorted([...files, ...others]));
  expect(existsSync(join(folder, 'clusters/prod-us/api'))).toBe(false);
  expect(existsSync(join(folder, 'clusters/prod-us/web/shop'))).toBe(false);
});

test('a manifest that somebody put into the folder of an application of ours goes', () => {
  const folder = temporaryFolder();
  const files = sampleFiles(twoClusters());
  writeTreeToFolderSync(folder, files);
  writeFiles(folder, [['clusters/prod-eu/web/shop/extra.yaml', 'x: 1\n']]);
  expect(writeTreeToFolderSync(folder, files).deleted).toBe(1);
});

test.each<[string, string, string]>([
  ['another fleet', 'FLT3012', 'apiVersion: cdk8s-flotilla.dev/v1alpha1\nkind: Fleet\nmetadata: {name: store}\nspec: {treeVersion: 1}\n'],
  ['another program', 'FLT3012', 'defaultNamespace: x\n'],
  ['a newer version', 'FLT3006', 'apiVersion: cdk8s-flotilla.dev/v2\nkind: Fleet\nmetadata: {name: shop}\nspec: {treeVersion: 2}\n'],
])('a folder with the fleet.yaml of %s is left as it is', (_, code, content) => {
  const folder = temporaryFolder();
  writeFiles(folder, [['fleet.yaml', content]]);
  expect(() => writeTreeToFolderSync(folder, sampleFiles(twoClusters()))).toThrow(code);
  expect(contentsOf(folder)).toEqual(new Map([['fleet.yaml', content]]));
});

describe('nothing is written through a link', () => {
  test.each(['clusters', 'clusters/prod-eu', 'clusters/prod-eu/web/shop', 'clusters/prod-eu/web.yaml', 'fleet.yaml'])('%s', path => {
    const folder = temporaryFolder();
    const outside = temporaryFolder();
    mkdirSync(join(folder, path, '..'), { recursive: true });
    symlinkSync(outside, join(folder, path));
    expect(() => writeTreeToFolderSync(folder, sampleFiles(twoClusters()))).toThrow('FLT3004');
    expect(readdirSync(outside)).toEqual([]);
    expect(contentsOf(folder)).toEqual(new Map());
  });
});

test('when one file cannot be written, nothing changes', () => {
  const folder = temporaryFolder();
  writeTreeToFolderSync(folder, sampleFiles({ one: {} }));
  const before = contentsOf(folder);
  mkdirSync(join(folder, 'clusters/prod-us/web/shop/deployment.apps.web.yaml'), { recursive: true });
  expect(() => writeTreeToFolderSync(folder, sampleFiles(twoClusters()))).toThrow('FLT3011');
  expect(contentsOf(folder)).toEqual(before);
});

// Root may write everywhere, so another user tries.
(process.getuid?.() === 0 ? test : test.skip)('in a folder that is read-only to the user, nothing changes', () => {
  const folder = temporaryFolder();
  writeTreeToFolderSync(folder, sampleFiles(twoClusters()));
  const before = contentsOf(folder);
  const tried = temporaryFolder();
  chmodSync(folder, 0o755);
  chmodSync(tried, 0o777);
  const program = `
    const { writeTreeToFolderSync } = require(${JSON.stringify(resolve('lib/tree/write-folder.ts'))});
    const files = new Map(${JSON.stringify([...sampleFiles({ one: {} })])});
    try { writeTreeToFolderSync(${JSON.stringify(folder)}, files); } catch (error) { console.log(error.code); }`;
  const run = spawnSync(process.execPath, ['--require', resolve('node_modules/tsx/dist/preflight.cjs'), '--require', require.resolve('tsx/cjs'), '-e', program], {
    uid: 65534, gid: 65534, encoding: 'utf8', env: { ...process.env, TMPDIR: tried, HOME: tried },
  });
  expect([run.stdout.trim(), run.stderr]).toEqual(['FLT3011', '']);
  expect(contentsOf(folder)).toEqual(before);
});

test('what a stopped process left behind goes with the next write', () => {
  const folder = temporaryFolder();
  const files = sampleFiles(twoClusters());
  writeTreeToFolderSync(folder, files);
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  writeFiles(folder, [[`clusters/prod-eu/.flotilla-${ended}-0.tmp`, 'x'], [`clusters/prod-eu/.flotilla-${process.pid}-99.tmp`, 'x']]);
  writeTreeToFolderSync(folder, files);
  expect(readdirSync(join(folder, 'clusters/prod-eu')).filter(name => name.startsWith('.'))).toEqual([`.flotilla-${process.pid}-99.tmp`]);
});

test('the asynchronous form does the same', async () => {
  const folder = temporaryFolder();
  const files = sampleFiles(twoClusters());
  expect((await writeTreeToFolder(folder, files)).written).toBe(files.size);
  writeFileSync(join(folder, 'fleet.yaml'), '{');
  await expect(writeTreeToFolder(folder, files)).rejects.toThrow('FLT3012');
});
