import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerCluster, RegistrationOptions } from '../../lib/bootstrap/register-cluster';
import { connect } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';
import { applyFleet } from '../../lib/reconcile/apply';
import { readClusterSecret } from '../../lib/reconcile/cluster-secret';
import { FolderSource } from '../../lib/tree/folder-source';
import { CommandResult, flotilla } from '../cli/flotilla';
import { KubeClient, KubeObject } from '../control-plane/client';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { waitUntil } from '../control-plane/wait-until';
import { a, writeTree } from '../reconcile/written-tree';
import { temporaryFolder } from '../temporary-folder';
import { may } from './service-account';

const SECRETS = '/api/v1/namespaces/flotilla-system/secrets';

describeWithCluster('flotilla cluster add', { clusters: ['spoke', 'hub'], controllers: true }, context => {
  let kubeconfig: string;
  let hub: KubeClient;
  const dir = writeTree({ 'prod-eu': { web: { objects: [a.namespace('shop'), a.configMap('a'), a.deployment('web')] } } });

  beforeAll(() => {
    const planes = ['spoke', 'hub'].map(name => context.findPlane(name));
    hub = context.findPlane('hub').kube;
    kubeconfig = join(temporaryFolder(), 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify({
      'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'hub',
      'clusters': [
        ...planes.map(plane => ({ name: plane.name, cluster: { 'server': plane.url, 'certificate-authority': plane.caFile } })),
        { name: 'dead', cluster: { server: 'https://127.0.0.1:9' } },
      ],
      'users': [...planes.map(plane => ({ name: plane.name, user: { token: plane.token } })), { name: 'nobody', user: { token: planes[0].user('nobody').token } }],
      'contexts': [
        ...planes.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
        { name: 'Spoke_EU', context: { cluster: 'spoke', user: 'spoke' } }, { name: 'dead', context: { cluster: 'dead', user: 'hub' } },
        { name: 'no-rights', context: { cluster: 'spoke', user: 'nobody' } },
      ],
    }));
  });

  const add = async (...args: string[]): Promise<CommandResult> => flotilla(['cluster', 'add', ...args, '--kubeconfig', kubeconfig]);
  const usual = ['spoke', '--hub-context', 'hub', '--name', 'prod-eu', '--dir', dir, '--yes'];
  const kubeconfigOf = async (name: string): Promise<string> => {
    const { data } = await hub.get(`${SECRETS}/flotilla-cluster-${name}`);
    return Buffer.from(data.kubeconfig as string, 'base64').toString('utf8');
  };
  const tokenIn = (text: string): string => /token: "?([^"\s]+)/.exec(text)?.[1] ?? '';
  const tokens = async (): Promise<KubeObject[]> => (await context.kube.list(SECRETS)).filter(secret => secret.type === 'kubernetes.io/service-account-token');
  const statusWith = async (token: string): Promise<number> => {
    const client = new KubeClient(context.plane.url, token, context.plane.caFile);
    try {
      return (await client.request('GET', '/api/v1/configmaps?limit=1')).status;
    } finally {
      client.close();
    }
  };

  test('gives the hub a Secret by which the tree can be delivered, and prints the lines of the model and nothing secret', async () => {
    const result = await add(...usual, '--label', 'region=eu-west-1', '--label', 'cluster-type=pci');
    expect(result.code).toBe(0);
    expect(result.err).toBe(`warning: ${context.plane.url} is an address of this machine: a hub in a pod does not reach the cluster there; give the one that it does reach by --server\n`);
    expect(result.out).toContain(`new Cluster(prod, 'prod-eu', {
  labels: { region: 'eu-west-1', 'cluster-type': 'pci' },
  access: { secret: { name: 'flotilla-cluster-prod-eu' } },
});
`);
    const secret = await hub.get(`${SECRETS}/flotilla-cluster-prod-eu`);
    expect([secret.metadata.labels, Object.keys(secret.data as object)]).toEqual([expect.objectContaining({ 'cdk8s-flotilla.dev/cluster': 'prod-eu' }), ['kubeconfig']]);
    const text = await kubeconfigOf('prod-eu');
    const token = tokenIn(text);
    expect(token.length).toBeGreaterThan(100);
    for (const part of [token, token.split('.')[1], context.plane.token, 'BEGIN']) expect(`${result.out}${result.err}`).not.toContain(part);

    const file = join(temporaryFolder(), 'kubeconfig');
    writeFileSync(file, text);
    const { clusters } = await applyFleet({ source: new FolderSource(dir), kubeconfig: file, wait: true, timeoutMs: 60_000 });
    expect(clusters.map(({ error, targets }) => [error, targets.map(target => target.outcome)])).toEqual([[undefined, ['applied']]]);
  });

  test('lets the hub do what the tree holds, and no more', async () => {
    const client = new KubeClient(context.plane.url, tokenIn(await kubeconfigOf('prod-eu')), context.plane.caFile);
    const answers = await Promise.all([
      'list configmaps', 'patch deployments.apps in shop', 'patch deliveries.cdk8s-flotilla.dev in flotilla-system',
      'get secrets in flotilla-system', 'list secrets', 'list services', 'create pods in shop', 'create serviceaccounts/token in flotilla-system',
    ].map(async question => may(client, question)));
    expect(answers).toEqual([true, true, true, false, false, false, false, false]);
    client.close();
  });

  test('run again, hands over a new token, revokes the old one, and leaves the rest as it is', async () => {
    const before = tokenIn(await kubeconfigOf('prod-eu'));
    const reader: Connection = await connect({ name: 'the hub', kubeconfig, context: 'hub' });
    const open = await connect({ name: 'prod-eu', kubeconfigDocument: async () => readClusterSecret(reader, { name: 'flotilla-cluster-prod-eu' }, 'flotilla-system') });
    await open.request({ method: 'GET', path: '/api/v1/configmaps' });

    const result = await add(...usual, '-o', 'json');
    expect(result.code).toBe(0);
    const data = JSON.parse(result.out) as { revokedTokens: number; objects: { action: string }[] };
    expect([data.revokedTokens, [...new Set(data.objects.map(({ action }) => action))]]).toEqual([1, ['unchanged']]);
    const after = tokenIn(await kubeconfigOf('prod-eu'));
    expect(after).not.toBe(before);
    expect(`${result.out}${result.err}`).not.toContain(after);
    expect((await tokens()).length).toBe(1);
    expect(await statusWith(after)).toBe(200);
    // The API server remembers for ten seconds that a token was good.
    await waitUntil('the old token is refused', async () => await statusWith(before) === 401, { timeout: 20_000 });
    // A hub that had the old one goes on by itself.
    await open.request({ method: 'GET', path: '/api/v1/configmaps' });
    await open.close();
    await reader.close();
  });

  test('a hub that cannot take the new token keeps the old one, and the new one is revoked', async () => {
    const before = await kubeconfigOf('prod-eu');
    const options: RegistrationOptions = {
      context: 'spoke', hubContext: 'hub', kubeconfig, name: 'prod-eu', namespace: 'flotilla-system', hubNamespace: 'flotilla-system', environment: 'prod', labels: {},
      // Another cluster answers there: found out when the new token is tried.
      server: context.findPlane('hub').url, permissions: () => ({ clusterRoles: ['edit'] }),
    };
    const [held] = await tokens();
    await expect(registerCluster(options)).rejects.toThrow(/^FLT500[45] /);
    expect((await tokens()).map(({ metadata }) => metadata.uid)).toEqual([held.metadata.uid]);
    expect(await kubeconfigOf('prod-eu')).toBe(before);
    expect(await statusWith(tokenIn(before))).toBe(200);
  });

  test('another URL for the hub is handed over, and said where it was not tried', async () => {
    const result = await add('spoke', '--hub-context', 'hub', '--name', 'other-url', '--permissions', 'view', '--server', 'https://127.0.0.1:9/', '--yes', '--hub-namespace', 'hub-of-ours');
    expect([result.code, result.err]).toEqual([0, expect.stringContaining('warning: https://127.0.0.1:9 does not answer on this machine')]);
    expect(result.out).toContain('access: { secret: { name: \'flotilla-cluster-other-url\', namespace: \'hub-of-ours\' } }');
    const { data } = await hub.get('/api/v1/namespaces/hub-of-ours/secrets/flotilla-cluster-other-url');
    expect(Buffer.from(data.kubeconfig as string, 'base64').toString()).toContain('server: https://127.0.0.1:9\n');
    // The tokens of other registrations stay.
    expect((await tokens()).length).toBe(2);
  });

  test('a Secret of somebody else is not overwritten', async () => {
    await hub.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'flotilla-cluster-taken', namespace: 'flotilla-system' } });
    const before = (await tokens()).length;
    const result = await add('spoke', '--hub-context', 'hub', '--name', 'taken', '--permissions', 'edit', '--yes');
    expect([result.code, result.err]).toEqual([1, expect.stringMatching(/^FLT7111 the hub has a Secret flotilla-system\/flotilla-cluster-taken that/)]);
    expect((await tokens()).length).toBe(before);
  });

  test.each<[string, string[], number, RegExp]>([
    ['a context that there is not', ['nowhere', '--hub-context', 'hub', '--name', 'bad', '--permissions', 'edit', '--yes'], 1, /^FLT5001 the kubeconfig has no context 'nowhere'/],
    ['a hub that there is not', ['spoke', '--hub-context', 'nowhere', '--name', 'bad', '--permissions', 'edit', '--yes'], 1, /^FLT5001 the kubeconfig has no context 'nowhere'/],
    ['a hub that does not answer', ['spoke', '--hub-context', 'dead', '--name', 'bad', '--permissions', 'edit', '--yes'], 1, /^FLT5003 cluster 'the hub' .*127\.0\.0\.1:9/],
    ['a cluster that does not answer', ['dead', '--hub-context', 'hub', '--name', 'bad', '--permissions', 'edit', '--yes'], 1, /^FLT5003 cluster 'bad' .*127\.0\.0\.1:9/],
    ['no rights in the cluster', ['no-rights', '--hub-context', 'hub', '--name', 'bad', '--permissions', 'edit', '--yes'], 1, /^FLT5101 Namespace\/flotilla-system is forbidden: 'nobody' may not/],
    ['no rights on the hub', ['spoke', '--hub-context', 'no-rights', '--name', 'bad', '--permissions', 'edit', '--yes'], 1, /^FLT5101 Namespace\/flotilla-system is forbidden: 'nobody' may not/],
    ['a context whose name no cluster can have', ['Spoke_EU', '--hub-context', 'hub', '--permissions', 'edit', '--yes'], 2, /^FLT6050 the cluster name "Spoke_EU" is not a DNS label[^]*--name/],
    ['a server that is no URL', ['spoke', '--hub-context', 'hub', '--name', 'bad', '--permissions', 'edit', '--server', 'api.example', '--yes'], 2, /^FLT6050 'api\.example' is not the URL/],
    ['a label that is none', ['spoke', '--hub-context', 'hub', '--label', 'region', '--permissions', 'edit', '--yes'], 2, /^FLT6050 'region' is not a label/],
    ['no word on permissions', ['spoke', '--hub-context', 'hub', '--name', 'bad', '--yes'], 2, /^FLT6052 the command was not told what the hub may do/],
    ['nobody to ask', ['spoke', '--hub-context', 'hub', '--name', 'bad', '--permissions', 'edit'], 2, /^FLT6053 .*there is nobody to ask/],
    ['a cluster that is not in the tree', ['spoke', '--hub-context', 'hub', '--name', 'bad', '--dir', dir, '--yes'], 2, /^FLT6007 the fleet shop has no cluster 'bad'/],
    ['no hub', ['spoke', '--yes'], 2, /^error: required option '--hub-context/],
  ])('%s: it is said, and nothing is handed over', async (_title, args, code, words) => {
    const before = (await tokens()).length;
    const result = await add(...args);
    expect([result.code, result.out, result.err]).toEqual([code, '', expect.stringMatching(words)]);
    expect(await hub.tryGet(`${SECRETS}/flotilla-cluster-bad`)).toBeUndefined();
    expect((await tokens()).length).toBe(before);
  });

  test.each<[string, object, RegExp]>([
    ['is not there', { name: 'nothing' }, /^FLT7110 there is no Secret flotilla-system\/nothing/],
    ['lies in a namespace that is not there', { name: 'nothing', namespace: 'nowhere' }, /^FLT7110 there is no Secret nowhere\/nothing/],
    ['has no such key', { name: 'flotilla-cluster-prod-eu', key: 'config' }, /^FLT7110 the Secret flotilla-system\/flotilla-cluster-prod-eu has no key 'config'/],
  ])('the Secret of a cluster that %s is told', async (_title, secret, words) => {
    const reader = await connect({ name: 'the hub', kubeconfig, context: 'hub' });
    await expect(readClusterSecret(reader, secret as { name: string }, 'flotilla-system')).rejects.toThrow(words);
    await reader.close();
  });
});
