import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { configMap, RealConnection } from './real-connection';
import { json, ScriptedServer, status, type Step } from './scripted-server';
import { connect } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';
import { getMetadata, listMetadata } from '../../lib/kube/metadata';
import type { Resource } from '../../lib/kube/resource';
import { describeWithCluster } from '../control-plane/describe-cluster';

const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true, verbs: [], subresources: [] };

describeWithCluster('metadata', {}, context => {
  const real = new RealConnection(context);

  beforeAll(async () => {
    await real.namespace('paged');
    await Promise.all(Array.from({ length: 25 }, async (_, i) => {
      const label = { half: i < 12 ? 'first' : 'second' };
      return real.apply(configMap(`c${String(i).padStart(2, '0')}`, { a: 'x'.repeat(1000) }, { namespace: 'paged', labels: label }));
    }));
  });

  test.each([1000, 25, 24, 10, 1])('a list in pages of %d holds every object once', async pageSize => {
    const found = await listMetadata(real.connection, configMaps, { namespace: 'paged', pageSize });
    expect(found.map(object => object.metadata.name)).toEqual(Array.from({ length: 25 }, (_, i) => `c${String(i).padStart(2, '0')}`));
  });

  test('an object of a list has its kind, and no content', async () => {
    const [object] = await listMetadata(real.connection, configMaps, { namespace: 'paged' });
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: expect.objectContaining({ name: 'c00', namespace: 'paged', uid: expect.any(String), resourceVersion: expect.any(String), managedFields: [expect.anything()] }),
    });
  });

  test('a list takes a selector, and all namespaces', async () => {
    expect(await listMetadata(real.connection, configMaps, { labelSelector: 'half=first', pageSize: 5 })).toHaveLength(12);
    expect(await listMetadata(real.connection, configMaps, { labelSelector: 'half in (first, second)' })).toHaveLength(25);
    expect(await listMetadata(real.connection, configMaps, { labelSelector: 'half=none' })).toEqual([]);
  });

  test('a list of a kind without a namespace', async () => {
    const names = (await listMetadata(real.connection, real.resource({ apiVersion: 'v1', kind: 'Namespace' }))).map(object => object.metadata.name);
    expect(names).toEqual(expect.arrayContaining(['default', 'paged']));
  });

  test('one object, or nothing where the server says that there is none', async () => {
    expect(await getMetadata(real.connection, configMaps, { namespace: 'paged', name: 'c07' })).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'c07' } });
    expect(await getMetadata(real.connection, configMaps, { namespace: 'paged', name: 'none' })).toBeUndefined();
    expect(await getMetadata(real.connection, configMaps, { namespace: 'nowhere', name: 'none' })).toBeUndefined();
  });

  test('an error is never read as absence', async () => {
    const nobody = await real.as('nobody');
    await expect(getMetadata(nobody, configMaps, { namespace: 'paged', name: 'none' })).rejects.toMatchObject({ status: 403 });
    await expect(getMetadata(real.connection, { ...configMaps, plural: 'configmapz' }, { namespace: 'paged', name: 'none' })).rejects.toMatchObject({ status: 404 });
    await expect(getMetadata(real.connection, { ...configMaps, group: 'no.example' }, { namespace: 'paged', name: 'none' })).rejects.toMatchObject({ status: 404 });
  });
});

describe('a list from a server that', () => {
  const folder = temporaryFolder();
  let server: ScriptedServer;
  let connection: Connection;

  async function list(...steps: Step[]): Promise<string[]> {
    server = await ScriptedServer.start(steps);
    connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: server.url })) });
    return (await listMetadata(connection, configMaps)).map(object => object.metadata.name);
  }

  const page = (names: string[], token?: string) => json(200, { kind: 'List', metadata: { continue: token }, items: names.map(name => ({ metadata: { name }, data: { a: 'b' } })) });
  const expired = status(410, 'Expired', 'The provided continue parameter is too old');
  const queries = () => server.seen.map(request => new URL(request.url, server.url).searchParams.get('continue'));

  afterEach(async () => {
    await connection.close();
    await server.stop();
  });

  test('forgets a page is read from its beginning, so that it is of one time', async () => {
    expect(await list(page(['a', 'b'], 't1'), expired, page(['a', 'c'], 't2'), page(['d']))).toEqual(['a', 'c', 'd']);
    expect(queries()).toEqual([null, 't1', null, 't2']);
  });

  test('forgets all the time is given up', async () => {
    const always: Step[] = Array.from({ length: 10 }, () => [page(['a'], 't'), expired]).flat();
    await expect(list(...always)).rejects.toMatchObject({ status: 410 });
    expect(server.seen).toHaveLength(8);
  });

  test('has nothing, as null', async () => {
    expect(await list(json(200, { items: null }))).toEqual([]);
  });

  test('fails in the middle gives no half list', async () => {
    await expect(list(page(['a'], 't'), status(403, 'Forbidden', 'no'))).rejects.toMatchObject({ status: 403 });
  });
});
