import type { KubeObject } from './client';
import { describeWithCluster } from './describe-cluster';
import { kubectl } from './kubectl';
import { recipe } from './recipe';
import { waitUntil } from './wait-until';

const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data });

describeWithCluster('a control plane', { auditLog: true, users: { ops: ['operators'] } }, context => {
  test('it serves the Kubernetes version of the recipe', async () => {
    expect(await context.kube.get('/version')).toMatchObject({ gitVersion: recipe.kubernetes, major: '1', minor: '36' });
  });

  test('kubectl applies a ConfigMap with server-side apply', async () => {
    const manifest = JSON.stringify(configMap('by-kubectl', { key: 'value' }));
    const printed = await kubectl(['apply', '--server-side', '-f', '-'], { kubeconfig: context.plane.kubeconfig, stdin: manifest });
    expect(printed).toBe('configmap/by-kubectl serverside-applied\n');
    const stored = await context.kube.get('/api/v1/namespaces/default/configmaps/by-kubectl');
    expect(stored.data).toEqual({ key: 'value' });
    expect(stored.metadata.managedFields).toMatchObject([{ manager: 'kubectl', operation: 'Apply' }]);
  });

  test('kubectl failing is an error with what it complained about', async () => {
    await expect(kubectl(['get', 'configmap', 'absent'], { kubeconfig: context.plane.kubeconfig })).rejects.toThrow('"absent" not found');
  });

  test('the client creates, applies, patches, finds, lists and deletes', async () => {
    const { kube } = context;
    await kube.create(configMap('by-hand', { a: '1', b: '1' }));
    await kube.apply(configMap('by-hand', { a: '2' }), { fieldManager: 'somebody' });
    await kube.patch('/api/v1/namespaces/default/configmaps/by-hand', { data: { b: '3' } });
    expect((await kube.find(configMap('by-hand')))?.data).toEqual({ a: '2', b: '3' });
    expect(await kube.list('/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name%3Dby-hand')).toMatchObject([{ apiVersion: 'v1', kind: 'ConfigMap' }]);
    await kube.delete('/api/v1/namespaces/default/configmaps/by-hand');
    expect(await kube.find(configMap('by-hand'))).toBeUndefined();
  });

  test('a dry run stores nothing', async () => {
    await context.kube.apply(configMap('only-for-show'), { dryRun: true });
    expect(await context.kube.find(configMap('only-for-show'))).toBeUndefined();
  });

  test.each(['nobody', 'limited', 'tenant', 'ops'])('the user %s may do nothing until RBAC grants it', async name => {
    await expect(context.plane.client(name).get('/api/v1/secrets')).rejects.toMatchObject({ status: 403 });
    const { kubeconfig } = context.plane.user(name);
    await expect(kubectl(['get', 'secrets'], { kubeconfig })).rejects.toThrow(`User "${name}" cannot list resource "secrets"`);
  });

  test('the audit log tells who asked for what, and what came', async () => {
    await context.plane.client('ops').request('GET', '/api/v1/namespaces/default/configmaps/looked-for');
    const event = await waitUntil('the request is in the audit log', () => context.plane.auditEvents().find(e => e.objectRef?.name === 'looked-for'));
    expect(event).toMatchObject({ verb: 'get', user: { username: 'ops' }, responseStatus: { code: 403 } });
  });

  test('a restart keeps the objects, the URL and the tokens', async () => {
    await context.kube.create(configMap('kept'));
    await context.plane.restart();
    expect(await context.kube.find(configMap('kept'))).toBeDefined();
  });

  test('after a crash of the API server connections are refused until it is started again', async () => {
    await context.plane.stopApiServer('SIGKILL');
    await expect(context.kube.get('/version')).rejects.toThrow('ECONNREFUSED');
    await context.plane.startApiServer();
    await context.kube.get('/version');
  });

  test('a frozen API server answers nothing until it thaws', async () => {
    context.plane.freeze();
    const answer = context.kube.get('/version');
    const first = await Promise.race([answer, new Promise(resolve => setTimeout(resolve, 500, 'silence'))]);
    expect(first).toBe('silence');
    context.plane.thaw();
    expect(await answer).toMatchObject({ major: '1' });
  });
});

describeWithCluster('two control planes on one etcd', { clusters: ['east', 'west'] }, context => {
  test('neither sees the objects of the other', async () => {
    const [east, west] = [context.findPlane('east'), context.findPlane('west')];
    await east.kube.create(configMap('of-east'));
    expect(await east.kube.find(configMap('of-east'))).toBeDefined();
    expect(await west.kube.find(configMap('of-east'))).toBeUndefined();
  });

  test('neither accepts the tokens of the other', async () => {
    const [east, west] = [context.findPlane('east'), context.findPlane('west')];
    const answer = await west.kube.request('GET', '/api/v1/namespaces', undefined, { authorization: `Bearer ${east.token}` });
    expect(answer.status).toBe(401);
  });
});
