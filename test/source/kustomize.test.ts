import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { renderOne } from './requests';
import { counted, folderWith, useOwnCache, writeFiles } from './settings';

useOwnCache();

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: x}\n';

const render = (folder: string, path: string, more: readonly string[] = []) => renderOne({ type: 'kustomize', path: join(folder, path) }, [folder, ...more]);

describe('a kustomization', () => {
  test('is built with the bases that it names, by `kubectl kustomize` where there is no kustomize', () => {
    const folder = folderWith({
      'base/kustomization.yaml': 'resources: [map.yaml]\n', 'base/map.yaml': MAP,
      'prod/kustomization.yaml': 'namePrefix: prod-\nresources: [../base]\nconfigMapGenerator:\n- name: files\n  files: [x=a.txt]\n  options: {disableNameSuffixHash: true}\n',
      'prod/a.txt': 'hello',
    });
    const { manifests, errors } = render(folder, 'prod');
    expect(errors).toEqual([]);
    expect(manifests.map(({ manifest: { metadata, data } }) => [metadata.name, data])).toEqual([['prod-files', { x: 'hello' }], ['prod-web', { a: 'x' }]]);
  });

  test.each([
    ['FLOTILLA_KUSTOMIZE', (path: string) => { process.env.FLOTILLA_KUSTOMIZE = path; }],
    ['kustomize in PATH', (path: string) => {
      const bin = folderWith({});
      symlinkSync(path, join(bin, 'kustomize'));
      process.env.PATH = `${bin}:${process.env.PATH}`;
    }],
  ])('is built by %s where there is one', (_, set) => {
    const folder = folderWith({ 'kustomization.yaml': '' });
    const program = counted(`cat <<'END'\n${MAP}END`);
    set(program.path);
    expect(render(folder, '.').manifests.map(({ manifest }) => manifest.metadata.name)).toEqual(['web']);
    expect(program.starts()).toEqual([expect.stringMatching(/^build \S+$/)]);
  });

  const base = { 'base/kustomization.yaml': 'resources: [map.yaml]\n', 'base/map.yaml': MAP };
  const kinds: [string, Record<string, string>, string, string][] = [
    ['a resource of a base', { ...base, 'kustomization.yaml': 'resources: [base]\n' }, 'base/map.yaml', MAP.replace('x', 'y')],
    ['a patch', { ...base, 'kustomization.yaml': 'resources: [base]\npatches:\n- path: p.yaml\n', 'p.yaml': MAP }, 'p.yaml', MAP.replace('x', 'y')],
    ['a patch of a component', {
      ...base, 'kustomization.yaml': 'resources: [base]\ncomponents: [c]\n',
      'c/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]\n', 'c/p.yaml': MAP,
    }, 'c/p.yaml', MAP.replace('x', 'y')],
    ['a file of a generator', { 'kustomization.yaml': 'configMapGenerator:\n- name: g\n  files: [k=v.txt]\n', 'v.txt': '1' }, 'v.txt', '2'],
    ['a file of variables', { 'kustomization.yaml': 'configMapGenerator:\n- name: g\n  envs: [e.env]\n', 'e.env': 'a=1\n' }, 'e.env', 'a=2\n'],
    ['a replacement', {
      ...base, 'kustomization.yaml': 'resources: [base]\nreplacements:\n- path: r.yaml\n',
      'r.yaml': 'source: {kind: ConfigMap, name: web, fieldPath: data.a}\ntargets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n',
    }, 'r.yaml', 'source: {kind: ConfigMap, name: web, fieldPath: metadata.name}\ntargets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n'],
    ['a transformer', {
      ...base, 'kustomization.yaml': 'resources: [base]\ntransformers: [t.yaml]\n', 't.yaml': 'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: tp.yaml\n', 'tp.yaml': MAP,
    }, 'tp.yaml', MAP.replace('x', 'y')],
  ];
  test.each(kinds)('is built anew when %s changes, and not before', (_, files, changed, content) => {
    const folder = folderWith(files);
    const program = counted('exec kubectl kustomize "$2"');
    process.env.FLOTILLA_KUSTOMIZE = program.path;
    const first = render(folder, '.');
    expect(first.errors).toEqual([]);
    expect([render(folder, '.'), program.starts().length]).toEqual([first, 1]);
    writeFiles(folder, { [changed]: content });
    expect(render(folder, '.').manifests).not.toEqual(first.manifests);
  });

  test.each([
    ['is cyclic', { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' }, /cycle detected/, /name each other/],
    ['names a file that is missing', { 'a/kustomization.yaml': 'resources: [gone.yaml]\n' }, /gone\.yaml/, /correct the path/],
    ['is missing', { 'a/map.yaml': MAP }, /unable to find one of 'kustomization.yaml'/, /folder that holds the kustomization.yaml/],
    ['has a field that is none', { 'a/kustomization.yaml': 'resource: [map.yaml]\n', 'a/map.yaml': MAP }, /unknown field "resource"/, /mend the kustomization/],
  ])('that %s is an error with the words of the program', (_, files, words, fix) => {
    const folder = folderWith(files);
    const [error, ...others] = render(folder, 'a').errors;
    expect([error, others]).toEqual([expect.objectContaining({ code: 'FLT2104', what: expect.stringMatching(/^kubectl kustomize cannot build ".*\/a"$/), where: { file: join(folder, 'a') } }), []]);
    expect(error.cause).toMatch(words);
    expect(error.cause).not.toMatch(/command failed|run\.go/);
    expect(error.fix).toMatch(fix);
  });

  test.each([
    ['a folder that does not exist', 'gone', 'FLT2106'], ['a file', 'a/map.yaml', 'FLT2104'],
  ])('in %s is an error', (_, path, code) => {
    expect(render(folderWith({ 'a/map.yaml': MAP }), path).errors).toEqual([expect.objectContaining({ code })]);
  });

  test.each([
    ['resources: [https://example.com/a.yaml]'], ['resources: ["github.com/org/repo//path?ref=v1"]'], ['resources: ["git@github.com:org/repo.git"]'],
    ['components: ["https://github.com/org/repo//c?ref=v1"]'], ['bases: ["host.example/repo.git//path"]'], ['patches: [{path: "https://example.com/p.yaml"}]'],
    ['configMapGenerator: [{name: a, files: ["k=https://example.com/f"]}]'],
  ])('with %s is refused: it may be another one tomorrow', text => {
    expect(render(folderWith({ 'kustomization.yaml': `${text}\n` }), '.').errors).toEqual([expect.objectContaining({ code: 'FLT2108', what: expect.stringContaining('from the network') })]);
  });

  test('may have URLs and paths of a machine where they are no files', () => {
    const folder = folderWith({ 'kustomization.yaml': 'commonAnnotations: {docs: "https://example.com/?ref=1"}\nconfigMapGenerator:\n- name: g\n  literals: [tmp=/tmp, url=https://example.com/a.git]\n' });
    expect(render(folder, '.')).toMatchObject({ errors: [], manifests: [{ manifest: { data: { tmp: '/tmp' } } }] });
  });

  test('with a key twice is an error that names the line', () => {
    const folder = folderWith({ 'kustomization.yaml': 'resources: []\nnamePrefix: a\nnamePrefix: b\n' });
    expect(render(folder, '.').errors).toEqual([expect.objectContaining({ code: 'FLT3002', where: expect.objectContaining({ source: expect.stringMatching(/kustomization\.yaml:3:1$/) }) })]);
  });
});
