import { configMap, deployment, MANAGER, RealConnection } from './real-connection';
import { applicable } from '../../lib/kube/applicable';
import type { LiveObject } from '../../lib/kube/apply';
import { fingerprint, ownedFields } from '../../lib/kube/fingerprint';
import { getMetadata, type PartialObject } from '../../lib/kube/metadata';
import type { Resource } from '../../lib/kube/resource';
import type { Manifest } from '../../lib/tree/manifest';
import { describeWithCluster } from '../control-plane/describe-cluster';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function secret(name: string, content: object): Manifest {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' }, ...content };
}

function withMetadata(manifest: Manifest, metadata: object): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, ...metadata } };
}

describeWithCluster('an apply', {}, context => {
  const real = new RealConnection(context);
  const live = async (manifest: Manifest) => context.kube.find(manifest as never);

  test('creates, changes, and removes what the manifest no longer holds', async () => {
    await real.apply(configMap('life', { a: '1', b: '2' }));
    await real.apply(configMap('life', { a: '3' }));
    expect((await live(configMap('life', {})))?.data).toEqual({ a: '3' });
  });

  test('returns the metadata, under the kind that was applied, or the whole object', async () => {
    const partial = await real.apply(deployment('reply'));
    expect(partial).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: expect.objectContaining({ name: 'reply', generation: 1, uid: expect.any(String) }) });
    const full = await real.apply(deployment('reply', { replicas: 2 }), { accept: 'full' }) as LiveObject;
    expect(full).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 2, strategy: { type: 'RollingUpdate' } } });
  });

  test('as a dry run shows what would be and leaves what is', async () => {
    const shown = await real.apply(configMap('dry', { a: '1' }), { dryRun: true, accept: 'full' }) as LiveObject;
    expect(shown.data).toEqual({ a: '1' });
    expect(await live(configMap('dry', {}))).toBeUndefined();
  });

  test('takes the fields of others by force', async () => {
    await context.kube.apply(configMap('taken', { a: 'theirs' }) as never, { fieldManager: 'somebody' });
    await real.apply(configMap('taken', { a: 'ours' }));
    expect((await live(configMap('taken', {})))?.data).toEqual({ a: 'ours' });
  });

  test.each<[string, Manifest]>([
    ['ConfigMap', configMap('no-op', { a: '1' })],
    ['Deployment', deployment('no-op')],
    ['Secret with stringData', secret('no-op', { stringData: { a: '1' } })],
    ['Service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'no-op', namespace: 'default' }, spec: { ports: [{ port: 80 }] } }],
  ])('of an equal %s changes nothing: neither version nor fingerprint', async (_, manifest) => {
    const first = await real.apply(manifest);
    await new Promise(resolve => setTimeout(resolve, 1_100));
    const second = await real.apply(manifest);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(fingerprint(second.metadata, MANAGER)).toBe(fingerprint(first.metadata, MANAGER));
  });

  test('of an exported object is accepted: what the server set is left out', async () => {
    await real.apply(deployment('exported'));
    const exported = await live(deployment('exported')) as Manifest;
    expect(Object.keys(exported.metadata)).toEqual(expect.arrayContaining(['managedFields', 'resourceVersion', 'uid', 'creationTimestamp', 'generation']));
    await real.apply({ ...exported, status: { replicas: 7 }, metadata: { ...exported.metadata, resourceVersion: '1', uid: 'another' } });
    expect((await live(deployment('exported')))?.status.replicas).toBeUndefined();
  });

  test('claims no empty map of labels or annotations: the label of somebody else would look like drift', async () => {
    const manifest = configMap('empty-maps', {}, { labels: {}, annotations: {} });
    const { metadata } = await real.apply(manifest);
    expect(ownedFields(metadata, MANAGER)?.fields).not.toMatch(/labels|annotations/);
    await context.kube.patch('/api/v1/namespaces/default/configmaps/empty-maps', { metadata: { labels: { theirs: 'x' } } });
    const after = await getMetadata(real.connection, real.resource(manifest), { namespace: 'default', name: 'empty-maps' }) as PartialObject;
    expect(fingerprint(after.metadata, MANAGER)).toBe(fingerprint(metadata, MANAGER));
  });

  test('of a Secret turns stringData into data, as the server does', async () => {
    const manifest = secret('texts', { data: { both: base64('loses'), only: base64('data') }, stringData: { both: 'wins', text: 'ünïcode' } });
    const { metadata } = await real.apply(manifest);
    const ours = (await live(manifest))?.data;
    const theirs = (await context.kube.create(withMetadata(manifest, { name: 'texts-by-the-server' }) as never)).data;
    expect(ours).toEqual({ both: base64('wins'), only: base64('data'), text: base64('ünïcode') });
    expect(ours).toEqual(theirs);
    expect(ownedFields(metadata, MANAGER)?.fields).toBe('{"f:data":{"f:both":{},"f:only":{},"f:text":{}}}');
  });

  test('so that the change of a value of a Secret by somebody else is seen', async () => {
    const { metadata } = await real.apply(secret('changed', { stringData: { a: '1' } }));
    await context.kube.patch('/api/v1/namespaces/default/secrets/changed', { data: { a: base64('2') } });
    const after = await getMetadata(real.connection, real.resource(secret('changed', {})), { namespace: 'default', name: 'changed' }) as PartialObject;
    expect(fingerprint(after.metadata, MANAGER)).not.toBe(fingerprint(metadata, MANAGER));
  });

  test('as another user does what that user may', async () => {
    await expect(real.apply(configMap('as', {}), { impersonate: { user: 'tenant' } })).rejects.toMatchObject({ status: 403, message: expect.stringContaining('"tenant"') });
    await real.apply(configMap('as', {}), { impersonate: { user: 'tenant', groups: ['system:masters'] } });
  });
});

describe('what is applied', () => {
  const resource: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, verbs: [], subresources: [] };
  const withStatus = { ...resource, subresources: ['status'] };
  const secrets = { ...resource, kind: 'Secret', plural: 'secrets' };

  test('leaves the manifest as it is', () => {
    const manifest = secret('a', { stringData: { a: 'b' }, status: {} });
    const copy = structuredClone(manifest);
    applicable(manifest, { ...secrets, subresources: ['status'] });
    expect(manifest).toEqual(copy);
  });

  test('keeps the status of a custom resource that has it as a plain field', () => {
    const manifest = { ...configMap('a', {}), status: { a: 1 } };
    expect(applicable(manifest, resource)).toEqual(manifest);
    expect(applicable(manifest, withStatus)).toEqual(configMap('a', {}));
  });

  test('keeps labels that there are, and a data of null', () => {
    const manifest = { ...configMap('a', {}, { labels: { a: 'b' } }), data: null };
    expect(applicable(manifest, resource)).toEqual(manifest);
  });

  test('leaves stringData that holds no texts to the server, which says what is wrong with it', () => {
    expect(applicable(secret('a', { stringData: { a: 1 } }), secrets)).toEqual(secret('a', { stringData: { a: 1 } }));
  });

  test("leaves a kind Secret of somebody else's group alone", () => {
    const manifest = { ...secret('a', { stringData: { a: 'b' } }), apiVersion: 'vault.example/v1' };
    expect(applicable(manifest, { ...secrets, group: 'vault.example' })).toEqual(manifest);
  });
});
