import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { infra, infraOfFolders } from '../../examples/infra/main';
import { Application, Cluster, Environment, Fleet, FlotillaError, Kustomization } from '../../lib';
import { renderSources } from '../../lib/source/render-sources';
import { parseYamlDocuments } from '../../lib/yaml/parse';

const ROOT = join(__dirname, '..', '..');
const CORPUS = join(ROOT, '..', 'shared', 'corpora', 'infra-deployments');
const describeWithCorpus = existsSync(CORPUS) ? describe : describe.skip;
/** Every directory that was rendered: `backup/base/member`. */
const DIRECTORIES = existsSync(CORPUS)
  ? readdirSync(join(CORPUS, 'expected')).map(file => file.replace(/^components__/, '').replace(/\.yaml$/, '').replaceAll('__', '/')) : [];
/** Parts of other directories: they have objects that need a namespace, and leave it to who includes them. */
const WITHOUT_NAMESPACE = DIRECTORIES.filter(directory => /^(authentication\/.*\/admin-checker|.*base)\/(rbac|metrics)$/.test(directory)
  && /admin-checker|namespace-lister/.test(directory));
const GIVEN = 'given';
/** It holds Secrets in plain text, which no tree of ours may hold. */
const WITH_SECRETS = 'backup/development/in-cluster-local';

describeWithCorpus('infra-deployments', () => {
  /** What each directory of a cluster became: the application, the cluster, and the directory. */
  const places = DIRECTORIES.flatMap(directory => {
    const [application, ...path] = directory.split('/');
    const cluster = path[path.length - 1];
    return directory !== WITH_SECRETS && /^(staging|production|rings\/ring-\d)\/[^/]+$/.test(path.join('/')) && cluster !== 'base' ? [{ application, cluster, directory }] : [];
  });

  test('has 111 directories, 64 of which are for a cluster of the fleet', () => {
    expect(DIRECTORIES).toHaveLength(111);
    expect(places).toHaveLength(64);
  });

  describe.each([['of Kustomize directories', infraOfFolders], ['with typed overlays', infra]])('as a fleet %s', (_, make) => {
    let files: ReadonlyMap<string, string>;
    beforeAll(() => {
      ({ files } = make().synthesize());
    });

    test.each(places)('$application on $cluster is as today', ({ application, cluster, directory }) => {
      expect(objectsIn(files, `clusters/${cluster}/${application}/`)).toEqual(expected(directory));
    });

    test('konflux-info on the machine of a developer is as today', () => {
      expect(objectsIn(files, 'clusters/in-cluster-local/konflux-info/')).toEqual(expected('konflux-info/development'));
    });

    test('has no objects beside those of the directories', () => {
      const known = [...places.map(({ application, cluster }) => `clusters/${cluster}/${application}/`), 'clusters/in-cluster-local/konflux-info/'];
      expect([...files.keys()].filter(path => path.split('/').length > 3 && !known.some(folder => path.startsWith(folder)))).toEqual([]);
    });
  });

  describe('as a fleet of one cluster for each directory', () => {
    const whole = DIRECTORIES.filter(directory => directory !== WITH_SECRETS && !WITHOUT_NAMESPACE.includes(directory));
    let files: ReadonlyMap<string, string>;
    beforeAll(() => {
      files = new Map([...fleetOf(whole).synthesize().files, ...fleetOf(WITHOUT_NAMESPACE, GIVEN).synthesize().files]);
    });

    test.each(whole)('%s comes out equal', directory => {
      expect(objectsIn(files, `clusters/${nameOf(directory)}/it/`)).toEqual(expected(directory));
    });

    test.each(WITHOUT_NAMESPACE)('%s comes out equal, but for the namespace that the application gives to built-in kinds', directory => {
      const found = parsed(files, `clusters/${nameOf(directory)}/it/`).map(({ metadata: { namespace, ...metadata }, ...object }) => (
        { ...object, metadata: { ...metadata, ...namespace === undefined || namespace === GIVEN ? {} : { namespace } } }
      ));
      expect(byIdentity(found)).toEqual(expected(directory));
    });

    test('the seven directories that leave the namespace to others need one', () => {
      expect(WITHOUT_NAMESPACE).toHaveLength(7);
      expect(new Set(errorsOf(() => fleetOf(WITHOUT_NAMESPACE).synthesize()).map(({ code }) => code))).toEqual(new Set(['FLT2002']));
    });

    test('the Secrets in plain text are refused by their names', () => {
      const errors = errorsOf(() => fleetOf([WITH_SECRETS]).synthesize());
      expect(errors.map(({ code, what }) => `${code} ${what}`)).toEqual([
        expect.stringMatching(/^FLT2003 Secret 'backup-s3-credentials' holds /), expect.stringMatching(/^FLT2003 Secret 'minio-storage-configuration' holds /),
      ]);
    });

    test('the directory with those Secrets is equal as a source', () => {
      const [result] = renderSources([{ type: 'kustomize', path: folderOf(WITH_SECRETS) }], { sourceFolders: [relative(process.cwd(), CORPUS)] }).values();
      expect(result.errors).toEqual([]);
      expect(byIdentity(result.manifests.map(({ manifest }) => manifest))).toEqual(expected(WITH_SECRETS));
    });
  });

  describe('README.md', () => {
    const readme = readFileSync(join(ROOT, 'examples', 'infra', 'README.md'), 'utf8');
    const components = ['backup', 'cost-management', 'namespace-lister'];

    test.each(components)('counts the lines of %s, as folders and as typed overlays', component => {
      const before = linesBelow(join(CORPUS, 'components', component, 'staging')) + linesBelow(join(CORPUS, 'components', component, 'production'));
      const after = lines(join(ROOT, 'examples', 'infra', 'components', `${component}.ts`));
      expect(readme).toContain(`| ${component} | ${before} | ${after} |`);
      expect(after).toBeLessThan(before);
    });
  });
});

/** A fleet that has one application, and a cluster for each directory. */
function fleetOf(directories: readonly string[], namespace?: string): Fleet<'all'> {
  const fleet = new Fleet('infra', { environments: ['all'], sourceFolders: [relative(process.cwd(), CORPUS)] });
  const all = new Environment(fleet, 'all');
  directories.forEach(directory => new Cluster(all, nameOf(directory)));
  const byName = new Map(directories.map(directory => [nameOf(directory), directory]));
  new Application(fleet, 'it', { namespace, placement: {}, sources: (_, { cluster }) => [new Kustomization({ path: folderOf(byName.get(cluster)!) })] });
  return fleet;
}

function nameOf(directory: string): string {
  return `d${DIRECTORIES.indexOf(directory)}`;
}

function folderOf(directory: string): string {
  return join(relative(process.cwd(), CORPUS), 'components', directory);
}

function expected(directory: string): Record<string, unknown> {
  const file = join(CORPUS, 'expected', `components__${directory.replaceAll('/', '__')}.yaml`);
  return byIdentity(parseYamlDocuments(readFileSync(file, 'utf8'), file));
}

interface Parsed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

function parsed(files: ReadonlyMap<string, string>, folder: string): Parsed[] {
  return [...files].filter(([path]) => path.startsWith(folder)).flatMap(([path, text]) => parseYamlDocuments(text, path) as Parsed[]);
}

function objectsIn(files: ReadonlyMap<string, string>, folder: string): Record<string, unknown> {
  return byIdentity(parsed(files, folder));
}

function byIdentity(objects: readonly unknown[]): Record<string, unknown> {
  const found = Object.fromEntries((objects as Parsed[]).map(object => {
    const { apiVersion, kind, metadata: { namespace, name } } = object;
    return [`${apiVersion} ${kind} ${namespace ?? ''}/${name}`, object];
  }));
  expect(Object.keys(found)).toHaveLength(objects.length);
  return found;
}

function errorsOf(run: () => unknown): readonly FlotillaError[] {
  try {
    run();
  } catch (error) {
    return (error as FlotillaError).errors;
  }
  return [];
}

function linesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .reduce((sum, entry) => sum + lines(join(entry.parentPath, entry.name)), 0);
}

function lines(file: string): number {
  return readFileSync(file, 'utf8').replace(/\n$/, '').split('\n').length;
}
