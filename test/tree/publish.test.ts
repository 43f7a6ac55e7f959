import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sampleFiles, twoClusters } from './sample-fleet';
import { GitSource } from '../../lib/tree/git-source';
import { publishTree } from '../../lib/tree/publish';
import { readFleetTree } from '../../lib/tree/read';
import { bareRepository, cloneOf, commitFiles, git, repositoryWith, temporaryFolder, useIsolatedGit, workTree } from '../git/repositories';

useIsolatedGit();

async function publish(remote: string, files: Map<string, string>, sourceDir = temporaryFolder()): ReturnType<typeof publishTree> {
  return publishTree({ files, remote, branch: 'main', sourceDir });
}

function contentOf(remote: string): Map<string, string> {
  return new Map(git(remote, 'ls-tree', '-r', '--name-only', 'main').split('\n').map(path => [path, `${git(remote, 'show', `main:${path}`)}\n`]));
}

test('a published tree is read again as it was', async () => {
  const remote = bareRepository();
  const result = await publish(remote, sampleFiles(twoClusters()));
  expect(result).toMatchObject({ outcome: 'created', subject: 'flotilla: shop, 2 clusters: api, web added', warnings: [] });
  const source = new GitSource({ remote, branch: 'main' });
  const tree = await readFleetTree(source);
  expect([tree.commit, tree.errors, tree.clusters.length]).toEqual([result.commit, [], 2]);
  source.close();
});

test('only what differs is in the commit, and its message says what', async () => {
  const remote = bareRepository();
  await publish(remote, sampleFiles(twoClusters('web:1')));
  const { api: _, ...rest } = twoClusters('web:2')['prod-us'];
  await publish(remote, sampleFiles({ ...twoClusters('web:2'), 'prod-us': rest }));
  expect(git(remote, 'diff-tree', '-r', '--name-status', 'main~1', 'main')).toBe([
    'M\tclusters/prod-eu/web/shop/deployment.apps.web.yaml',
    'D\tclusters/prod-us/api.yaml',
    'D\tclusters/prod-us/api/shop/configmap.api.yaml',
    'D\tclusters/prod-us/api/shop/deployment.apps.api.yaml',
    'M\tclusters/prod-us/web/shop/deployment.apps.web.yaml',
  ].join('\n'));
  expect(git(remote, 'log', '-1', '--format=%B', 'main').trim()).toBe([
    'flotilla: shop, 2 clusters: api removed; web changed', '', 'prod-eu: web (1 changed)', 'prod-us: api (2 removed), web (1 changed)',
  ].join('\n'));
});

test('the same tree makes no commit', async () => {
  const remote = bareRepository();
  const { commit } = await publish(remote, sampleFiles(twoClusters()));
  expect(await publish(remote, sampleFiles(twoClusters()))).toMatchObject({ outcome: 'unchanged', commit });
});

test('what a person changed in our files is put right, and what is theirs stays', async () => {
  const theirs = { 'README.md': 'hello\n', 'clusters/prod-eu/kustomization.yaml': 'kind: Kustomization\n', 'docs/x.yaml': '{\n', 'clusters/prod-eu/web/NOTES.md': 'x\n' };
  const { remote } = repositoryWith(theirs);
  const files = sampleFiles(twoClusters());
  await publish(remote, files);
  const clone = cloneOf(remote, '--branch=main');
  commitFiles(clone, { 'clusters/prod-eu/web/shop/deployment.apps.web.yaml': 'edited\n', 'clusters/prod-eu/web/shop/extra.yaml': 'a: 1\n' });
  git(clone, 'push', '--quiet', 'origin', 'main');
  expect(await publish(remote, files)).toMatchObject({ outcome: 'committed' });
  expect(contentOf(remote)).toEqual(new Map([...files, ...Object.entries(theirs)].sort(([a], [b]) => a < b ? -1 : 1)));
});

test.each<[string, string, string]>([
  ['another fleet', 'FLT3012', sampleFiles({}, 'store').get('fleet.yaml') as string],
  ['a newer layout', 'FLT3006', (sampleFiles({}).get('fleet.yaml') as string).replace('treeVersion: 1', 'treeVersion: 2')],
  ['a fleet.yaml of another program', 'FLT3012', 'namespace: default\n'],
])('a branch that holds %s is refused', async (_, code, fleet) => {
  const { remote, commit } = repositoryWith({ 'fleet.yaml': fleet });
  await expect(publish(remote, sampleFiles(twoClusters()))).rejects.toThrow(code);
  expect(git(remote, 'rev-parse', 'main')).toBe(commit);
});

test('a link where the tree needs a folder is refused', async () => {
  const folder = workTree();
  symlinkSync('elsewhere', join(folder, 'clusters'));
  commitFiles(folder, { a: '1' });
  const remote = bareRepository();
  git(folder, 'push', '--quiet', remote, 'main');
  await expect(publish(remote, sampleFiles(twoClusters()))).rejects.toThrow(/FLT3004 clusters on the branch is a symbolic link/);
});

test('the model may live in the same repository, on another branch', async () => {
  const folder = workTree();
  commitFiles(folder, { 'model.ts': '1' });
  const source = git(folder, 'rev-parse', 'HEAD');
  const result = await publishTree({ files: sampleFiles(twoClusters()), remote: '.', branch: 'live', sourceDir: folder });
  expect(result).toMatchObject({ outcome: 'created', source, warnings: [] });
  expect(git(folder, 'log', '-1', '--format=%(trailers)', 'live').trim()).toBe(`Flotilla-Source: ${source}`);
  expect(git(folder, 'status', '--porcelain')).toBe('');
});
