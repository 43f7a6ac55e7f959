import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { renderOne } from './requests';
import { folderWith, useOwnCache } from './settings';
import { Application, Manifests } from '../../lib';
import { listGlob } from '../../lib/source/manifests/glob';
import { errorsOf, objectsIn, shop } from '../synth/one-cluster';

const cache = useOwnCache();

const map = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const render = (folder: string, ...files: string[]) => renderOne({ type: 'manifests', files: files.map(file => join(folder, file)), urls: [] }, [folder]);
const names = (result: ReturnType<typeof render>): string[] => result.manifests.map(({ manifest }) => manifest.metadata.name);

describe('files', () => {
  const folder = folderWith({
    'a.yaml': map('a'), 'b.yml': map('b'), 'c.json': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }), 'notes.txt': 'x', '.sops.yaml': 'creation_rules: []\n',
    'sub/d.yaml': `${map('d1')}---\n# nothing\n---\n${map('d2')}`, 'sub/deep/e.yaml': map('e'), '.git/config.yaml': 'x: 1\n', 'odd[1].yaml': map('odd'), 'plain': map('plain'),
  });

  test.each([
    ['a file', ['a.yaml'], ['a']],
    ['a file whatever its name', ['plain'], ['plain']],
    ['a file with the characters of a glob', ['odd[1].yaml'], ['odd']],
    ['files in their order, each once', ['sub/d.yaml', 'a.yaml', 'sub'], ['d1', 'd2', 'a', 'e']],
    ['a folder with all below it, but for names with a dot', ['.'], ['a', 'b', 'c', 'odd', 'd1', 'd2', 'e']],
    ['a glob', ['*.y?ml'], ['a', 'odd']],
    ['a glob of folders', ['s*/*.yaml'], ['d1', 'd2']],
    ['a glob at any depth', ['**/*.yaml'], ['a', 'odd', 'd1', 'd2', 'e']],
    ['a glob of choices', ['{b.yml,sub/deep/[a-e].yaml,none.yaml}'], ['b', 'e']],
  ])('%s', (_, files, expected) => {
    const result = render(folder, ...files);
    expect([result.errors, names(result)]).toEqual([[], expected]);
  });

  test('know the file of each object', () => {
    expect(render(folder, 'sub').manifests.map(({ file }) => relative(folder, file!))).toEqual(['sub/d.yaml', 'sub/d.yaml', 'sub/deep/e.yaml']);
  });

  test.each([['gone.yaml'], ['*.toml'], ['gone/**'], ['sub/none']])('%s leads to no file, which is an error', file => {
    expect(render(folder, file).errors).toEqual([expect.objectContaining({ code: 'FLT2106' })]);
  });
});

test.each([
  ['*', 'a/b', false], ['**', 'a/b/c', true], ['a/**', 'a/b/c', true], ['a/**/c', 'a/c', true], ['[!a]/b', 'a/b', false], ['[!a]/b', 'c/b', true], ['{a,b{c,d}}/x', 'bd/x', true],
  ['a.b', 'axb', false], ['a?', 'a', false], ['a+b(', 'a+b(', true], ['*', '.a', false], ['.*', '.a', true],
])('the glob %s names %s: %s', (glob, path, expected) => {
  const folder = folderWith({ [path]: '' });
  expect(listGlob(glob, folder)).toEqual(expected ? [join(folder, path)] : []);
});

describe('documents', () => {
  test.each([
    ['a list of objects', { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }] }, ['ConfigMap a']],
    ['a list of one kind', { apiVersion: 'apps/v1', kind: 'DeploymentList', items: [{ metadata: { name: 'a' } }] }, ['Deployment a']],
    ['lists in lists', { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }] }] }, ['Pod a']],
    ['a list of nothing', { apiVersion: 'v1', kind: 'List' }, []],
    ['a custom kind that ends like a list', { apiVersion: 'x.io/v1', kind: 'AllowList', metadata: { name: 'a' }, items: ['b'] }, ['AllowList a']],
  ])('%s', (_, document, expected) => {
    const { manifests, errors } = render(folderWith({ 'a.json': JSON.stringify(document) }), 'a.json');
    expect([errors, manifests.map(({ manifest: { kind, metadata } }) => `${kind} ${metadata.name}`)]).toEqual([[], expected]);
  });

  const deep = (open: string, close: string): string => `${open.repeat(1_000_000)}${close.repeat(1_000_000)}`;
  test.each([
    ['a text', 'hello\n', 'FLT2112', /document 1 is "hello"/],
    ['a list', '- a\n', 'FLT2112', /document 1 is a list/],
    ['an object without metadata', 'apiVersion: v1\nkind: ConfigMap\n', 'FLT2112', /a ConfigMap without metadata/],
    ['an item that is none', 'apiVersion: v1\nkind: List\nitems: [3]\n', 'FLT2112', /document 1, items\[0\] is 3/],
    ['a key twice', 'a: 1\na: 2\n', 'FLT3002', /the key "a" is set twice/],
    ['a bomb of aliases', ['a: &a0 [x,x,x,x,x,x,x,x,x,x]', ...Array.from({ length: 12 }, (_, i) => `b${i}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`)].join('\n'), 'FLT3002', /million|too many|nodes|alias/i],
    ['a million levels of YAML', `a: ${deep('[', ']')}`, 'FLT3002', /nested deeper than 200/],
    ['a million levels of JSON', deep('{"a":', '').slice(0, 5_000_000), 'FLT3002', /MiB|nested deeper than 200/],
    ['a million levels of lines', `${'- '.repeat(1_000_000)}a`, 'FLT3002', /nested deeper than 200/],
  ])('%s is an error that names the file', (_, text, code, what) => {
    const folder = folderWith({ 'a.yaml': text });
    const file = join(folder, 'a.yaml');
    expect(render(folder, 'a.yaml')).toEqual({ manifests: [], errors: [expect.objectContaining({ code, what: expect.stringMatching(what), where: expect.objectContaining({ file: relative(process.cwd(), file) }) })], warnings: [] });
  });

  test('a kustomization among them is an error, not an object', () => {
    const folder = folderWith({ 'a/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: a}\n' });
    expect(render(folder, 'a').errors).toEqual([expect.objectContaining({ code: 'FLT2112', fix: expect.stringContaining('Kustomization source') })]);
  });
});

describe('in a fleet', () => {
  test('a Secret that SOPS has encrypted is committed as it is', () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {password: \'ENC[AES256_GCM,data:x]\'}\nsops: {mac: \'ENC[x]\', version: 3.9.0}\n';
    const folder = folderWith({ 's.yaml': secret });
    const fleet = shop(['a'], [], { sourceFolders: [folder] });
    new Application(fleet, 'web', { namespace: 'shop', placement: {}, sources: [new Manifests({ files: folder })] });
    expect(objectsIn(fleet)).toEqual({ 'a/web/shop/secret.s.yaml': expect.objectContaining({ data: { password: 'ENC[AES256_GCM,data:x]' }, sops: { mac: 'ENC[x]', version: '3.9.0' } }) });
  });

  test('two sources that give one object are an error that names both', () => {
    const folder = folderWith({ 'a.yaml': map('web'), 'b.yaml': map('web') });
    const fleet = shop(['a'], [], { sourceFolders: [folder] });
    new Application(fleet, 'web', { namespace: 'shop', placement: {}, sources: [new Manifests({ files: join(folder, 'a.yaml') }), new Manifests({ files: join(folder, 'b.yaml') })] });
    expect(errorsOf(fleet)).toEqual([expect.objectContaining({ code: 'FLT2001', what: expect.stringMatching(/sources\[1\].*b\.yaml.*sources\[0\].*a\.yaml|sources\[0\].*a\.yaml.*sources\[1\].*b\.yaml/) })]);
  });
});

describe('URLs', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const SERVER = `
    const { createServer } = require('node:http');
    let count = 0;
    createServer((request, response) => {
      count++;
      if (request.url === '/moved') response.writeHead(302, { location: '/a.yaml' }).end();
      else if (request.url === '/a.yaml') response.end(${JSON.stringify(map('a'))});
      else if (request.url === '/count') response.end('apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: c' + count + '}\\n');
      else if (request.url === '/large') { const send = () => { while (response.write('#'.repeat(1e6))); }; response.on('drain', send); send(); }
      else if (request.url !== '/silent') response.writeHead(404).end();
    }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
  `;
  let server: ChildProcess;
  let base: string;

  beforeAll(async () => {
    // A synth blocks this process, and so would a server in it.
    server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
    base = await new Promise(resolve => server.stdout!.once('data', (port: Buffer) => resolve(`http://127.0.0.1:${port.toString().trim()}`)));
  });
  afterAll(() => server.kill());

  const fetched = (path: string, digest: string) => renderOne({ type: 'manifests', files: [], urls: [{ url: `${base}${path}`, sha256: digest }] }, []);

  test.each([['/a.yaml'], ['/moved']])('%s is downloaded when its digest is the one that is meant', path => {
    expect(fetched(path, sha256(map('a')))).toEqual({ manifests: [{ manifest: expect.objectContaining({ metadata: { name: 'a' } }), file: `${base}${path}` }], errors: [], warnings: [] });
  });

  test('are downloaded once', () => {
    const digest = sha256(map('a'));
    fetched('/a.yaml', `sha256:${digest.toUpperCase()}`);
    expect(readdirSync(join(cache(), 'sources/1/files'))).toEqual([digest]);
    expect(fetched('/gone', digest).errors).toEqual([]);
  });

  test('whose content is another one are an error that says its digest', () => {
    expect(fetched('/a.yaml', sha256('else')).errors).toEqual([expect.objectContaining({ code: 'FLT2109', what: expect.stringContaining(`its SHA-256 is ${sha256(map('a'))}`) })]);
    expect(fetched('/a.yaml', sha256('else')).errors).toHaveLength(1);
  });

  test.each([
    ['/gone', /the server answered 404/], ['/large', /more than 32 MiB/], ['/silent', /timeout/i],
  ])('%s cannot be downloaded, which is an error', (path, cause) => {
    process.env.FLOTILLA_SOURCE_TIMEOUT = '2';
    expect(fetched(path, sha256('x')).errors).toEqual([expect.objectContaining({ code: 'FLT2109', cause: expect.stringMatching(cause) })]);
  });

  test.each([
    ['https://example.com/a.yaml', undefined, /has no digest/], ['https://example.com/a.yaml', '', /has no digest/], ['https://example.com/a.yaml', 'abc', /which is no SHA-256/],
    ['file:///etc/passwd', 'a'.repeat(64), /no URL/], ['a.yaml', 'a'.repeat(64), /no URL/],
  ])('%s with the digest %s is refused', (url, digest, what) => {
    const urls = [{ url, sha256: digest as string }];
    expect(renderOne({ type: 'manifests', files: [], urls }, []).errors).toEqual([expect.objectContaining({ code: 'FLT2108', what: expect.stringMatching(what) })]);
  });

  test('without a digest say how to pin it', () => {
    const urls = [{ url: 'https://example.com/a.yaml', sha256: undefined as unknown as string }];
    expect(renderOne({ type: 'manifests', files: [], urls }, []).errors[0].fix).toContain('curl -fsSL https://example.com/a.yaml | sha256sum');
  });
});
