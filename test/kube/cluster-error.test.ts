import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { configMap, RealConnection } from './real-connection';
import { json, ScriptedServer, type Step, text } from './scripted-server';
import { FlotillaError } from '../../lib/errors';
import { clusterError } from '../../lib/kube/cluster-error';
import { connect } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';
import { listMetadata } from '../../lib/kube/metadata';
import { objectError } from '../../lib/kube/object-error';
import { describeWithCluster } from '../control-plane/describe-cluster';

const folder = temporaryFolder();
const get = { method: 'GET', path: '/version' } as const;

async function failure(connection: Connection, request: Promise<unknown>): Promise<FlotillaError> {
  return request.then(() => { throw new Error('it succeeded'); }, (error: unknown) => clusterError(connection, error));
}

describeWithCluster('a cluster', {}, context => {
  const real = new RealConnection(context);

  test('that hangs is given up after the time of a request: FLT5003', async () => {
    context.plane.freeze();
    try {
      const hasty = await real.as('admin', { retries: 0 });
      expect(await failure(hasty, hasty.request({ ...get, timeoutMs: 300 }))).toMatchObject({
        code: 'FLT5003', what: expect.stringMatching(/^cluster 'east' \(https:.*, context 'test'\) cannot be reached: TIMEOUT$/), where: { cluster: 'east' },
      });
      expect(await failure(hasty, hasty.request({ ...get, signal: AbortSignal.timeout(100) }))).toMatchObject({
        code: 'FLT5003', what: expect.stringContaining('had not answered when the request was given up'),
      });
    } finally {
      context.plane.thaw();
    }
  });

  test('that is away is reported at once by a new connection: FLT5003', async () => {
    const fresh = await real.as('admin');
    await context.plane.stopApiServer();
    try {
      const error = await failure(fresh, fresh.request(get));
      expect(error).toMatchObject({ code: 'FLT5003', what: expect.stringContaining('ECONNREFUSED'), fix: expect.stringContaining('kubectl --context test version') });
      expect(error.message).toContain('why connect ECONNREFUSED');
      expect(objectError(fresh, 'ConfigMap/default/a', await fresh.request(get).catch((e: unknown) => e))).toMatchObject({
        code: 'FLT5003', where: { cluster: 'east', object: 'ConfigMap/default/a' },
      });
    } finally {
      await context.plane.startApiServer();
    }
  });

  test('that restarts in the middle of a hundred applies loses none of them, and fails none', async () => {
    let restart: Promise<void> | undefined;
    const results = await Promise.allSettled(Array.from({ length: 100 }, async (_, i) => {
      const applied = await real.apply(configMap(`restart-${i}`, { a: 'b' }, { labels: { restart: 'yes' } }));
      restart ??= context.plane.restart();
      return applied;
    }));
    await restart;
    expect(results.filter(result => result.status === 'rejected').map(result => String(result.reason))).toEqual([]);
    expect(await listMetadata(real.connection, real.resource(configMap('a', {})), { labelSelector: 'restart=yes' })).toHaveLength(100);
  });

  test('that forbids what is needed: FLT5006 with the command that checks it', async () => {
    const nobody = await real.as('nobody');
    expect(await failure(nobody, listMetadata(nobody, real.resource({ apiVersion: 'v1', kind: 'Namespace' })))).toMatchObject({
      code: 'FLT5006', what: expect.stringContaining("'nobody' may not list namespaces"), fix: expect.stringContaining('kubectl --context test auth can-i list namespaces`'),
    });
  });
});

describe('FLT5007 is', () => {
  test.each<[string, Step]>([
    ['a page of HTML', response => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['a 404 of something else', response => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>nginx</html>')],
    ['a redirection', text(302, '', { location: '/login' })],
    ['a fault of the server', json(500, { message: 'out of memory' })],
  ])('%s', async (_, step) => {
    const server = await ScriptedServer.start([step]);
    const connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: server.url })) });
    expect(await failure(connection, connection.request(get))).toMatchObject({ code: 'FLT5007', what: expect.stringMatching(/answered unexpectedly: \d+ to GET \/version/) });
    await connection.close();
    await server.stop();
  });
});

test('an error that is explained already stays what it is', () => {
  const error = new FlotillaError('FLT9999', { what: 'a', fix: 'b' });
  expect(clusterError({} as Connection, error)).toBe(error);
  expect(objectError({} as Connection, 'x', error)).toBe(error);
});

test('a fault of ours is FLT5110, with its cause', () => {
  expect(objectError({ name: 'east' } as Connection, 'ConfigMap/default/a', new TypeError('x is undefined'))).toMatchObject({ code: 'FLT5110', message: expect.stringContaining('x is undefined') });
});
