import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { byIdentity, compile, newProject, objectsBelow, ROOT, run } from './program';
import { parseYamlDocuments } from '../../lib/yaml/parse';
import { flotilla } from '../cli/flotilla';

const CORPUS = join(ROOT, '..', 'shared', 'corpora', 'infra-deployments');
const describeWithCorpus = existsSync(CORPUS) ? describe : describe.skip;

describeWithCorpus('infra-deployments', () => {
  const folder = newProject();
  let err: string;
  let text: string;

  beforeAll(async () => {
    const result = await flotilla(['import', join(CORPUS, 'components'), '--name', 'infra', '-o', join(folder, 'main.ts')]);
    expect(result).toMatchObject({ code: 0, out: '' });
    ({ err } = result);
    text = readFileSync(join(folder, 'main.ts'), 'utf8');
    run(folder, 'main.ts');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('becomes a program that compiles', () => {
    expect(compile(folder, 'main.ts')).toEqual([]);
  });

  test('becomes a program whose objects are those of every directory of a cluster, and no others', () => {
    const places = existsSync(CORPUS) ? readdirSync(join(CORPUS, 'expected')).flatMap(file => {
      const [component, ...path] = file.replace(/^components__/, '').replace(/\.yaml$/, '').split('__');
      const place = path.join('/');
      return /^(staging|production|rings\/ring-\d)\/(?!base$)[^/]+$|^development$/.test(place)
        ? [{ file, folder: `${place === 'development' ? 'in-cluster-local' : path[path.length - 1]}/${component}` }] : [];
    }) : [];
    expect(places).toHaveLength(65);
    const clusters = join(folder, 'dist', 'clusters');
    for (const { file, folder: place } of places) {
      expect(objectsBelow(join(clusters, place))).toEqual(byIdentity(parseYamlDocuments(readFileSync(join(CORPUS, 'expected', file), 'utf8'), file)));
    }
    const written = readdirSync(clusters, { withFileTypes: true }).filter(entry => entry.isDirectory())
      .flatMap(({ name }) => readdirSync(join(clusters, name), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => `${name}/${entry.name}`));
    expect(written.filter(each => !places.some(place => place.folder === each))).toEqual([]);
  });

  test('has the fleet in its words: rings are labels, and one path serves all clusters', () => {
    expect(text).toContain("environments: ['development', 'staging', 'production'],");
    expect(text).toContain("ring: ['ring-1', 'ring-2', 'ring-3', 'ring-4'],");
    expect(text).toContain("new Cluster(envProduction, 'stone-prod-p02', { labels: { ring: 'ring-3' } });");
    expect(text).toContain('sources: (_, { cluster, labels }) => [new Kustomization({ path: `${ROOT}/authentication/rings/${labels.ring}/${cluster}` })],');
    expect(text).toContain('sources: (_, { cluster, environment }) => [new Kustomization({ path: `${ROOT}/backup/${environment}/${cluster}` })],');
  });

  test('what is not in it is listed, on stderr and in the program', () => {
    const unmapped = err.split('\n').slice(1).filter(line => line !== '').map(line => line.trim());
    expect(err.split('\n')[0]).toBe(`16 clusters, 5 applications, 65 targets; not mapped: ${unmapped.length}`);
    expect(unmapped).toEqual([
      'authentication/base: is a base that nothing is built on, and for no cluster',
      'authentication/rings/empty-base/empty-base: is a base that nothing is built on, and for no cluster',
      'authentication/rings/ring-0/base: is a base that nothing is built on, and for no cluster',
      'namespace-lister/empty-base: is a base that nothing is built on, and for no cluster',
      "backup on in-cluster-local: is left out: it holds the Secret 'backup-s3-credentials' and the Secret 'minio-storage-configuration' in plain text",
    ]);
    unmapped.forEach(line => expect(text).toContain(`// - ${line}\n`));
  });
});

describe('a tree of Kustomize directories', () => {
  const folder = newProject();
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(folder, 'tree', path)), { recursive: true });
    writeFileSync(join(folder, 'tree', path), content);
  };
  const build = (path: string, from: string): void => write(`${path}/kustomization.yaml`, `resources: ['${from}']\n`);

  beforeAll(() => {
    write('components/web/base/kustomization.yaml', 'resources: [web.yaml]\n');
    write('components/web/base/web.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: web}\n');
    build('components/web/overlays/prod/eu', '../../../base');
    build('components/web/overlays/prod/us', '../../../base');
    build('components/web/overlays/dev', '../../base');
    build('components/web/overlays/prod/gone', '../../../nowhere');
    build('components/web/overlays/prod/a/b', '../../../../base');
    build('components/web/overlays/prod/A_b', '../../../base');
    write('components/broken/prod/eu/kustomization.yaml', 'resources: [\n');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('that has directories for a whole environment, and some that cannot be built', async () => {
    const { code, err } = await flotilla(['import', 'repository', 'tree', '-o', 'main.ts'], { cwd: folder });
    expect(code).toBe(0);
    expect(compile(folder, 'main.ts')).toEqual([]);
    run(folder, 'main.ts');
    expect(['dev', 'eu', 'us'].map(cluster => Object.keys(objectsBelow(join(folder, 'dist', 'clusters', cluster, 'web'))))).toEqual(Array(3).fill(['v1 ConfigMap web/web']));
    expect(err).toMatch(/^4 clusters, 1 application, 3 targets; not mapped: 4\n/);
    expect(err).toMatch(/components\/broken\/prod\/eu: cannot be read: FLT3002/);
    expect(err).toMatch(/components\/web\/overlays\/prod\/A_b: has a name that is not a DNS label/);
    expect(err).toMatch(/components\/web\/overlays\/prod\/a\/b: is deeper than ENVIRONMENT\/CLUSTER/);
    expect(err).toMatch(/web on gone: is left out: /);
    const text = readFileSync(join(folder, 'main.ts'), 'utf8');
    expect(text).not.toContain('sourceFolders');
    expect(text).toContain('const others: Record<string, Source[]> = {\n      dev: [new Kustomization({ path: `${ROOT}/components/web/overlays/dev` })],\n    };');
  });

  test('is not written over a program that is there', async () => {
    const result = await flotilla(['import', 'tree', '-o', 'main.ts'], { cwd: folder });
    expect(result).toMatchObject({ code: 1, err: expect.stringMatching(/^FLT2506 .*main\.ts exists/) });
  });

  test.each([['tree/components/web/base', /^FLT2507 nothing in .* is for a cluster/], ['nowhere', /^FLT2507 there is no folder /]])('%s is no fleet', async (path, message) => {
    expect(await flotilla(['import', path], { cwd: folder })).toMatchObject({ code: 1, out: '', err: expect.stringMatching(message) });
  });
});
