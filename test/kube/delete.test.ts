import { configMap, RealConnection } from './real-connection';
import { deleteObject, type DeleteOptions } from '../../lib/kube/delete';
import { getMetadata } from '../../lib/kube/metadata';
import { describeWithCluster } from '../control-plane/describe-cluster';

describeWithCluster('a deletion', {}, context => {
  const real = new RealConnection(context);
  const configMaps = () => real.resource({ apiVersion: 'v1', kind: 'ConfigMap' });
  const remove = async (name: string, options: Partial<DeleteOptions> & { uid: string }, namespace = 'default') =>
    deleteObject(real.connection, configMaps(), { namespace, name }, { propagation: 'Background', ...options });
  const find = async (name: string) => getMetadata(real.connection, configMaps(), { namespace: 'default', name });

  test('deletes the object that was meant', async () => {
    const { metadata: { uid, resourceVersion } } = await real.apply(configMap('plain', {}));
    expect(await remove('plain', { uid, resourceVersion })).toBe('deleted');
    expect(await find('plain')).toBeUndefined();
  });

  test('leaves an object of the same name that is another', async () => {
    const { metadata: { uid } } = await real.apply(configMap('replaced', {}));
    await context.kube.delete('/api/v1/namespaces/default/configmaps/replaced');
    const again = await real.apply(configMap('replaced', {}));
    expect(await remove('replaced', { uid })).toBe('changed');
    expect((await find('replaced'))?.metadata.uid).toBe(again.metadata.uid);
  });

  test('leaves an object that was changed since it was read', async () => {
    const { metadata: { uid, resourceVersion } } = await real.apply(configMap('edited', { a: '1' }));
    await context.kube.patch('/api/v1/namespaces/default/configmaps/edited', { metadata: { labels: { keep: 'me' } } });
    expect(await remove('edited', { uid, resourceVersion })).toBe('changed');
    expect(await find('edited')).toBeDefined();
    expect(await remove('edited', { uid })).toBe('deleted');
  });

  test('finds nothing where nothing is', async () => {
    const uid = '00000000-0000-0000-0000-000000000000';
    expect(await remove('none', { uid })).toBe('gone');
    expect(await remove('none', { uid }, 'nowhere')).toBe('gone');
  });

  test('is on its way while finalizers hold the object, and again is no error', async () => {
    const { metadata: { uid } } = await real.apply(configMap('held', {}, { finalizers: ['example.com/hold'] }));
    expect(await remove('held', { uid, propagation: 'Foreground' })).toBe('deleted');
    expect((await find('held'))?.metadata).toMatchObject({ deletionTimestamp: expect.any(String) });
    expect(await remove('held', { uid })).toBe('deleted');
    // An object that is on its way can still be applied to: the answer is no proof that it stays.
    expect((await real.apply(configMap('held', { a: '1' }, { finalizers: ['example.com/hold'] }))).metadata.deletionTimestamp).toBeDefined();
  });

  test('of a namespace that is already going is no error', async () => {
    const { metadata: { uid } } = await real.namespace('going');
    const resource = real.resource({ apiVersion: 'v1', kind: 'Namespace' });
    expect(await deleteObject(real.connection, resource, { name: 'going' }, { uid, propagation: 'Background' })).toBe('deleted');
    expect(await deleteObject(real.connection, resource, { name: 'going' }, { uid, propagation: 'Background' })).toBe('deleted');
  });

  test('as a dry run deletes nothing', async () => {
    const { metadata: { uid } } = await real.apply(configMap('shown', {}));
    expect(await remove('shown', { uid, dryRun: true })).toBe('deleted');
    expect(await find('shown')).toBeDefined();
  });

  test('of a kind that is not served is an error, not an absence', async () => {
    const resource = { ...configMaps(), plural: 'configmapz' };
    const at = { namespace: 'default', name: 'a' };
    await expect(deleteObject(real.connection, resource, at, { uid: 'a', propagation: 'Background' })).rejects.toMatchObject({ status: 404 });
  });

  test('that is forbidden is an error', async () => {
    const { metadata: { uid } } = await real.apply(configMap('kept', {}));
    const nobody = await real.as('nobody');
    await expect(deleteObject(nobody, configMaps(), { namespace: 'default', name: 'kept' }, { uid, propagation: 'Background' })).rejects.toMatchObject({ status: 403 });
  });
});
