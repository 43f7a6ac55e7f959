import { configMap, deployment, MANAGER, RealConnection } from './real-connection';
import { fingerprint, lookMark, ownedFields } from '../../lib/kube/fingerprint';
import type { ManagedFieldsEntry, ObjectMetadata } from '../../lib/kube/metadata';
import { getMetadata } from '../../lib/kube/metadata';
import type { Manifest } from '../../lib/tree/manifest';
import { describeWithCluster } from '../control-plane/describe-cluster';

describeWithCluster('fingerprints', {}, context => {
  const real = new RealConnection(context);

  interface Moved { readonly fingerprint: boolean; readonly lookMark: boolean }

  /** Applies, lets somebody do something, and says what moved. */
  async function after(manifest: Manifest, deed: (path: string) => Promise<unknown>): Promise<Moved> {
    const resource = real.resource(manifest);
    const { name } = manifest.metadata;
    const { metadata: before } = await real.apply(manifest);
    await deed(`/${resource.group ? 'apis/apps' : 'api'}/v1/namespaces/default/${resource.plural}/${name}`);
    const { metadata: now } = (await getMetadata(real.connection, resource, { namespace: 'default', name }))!;
    const moved = (mark: typeof fingerprint) => mark(now, MANAGER) !== mark(before, MANAGER);
    return { fingerprint: moved(fingerprint), lookMark: moved(lookMark) };
  }

  test.each<[string, Manifest, (path: string) => Promise<unknown>, Moved]>([
    ['nothing', configMap('a', { a: '1' }), async () => undefined, { fingerprint: false, lookMark: false }],
    ['our own no-op apply', configMap('b', { a: '1' }), async () => real.apply(configMap('b', { a: '1' })), { fingerprint: false, lookMark: false }],
    ['a patch of a value of ours', configMap('c', { a: '1' }), async path => context.kube.patch(path, { data: { a: '2' } }), { fingerprint: true, lookMark: true }],
    ['a removal of a value of ours', configMap('d', { a: '1', b: '2' }), async path => context.kube.patch(path, { data: { a: null } }), { fingerprint: true, lookMark: true }],
    ['an addition beside ours', configMap('e', { a: '1' }), async path => context.kube.patch(path, { data: { b: '2' } }), { fingerprint: false, lookMark: true }],
    ['a label of somebody else', configMap('f', { a: '1' }), async path => context.kube.patch(path, { metadata: { labels: { x: 'y' } } }), { fingerprint: false, lookMark: true }],
    ["another's forced apply", configMap('g', { a: '1' }), async () => context.kube.apply(configMap('g', { a: '2' }) as never, { fieldManager: 'x' }), { fingerprint: true, lookMark: true }],
    ["another's apply of equal values", configMap('h', { a: '1' }), async () => context.kube.apply(configMap('h', { a: '1' }) as never, { fieldManager: 'x' }), { fingerprint: false, lookMark: true }],
    ['a change of replicas by the scale subresource', deployment('i'), async path => context.kube.patch(`${path}/scale`, { spec: { replicas: 3 } }), { fingerprint: true, lookMark: true }],
    ['a status', deployment('j'), async path => context.kube.patch(`${path}/status`, { status: { replicas: 1 } }), { fingerprint: false, lookMark: false }],
    ['a restart, as kubectl does it', deployment('k'), async path => context.kube.patch(path, { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } } }), { fingerprint: false, lookMark: true }],
    ['a change of order in a list of ours', deployment('l', {
      template: { metadata: { labels: { app: 'l' } }, spec: { containers: [{ name: 'a', image: 'a', env: [{ name: 'A', value: 'a' }, { name: 'B', value: 'b' }] }] } },
    }), async path => context.kube.patch(path, [
      { op: 'replace', path: '/spec/template/spec/containers/0/env', value: [{ name: 'B', value: 'b' }, { name: 'A', value: 'a' }] },
    ]), { fingerprint: false, lookMark: true }],
    ['a re-creation with equal values', configMap('m', { a: '1' }), async path => {
      await context.kube.delete(path);
      await real.apply(configMap('m', { a: '1' }));
    }, { fingerprint: true, lookMark: true }],
    ['a reset of all managers', configMap('n', { a: '1' }), async path => context.kube.patch(path, { metadata: { managedFields: [{}] } }), { fingerprint: true, lookMark: true }],
  ])('what moves after: %s', async (_, manifest, deed, moved) => {
    expect(await after(manifest, deed)).toEqual(moved);
  });

  test('another process that applies other values under our name is seen by the time', async () => {
    const manifest = configMap('twin', { a: '1' });
    const moved = await after(manifest, async () => {
      await new Promise(resolve => setTimeout(resolve, 1_100));
      await real.apply(configMap('twin', { a: '2' }));
    });
    expect(moved).toEqual({ fingerprint: true, lookMark: true });
  });

  test('after a reset our fields come back without a time, and stay so', async () => {
    const manifest = configMap('reset', { a: '1' });
    await real.apply(manifest);
    await context.kube.patch('/api/v1/namespaces/default/configmaps/reset', { metadata: { managedFields: [{}] } });
    const first = await real.apply(manifest);
    const second = await real.apply(manifest);
    expect(ownedFields(first.metadata, MANAGER)?.fields).toBe('{"f:data":{"f:a":{}}}');
    expect(fingerprint(second.metadata, MANAGER)).toBe(fingerprint(first.metadata, MANAGER));
  });
});

describe('of metadata alone', () => {
  const ours: ManagedFieldsEntry = { manager: MANAGER, operation: 'Apply', apiVersion: 'v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:b': {}, 'f:a': {} } } };
  const metadata = (...managedFields: ManagedFieldsEntry[]): ObjectMetadata => ({ name: 'a', uid: 'u', resourceVersion: '7', managedFields });

  test('our fields are those that we applied to the object itself', () => {
    expect(ownedFields(metadata({ ...ours, operation: 'Update' }, { ...ours, subresource: 'status' }, { ...ours, manager: 'x' }), MANAGER)).toBeUndefined();
    expect(ownedFields(metadata(ours), MANAGER)).toEqual({ fields: '{"f:data":{"f:a":{},"f:b":{}}}', time: ours.time, apiVersion: 'v1' });
    expect(ownedFields({ name: 'a', uid: 'u', resourceVersion: '7' }, MANAGER)).toBeUndefined();
  });

  test('marks are short, and the order of keys and entries is no matter', () => {
    const other = { ...ours, manager: 'x' };
    const turned = { ...ours, fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } } };
    expect(fingerprint(metadata(turned), MANAGER)).toBe(fingerprint(metadata(ours), MANAGER));
    expect(lookMark(metadata(other, { ...other, manager: 'y' }), MANAGER)).toBe(lookMark(metadata({ ...other, manager: 'y' }, other), MANAGER));
    expect([fingerprint(metadata(ours), MANAGER), lookMark(metadata(ours), MANAGER)]).toEqual([expect.stringMatching(/^[\w-]{12}$/), expect.stringMatching(/^[\w-]{12}$/)]);
  });

  test('of an object too large for the server to remember who wrote it, the version is what is left', () => {
    const large = { name: 'a', uid: 'u', resourceVersion: '7' };
    expect(lookMark({ ...large, resourceVersion: '8' }, MANAGER)).not.toBe(lookMark(large, MANAGER));
    expect(lookMark({ ...large, generation: 1, resourceVersion: '8' }, MANAGER)).toBe(lookMark({ ...large, generation: 1 }, MANAGER));
  });
});
