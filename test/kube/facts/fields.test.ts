import { setTimeout as sleep } from 'node:timers/promises';
import { admissionFacts } from './admission';
import { fingerprint, lookMark, ownedFields } from '../../../lib/kube/fingerprint';
import type { ObjectMetadata } from '../../../lib/kube/metadata';
import type { Manifest } from '../../../lib/tree/manifest';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { configMap, deployment, MANAGER, RealConnection } from '../real-connection';

const NEXT_SECOND = 1_100;
const initContainers = ['a', 'b'].map(name => ({ name, image: name }));

/** What the server notes of what we applied; all our marks are made of it. By bare requests, without what our own apply does to a manifest. */
describeWithCluster('managedFields', {}, context => {
  const real = new RealConnection(context);
  const path = (name: string, plural = 'configmaps') => `/api/v1/namespaces/default/${plural}/${name}`;
  const apply = async (manifest: Manifest): Promise<KubeObject> => context.kube.apply(manifest as KubeObject, { fieldManager: MANAGER });
  const metadataOf = (object: KubeObject) => object.metadata as ObjectMetadata;
  const fieldsOf = (object: KubeObject) => ownedFields(metadataOf(object), MANAGER)?.fields;

  /** Which of our marks differ between two states of an object. */
  function moved(before: KubeObject, after: KubeObject): string[] {
    const states = [before, after].map(metadataOf);
    return Object.entries({ fingerprint, lookMark }).filter(([, mark]) => mark(states[0], MANAGER) !== mark(states[1], MANAGER)).map(([name]) => name);
  }

  describe('of a Secret that was applied with stringData', () => {
    const secret: Manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'texts', namespace: 'default' }, stringData: { a: 'ours' } };

    test('name stringData, and stay when somebody changes the data; the version alone moves', async () => {
      const before = await apply(secret);
      expect(fieldsOf(before)).toBe('{"f:stringData":{"f:a":{}}}');
      expect(before).toMatchObject({ data: { a: 'b3Vycw==' } });
      expect(before).not.toHaveProperty('stringData');
      const after = await context.kube.patch(path('texts', 'secrets'), { data: { a: 'dGhlaXJz' } });
      expect(fieldsOf(after)).toBe(fieldsOf(before));
      expect(moved(before, after)).toEqual(['lookMark']);
    });

    test('name data once our own apply has turned it into that', async () => {
      const manifest = { ...secret, metadata: { ...secret.metadata, name: 'turned' } };
      const { metadata } = await real.apply(manifest);
      expect(ownedFields(metadata, MANAGER)?.fields).toBe('{"f:data":{"f:a":{}}}');
      const after = await context.kube.patch(path('turned', 'secrets'), { data: { a: 'dGhlaXJz' } });
      expect(fieldsOf(after)).toBeUndefined();
    });
  });

  test.each(['labels', 'annotations'])('an empty map of %s is a field of ours until somebody adds to it', async key => {
    const before = await apply(configMap(`empty-${key}`, { a: '1' }, { [key]: {} }));
    expect(fieldsOf(before)).toBe(`{"f:data":{"f:a":{}},"f:metadata":{"f:${key}":{}}}`);
    const after = await context.kube.patch(path(`empty-${key}`), { metadata: { [key]: { theirs: '1' } } });
    expect(fieldsOf(after)).toBe('{"f:data":{"f:a":{}}}');
    expect(moved(before, after)).toEqual(['fingerprint', 'lookMark']);
  });

  test('an entry of a map is a field, and a list of scalars is one as a whole unless it is a set', async () => {
    const roleLike: Manifest = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'shape', namespace: 'default' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] };
    expect(fieldsOf(await apply(roleLike))).toBe('{"f:rules":{}}');
    expect(fieldsOf(await apply(configMap('shape', { a: '1' }, { labels: { b: '2' }, finalizers: ['example.com/a'] })))).toBe(
      '{"f:data":{"f:a":{}},"f:metadata":{"f:finalizers":{"v:\\"example.com/a\\"":{}},"f:labels":{"f:b":{}}}}',
    );
  });

  test('an item of a keyed list is named by its keys, with the default of those that are absent', async () => {
    const service: Manifest = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shape', namespace: 'default' }, spec: { ports: [{ port: 80 }] } };
    expect(fieldsOf(await apply(service))).toBe('{"f:spec":{"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{}}}}}');
  });

  test('name nothing when nothing was applied but a name: there is no entry of ours', async () => {
    const { metadata } = await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bare', namespace: 'default' } });
    expect(metadata).not.toHaveProperty('managedFields');
    expect(ownedFields(metadata as ObjectMetadata, MANAGER)).toBeUndefined();
  });

  test('a value that somebody changed and restored is no longer ours, and one apply makes it so again', async () => {
    const first = await apply(configMap('restored', { a: '1', b: '2' }));
    await context.kube.patch(path('restored'), { data: { a: '9' } });
    const restored = await context.kube.patch(path('restored'), { data: { a: '1' } });
    expect(restored.data).toEqual(first.data);
    expect(fieldsOf(restored)).toBe('{"f:data":{"f:b":{}}}');
    expect(moved(first, restored)).toEqual(['fingerprint', 'lookMark']);
    const again = await apply(configMap('restored', { a: '1', b: '2' }));
    expect(fieldsOf(again)).toBe(fieldsOf(first));
    expect((await apply(configMap('restored', { a: '1', b: '2' }))).metadata.resourceVersion).toBe(again.metadata.resourceVersion);
  });

  test('managedFields: [] or [{}] by anybody takes every entry; ours comes back without a time, and stays so', async () => {
    const resets = [[], [{}]];
    const again = await Promise.all(resets.map(async (managedFields, i) => {
      const first = await apply(configMap(`reset-${i}`, { a: '1' }));
      const reset = await context.kube.patch(path(`reset-${i}`), { metadata: { managedFields } });
      expect(reset.metadata).not.toHaveProperty('managedFields');
      expect(moved(first, reset)).toEqual(['fingerprint', 'lookMark']);
      const object = await apply(configMap(`reset-${i}`, { a: '1' }));
      expect(object.metadata.managedFields!.find(({ manager }) => manager === MANAGER)).not.toHaveProperty('time');
      expect(fieldsOf(object)).toBe(fieldsOf(first));
      return object;
    }));
    await sleep(NEXT_SECOND);
    for (const [i, object] of again.entries()) expect(await apply(configMap(`reset-${i}`, { a: '1' }))).toEqual(object);
  });

  test('the time of our entry has steps of a second, and moves with an apply of ours that changes a value', async () => {
    const first = await apply(configMap('time', { a: '1' }));
    const time = ownedFields(metadataOf(first), MANAGER)!.time!;
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await sleep(NEXT_SECOND);
    const second = await apply(configMap('time', { a: '2' }));
    expect(fieldsOf(second)).toBe(fieldsOf(first));
    expect(Date.parse(ownedFields(metadataOf(second), MANAGER)!.time!)).toBeGreaterThan(Date.parse(time));
    expect(moved(first, second)).toContain('fingerprint');
  });

  test('stay when initContainers change their order, which moves the generation alone', async () => {
    const { spec } = deployment('ordered') as unknown as { spec: { template: { spec: object } } };
    const manifest = deployment('ordered', { template: { ...spec.template, spec: { ...spec.template.spec, initContainers } } });
    const before = await apply(manifest);
    const turned = await context.kube.patch('/apis/apps/v1/namespaces/default/deployments/ordered', [
      { op: 'move', from: '/spec/template/spec/initContainers/1', path: '/spec/template/spec/initContainers/0' },
    ]);
    expect(turned.spec.template.spec.initContainers.map(({ name }: { name: string }) => name)).toEqual(['b', 'a']);
    expect([before.metadata.generation, turned.metadata.generation]).toEqual([1, 2]);
    expect(fieldsOf(turned)).toBe(fieldsOf(before));
    expect(moved(before, turned)).toEqual(['lookMark']);
    const healed = await apply(manifest);
    expect(healed.spec.template.spec.initContainers.map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
  });

  test('are dropped without a word from an object that comes near 1.5 MB, and an apply onto it is refused', async () => {
    // The limit of etcd is on the whole; 2,500 keys have more than 600 kB of managedFields.
    const keys = Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`k${i}`.padEnd(250, '-'), 'v']));
    expect((await apply(configMap('large', keys))).metadata.managedFields).toHaveLength(1);
    const grown = await context.kube.patch(path('large'), { data: { theirs: 'x'.repeat(380_000) } });
    expect(grown.metadata).not.toHaveProperty('managedFields');
    expect(ownedFields(metadataOf(grown), MANAGER)).toBeUndefined();
    await expect(apply(configMap('large', keys))).rejects.toMatchObject({ status: 500, message: expect.stringContaining('trying to send message larger than max') });
  });

  describe('what the server sets itself, in an apply', () => {
    test.each<[string, unknown]>([['creationTimestamp', '2020-01-01T00:00:00Z'], ['generation', 7], ['selfLink', '/x']])('metadata.%s is ignored', async (key, value) => {
      const manifest = configMap(`set-${key.toLowerCase()}`, { a: '1' });
      const before = await apply(manifest);
      const after = await apply({ ...manifest, metadata: { ...manifest.metadata, [key]: value } });
      expect(after).toEqual(before);
      expect(fieldsOf(after)).toBe('{"f:data":{"f:a":{}}}');
    });

    test.each<[string, unknown, number, string]>([
      ['uid', 'x', 422, 'metadata.uid: Invalid value: "x": field is immutable'],
      ['deletionTimestamp', '2020-01-01T00:00:00Z', 422, 'metadata.deletionTimestamp: Invalid value: "2020-01-01T00:00:00Z": field is immutable'],
      ['deletionGracePeriodSeconds', 7, 422, 'metadata.deletionGracePeriodSeconds: Invalid value: 7: field is immutable'],
      ['resourceVersion', '1', 409, 'the object has been modified'],
      ['managedFields', [{ manager: 'x' }], 400, 'metadata.managedFields must be nil'],
    ])('metadata.%s is refused, and our own apply leaves it out', async (key, value, status, message) => {
      const manifest = configMap(`set-${key.toLowerCase()}`, { a: '1' });
      const before = await real.apply(manifest);
      const exported = { ...manifest, metadata: { ...manifest.metadata, [key]: value } };
      await expect(apply(exported)).rejects.toMatchObject({ status, message: expect.stringContaining(message) });
      expect(await real.apply(exported)).toEqual(before);
    });

    test('a status is ignored where it is a subresource', async () => {
      const manifest = { ...deployment('with-status'), status: { replicas: 7 } };
      const object = await apply(manifest);
      expect(object.status).toEqual({});
      expect(fieldsOf(object)).not.toContain('f:status');
    });
  });

  describe('a mutating admission control', () => admissionFacts(context, real));
});
