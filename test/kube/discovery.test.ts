import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { RealConnection, widgetDefinition } from './real-connection';
import { json, ScriptedServer, status, type Step } from './scripted-server';
import { connect } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';
import { Discovery } from '../../lib/kube/discovery';
import { locationOf, resourcePath } from '../../lib/kube/resource';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { waitUntil } from '../control-plane/wait-until';

const folder = temporaryFolder();

/** Passes requests on to an API server, as one that has never heard of the aggregated form would answer them. */
async function withoutAggregation(connection: Connection): Promise<Connection> {
  return { ...connection, requests: connection.requests, close: async () => undefined, request: async request => connection.request({ ...request, accept: 'application/json' }) };
}

describeWithCluster('discovery', {}, context => {
  const real = new RealConnection(context);

  test.each<[string, string, object]>([
    ['', 'ConfigMap', { group: '', version: 'v1', plural: 'configmaps', namespaced: true, subresources: [] }],
    ['', 'Namespace', { plural: 'namespaces', namespaced: false, subresources: ['finalize', 'status'] }],
    ['apps', 'Deployment', { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true, subresources: ['scale', 'status'] }],
    ['rbac.authorization.k8s.io', 'ClusterRole', { plural: 'clusterroles', namespaced: false }],
    ['networking.k8s.io', 'Ingress', { plural: 'ingresses' }],
    ['autoscaling', 'HorizontalPodAutoscaler', { version: 'v2' }],
  ])('%s/%s', (group, kind, expected) => {
    expect(real.discovery.find({ group, kind })).toMatchObject({ group, kind, ...expected, verbs: expect.arrayContaining(['get', 'list', 'patch', 'delete']) });
  });

  test('a version that is asked for is exactly that, or nothing', () => {
    expect(real.discovery.find({ group: 'autoscaling', kind: 'HorizontalPodAutoscaler', version: 'v1' })).toMatchObject({ version: 'v1' });
    expect(real.discovery.find({ group: 'autoscaling', kind: 'HorizontalPodAutoscaler', version: 'v2beta2' })).toBeUndefined();
    expect(real.discovery.find({ group: 'apps', kind: 'Deploiment' })).toBeUndefined();
    expect(real.discovery.find({ group: '', kind: 'Deployment' })).toBeUndefined();
  });

  test('costs three requests, and knows the version of the server', async () => {
    const before = real.connection.requests.total;
    const discovery = await Discovery.load(real.connection);
    expect(real.connection.requests.total - before).toBe(3);
    expect(discovery.serverVersion).toBe((await context.kube.get('/version')).gitVersion);
    expect(discovery.failedGroups).toEqual([]);
  });

  test('version by version, it finds the same', async () => {
    const slow = await Discovery.load(await withoutAggregation(real.connection));
    const sorted = (discovery: Discovery) => discovery.resources
      .map(({ verbs, subresources, ...rest }) => ({ ...rest, verbs: [...verbs].sort(), subresources: [...subresources].sort() }))
      .sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(sorted(slow)).toEqual(sorted(await Discovery.load(real.connection)));
    expect(slow.find({ group: 'autoscaling', kind: 'HorizontalPodAutoscaler' })?.version).toBe('v2');
  });

  test('a custom kind is found after a refresh, in the preferred version, with its subresources', async () => {
    const schema = { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const definition = widgetDefinition('found.example', schema);
    const [version] = (definition.spec as { versions: object[] }).versions;
    (definition.spec as { versions: object[] }).versions = [
      { ...version, name: 'v1alpha1', storage: false }, { ...version, subresources: { status: {} } }, { ...version, name: 'v1beta1', storage: false, served: false },
    ];
    await real.apply(definition);
    const id = { group: 'found.example', kind: 'Widget' };
    expect(real.discovery.find(id)).toBeUndefined();
    await waitUntil('the kind is discovered', async () => {
      await real.discovery.refresh();
      return real.discovery.find(id);
    });
    expect(real.discovery.find(id)).toMatchObject({ version: 'v1', plural: 'widgets', namespaced: true, subresources: ['status'] });
    expect(real.discovery.find({ ...id, version: 'v1alpha1' })).toMatchObject({ version: 'v1alpha1', subresources: [] });
    expect(real.discovery.find({ ...id, version: 'v1beta1' })).toBeUndefined();
  });

  test('a group whose own API server is away is told apart from one that is not there', async () => {
    await real.apply({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.away.example' },
      spec: { group: 'away.example', version: 'v1', groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: { namespace: 'default', name: 'away' } },
    });
    const fast = await waitUntil('the group is known to be away', async () => {
      const discovery = await Discovery.load(real.connection);
      return discovery.failedGroups.length > 0 && discovery;
    });
    expect(fast.failedGroups).toEqual(['away.example/v1']);
    const slow = await Discovery.load(await withoutAggregation(real.connection));
    expect(slow.failedGroups).toEqual(['away.example/v1']);
    expect(slow.find({ group: 'apps', kind: 'Deployment' })).toBeDefined();
    await context.kube.delete('/apis/apiregistration.k8s.io/v1/apiservices/v1.away.example');
  });
});

describe('a server that is in trouble', () => {
  let server: ScriptedServer;
  let connection: Connection;
  let trouble: Step | undefined;

  const empty: Step = (response, request, socket) => {
    const answers: Record<string, Step> = { '/version': json(200, { gitVersion: 'v1.0.0' }), '/api/v1': json(200, { resources: [{ name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get'] }] }) };
    (trouble ?? answers[request.url] ?? json(200, { groups: [] }))(response, request, socket);
  };

  beforeEach(async () => {
    trouble = undefined;
    server = await ScriptedServer.start([empty]);
    connection = await connect({ name: 'east', retries: 0, kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: server.url })) });
  });

  afterEach(async () => {
    await connection.close();
    await server.stop();
  });

  test('leaves what was known', async () => {
    const discovery = await Discovery.load(connection);
    trouble = status(503, 'ServiceUnavailable', 'no');
    await expect(discovery.refresh()).rejects.toMatchObject({ status: 503 });
    expect(discovery.find({ group: '', kind: 'Pod' })).toMatchObject({ plural: 'pods' });
    expect(discovery.serverVersion).toBe('v1.0.0');
  });

  test('is asked once by all who ask at the same time', async () => {
    const discovery = await Discovery.load(connection);
    const before = server.seen.length;
    await Promise.all([discovery.refresh(), discovery.refresh(), discovery.refresh()]);
    expect(server.seen.length - before).toBe(before);
  });
});

describe('a path', () => {
  const deployments = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true, verbs: [], subresources: [] };
  const roles = { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole', plural: 'clusterroles', namespaced: false, verbs: [], subresources: [] };
  const namespaces = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false, verbs: [], subresources: [] };

  test.each([
    [deployments, { namespace: 'shop', name: 'web' }, '/apis/apps/v1/namespaces/shop/deployments/web'],
    [deployments, { namespace: 'shop', name: 'web', subresource: 'scale' }, '/apis/apps/v1/namespaces/shop/deployments/web/scale'],
    [deployments, { namespace: 'shop' }, '/apis/apps/v1/namespaces/shop/deployments'],
    [deployments, {}, '/apis/apps/v1/deployments'],
    [roles, { name: 'system:admin' }, '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aadmin'],
    [namespaces, { name: 'shop' }, '/api/v1/namespaces/shop'],
    [namespaces, { name: 'shop', subresource: 'status' }, '/api/v1/namespaces/shop/status'],
    [namespaces, {}, '/api/v1/namespaces'],
  ])('%#: there and back', (resource, at, path) => {
    expect(resourcePath(resource, at)).toBe(path);
    expect(locationOf(path)).toEqual({ group: resource.group, version: 'v1', plural: resource.plural, namespace: undefined, name: undefined, subresource: undefined, ...at });
  });

  test('leaves out the namespace of what has none', () => {
    expect(resourcePath(roles, { namespace: 'shop', name: 'a' })).toBe('/apis/rbac.authorization.k8s.io/v1/clusterroles/a');
  });
});
