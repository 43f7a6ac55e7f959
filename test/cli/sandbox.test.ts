import { readFileSync, statSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { flotilla } from './flotilla';
import { connect } from '../../lib/kube/connect';
import { parseYaml } from '../../lib/yaml/parse';
import { httpsJson } from '../control-plane/https-json';
import { waitUntil } from '../control-plane/wait-until';
import { CliProcess } from '../e2e/cli-process';
import { a, writeTree } from '../reconcile/written-tree';
import { temporaryFolder } from '../temporary-folder';

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: { readonly 'server': string; readonly 'certificate-authority-data': string } }[];
  readonly users: readonly { readonly name: string; readonly user: { readonly token: string } }[];
}

/** `PUT /faults/NAME` of one cluster, as an administrator. */
async function switchOn(kubeconfig: string, context: string, name: string): Promise<void> {
  const { clusters, users } = parseYaml(readFileSync(kubeconfig, 'utf8'), kubeconfig) as Kubeconfig;
  const { server, 'certificate-authority-data': ca } = clusters.find(each => each.name === context)!.cluster;
  const { token } = users.find(each => each.name === context)!.user;
  const agent = new Agent({ ca: Buffer.from(ca, 'base64') });
  const { status } = await httpsJson(new URL(`/faults/${name}`, server), { method: 'PUT', agent, body: 'on', headers: { 'authorization': `Bearer ${token}`, 'content-type': 'text/plain' } });
  expect(status).toBe(200);
}

describe('flotilla sandbox', () => {
  let sandbox: CliProcess;
  let kubeconfig: string;
  const fleet = writeTree({ dev: { web: { objects: [a.namespace('shop'), a.configMap('settings', { key: '1' }, 'shop')] } }, prod: {} }, { contexts: { prod: 'somewhere' } });

  beforeAll(async () => {
    kubeconfig = join(temporaryFolder(), 'kubeconfig');
    sandbox = new CliProcess(['sandbox', '--fleet', fleet, '--clusters', '1', '--kubeconfig', kubeconfig, '--fault', 'throttle,path=/version,count=1000', '--fault', 'restart=empty,for=100ms,name=crash,off']);
    await waitUntil('the kubeconfig is written', () => /Ctrl-C ends them/.test(sandbox.err) || undefined);
  });
  afterAll(async () => {
    await sandbox.stop('SIGKILL');
  });

  test.each(['dev', 'somewhere', 'sandbox-1'])('serves a cluster under the context %s', async context => {
    const connection = await connect({ name: context, kubeconfig, context });
    const { body } = await connection.request<{ items: { metadata: { name: string } }[] }>({ method: 'GET', path: '/api/v1/namespaces' });
    expect(body.items.map(({ metadata }) => metadata.name)).toContain('kube-system');
    await connection.close();
  });

  test('makes the faults that it was asked for', async () => {
    const connection = await connect({ name: 'dev', kubeconfig, context: 'dev', retries: 0 });
    await expect(connection.request({ method: 'GET', path: '/version' })).rejects.toMatchObject({ status: 429 });
    await connection.close();
  });

  test('takes what is delivered, and says so', async () => {
    const { code, out } = await flotilla(['apply', '--dir', fleet, '--kubeconfig', kubeconfig, '--wait', '-o', 'json']);
    expect([code, JSON.parse(out).clusters.map(({ cluster }: { cluster: string }) => cluster)]).toEqual([0, ['dev', 'prod']]);
    await waitUntil('it says so', () => /^dev +https:\/\/127\.0\.0\.1:\d+ +1 of 1 application ready, 0 of 0 pods ready$/m.test(sandbox.out) || undefined);
  });

  test('restarts a cluster when it is asked to, without its objects, and the kubeconfig leads there again', async () => {
    const connection = await connect({ name: 'dev', kubeconfig, context: 'dev', retries: 0 });
    const configMap = { method: 'GET', path: '/api/v1/namespaces/shop/configmaps/settings' } as const;
    expect((await connection.request(configMap)).status).toBe(200);
    await connection.close();
    await switchOn(kubeconfig, 'dev', 'crash');
    const after = await connect({ name: 'dev', kubeconfig, context: 'dev', retries: 0 });
    await waitUntil('it is empty', async () => after.request(configMap).then(() => false, ({ status }) => status === 404));
    await after.close();
  });

  test('keeps the kubeconfig to its owner, and ends by Ctrl-C', async () => {
    expect([statSync(kubeconfig).mode % 0o1000, /^current-context: (.*)$/m.exec(readFileSync(kubeconfig, 'utf8'))?.[1]]).toEqual([0o600, 'dev']);
    expect(await sandbox.stop('SIGINT')).toMatchObject({ code: 0 });
  });

  test('refuses a fault that it does not know, and says what it takes', async () => {
    const { code, err } = await flotilla(['sandbox', '--fault', 'latency=fast']);
    expect([code, err.split('\n')]).toEqual([2, ["FLT8001 the fault 'latency=fast' cannot be read: 'latency' cannot be 'fast'", '  fix write a duration like 200ms, 1.5s or 2m', '']]);
  });

  test('refuses a number of clusters that is none', async () => {
    const { code, err } = await flotilla(['sandbox', '--clusters', '0']);
    expect([code, err]).toEqual([2, expect.stringContaining('It is a whole number from 1 to 5000.')]);
  });
});
