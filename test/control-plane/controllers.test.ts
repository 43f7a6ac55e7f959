import type { KubeObject } from './client';
import { describeWithCluster } from './describe-cluster';
import { waitUntil } from './wait-until';

const podTemplate = (name: string, restartPolicy?: string): object => ({
  metadata: { labels: { app: name } },
  spec: { restartPolicy, containers: [{ name, image: `registry.example/${name}:1` }] },
});

const workload = (kind: string, name: string, spec: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'default' },
  spec: { selector: { matchLabels: { app: name } }, template: podTemplate(name), ...spec },
});

describeWithCluster('a control plane with controllers', { controllers: true }, context => {
  const until = (manifest: KubeObject, what: (status: any) => boolean): Promise<unknown> =>
    waitUntil(`${manifest.kind} ${manifest.metadata.name} is as expected`, async () => what((await context.kube.find(manifest))?.status ?? {}));

  test('a Deployment becomes Available, and its pods are gone after it', async () => {
    const web = workload('Deployment', 'web', { replicas: 2 });
    await context.kube.apply(web);
    await until(web, status => status.availableReplicas === 2);
    await context.kube.delete('/apis/apps/v1/namespaces/default/deployments/web');
    await waitUntil('no pod is left', async () => (await context.kube.list('/api/v1/namespaces/default/pods?labelSelector=app%3Dweb')).length === 0);
  });

  test.each([
    ['StatefulSet', { replicas: 2, serviceName: 'db' }, (status: any) => status.availableReplicas === 2],
    ['DaemonSet', {}, (status: any) => status.numberAvailable === 1],
  ])('a %s becomes available', async (kind, spec, available) => {
    const manifest = workload(kind, `a-${kind.toLowerCase()}`, spec);
    await context.kube.apply(manifest);
    await until(manifest, available);
  });

  test('a Job completes', async () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate', namespace: 'default' }, spec: { template: podTemplate('migrate', 'Never') } };
    await context.kube.apply(job);
    await until(job, status => status.succeeded === 1 && status.conditions.some((c: any) => c.type === 'Complete' && c.status === 'True'));
  });

  test('a Service finds its pods', async () => {
    await context.kube.apply(workload('Deployment', 'api', { replicas: 1 }));
    await context.kube.apply({
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'api', namespace: 'default' }, spec: { selector: { app: 'api' }, ports: [{ port: 80 }] },
    });
    await waitUntil('the slice has a ready endpoint', async () => {
      const slices = await context.kube.list('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3Dapi');
      return slices.some(slice => slice.endpoints.some((e: any) => e.conditions.ready));
    });
  });

  test('a deleted namespace goes, with all that is in it', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short-lived' } };
    await context.kube.apply(namespace);
    await context.kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'inside', namespace: 'short-lived' }, data: {} });
    await context.kube.delete('/api/v1/namespaces/short-lived');
    await waitUntil('it is gone', async () => await context.kube.find(namespace) === undefined);
  });

  test('an object of nobody else goes with its owner', async () => {
    const owner = await context.kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner', namespace: 'default' } });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }];
    const owned = await context.kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', namespace: 'default', ownerReferences } });
    await context.kube.delete('/api/v1/namespaces/default/configmaps/owner');
    await waitUntil('the owned one is gone', async () => await context.kube.find(owned) === undefined);
  });
});
