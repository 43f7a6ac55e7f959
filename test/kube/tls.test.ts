import type { TLSSocket } from 'node:tls';
import { type Certificate, certificate, type CertificateOptions } from './certificate';
import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { json, ScriptedServer } from './scripted-server';
import { isRetryable, isTlsFailure, isUnreachable } from '../../lib/kube/classify';
import { clusterError } from '../../lib/kube/cluster-error';
import { connect } from '../../lib/kube/connect';

const folder = temporaryFolder();
const authority = certificate({ name: 'test authority' });
const stranger = certificate({ name: 'another authority' });
const yesterday = new Date(Date.now() - 24 * 3600_000);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const get = { method: 'GET', path: '/api' } as const;

let server: ScriptedServer;

async function serve(options: Partial<CertificateOptions> = {}, clientAuthority?: Certificate): Promise<void> {
  const { cert, key } = certificate({ name: 'server', issuer: authority, ...options });
  server = await ScriptedServer.start([json(200, { fine: true })], {
    tls: { cert, key, ...(clientAuthority ? { ca: clientAuthority.cert, requestCert: true, rejectUnauthorized: true } : {}) },
  });
}

async function ask(cluster: object, user: object = {}): Promise<unknown> {
  const connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ server: server.url, ...cluster }, user)) });
  try {
    return (await connection.request(get)).body;
  } catch (error) {
    expect([isTlsFailure(error), isUnreachable(error), isRetryable(error)]).toEqual([true, true, false]);
    throw clusterError(connection, error);
  } finally {
    await connection.close();
  }
}

afterEach(async () => server.stop());

test('a server that the CA of the kubeconfig signed is trusted', async () => {
  await serve();
  expect(await ask({ 'certificate-authority-data': base64(authority.cert) })).toEqual({ fine: true });
});

test('a name for the certificate may differ from the address', async () => {
  await serve({ loopback: false, dnsNames: ['kubernetes.example'] });
  expect(await ask({ 'certificate-authority-data': base64(authority.cert), 'tls-server-name': 'kubernetes.example' })).toEqual({ fine: true });
});

test('no certificate is looked at where the kubeconfig says so', async () => {
  await serve({ notAfter: yesterday });
  expect(await ask({ 'insecure-skip-tls-verify': true })).toEqual({ fine: true });
});

test('a client certificate is presented', async () => {
  await serve({}, authority);
  const client = certificate({ name: 'deployer', issuer: authority });
  const user = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) };
  expect(await ask({ 'certificate-authority-data': base64(authority.cert) }, user)).toEqual({ fine: true });
});

describe('a session', () => {
  async function resumptions(cluster: object, versions: object, watch = false): Promise<boolean[]> {
    const reused: boolean[] = [];
    const { cert, key } = certificate({ name: 'server', issuer: authority });
    // Each reply closes its socket.
    server = await ScriptedServer.start([(response, _request, socket) => {
      // When it is closed, it cannot be asked any more.
      reused.push((socket as TLSSocket).isSessionReused());
      response.writeHead(200, { 'content-type': 'application/json', 'connection': 'close' }).end('{}');
    }], { tls: { cert, key, ...versions } });
    const connection = await connect({
      name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ 'server': server.url, 'certificate-authority-data': base64(authority.cert), ...cluster })),
    });
    try {
      await connection.request(get);
      await connection.request(get);
      if (watch) {
        for await (const _event of connection.watch({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true, verbs: ['watch'] } as never)) break;
      }
    } catch (error) {
      if (!watch) throw error;
    } finally {
      await connection.close();
    }
    return reused;
  }

  test.each([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
  ])('goes on with the next socket, in %s', async (_title, versions) => {
    expect(await resumptions({}, versions)).toEqual([false, true]);
  });

  test('goes on with a watch, which has a socket of its own', async () => {
    expect(await resumptions({}, {}, true)).toEqual([false, true, true]);
  });

  test('that the server does not take up begins anew', async () => {
    const { cert, key } = certificate({ name: 'server', issuer: authority });
    const tls = { cert, key, maxVersion: 'TLSv1.2' as const };
    server = await ScriptedServer.start([json(200, { fine: true }, { connection: 'close' })], { tls });
    const port = Number(new URL(server.url).port);
    const connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ 'server': server.url, 'certificate-authority-data': base64(authority.cert) })) });
    try {
      await connection.request(get);
      await server.stop();
      // Another process, which knows nothing of the sessions of the first one.
      server = await ScriptedServer.start([json(200, { fine: true })], { tls, port });
      expect((await connection.request(get)).body).toEqual({ fine: true });
    } finally {
      await connection.close();
    }
  });

  test('is none for a server whose certificate is for another host', async () => {
    const { cert, key } = certificate({ name: 'server', issuer: authority, loopback: false, dnsNames: ['elsewhere.example'] });
    server = await ScriptedServer.start([json(200, {})], { tls: { cert, key, maxVersion: 'TLSv1.2' } });
    const connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ 'server': server.url, 'certificate-authority-data': base64(authority.cert) })) });
    try {
      await expect(connection.request(get)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      await expect(connection.request(get)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    } finally {
      await connection.close();
    }
  });
});

describe('FLT5004 is', () => {
  test.each<[string, Partial<CertificateOptions>, object, RegExp, RegExp]>([
    ['a server that another CA signed', { issuer: stranger }, {}, /UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/, /certificate-authority-data/],
    ['a server without any CA in the kubeconfig', {}, { 'certificate-authority-data': undefined }, /UNABLE_TO_/, /certificate-authority-data/],
    ['an expired certificate', { notAfter: yesterday }, {}, /CERT_HAS_EXPIRED/, /renew/],
    ["another host's certificate", { loopback: false, dnsNames: ['elsewhere.example'] }, {}, /ALTNAME_INVALID/, /tls-server-name/],
  ])('%s', async (_, options, cluster, what, fix) => {
    await serve(options);
    const failed = ask({ 'certificate-authority-data': base64(authority.cert), ...cluster });
    await expect(failed).rejects.toMatchObject({ code: 'FLT5004', what: expect.stringMatching(what), fix: expect.stringMatching(fix), where: { cluster: 'east' } });
    await expect(failed).rejects.toThrow(server.url);
  });

  test('a server of plain HTTP behind an https URL', async () => {
    server = await ScriptedServer.start([json(200, {})]);
    await expect(ask({ server: server.url.replace('http:', 'https:') })).rejects.toMatchObject({ code: 'FLT5004', fix: expect.stringMatching(/scheme/) });
  });
});
