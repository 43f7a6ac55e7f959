import { configMap, sampleFiles } from './sample-fleet';
import { decidingFiles, staleFiles } from '../../lib/tree/owned';

const OLD = new Map([
  ...sampleFiles({ a: { web: [configMap('x'), configMap('y')], api: [configMap('z')] }, b: { web: [configMap('x')] } }),
  ['README.md', ''], ['clusters/README.md', ''], ['clusters/a/kustomization.yaml', 'kind: Kustomization\n'], ['clusters/a/web/NOTES.txt', ''], ['clusters/other.yaml', '{'],
  ['clusters/a/mine/deployment.yaml', 'kind: Deployment\n'], ['clusters/a/foreign.yaml', 'kind: Foreign\n'], ['clusters/a/foreign/x.yaml', 'a: 1\n'],
]);

function stale(files: ReadonlyMap<string, string>): { stale: string[]; read: string[] } {
  const read: string[] = [];
  const found = staleFiles([...OLD.keys()], files, path => {
    read.push(path);
    return OLD.get(path);
  });
  return { stale: found.sort(), read: read.sort() };
}

test('nothing is stale when all files are still there, whatever else lies beside them', () => {
  expect(stale(sampleFiles({ a: { web: [configMap('x'), configMap('y')], api: [configMap('z')] }, b: { web: [configMap('x')] } })).stale).toEqual([]);
});

test('an object, an application and a cluster that are gone are stale, and what is not ours is not', () => {
  expect(stale(sampleFiles({ a: { web: [configMap('x')] } })).stale).toEqual([
    'clusters/a/api.yaml', 'clusters/a/api/shop/configmap.z.yaml', 'clusters/a/web/shop/configmap.y.yaml',
    'clusters/b.yaml', 'clusters/b/web.yaml', 'clusters/b/web/shop/configmap.x.yaml',
  ]);
});

test('only descriptions that were announced are read', () => {
  const files = sampleFiles({ a: { web: [configMap('x')] } });
  expect(stale(files).read.filter(path => OLD.has(path))).toEqual(decidingFiles([...OLD.keys()], files).sort());
});

test('a change of one object reads the description of its application alone', () => {
  const files = new Map([...OLD].filter(([path]) => path !== 'clusters/a/web/shop/configmap.y.yaml'));
  expect(stale(files)).toEqual({ stale: ['clusters/a/web/shop/configmap.y.yaml'], read: ['clusters/a/web.yaml'] });
});

test('the files of an application whose description cannot be read stay', () => {
  const old = new Map(OLD).set('clusters/a/web.yaml', '{');
  expect(staleFiles([...old.keys()], sampleFiles({}), path => old.get(path)).filter(path => path.startsWith('clusters/a/web'))).toEqual([]);
});
