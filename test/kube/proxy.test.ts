import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as dial } from 'node:net';
import { certificate } from './certificate';
import { kubeconfigOf, temporaryFolder, writeKubeconfig } from './kubeconfig-file';
import { json, ScriptedServer } from './scripted-server';
import { connect } from '../../lib/kube/connect';
import { proxyFor } from '../../lib/kube/proxy';

const proxy = 'http://proxy.example:3128';

test.each<[string, string, string | undefined, NodeJS.ProcessEnv, string | undefined]>([
  ['the kubeconfig wins', 'https://east.example', 'http://other', { HTTPS_PROXY: proxy }, 'http://other'],
  ['the variable of the scheme', 'https://east.example', undefined, { HTTPS_PROXY: proxy }, proxy],
  ['not that of another', 'http://east.example', undefined, { HTTPS_PROXY: proxy }, undefined],
  ['in small letters, without a scheme', 'http://east.example', undefined, { http_proxy: 'proxy:3128' }, 'http://proxy:3128'],
  ['not for this machine', 'https://127.0.0.1:6443', undefined, { HTTPS_PROXY: proxy }, undefined],
  ['not for this machine, by IPv6', 'https://[::1]:6443', undefined, { HTTPS_PROXY: proxy }, undefined],
  ['unless the kubeconfig says so', 'https://127.0.0.1:6443', proxy, {}, proxy],
  ['not for a host that is excepted', 'https://east.example', undefined, { HTTPS_PROXY: proxy, NO_PROXY: 'a, east.example' }, undefined],
  ['nor for one in a domain', 'https://a.east.example', undefined, { HTTPS_PROXY: proxy, NO_PROXY: 'east.example' }, undefined],
  ['nor for one below a domain', 'https://a.east.example', undefined, { HTTPS_PROXY: proxy, NO_PROXY: '.east.example' }, undefined],
  ['but for one that only ends the same', 'https://northeast.example', undefined, { HTTPS_PROXY: proxy, NO_PROXY: 'east.example' }, proxy],
  ['not for an address in a range', 'https://10.1.2.3:6443', undefined, { HTTPS_PROXY: proxy, no_proxy: '10.0.0.0/8' }, undefined],
  ['but for one outside', 'https://11.1.2.3:6443', undefined, { HTTPS_PROXY: proxy, no_proxy: '10.0.0.0/8,fd00::/8' }, proxy],
  ['not for anything', 'https://east.example', undefined, { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
])('the proxy: %s', (_, server, proxyUrl, env, expected) => {
  expect(proxyFor(new URL(server), proxyUrl, env)).toBe(expected);
});

describe('through a proxy', () => {
  const folder = temporaryFolder();
  const tunnels: string[] = [];
  let proxyServer: Server;

  beforeAll(async () => {
    proxyServer = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const upstream = dial(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    });
    await new Promise<void>(resolve => proxyServer.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => new Promise(resolve => {
    proxyServer.closeAllConnections();
    proxyServer.close(resolve);
  }));

  test('an API server is reached by a tunnel, and its certificate is checked at its end', async () => {
    const authority = certificate({ name: 'authority' });
    const server = await ScriptedServer.start([json(200, { fine: true })], { tls: certificate({ name: 'server', issuer: authority }) });
    const cluster = {
      'server': server.url,
      'proxy-url': `http://127.0.0.1:${(proxyServer.address() as AddressInfo).port}`,
      'certificate-authority-data': Buffer.from(authority.cert).toString('base64'),
    };
    const connection = await connect({ name: 'east', kubeconfig: writeKubeconfig(folder, kubeconfigOf(cluster, { token: 'secret' })) });
    expect(await connection.request({ method: 'GET', path: '/api' })).toMatchObject({ body: { fine: true } });
    expect(tunnels).toEqual([new URL(server.url).host]);
    expect(server.seen[0].headers.authorization).toBe('Bearer secret');
    await connection.close();
    await server.stop();
  });

  test('a connection whose proxy is no URL says so at each request, and can be closed', async () => {
    const connection = await connect({ name: 'test', kubeconfig: writeKubeconfig(folder, kubeconfigOf({ 'server': 'https://127.0.0.1:1', 'proxy-url': '::::' })) });
    await expect(connection.request({ method: 'GET', path: '/version' })).rejects.toMatchObject({ status: 0, code: 'ERR_INVALID_URL' });
    await connection.close();
  });
});
