import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sandbox } from '../../lib/sandbox/sandbox';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { runKubectl } from '../control-plane/kubectl';

const CORPORA = join(__dirname, '../../../shared/corpora');

/** Paths below the corpora: `-f`, or `-k` for a folder with a kustomization. */
const PROVIDERS = ['aws', 'aws/nlb-with-tls-termination', 'baremetal', 'cloud', 'do', 'exoscale', 'kind', 'oracle', 'scw'];
const INPUTS: readonly (readonly [title: string, source: string, namespace?: string])[] = [
  ['the demo of microservices', '-f microservices-demo', 'demo'],
  ['the demo of microservices again', '-f microservices-demo', 'demo'],
  ['Argo CD', '-f argo-cd/install.yaml', 'argocd'],
  ['Argo CD again', '-f argo-cd/install.yaml', 'argocd'],
  ...PROVIDERS.map(provider => [`ingress-nginx for ${provider}`, `-f ingress-nginx/provider/${provider}/deploy.yaml`] as const),
  ['ingress-nginx for kind again, by its kustomization', '-k ingress-nginx/provider/kind'],
];
const MODES: readonly (readonly [mode: string, flags: readonly string[]])[] = [
  ['kubectl apply', []],
  ['kubectl apply --server-side', ['--server-side', '--force-conflicts']],
];

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** By kind, namespace and name, with managedFields. */
  readonly objects: Readonly<Record<string, unknown>>;
}

/** Applies one after the other, as an installation that is changed would be. */
async function applyAll(kubeconfig: string, flags: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const namespace of ['demo', 'argocd']) await runKubectl(['create', 'namespace', namespace], { kubeconfig });
  for (const [, source, namespace] of INPUTS) {
    const [flag, path] = source.split(' ');
    const where = [...namespace ? ['-n', namespace] : [], flag, join(CORPORA, path)];
    const { code, stdout, stderr } = await runKubectl(['apply', ...flags, ...where], { kubeconfig });
    // A definition is established a moment after it is written.
    await runKubectl(['wait', 'crd', '--all', '--for=condition=Established'], { kubeconfig });
    const listed = await runKubectl(['get', ...where, '--show-managed-fields', '--ignore-not-found', '-o', 'json'], { kubeconfig });
    outcomes.push({ code, stdout, stderr: normalized(stderr), objects: objectsOf(listed.stdout) });
  }
  return outcomes;
}

function objectsOf(text: string): Record<string, unknown> {
  const { items } = JSON.parse(text) as { items: { kind: string; metadata: { namespace?: string; name: string } }[] };
  return Object.fromEntries(items.map(object => [`${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`, comparable(object)]));
}

/** What each cluster gives as it likes: times, ids and allocated addresses. */
const OWN = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'time', 'lastTransitionTime', 'clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort']);

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === 'string') return normalized(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => {
    // Their order follows their times.
    if (key === 'managedFields') return [key, (comparable(each) as object[]).map(entry => JSON.stringify(entry)).sort().map(text => JSON.parse(text) as object)];
    return [key, OWN.has(key) && each !== 'None' ? 'its own' : comparable(each)];
  }));
}

function normalized(text: string): string {
  return text.replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID');
}

test('the inputs are all that there are', () => {
  const found = (folder: string): string[] => readdirSync(join(CORPORA, folder), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('deploy.yaml'));
  expect(found('ingress-nginx/provider').map(name => name.replace(/\/deploy\.yaml$/, '')).sort()).toEqual([...PROVIDERS].sort());
  expect(readFileSync(join(CORPORA, 'argo-cd/install.yaml'), 'utf8').match(/^kind: /gm)).toHaveLength(59);
});

describe.each(MODES)('%s, of real installations', (_, flags) => {
  describeWithCluster('on the sandbox as on a real API server', {}, context => {
    let real: Outcome[];
    let sandboxed: Outcome[];
    let sandbox: Sandbox;
    const folder = mkdtempSync(join(tmpdir(), 'flotilla-corpora-'));

    beforeAll(async () => {
      sandbox = await Sandbox.start({ name: 'test', controllers: false });
      const kubeconfig = join(folder, 'kubeconfig');
      await sandbox.writeKubeconfig(kubeconfig);
      [real, sandboxed] = await Promise.all([applyAll(context.plane.kubeconfig, flags), applyAll(kubeconfig, flags)]);
    }, 600_000);

    afterAll(async () => {
      await sandbox?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test.each(INPUTS.map(([title], i) => [title, i] as const))('%s: what kubectl says, its exit code and the objects are the same', (_title, i) => {
      expect({ code: sandboxed[i].code, stdout: sandboxed[i].stdout.split('\n'), stderr: sandboxed[i].stderr })
        .toEqual({ code: real[i].code, stdout: real[i].stdout.split('\n'), stderr: real[i].stderr });
      expect(Object.keys(real[i].objects).length).toBeGreaterThan(0);
      expect(sandboxed[i].objects).toEqual(real[i].objects);
    });
  });
});
