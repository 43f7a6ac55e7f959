import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Include } from 'cdk8s';
import { Application, Cluster, Environment, Fleet } from '../../lib';
import { applyFleet, ApplyResult } from '../../lib/reconcile/apply';
import { FolderSource } from '../../lib/tree/folder-source';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { temporaryFolder } from '../temporary-folder';

const CORPORA = join(__dirname, '..', '..', '..', 'shared', 'corpora');
const PROVIDERS = ['aws', 'aws/nlb-with-tls-termination', 'baremetal', 'cloud', 'do', 'exoscale', 'kind', 'oracle', 'scw'];

interface PublicManifest {
  readonly file: string;
  readonly namespace: string;
  readonly create?: boolean;
  readonly mend?: boolean;
}

/** Synthesizes a fleet of one cluster whose one application is a public manifest; without a manifest, a fleet of nothing. */
function synth(folder: string, fleetName: string, manifest?: PublicManifest): void {
  // What the server itself says is what this file is about, not what synth says before.
  const fleet = new Fleet(fleetName, { environments: ['dev'], namespace: `flotilla-${fleetName}`, checks: { 'duplicate-item': 'off' } });
  new Cluster(new Environment(fleet, 'dev'), 'one');
  if (manifest) {
    new Application(fleet, 'public', {
      namespace: manifest.namespace,
      placement: {},
      prune: { budget: 100 },
      // This flavour lists the port 80/TCP twice. Server-side apply takes no list with two entries of one key, whoever sends it.
      overlays: manifest.file.includes('nlb-with-tls') && manifest.mend ? [{
        where: {}, patch: { kind: 'Deployment' },
        with: deployment => {
          const [container] = deployment.spec.template.spec.containers;
          container.ports = container.ports.filter((port: { name: string }) => port.name !== 'https');
        },
      }] : [],
      render: chart => {
        if (manifest.create) {
          new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: manifest.namespace } });
        }
        new Include(chart, 'public', { url: manifest.file });
      },
    });
  }
  fleet.synth({ outdir: folder });
}

function failures(result: ApplyResult): unknown[] {
  return result.clusters.flatMap(cluster => [cluster.error ?? [], ...cluster.targets.map(target => target.errors)].flat());
}

describeWithCluster('public manifests', { clusters: ['one'] }, context => {
  const apply = (folder: string): Promise<ApplyResult> => applyFleet({ source: new FolderSource(folder), kubeconfig: context.plane.kubeconfig });

  test('the corpora are beside the project', () => {
    expect(existsSync(CORPORA)).toBe(true);
  });

  test('Argo CD, with a definition of 380 KB, is applied, and unchanged the second time', async () => {
    const folder = temporaryFolder();
    synth(folder, 'argo', { file: join(CORPORA, 'argo-cd', 'install.yaml'), namespace: 'argocd', create: true });
    const first = await apply(folder);
    expect(failures(first)).toEqual([]);
    const created = first.clusters[0].targets[0].objects.filter(each => each.action === 'created');
    expect(created).toHaveLength(60);
    expect((await context.kube.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/applicationsets.argoproj.io')).spec.names.kind).toBe('ApplicationSet');

    const second = await apply(folder);
    expect(second.clusters[0].targets[0].objects.filter(each => each.action !== 'unchanged')).toEqual([]);
    expect(second.clusters[0].requests.writes).toBe(0);
  });

  test('a list with two entries of one key is refused in a message that says which', async () => {
    const folder = temporaryFolder();
    synth(folder, 'twice', { file: join(CORPORA, 'ingress-nginx', 'provider', 'aws', 'nlb-with-tls-termination', 'deploy.yaml'), namespace: 'ingress-nginx' });
    const result = await apply(folder);
    expect(failures(result)).toHaveLength(1);
    expect(String(failures(result)[0])).toContain('duplicate entries for key [containerPort=80,protocol="TCP"]');
    synth(folder, 'twice');
    await apply(folder);
  });

  test.each(PROVIDERS)('ingress-nginx for %s is applied, is unchanged the second time, and goes as a whole', async provider => {
    const folder = temporaryFolder();
    const file = join(CORPORA, 'ingress-nginx', 'provider', provider, 'deploy.yaml');
    synth(folder, 'nginx', { file, namespace: 'ingress-nginx', mend: true });
    const first = await apply(folder);
    expect(failures(first)).toEqual([]);
    const objects = first.clusters[0].targets[0].objects;
    expect(objects.length).toBeGreaterThan(15);

    const second = await apply(folder);
    expect(second.clusters[0].targets[0].objects.filter(each => each.action !== 'unchanged')).toEqual([]);
    expect(second.clusters[0].requests.writes).toBe(0);

    synth(folder, 'nginx');
    const third = await apply(folder);
    const [removed] = third.clusters[0].targets;
    expect([removed.outcome, removed.objects.filter(each => each.action === 'released').map(each => each.object)]).toEqual(['removed', ['Namespace/ingress-nginx']]);
    expect(removed.objects.filter(each => each.action === 'pruned')).toHaveLength(objects.length - 1);
  });
});
