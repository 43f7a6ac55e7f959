import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configMap, sampleFiles, twoClusters, writeFiles } from './sample-fleet';
import { FlotillaError } from '../../lib/errors';
import { folderId } from '../../lib/git/objects';
import { FolderSource } from '../../lib/tree/folder-source';
import { GitSource } from '../../lib/tree/git-source';
import type { HeldManifest } from '../../lib/tree/held-manifest';
import { FleetTree, readFleetTree } from '../../lib/tree/read';
import { bareRepository, commitFiles, git, repositoryWith, temporaryFolder, useIsolatedGit, workTree } from '../git/repositories';

useIsolatedGit();

type Edit = (files: Map<string, string>) => void;

/** Reads the sample from a folder after it was edited. */
async function readEdited(edit: Edit = () => {}, link?: [path: string, target: string]): Promise<FleetTree> {
  const folder = temporaryFolder();
  const files = sampleFiles(twoClusters());
  edit(files);
  writeFiles(folder, files);
  if (link) {
    rmSync(join(folder, link[0]), { recursive: true, force: true });
    symlinkSync(link[1], join(folder, link[0]));
  }
  return readFleetTree(new FolderSource(folder));
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'fulfilled', error => error instanceof FlotillaError ? error.code : String(error));
}

function brokenParts(tree: FleetTree): string[] {
  return tree.clusters.flatMap(cluster => [
    ...cluster.error ? [`${cluster.name} ${cluster.error.code}`] : [],
    ...cluster.deliveries.flatMap(delivery => delivery.error ? [`${cluster.name}/${delivery.application} ${delivery.error.code}`] : []),
  ]);
}

const edited = (path: string, from: string | RegExp, to: string): Edit => files => files.set(path, (files.get(path) as string).replace(from, to));
const WEB = 'clusters/prod-eu/web/shop/deployment.apps.web.yaml';

describe('a tree that is as synth wrote it', () => {
  test('gives the fleet, its clusters, their deliveries and the objects', async () => {
    const tree = await readEdited();
    expect(tree.errors).toEqual([]);
    expect(tree.fleet.metadata.name).toBe('shop');
    expect(tree.clusters.map(cluster => [cluster.name, cluster.document?.spec.environment, cluster.deliveries.map(delivery => delivery.application)]))
      .toEqual([['prod-eu', 'prod', ['api', 'web']], ['prod-us', 'prod', ['api', 'web']]]);
    const objects = await tree.readObjects(tree.clusters[0].deliveries[1]);
    expect(objects.map(object => object.file)).toEqual([
      'clusters/prod-eu/web/_cluster/namespace.shop.yaml', 'clusters/prod-eu/web/shop/configmap.web.yaml', WEB,
    ]);
    expect(objects[2].manifest.id.kind).toBe('Deployment');
  });

  test('is the same from a folder, a branch and a commit, revisions included', async () => {
    const files = sampleFiles(twoClusters());
    const folder = temporaryFolder();
    writeFiles(folder, files);
    const { remote, commit } = repositoryWith(Object.fromEntries(files));
    const trees = await Promise.all([
      new FolderSource(folder), new GitSource({ remote, branch: 'main' }), new GitSource({ remote, commit }), new GitSource({ remote: `file://${remote}`, branch: 'main' }),
    ].map(async source => readFleetTree(source)));
    const summary = (tree: FleetTree): unknown => [tree.fleet, tree.clusters];
    for (const tree of trees.slice(1)) {
      expect(summary(tree)).toEqual(summary(trees[0]));
      expect(tree.commit).toBe(commit);
      const [web, webOfFolder] = [tree, trees[0]].map(each => each.clusters[1].deliveries[1]);
      expect(await tree.readObjects(web)).toEqual(await trees[0].readObjects(webOfFolder));
      tree.source.close?.();
    }
  });

  test('can lie in a folder of the repository', async () => {
    const { remote } = repositoryWith(Object.fromEntries([...sampleFiles(twoClusters())].map(([path, content]) => [`deploy/live/${path}`, content])));
    const source = new GitSource({ remote, branch: 'main', folder: './deploy/live/' });
    const tree = await readFleetTree(source);
    expect(tree.errors).toEqual([]);
    expect(await tree.readObjects(tree.clusters[0].deliveries[0])).toHaveLength(2);
    source.close();
  });

  test('has as revision of a target the id of a Git tree with the Delivery and its folder', async () => {
    const folder = workTree();
    const files = sampleFiles(twoClusters());
    commitFiles(folder, Object.fromEntries(files));
    const tree = await readFleetTree(new FolderSource(folder));
    const alone = workTree();
    commitFiles(alone, Object.fromEntries([...files].filter(([path]) => /^clusters\/prod-eu\/web[./]/.test(path)).map(([path, text]) => [path.slice('clusters/prod-eu/'.length), text])));
    expect(tree.clusters[0].deliveries[1].revision).toBe(git(alone, 'rev-parse', 'HEAD^{tree}'));
  });

  test('keeps a revision when another target changes', async () => {
    const before = await readEdited();
    const after = await readEdited(edited(WEB, 'web:1', 'web:2'));
    const revisions = (tree: FleetTree): string[] => tree.clusters.flatMap(cluster => cluster.deliveries.map(delivery => delivery.revision));
    const changed = revisions(after).map((revision, i) => revision !== revisions(before)[i]);
    expect(changed).toEqual([false, true, false, false]);
  });

  test('reads the objects of several deliveries at once', async () => {
    const tree = await readEdited();
    const deliveries = tree.clusters.flatMap(cluster => cluster.deliveries);
    const all = await tree.readAll(deliveries);
    expect(deliveries.map(delivery => all.get(delivery)?.objects?.length)).toEqual([2, 3, 2, 3]);
  });

  describe('what several clusters hold', () => {
    const [EU, US] = [WEB, WEB.replace('prod-eu', 'prod-us')];
    const readCounting = async (edit: Edit = () => {}): Promise<{ tree: FleetTree; reads: string[][]; folder: string }> => {
      const folder = temporaryFolder();
      const files = sampleFiles(twoClusters());
      edit(files);
      writeFiles(folder, files);
      const source = new FolderSource(folder);
      const tree = await readFleetTree(source);
      const reads: string[][] = [];
      const read = source.read.bind(source);
      source.read = async entries => {
        reads.push(entries.map(({ path }) => path));
        return read(entries);
      };
      return { tree, reads, folder };
    };
    /** The Deployment of each cluster, or why it cannot be read. */
    const readWeb = async (tree: FleetTree): Promise<(HeldManifest | string | undefined)[]> => {
      const read = await Promise.all(tree.clusters.map(async ({ deliveries }) => tree.readAll(deliveries)));
      return read.map((all, i) => {
        const web = all.get(tree.clusters[i].deliveries[1]);
        return web?.error?.code ?? web?.objects?.find(({ file }) => file.endsWith('deployment.apps.web.yaml'))?.manifest;
      });
    };

    test('is read together, and kept once', async () => {
      const { tree, reads } = await readCounting(files => files.set(US, files.get(EU) as string));
      const [eu, us] = await readWeb(tree);
      expect(us).toBe(eu);
      expect(reads).toHaveLength(1);
      expect(reads[0]).toEqual(expect.arrayContaining([EU, US]));
      // Who comes later has nothing left to read.
      expect((await readWeb(tree))[1]).toBe(eu);
      expect(reads).toHaveLength(1);
    });

    test('is two manifests where it differs', async () => {
      const { tree } = await readCounting(files => files.set(US, (files.get(EU) as string).replace('web:1', 'web:2')));
      const [eu, us] = await readWeb(tree);
      expect(JSON.stringify((us as HeldManifest).open())).toBe(JSON.stringify((eu as HeldManifest).open()).replace('web:1', 'web:2'));
    });

    test('has to be at its place in each of them', async () => {
      const { tree } = await readCounting(files => files.set(US.replace('deployment.apps.web', 'configmap.web'), files.get(EU) as string));
      const [eu, us] = await readWeb(tree);
      expect([(eu as HeldManifest).id.kind, us]).toEqual(['Deployment', 'FLT3010']);
    });

    test('spoils no other when it cannot be read in one of them', async () => {
      const { tree, folder } = await readCounting(files => files.set(US, (files.get(EU) as string).replace('web:1', 'web:2')));
      writeFileSync(join(folder, US), 'apiVersion: v1\n');
      const [eu, us] = await Promise.allSettled(tree.clusters.map(async ({ deliveries }) => tree.readAll(deliveries)));
      expect([eu.status, us.status]).toEqual(['fulfilled', 'rejected']);
    });
  });

  test('can be read for one cluster alone, without looking at the others', async () => {
    const folder = temporaryFolder();
    const files = sampleFiles(twoClusters());
    files.set('clusters/prod-us/web.yaml', '{');
    writeFiles(folder, files);
    const tree = await readFleetTree(new FolderSource(folder), { clusters: ['prod-eu'] });
    expect(tree.clusters.map(cluster => cluster.name)).toEqual(['prod-eu']);
    expect(tree.errors).toEqual([]);
  });

  test('may have no clusters', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, sampleFiles({}));
    const tree = await readFleetTree(new FolderSource(folder));
    expect([tree.clusters, tree.errors]).toEqual([[], []]);
  });

  test('may have an application without objects', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, sampleFiles({ one: { empty: [] } }));
    const tree = await readFleetTree(new FolderSource(folder));
    expect(tree.errors).toEqual([]);
    expect(await tree.readObjects(tree.clusters[0].deliveries[0])).toEqual([]);
  });

  test.each<[string, Edit]>([
    ['a README beside the manifests', files => files.set('clusters/prod-eu/web/shop/README.md', 'x')],
    ['a README beside the Deliveries', files => files.set('clusters/prod-eu/README.md', 'x')],
    ['a kustomization.yaml beside the Deliveries', files => files.set('clusters/prod-eu/kustomization.yaml', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n')],
    ['a YAML file beside the clusters', files => files.set('clusters/notes.yaml', 'a: 1\n')],
    ['a YAML file beside the clusters that cannot be read', files => files.set('clusters/notes.yaml', '{')],
    ['a folder without manifests', files => files.set('clusters/prod-eu/notes/read.txt', 'x')],
    ['a folder of another cluster without Deliveries', files => files.set('clusters/other/kustomization.yaml', 'kind: Kustomization\n')],
    ['files elsewhere', files => files.set('docs/a.yaml', '{')],
    ['a field that a newer version may add to the fleet', edited('fleet.yaml', 'spec:', 'later: 1\nspec:\n  laterToo: {a: 1}')],
    ['a field that a newer version may add to a Delivery', edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  later: {a: 1}')],
  ])('may have %s', async (_, edit) => {
    const tree = await readEdited(edit);
    expect(tree.errors).toEqual([]);
    expect(tree.clusters).toHaveLength(2);
    expect(tree.clusters[0].deliveries).toHaveLength(2);
  });
});

describe('a tree that cannot be used at all', () => {
  test.each<[string, string, Edit]>([
    ['no fleet.yaml', 'FLT3005', files => files.delete('fleet.yaml')],
    ['the fleet.yaml of another program', 'FLT3005', files => files.set('fleet.yaml', 'defaultNamespace: x\n')],
    ['a fleet.yaml that is not YAML', 'FLT3002', files => files.set('fleet.yaml', 'a: [')],
    ['a newer layout', 'FLT3006', edited('fleet.yaml', 'treeVersion: 1', 'treeVersion: 2')],
    ['a newer layout whose fields have other shapes', 'FLT3006', files => files.set('fleet.yaml', 'apiVersion: cdk8s-flotilla.dev/v2\nkind: Fleet\nspec: {treeVersion: 9, clusters: {a: 1}}\n')],
    ['a list of clusters that is none', 'FLT3007', files => files.set('fleet.yaml', (files.get('fleet.yaml') as string).replace(/clusters:[^]*?(?=\n {2}\w)/, 'clusters: all'))],
    ['a cluster with a path as its name', 'FLT3007', edited('fleet.yaml', '- prod-eu', '- ../prod-eu')],
    ['the same cluster twice', 'FLT3007', edited('fleet.yaml', '- prod-us', '- prod-eu')],
  ])('is refused: %s', async (_, code, edit) => {
    expect(await codeOf(readEdited(edit))).toBe(code);
  });

  test('is refused when it does not exist', async () => {
    expect(await codeOf(readFleetTree(new FolderSource(join(temporaryFolder(), 'nothing'))))).toBe('FLT3003');
    expect(await codeOf(readFleetTree(new GitSource({ remote: join(temporaryFolder(), 'nothing'), branch: 'main' })))).toBe('FLT3003'.replace('3003', '4003'));
    expect(await codeOf(readFleetTree(new GitSource({ remote: bareRepository(), branch: 'main' })))).toBe('FLT4004');
  });

  test('is refused with what was found in its place', async () => {
    const { remote } = repositoryWith({ 'README.md': 'x', 'src/a.ts': 'x' });
    const source = new GitSource({ remote, branch: 'main' });
    await expect(readFleetTree(source)).rejects.toThrow('it holds README.md, src/');
    source.close();
  });

  test.each(['fleet.yaml', 'clusters'])('is refused when %s is a link', async path => {
    expect(await codeOf(readEdited(() => {}, [path, 'elsewhere']))).toBe('FLT3004');
  });
});

describe('what is wrong with a part is an error of that part', () => {
  test.each<[string, string[], Edit]>([
    ['a Delivery that is not YAML', ['prod-eu/web FLT3002'], files => files.set('clusters/prod-eu/web.yaml', 'a: [')],
    ['a Delivery without a field', ['prod-eu/web FLT3007'], edited('clusters/prod-eu/web.yaml', '  application: web\n', '')],
    ['a prune budget of 200 %', ['prod-eu/web FLT3007'], edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  prune: {budget: 200}')],
    ['an account without a namespace', ['prod-eu/web FLT3007'], edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  serviceAccount: {name: deployer}')],
    ['an account whose name is two', ['prod-eu/web FLT3007'], edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  serviceAccount: {name: "a:b", namespace: shop}')],
    ['an account that is no map', ['prod-eu/web FLT3007'], edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  serviceAccount: deployer')],
    ['a Delivery of another cluster', ['prod-eu/web FLT3009'], edited('clusters/prod-eu/web.yaml', 'cluster: prod-eu', 'cluster: prod-us')],
    ['a Delivery of another application', ['prod-eu/web FLT3009'], edited('clusters/prod-eu/web.yaml', 'application: web', 'application: api')],
    ['a Delivery of another fleet', ['prod-eu/web FLT3009'], edited('clusters/prod-eu/web.yaml', 'fleet: shop', 'fleet: store')],
    ['manifests without a Delivery', ['prod-eu/web FLT3009'], files => files.delete('clusters/prod-eu/web.yaml')],
    ['manifests beside a file of another kind', ['prod-eu/web FLT3009'], files => files.set('clusters/prod-eu/web.yaml', 'kind: Kustomization\n')],
    ['a cluster without its file', ['prod-eu FLT3008'], files => files.delete('clusters/prod-eu.yaml')],
    ['a cluster that is not listed', ['prod-eu FLT3008'], edited('fleet.yaml', / *- prod-eu\n/, '')],
    ['Deliveries of a cluster that is not listed and has no file', ['prod-eu FLT3008'], files => {
      edited('fleet.yaml', / *- prod-eu\n/, '')(files);
      files.delete('clusters/prod-eu.yaml');
    }],
    ['a cluster of another name', ['prod-eu FLT3008'], edited('clusters/prod-eu.yaml', 'name: prod-eu', 'name: other')],
    ['a health rule that is no CEL', ['prod-eu/web FLT3013'], edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  health: [{kind: Gear, healthy: "status =="}]')],
    ['a health rule without a kind', ['prod-eu/web FLT3013'], edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  health: [{healthy: "true"}]')],
    ['a path to ignore that cannot be read', ['prod-eu/web FLT3013'], edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  ignore: [{kind: Deployment, fields: ["spec[0]"]}]')],
    ['rules that are no list', ['prod-eu/web FLT3013'], edited('clusters/prod-eu/web.yaml', 'spec:', 'spec:\n  ignore: all')],
    ['a cluster with two ways in', ['prod-eu FLT3007'], edited('clusters/prod-eu.yaml', 'access: {}', 'access: {context: a, secret: {name: b}}')],
    ['a cluster whose secret has no name', ['prod-eu FLT3007'], edited('clusters/prod-eu.yaml', 'access: {}', 'access: {secret: {key: b}}')],
    ['a cluster without labels', ['prod-eu FLT3007'], edited('clusters/prod-eu.yaml', 'labels:', 'marks:')],
    ['the same object in two applications', ['prod-eu/api FLT3010', 'prod-eu/web FLT3010'], files => files.set('clusters/prod-eu/web/shop/configmap.api.yaml', files.get('clusters/prod-eu/api/shop/configmap.api.yaml') as string)],
  ])('%s', async (_, expected, edit) => {
    const tree = await readEdited(edit);
    expect(brokenParts(tree)).toEqual(expected);
    expect(tree.errors.length).toBeGreaterThan(0);
    // The rest is there: nothing else is deleted because of it.
    expect(tree.clusters.map(cluster => [cluster.name, cluster.deliveries.length])).toEqual([['prod-eu', 2], ['prod-us', 2]]);
  });

  test.each<[string, string, string]>([
    ['a manifest', 'clusters/prod-eu/web/shop/configmap.web.yaml', 'prod-eu/web FLT3004'],
    ['a folder of manifests', 'clusters/prod-eu/web/shop', 'prod-eu/web FLT3004'],
    ['the folder of an application', 'clusters/prod-eu/web', 'prod-eu/web FLT3004'],
    ['a Delivery', 'clusters/prod-eu/web.yaml', 'prod-eu/web FLT3004'],
    ['the folder of a cluster', 'clusters/prod-eu', 'prod-eu FLT3004'],
    ['the file of a cluster', 'clusters/prod-eu.yaml', 'prod-eu FLT3004'],
  ])('%s that is a link', async (_, path, expected) => {
    const tree = await readEdited(() => {}, [path, 'elsewhere']);
    expect(brokenParts(tree)).toContain(expected);
    expect(tree.clusters[1].deliveries.every(delivery => !delivery.error)).toBe(true);
  });

  test('a submodule in place of an application', async () => {
    const folder = workTree();
    const commit = commitFiles(folder, Object.fromEntries([...sampleFiles(twoClusters())].filter(([path]) => !path.startsWith('clusters/prod-eu/web/'))));
    git(folder, 'update-index', '--add', '--cacheinfo', `160000,${commit},clusters/prod-eu/web`);
    git(folder, 'commit', '--quiet', '--message', 'submodule');
    const source = new GitSource({ remote: folder, branch: 'main' });
    expect(brokenParts(await readFleetTree(source))).toEqual(['prod-eu/web FLT3004']);
    source.close();
  });
});

describe('an object that cannot be used spoils its delivery alone', () => {
  const path = 'clusters/prod-eu/web/shop/configmap.web.yaml';

  test.each<[string, string, string]>([
    ['is not YAML', 'a: [', 'FLT3002'],
    ['holds two documents', 'a: 1\n---\nb: 1\n', 'FLT3002'],
    ['holds a list', '[]\n', 'FLT3010'],
    ['has no kind', 'apiVersion: v1\nmetadata: {name: web, namespace: shop}\n', 'FLT3010'],
    ['has no apiVersion', 'kind: ConfigMap\nmetadata: {name: web, namespace: shop}\n', 'FLT3010'],
    ['has no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: web, namespace: shop}\n', 'FLT3010'],
    ['has a number as its name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 1, namespace: shop}\n', 'FLT3010'],
    ['has labels that are no texts', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop, labels: {a: 1}}\n', 'FLT3010'],
    ['is a List', 'apiVersion: v1\nkind: List\nmetadata: {name: web, namespace: shop}\nitems: []\n', 'FLT3010'],
    ['is a list of a kind', 'apiVersion: v1\nkind: ConfigMapList\nmetadata: {name: web, namespace: shop}\nitems: []\n', 'FLT3010'],
    ['has another name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: shop}\n', 'FLT3010'],
    ['is in another namespace', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: other}\n', 'FLT3010'],
    ['is of another kind', 'apiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: shop}\n', 'FLT3010'],
  ])('when it %s', async (_, text, code) => {
    const tree = await readEdited(files => files.set(path, text));
    const deliveries = tree.clusters.flatMap(cluster => cluster.deliveries);
    const all = await tree.readAll(deliveries);
    expect(deliveries.map(delivery => all.get(delivery)?.error?.code)).toEqual([undefined, code, undefined, undefined]);
    expect(await codeOf(tree.readObjects(deliveries[1]))).toBe(code);
  });

  test('a file that changes between listing and reading is refused', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, sampleFiles(twoClusters()));
    const tree = await readFleetTree(new FolderSource(folder));
    writeFileSync(join(folder, path), 'apiVersion: v1\n');
    expect(await codeOf(tree.readObjects(tree.clusters[0].deliveries[1]))).toBe('FLT3003');
  });

  test('an object whose name has upper case is found at the path that synth gave it', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, sampleFiles({ one: { app: [configMap('Kube:Root.CA')] } }));
    const tree = await readFleetTree(new FolderSource(folder));
    expect(await tree.readObjects(tree.clusters[0].deliveries[0])).toHaveLength(1);
  });
});

test('folders of a folder are not confused with files of a similar name', () => {
  expect(folderId([])).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
});
