import { kubeconfigOf } from './kubeconfig-file';
import { json, ScriptedServer, status, type Step } from './scripted-server';
import { connect } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';
import { parseAccess } from '../../lib/kube/kubeconfig';

const server = 'https://east.example:6443';

describe('a kubeconfig that is no file', () => {
  test('is read as a file is', () => {
    const text = JSON.stringify(kubeconfigOf({ server, 'certificate-authority-data': 'YWJj' }, { token: 'abc' }));
    expect(parseAccess('the Secret', text)).toMatchObject({ cluster: { server, caData: 'YWJj' }, user: { token: 'abc' } });
  });

  // Whoever may write the Secret could otherwise run programs where it is read, or have files of that machine sent to a server of theirs.
  test.each<[string, object, object]>([
    ['exec', {}, { exec: { command: 'aws', apiVersion: 'client.authentication.k8s.io/v1' } }],
    ['auth-provider', {}, { 'auth-provider': { name: 'gcp', config: {} } }],
    ['tokenFile', {}, { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' }],
    ['client-certificate', {}, { 'client-certificate': 'a.crt' }],
    ['client-key', {}, { 'client-key': 'a.key' }],
    ['certificate-authority', { 'certificate-authority': 'ca.crt' }, {}],
  ])('is refused when it names what lies elsewhere: %s', (field, cluster, user) => {
    const text = JSON.stringify(kubeconfigOf({ server, ...cluster }, user));
    expect(() => parseAccess('the Secret', text)).toThrow(new RegExp(`FLT5002 the Secret names programs or files of another machine: ${field}\n`));
  });

  test('tells nothing of its content when it cannot be parsed', () => {
    expect(() => parseAccess('the Secret', 'token: {s3cret\n')).toThrow(/^FLT5002 the Secret cannot be parsed(?![^]*s3cret)/);
  });
});

describe('a connection whose kubeconfig is a text', () => {
  let scripted: ScriptedServer;
  let connection: Connection;
  afterEach(async () => {
    await connection.close();
    await scripted.stop();
  });

  test('takes up a renewed token when the old one is refused, and stays open', async () => {
    let valid = 'one';
    let kept = 'one';
    const step: Step = (response, request, socket) => {
      const answer = request.headers.authorization === `Bearer ${valid}` ? json(200, {}) : status(401, 'Unauthorized', 'Unauthorized');
      answer(response, request, socket);
    };
    scripted = await ScriptedServer.start([step]);
    const asked = jest.fn(async () => JSON.stringify(kubeconfigOf({ server: scripted.url }, { token: kept })));
    connection = await connect({ name: 'east', kubeconfigDocument: asked });
    await connection.request({ method: 'GET', path: '/api' });
    expect(connection.context).toBeUndefined();
    [valid, kept] = ['two', 'two'];
    await connection.request({ method: 'GET', path: '/api' });
    expect(scripted.seen.map(request => request.headers.authorization)).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });
});
