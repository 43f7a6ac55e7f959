import type { ApiError } from '../../../lib/kube/api-error';
import { isExpired, isRetryable } from '../../../lib/kube/classify';
import { Collection } from '../../../lib/kube/collection';
import { listMetadata } from '../../../lib/kube/metadata';
import { metadataOnly } from '../../../lib/kube/metadata-only';
import type { ClusterTestContext } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { configMap, type RealConnection } from '../real-connection';

interface Page {
  readonly metadata: { readonly continue?: string; readonly resourceVersion: string };
}

/** What the server has forgotten; it is restarted. */
export function expiredFacts(context: ClusterTestContext, real: RealConnection): void {
  const configMaps = () => real.resource({ apiVersion: 'v1', kind: 'ConfigMap' });
  const path = '/api/v1/namespaces/old/configmaps';
  const page = async (query: Record<string, string | undefined>): Promise<Page> => (
    (await real.connection.request<Page>({ method: 'GET', path, query: { limit: '1', ...query }, accept: metadataOnly('PartialObjectMetadataList') })).body
  );
  let first: Page;

  beforeAll(async () => {
    await real.namespace('old');
    for (const name of ['a', 'b', 'c']) await real.apply(configMap(name, { a: '1' }, { namespace: 'old' }));
    first = await page({});
    await real.apply(configMap('c', { a: '2' }, { namespace: 'old' }));
    await context.plane.compact();
    // What the server keeps in its own memory goes with it.
    await context.plane.restart();
  });

  test('a page of a list whose token is too old is a 410 Expired, with a token for the rest as it is now', async () => {
    expect(first.metadata.continue).toMatch(/./);
    const error = await page({ continue: first.metadata.continue }).then(() => undefined, (e: ApiError) => e);
    expect(error).toMatchObject({ status: 410, reason: 'Expired', message: expect.stringContaining('The provided continue parameter is too old') });
    expect([isExpired(error), isRetryable(error)]).toEqual([true, false]);
    expect((await listMetadata(real.connection, configMaps(), { namespace: 'old', pageSize: 1 })).map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
  });

  test('a watch from a version that is too old is a 200 with an event ERROR, 410 Expired', async () => {
    const raw = await context.kube.request('GET', `${path}?watch=1&timeoutSeconds=1&resourceVersion=${first.metadata.resourceVersion}`);
    expect(raw.status).toBe(200);
    expect(raw.body).toMatchObject({
      type: 'ERROR', object: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: expect.stringContaining('too old resource version') },
    });
    const error = await (async () => {
      for await (const event of real.connection.watch(configMaps(), { namespace: 'old', resourceVersion: first.metadata.resourceVersion })) return event;
      return undefined;
    })().catch((e: ApiError) => e);
    expect(error).toMatchObject({ status: 410, reason: 'Expired' });
    expect([isExpired(error), isRetryable(error)]).toEqual([true, false]);
  });

  test('an exact list of a version that is too old is a 410', async () => {
    const query = { resourceVersion: first.metadata.resourceVersion, resourceVersionMatch: 'Exact' };
    const error = await page(query).then(() => undefined, (e: ApiError) => e);
    expect([error?.status, error?.reason, isExpired(error)]).toEqual([410, 'Expired', true]);
  });

  test('who follows a collection from there is told by a list, and goes on', async () => {
    const collection = new Collection(real.connection, configMaps(), {});
    const told = new Set<string>();
    const list = await collection.list();
    const end = collection.follow({ ...list, version: first.metadata.resourceVersion }, { changed: keys => keys.forEach(key => told.add(key)), lost: () => told.add('lost') });
    await real.apply(configMap('d', { a: '1' }, { namespace: 'old' }));
    await waitUntil('it is told', () => told.size > 0, { every: 10 });
    end();
    expect([...told]).toEqual(['ConfigMap/old/d']);
  });
}
