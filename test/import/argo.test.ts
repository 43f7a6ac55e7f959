import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile, newProject, objectsBelow, run } from './program';
import { flotilla } from '../cli/flotilla';

const folder = newProject();

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function config(name: string, where = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {where: '${where}'}\n`;
}

/** An ApplicationSet with one source, a path. */
function set(name: string, generators: string, app: string, path: string, destination = "{ server: '{{server}}', namespace: apps }", more = ''): string {
  return `
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: ${name} }
spec:
  generators: ${generators}
${more}
  template:
    metadata: { name: '${app}' }
    spec:
      project: default
      source: { repoURL: https://git.example/repo.git, targetRevision: HEAD, path: '${path}' }
      destination: ${destination}
`;
}

function cluster(name: string, server: string, labels: string): string {
  return `
apiVersion: v1
kind: Secret
metadata: { name: ${name}, labels: { argocd.argoproj.io/secret-type: cluster, ${labels} } }
stringData: { name: ${name}, server: '${server}', config: '{}' }
`;
}

let text: string;
let err: string;

beforeAll(async () => {
  write('repo/argo/clusters.yaml', [
    cluster('dev-1', 'https://dev-1.example:6443', 'environment: dev, tier: small'),
    cluster('prod-eu', 'https://prod-eu.example:6443', 'environment: prod, tier: large'),
    cluster('prod-us', 'https://prod-us.example:6443', 'environment: prod, tier: large'),
  ].join('---'));
  // A list that names clusters by their address, and plain manifests.
  write('repo/argo/guestbook.yaml', set('guestbook', `
    - list:
        elements:
          - { cluster: dev-1, url: https://dev-1.example:6443 }
          - { cluster: prod-eu, url: https://prod-eu.example:6443 }`, '{{cluster}}-guestbook', 'guestbook/{{cluster}}', "{ server: '{{url}}', namespace: guestbook }"));
  write('repo/guestbook/dev-1/guestbook.yaml', config('guestbook', 'dev-1'));
  write('repo/guestbook/prod-eu/guestbook.yaml', config('guestbook', 'prod-eu'));
  // Clusters by their labels, Go templates, values, and Kustomize.
  write('repo/argo/monitoring.yaml', set('monitoring', `
    - clusters:
        selector: { matchLabels: { tier: large }, matchExpressions: [{ key: environment, operator: NotIn, values: [dev] }] }
        values: { folder: '{{ index .metadata.labels "environment" }}' }`,
  'monitoring-{{.name}}', 'monitoring/overlays/{{.values.folder}}', "{ name: '{{.name}}', namespace: monitoring }", '  goTemplate: true'));
  write('repo/monitoring/base/config.yaml', config('monitoring', 'base'));
  write('repo/monitoring/base/kustomization.yaml', 'resources: [config.yaml]\n');
  write('repo/monitoring/overlays/prod/kustomization.yaml', 'resources: [../../base]\nnamePrefix: prod-\n');
  // A matrix of directories and clusters.
  write('repo/argo/addons.yaml', set('addons', `
    - matrix:
        generators:
          - git: { repoURL: https://git.example/repo.git, revision: HEAD, directories: [{ path: addons/* }, { path: addons/off, exclude: true }] }
          - clusters: { selector: { matchLabels: { environment: prod } } }`,
  '{{path.basename}}-{{name}}', '{{path}}', "{ server: '{{server}}', namespace: '{{path[1]}}' }"));
  write('repo/addons/dns/dns.yaml', config('dns'));
  write('repo/addons/dns/more/more.yaml', config('not-read-by-argo-cd'));
  write('repo/addons/off/off.yaml', config('off'));
  write('repo/addons/log/log.yaml', config('log'));
  write('repo/addons/log/README.md', '# Logs\n');
  // Applications: charts, several sources, folders with all below them.
  write('repo/argo/applications.yaml', `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ingress, annotations: { argocd.argoproj.io/sync-wave: '1' } }
spec:
  destination: { name: prod-eu, namespace: ingress }
  sources:
    - { repoURL: https://git.example/repo.git, targetRevision: HEAD, ref: values }
    - repoURL: https://charts.example
      chart: ingress-nginx
      targetRevision: 4.15.1
      helm:
        valueFiles: [$values/values/ingress.yaml]
        valuesObject: { controller: { replicaCount: 2, config: { enabled: 'true' } } }
        parameters: [{ name: controller.replicaCount, value: '3' }, { name: controller.tag, value: '1.0', forceString: true }]
        skipCrds: true
  syncPolicy: { syncOptions: [CreateNamespace=true] }
  ignoreDifferences: [{ group: apps, kind: Deployment, jsonPointers: [/spec/replicas] }]
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: everything }
spec:
  destination: { server: https://kubernetes.default.svc, namespace: everything }
  source: { repoURL: https://git.example/repo.git, targetRevision: v1.2, path: everything, directory: { recurse: true, exclude: 'off/*' } }
`);
  write('repo/values/ingress.yaml', 'controller: {}\n');
  write('repo/everything/a/a.yaml', config('a'));
  write('repo/everything/b.json', JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'own' } }));
  write('repo/everything/off/off.yaml', config('off'));
  // What has no equal here.
  write('repo/argo/unmapped.yaml', [
    set('pulls', '[{ pullRequest: { github: {} } }]', 'pr', 'guestbook/dev-1'),
    set('patched', '[{ list: { elements: [{ cluster: dev-1 }] } }]', 'patched', 'guestbook/dev-1', '{ name: dev-1 }', '  templatePatch: "x"'),
    set('computed', '[{ list: { elements: [{ cluster: Dev }] } }]', '{{ .cluster | lower }}', 'guestbook/dev-1', '{ name: dev-1 }', '  goTemplate: true'),
    `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: images }
spec:
  destination: { name: dev-1, namespace: images }
  source: { repoURL: https://git.example/repo.git, path: monitoring/base, kustomize: { images: ['web=web:2'] } }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: elsewhere }
spec:
  destination: { name: dev-1, namespace: elsewhere }
  source: { repoURL: https://git.example/other.git, path: not/here }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: floating }
spec:
  destination: { name: dev-1, namespace: floating }
  source: { repoURL: https://charts.example, chart: web, targetRevision: 1.x }
`,
  ].join('---'));
  const result = await flotilla(['import', 'repo/argo', '--name', 'shop', '-o', 'main.ts'], { cwd: folder });
  expect(result).toMatchObject({ code: 0 });
  ({ err } = result);
  text = readFileSync(join(folder, 'main.ts'), 'utf8');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the program compiles', () => {
  expect(compile(folder, 'main.ts')).toEqual([]);
});

test('its objects are those that Argo CD applies', () => {
  // No helm is needed for what is compared here.
  writeFileSync(join(folder, 'without-chart.ts'), text.replace(/new Application\(fleet, 'ingress', \{[^]*?^\}\);\n/m, '').replace('HelmChart, ', ''));
  expect(compile(folder, 'without-chart.ts')).toEqual([]);
  run(folder, 'without-chart.ts');
  const on = (name: string): string[] => Object.entries(objectsBelow(join(folder, 'dist', 'clusters', name)))
    .map(([key, object]) => `${key.replace('v1 ConfigMap ', '')} ${(object as { data?: { where?: string } }).data?.where ?? ''}`.trim())
    .filter(line => !line.includes('cdk8s-flotilla')).sort();
  expect(on('dev-1')).toEqual(['guestbook/guestbook dev-1']);
  expect(on('prod-eu')).toEqual(['dns/dns', 'guestbook/guestbook prod-eu', 'log/log', 'monitoring/prod-monitoring base']);
  expect(on('prod-us')).toEqual(['dns/dns', 'log/log', 'monitoring/prod-monitoring base']);
  expect(on('in-cluster')).toEqual(['everything/a', 'own/b']);
});

test('clusters have the labels and environments of their Secrets', () => {
  expect(text).toContain("environments: ['dev', 'default', 'prod'],");
  expect(text).toContain("new Cluster(envProd, 'prod-eu', { labels: { tier: 'large' } });");
});

test('sets are one application each where they have one for a cluster, and one for each directory otherwise', () => {
  expect([...text.matchAll(/new Application\(fleet, '(.*)'/g)].map(match => match[1])).toEqual(['dns', 'everything', 'guestbook', 'ingress', 'log', 'monitoring']);
  expect(text).toContain("namespace: 'guestbook',\n  placement: { cluster: ['dev-1', 'prod-eu'] },\n  sources: (_, { cluster }) => [new Manifests({ files: `${ROOT}/guestbook/${cluster}` })],");
  expect(text).toContain("namespace: 'monitoring',\n  placement: { environment: 'prod' },\n  sources: [new Kustomization({ path: `${ROOT}/monitoring/overlays/prod` })],");
  expect(text).toContain('sources: [new Manifests({ files: `${ROOT}/addons/dns/dns.yaml` })],');
});

test('charts have their values: parameters win over the object, and keep to its types', () => {
  expect(text.replace(/\s+/g, ' ')).toContain("new HelmChart({ chart: 'ingress-nginx', repository: 'https://charts.example', version: '4.15.1', releaseName: 'ingress', "
    + "valuesFiles: [`${ROOT}/values/ingress.yaml`], values: { controller: { replicaCount: 3, config: { enabled: 'true' }, tag: '1.0' } }, includeCrds: false, })");
});

test('what is not in the program is listed', () => {
  const lines = err.trim().split('\n').slice(1).map(line => line.trim());
  expect(lines.sort()).toEqual([
    'applications.yaml everything: is at v1.2 of https://git.example/repo.git; the program reads the folder as it is',
    'applications.yaml ingress: has `ignoreDifferences`: write them as `ignore` of the application',
    'applications.yaml ingress: has a sync wave: write what it waits for as `dependsOn`',
    'applications.yaml ingress: has its namespace created by Argo CD: add a Namespace to the fleet',
    'unmapped.yaml computed: is left out: the template has {{ .cluster | lower }}, which no generator gives, or which computes',
    'unmapped.yaml elsewhere: is left out: it has the path not/here of https://git.example/other.git, which is not in the repository',
    'unmapped.yaml floating: is left out: it has the version 1.x of the chart web, which is not exact',
    'unmapped.yaml images: is left out: it changes the kustomization monitoring/base by `images`',
    'unmapped.yaml patched: is left out: it has a `templatePatch`, which is not mapped',
    'unmapped.yaml pulls: is left out: a generator has `pullRequest`, which is not mapped',
  ]);
  lines.forEach(line => expect(text).toContain(`// - ${line}\n`));
});
