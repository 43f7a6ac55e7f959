import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOne } from './requests';
import { useHelm, useOwnCache } from './settings';
import { Application, HelmChart, Manifest } from '../../lib';
import { renderSources } from '../../lib/source/render-sources';
import { requestKey } from '../../lib/source/request';
import { formatIdentity, identityOf } from '../../lib/tree/manifest';
import { parseYamlDocuments } from '../../lib/yaml/parse';
import { objectsIn, shop } from '../synth/one-cluster';

const CORPORA = '../shared/corpora';
const describeCorpora = existsSync(CORPORA) ? describe : describe.skip;

useOwnCache();
useHelm();

function expected(file: string): Manifest[] {
  return parseYamlDocuments(readFileSync(file, 'utf8'), file) as Manifest[];
}

/** Without what we add: the wave of a hook. */
function withoutOurs(manifest: Manifest): Manifest {
  const { annotations, ...metadata } = manifest.metadata;
  if (!annotations) {
    // Helm prints a null where a chart leaves the map empty.
    return manifest;
  }
  const theirs = Object.entries(annotations).filter(([name]) => !name.startsWith('cdk8s-flotilla.dev/'));
  return { ...manifest, metadata: { ...metadata, annotations: Object.fromEntries(theirs) } as Manifest['metadata'] };
}

function byIdentity(manifests: readonly Manifest[]): Record<string, Manifest> {
  return Object.fromEntries(manifests.map(manifest => [formatIdentity(identityOf(manifest)), manifest]));
}

describeCorpora('the charts of the corpora', () => {
  const folder = join(CORPORA, 'charts');
  const cases = existsSync(folder) ? readdirSync(join(folder, 'expected')).map(file => file.replace('.yaml', '')) : [];
  const clusterOf = (name: string): string => name.toLowerCase();

  test('in a fleet come out as `helm template` prints them', () => {
    expect(cases).toHaveLength(19);
    const fleet = shop(cases.map(clusterOf), [], { sourceFolders: [folder] });
    for (const name of cases) {
      const [chart, values] = name.split('--');
      new Application(fleet, clusterOf(name), {
        namespace: 'charts', placement: { cluster: clusterOf(name) },
        sources: [new HelmChart({
          chart: join(folder, chart), releaseName: 'rel', ...(values === 'default' ? {} : { valuesFiles: [join(folder, chart, 'ci', `${values}.yaml`)] }),
        })],
      });
    }
    const objects = Object.entries(objectsIn(fleet));
    for (const name of cases) {
      const rendered = objects.filter(([path]) => path.startsWith(`${clusterOf(name)}/`)).map(([, manifest]) => withoutOurs(manifest));
      expect([name, byIdentity(rendered)]).toEqual([name, byIdentity(expected(join(folder, 'expected', `${name}.yaml`)))]);
    }
  });

  test('whose certificate is another one at each run is an error that names the function and the fields', () => {
    const chart = join(folder, 'metrics-server');
    const fleet = shop(['a'], [], { sourceFolders: [folder] });
    new Application(fleet, 'metrics', { namespace: 'charts', placement: {}, sources: [new HelmChart({ chart, valuesFiles: [join(chart, 'ci/tls-helm-values.yaml')] })] });
    expect(() => fleet.synthesize()).toThrow(/FLT2110 .*data\["tls.crt"\] of Secret 'metrics-metrics-server'[^]*genSelfSignedCert \(templates\/apiservice.yaml:12\)/);
  });
});

describeCorpora('the directories of infra-deployments', () => {
  const folder = join(CORPORA, 'infra-deployments');

  test('come out as `kubectl kustomize` builds them, object by object', () => {
    const cases = readdirSync(join(folder, 'expected'));
    const requests = cases.map(file => ({ type: 'kustomize' as const, path: join(folder, file.replace('.yaml', '').replaceAll('__', '/')) }));
    const results = renderSources(requests, { sourceFolders: [folder] });
    expect(cases).toHaveLength(111);
    requests.forEach((request, i) => {
      const { manifests, errors } = results.get(requestKey(request))!;
      expect([request.path, errors, manifests.map(({ manifest }) => manifest)]).toEqual([request.path, [], expected(join(folder, 'expected', cases[i]))]);
    });
  });
});

describeCorpora('the files of kubeconform', () => {
  const folder = join(CORPORA, 'kubeconform');
  const render = (...files: string[]) => renderOne({ type: 'manifests', files: files.map(file => join(folder, file)), urls: [] }, [folder]);

  test.each([
    ['blank.yaml', []], ['comment.yaml', []], ['list_empty_valid.yaml', []],
    ['valid.yaml', ['ReplicationController bob']], ['valid.json', ['ReplicationController bob']],
    ['list_valid.yaml', ['Service redis-master', 'ReplicationController redis-master', 'Service redis-slave', 'ReplicationController redis-slave', 'Service frontend', 'ReplicationController frontend']],
    ['multi_with_list.yaml', ['Service redis-master', 'Namespace b']],
  ] as [string, string[]][])('%s holds %j', (file, objects) => {
    const { manifests, errors } = render(file);
    expect(errors).toEqual([]);
    expect(manifests.map(({ manifest }) => `${manifest.kind} ${manifest.metadata.name}`)).toEqual(objects);
  });

  test.each([
    ['duplicate_property.yaml', 'FLT3002'], ['missing_apiversion.yaml', 'FLT2112'], ['missing_kind.yaml', 'FLT2112'], ['missing_kind_value.yaml', 'FLT2112'],
  ])('%s is refused', (file, code) => {
    const where = expect.objectContaining({ file: join(folder, file) });
    expect(render(file)).toEqual({ manifests: [], errors: [expect.objectContaining({ code, where })], warnings: [] });
  });

  test('a folder gives the objects of its files', () => {
    const files = render('folder').manifests.map(({ file }) => file);
    expect(files).toEqual([...Array(6).fill(join(folder, 'folder/multi_valid.yaml')), join(folder, 'folder/valid.yaml')]);
  });
});
