import { createHmac } from 'node:crypto';
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CliProcess } from './cli-process';
import { Gateway } from './gateway';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { writeKubeconfig } from '../control-plane/kubeconfig';
import { temporaryFolder, useIsolatedGit } from '../git/repositories';
import { certificate } from '../kube/certificate';
import { LiveBranch } from '../reconcile/agent/live-branch';
import { a, type WrittenFleet } from '../reconcile/written-tree';

describeWithCluster('flotilla agent', { clusters: ['one'], users: { first: ['system:masters'], second: ['system:masters'] }, auditLog: true }, context => {
  useIsolatedGit();
  const running: CliProcess[] = [];
  const gateways: Gateway[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map(process => process.stop('SIGKILL')));
    await Promise.all(gateways.splice(0).map(gateway => gateway.stop()));
  });

  function start(args: readonly string[]): CliProcess {
    const process = new CliProcess(['agent', '--listen', '127.0.0.1:0', ...args]);
    running.push(process);
    return process;
  }

  /** With a long interval: only the webhook tells of a push. */
  function agent(branch: LiveBranch, ...more: readonly string[]): CliProcess {
    return start(['--repo', branch.url, '--cluster', 'one', '--interval', '1h', ...more.includes('--kubeconfig') ? [] : ['--kubeconfig', context.plane.kubeconfig], ...more]);
  }

  function branchOf(ns: string): LiveBranch {
    return new LiveBranch({ fleet: ns, namespace: `flotilla-${ns}` });
  }

  function fleet(ns: string, key = '1'): WrittenFleet {
    return { one: { web: { objects: [a.namespace(ns), a.configMap('a', { key }, ns), a.service('web', ns)] } } };
  }

  const valueOf = async (ns: string): Promise<string | undefined> => (await context.kube.tryGet(`/api/v1/namespaces/${ns}/configmaps/a`))?.data.key;

  async function delivered(process: CliProcess, ns: string, key: string, timeout?: number): Promise<void> {
    await process.until(`${ns} has ${key}`, async () => await valueOf(ns) === key, timeout);
  }

  test('from its start to its end: delivers, is woken by a signed webhook, tells how it is, ends at once, and takes up its work without a write', async () => {
    const ns = 'cli-life';
    const branch = branchOf(ns);
    const first = branch.push(fleet(ns));
    const secretFile = join(temporaryFolder(), 'secret');
    writeFileSync(secretFile, 'open sesame\n');
    const one = agent(branch, '--webhook-secret-file', secretFile);
    await delivered(one, ns, '1');
    await one.until('it is ready', async () => (await one.readyz()).ready);
    expect(await one.readyz()).toMatchObject({ status: 200, ready: true, commit: first, clusters: 1 });
    expect((await one.get('/healthz')).status).toBe(200);

    const second = branch.push(fleet(ns, '2'));
    const body = JSON.stringify({ ref: 'refs/heads/live' });
    const sign = (secret: string): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    expect(await one.wake(body, { 'x-hub-signature-256': sign('guessed') })).toBe(401);
    expect(await one.wake(body)).toBe(401);
    const pushed = Date.now();
    expect(await one.wake(body, { 'x-github-event': 'push', 'x-hub-signature-256': sign('open sesame') })).toBe(202);
    await delivered(one, ns, '2');
    expect(Date.now() - pushed).toBeLessThan(2_000);

    await one.until('it is at rest', async () => await one.metric('flotilla_cluster_info', { cluster: 'one', state: 'steady' }) === 1);
    expect(await one.metric('flotilla_cluster_up', { cluster: 'one' })).toBe(1);
    expect(await one.metric('flotilla_source_info', { commit: second })).toBe(1);
    expect(await one.metric('flotilla_delivery_ready', { cluster: 'one', application: 'web' })).toBe(1);
    expect(await one.metric('flotilla_webhook_requests_total', { outcome: 'denied' })).toBe(2);
    const applied = one.log.filter(({ msg }) => msg === 'the application was applied');
    expect(applied.map(({ cluster, application, commit }) => [cluster, application, commit])).toEqual([['one', 'web', first], ['one', 'web', second]]);
    expect(one.log.every(({ time, level }) => Number.isFinite(Date.parse(time)) && level === 'info')).toBe(true);
    expect(applied.every(({ revision }) => /^[0-9a-f]{40}$/.test(String(revision)))).toBe(true);

    const { code, ms } = await one.stop();
    expect([code, ms < 3_000, one.err.includes('FLT')]).toEqual([0, true, false]);

    const from = context.plane.auditEvents().length;
    const next = agent(branch);
    await next.until('it is at rest', async () => await next.metric('flotilla_cluster_info', { state: 'steady' }) === 1);
    // The record is written a while after a run when there is something to write.
    await new Promise(resolve => setTimeout(resolve, 3_000));
    expect((await next.stop()).code).toBe(0);
    const writes = context.plane.auditEvents().slice(from).filter(({ verb, userAgent }) => userAgent === 'cdk8s-flotilla' && !['get', 'list', 'watch'].includes(verb));
    expect(writes.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
  });

  test.each([
    ['the repository does not exist', ['--repo', '/nowhere/at/all'], 'FLT4003'],
    ['the repository has no such branch', ['--branch', 'gone'], 'FLT4004'],
    ['the cluster is not in the fleet', ['--cluster', 'two'], 'FLT6007'],
    ['the kubeconfig has no such context', ['--context', 'nope'], 'FLT5001'],
    ['there is no kubeconfig', ['--kubeconfig', '/nowhere/kubeconfig'], 'FLT5002'],
  ])('goes on and says why once a minute when %s', async (title, args, code) => {
    const ns = `cli-${createHmac('sha256', '').update(title).digest('hex').slice(0, 8)}`;
    const branch = branchOf(ns);
    branch.push(fleet(ns));
    const process = start([
      '--repo', branch.url, '--cluster', 'one', '--kubeconfig', context.plane.kubeconfig, '--interval', '1s', ...args,
    ]);
    await process.until(`it says ${code}`, () => process.log.some(line => line.code === code));
    // It is tried again meanwhile: after one second and two, or each second.
    await new Promise(resolve => setTimeout(resolve, 4_500));
    expect(process.log.filter(line => line.level === 'error').map(line => line.code)).toEqual([code]);
    expect(process.log.every(line => typeof line.fix === 'string' || line.level !== 'error')).toBe(true);
    const { body } = await process.get('/metrics');
    const errors = body.split('\n').find(line => line.startsWith('flotilla_errors_total{') && line.includes(code))!;
    expect(Number(errors.split(' ').at(-1))).toBeGreaterThan(1);
    const readyz = await process.readyz();
    if (code.startsWith('FLT5')) {
      expect(readyz.down).toEqual(['one']);
    } else {
      expect([readyz.status, JSON.stringify(readyz.reasons)]).toEqual([503, expect.stringContaining(code)]);
    }
    expect((await process.get('/healthz')).status).toBe(200);
    const { code: exit, ms } = await process.stop();
    expect([exit, ms < 3_000]).toEqual([0, true]);
  });

  test.each([
    ['the file with the secret is missing', ['--webhook-secret-file', '/nowhere/secret'], 2, 'FLT6005'],
    ['the interval is nothing', ['--interval', '0s'], 2, '--interval'],
    ['the interval is no duration', ['--interval', 'soon'], 2, '--interval'],
    ['the address is none', ['--listen', 'everywhere'], 1, 'FLT7002'],
  ])('ends at once when %s', async (_title, args, code, told) => {
    const process = start(['--repo', '/nowhere', '--cluster', 'one', ...args]);
    expect(await process.ended).toBe(code);
    expect(process.err).toContain(told);
  });

  test('ends at once when the port is in use', async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const process = start(['--repo', '/nowhere', '--cluster', 'one', '--listen', `127.0.0.1:${port}`]);
    expect(await process.ended).toBe(1);
    expect(process.err).toContain('FLT7001');
    await new Promise(resolve => other.close(resolve));
  });

  test('a kubeconfig that appears later, and one whose token is renewed, need no restart', async () => {
    const ns = 'cli-token';
    const branch = branchOf(ns);
    branch.push(fleet(ns));
    const kubeconfig = join(temporaryFolder(), 'kubeconfig');
    const process = agent(branch, '--kubeconfig', kubeconfig);
    await process.until('it misses the kubeconfig', () => process.log.some(({ code }) => code === 'FLT5002'));
    const write = (token: string): void => {
      writeKubeconfig(`${kubeconfig}.new`, [{ name: 'one', url: context.plane.url, caFile: context.plane.caFile, token }]);
      renameSync(`${kubeconfig}.new`, kubeconfig);
    };
    write('not yet valid');
    await process.until('it is refused', () => process.log.some(({ code }) => code === 'FLT5005'));
    write(context.plane.user('first').token);
    await delivered(process, ns, '1');
    await process.until('it is at rest', async () => await process.metric('flotilla_cluster_info', { state: 'steady' }) === 1);

    write(context.plane.user('second').token);
    const ups = process.log.filter(({ msg }) => msg === 'the cluster answers').length;
    const user = (): string[] => [...new Set(context.plane.auditEvents().filter(({ requestURI, verb }) => verb === 'patch' && requestURI.includes(`/${ns}/`)).map(each => each.user.username))];
    expect(user()).toEqual(['first']);
    // Credentials are read again when they are half a minute old.
    await new Promise(resolve => setTimeout(resolve, 31_000));
    branch.push(fleet(ns, '2'));
    await process.wake();
    await delivered(process, ns, '2');
    await process.until('it is written by the second user', () => user().includes('second'));
    expect(process.log.filter(({ msg }) => msg === 'the cluster answers')).toHaveLength(ups);
  }, 120_000);

  test('its own cluster, which holds the way to the other one, may have no kubeconfig yet', async () => {
    const ns = 'cli-secret';
    const branch = branchOf(ns);
    const { kubeconfig } = context.plane.user('first');
    await context.kube.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: ns, namespace: 'default' }, stringData: { kubeconfig: readFileSync(kubeconfig, 'utf8') } });
    const access = { secret: { name: ns, namespace: 'default' } };
    branch.push(fleet(ns), {
      'clusters/one.yaml': JSON.stringify({
        apiVersion: 'cdk8s-flotilla.dev/v1alpha1', kind: 'Cluster', metadata: { name: 'one' }, spec: { environment: 'dev', labels: {}, access },
      }),
    });
    const own = join(temporaryFolder(), 'kubeconfig');
    const process = agent(branch, '--kubeconfig', own);
    await process.until('it misses the kubeconfig', () => process.log.some(({ code }) => code === 'FLT5002'));
    copyFileSync(context.plane.kubeconfig, own);
    await delivered(process, ns, '1');
    expect((await process.stop()).code).toBe(0);
  });

  test('a client certificate that is renewed, also after it was refused, needs no restart', async () => {
    const ns = 'cli-certificate';
    const branch = branchOf(ns);
    branch.push(fleet(ns));
    const clientAuthority = certificate({ name: 'clients' });
    const gateway = await Gateway.start(context.plane, { clientAuthority });
    gateways.push(gateway);
    const folder = temporaryFolder();
    const issue = (name: string, issuer = clientAuthority): void => {
      const { cert, key } = certificate({ name, issuer, organization: 'system:masters' });
      writeFileSync(join(folder, 'client.crt'), cert);
      writeFileSync(join(folder, 'client.key'), key);
    };
    writeFileSync(join(folder, 'ca.crt'), gateway.ca);
    writeFileSync(join(folder, 'kubeconfig'), JSON.stringify({
      'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'one', 'contexts': [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
      'clusters': [{ name: 'one', cluster: { 'server': gateway.url, 'certificate-authority': 'ca.crt' } }],
      'users': [{ name: 'one', user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }],
    }));
    issue('first');
    const process = agent(branch, '--kubeconfig', join(folder, 'kubeconfig'));
    await delivered(process, ns, '1');
    await process.until('it is at rest', async () => await process.metric('flotilla_cluster_info', { state: 'steady' }) === 1);
    expect([...gateway.clients]).toEqual(['first']);

    issue('second');
    await new Promise(resolve => setTimeout(resolve, 31_000));
    branch.push(fleet(ns, '2'));
    await process.wake();
    await delivered(process, ns, '2');
    expect([...gateway.clients]).toEqual(['first', 'second']);
    expect(process.log.filter(({ level }) => level === 'error')).toEqual([]);

    // One of another authority: refused, until there is a good one.
    issue('stranger', certificate({ name: 'others' }));
    await new Promise(resolve => setTimeout(resolve, 31_000));
    branch.push(fleet(ns, '3'));
    await process.wake();
    await process.until('it is refused', () => process.log.some(({ code }) => code === 'FLT5005'));
    issue('third');
    await delivered(process, ns, '3');
    expect([...gateway.clients]).toEqual(['first', 'second', 'third']);
  }, 180_000);
});
