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
