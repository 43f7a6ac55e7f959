import { temporaryFolder } from '../temporary-folder';
import { AccountUser, may, userOfAccount } from './service-account';
import { Application, Cluster, Environment, Fleet, Reconciler } from '../../lib';
import { bootstrapReconciler } from '../../lib/bootstrap/bootstrap';
import { readDeliveries } from '../../lib/bootstrap/read-deliveries';
import { guessPlural, resourceNames } from '../../lib/bootstrap/resource-name';
import type { ReconcilerSettings } from '../../lib/bootstrap/settings';
import { rulesOfTree } from '../../lib/bootstrap/tree-rules';
import { applyFleet, ApplyResult } from '../../lib/reconcile/apply';
import { FolderSource } from '../../lib/tree/folder-source';
import type { Manifest } from '../../lib/tree/manifest';
import { flotilla } from '../cli/flotilla';
import { KubeError, KubeObject } from '../control-plane/client';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { kubectl } from '../control-plane/kubectl';
import { RealConnection } from '../kube/real-connection';
import { a, writeTree } from '../reconcile/written-tree';

const RBAC = 'rbac.authorization.k8s.io';
const IMAGE = 'registry.example/flotilla:1';
const REPO = 'https://git.example.com/shop/live.git';

/** An application that also grants rights which the agent itself does not hold. */
function web(namespace: string, configMaps: readonly string[]): readonly Manifest[] {
  const role = (kind: string, name: string, at: object, more: object): Manifest => ({ apiVersion: `${RBAC}/v1`, kind, metadata: { name, ...at }, ...more });
  const subjects = [{ kind: 'ServiceAccount', name: 'web', namespace }];
  return [
    a.namespace(namespace), a.crd('widgetten', 'Widget'), a.widget('w', 1, namespace), a.service('web', namespace), a.deployment('web', undefined, namespace),
    ...configMaps.map(name => a.configMap(name, undefined, namespace)),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace } },
    role('ClusterRole', namespace, {}, { rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }] }),
    role('ClusterRoleBinding', namespace, {}, { roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: namespace }, subjects }),
    role('RoleBinding', 'viewer', { namespace }, { roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'view' }, subjects }),
  ];
}

describeWithCluster('flotilla bootstrap', { controllers: true }, context => {
  const real = new RealConnection(context);
  const settings: ReconcilerSettings = { mode: 'agent', image: IMAGE, repo: REPO, clusters: ['one'] };

  const outcomes = (result: ApplyResult): string[] => result.clusters.flatMap(({ cluster, error, targets }) => [
    ...error ? [`${cluster}: ${error.message}`] : [],
    ...targets.map(target => [target.application, target.outcome, target.message, ...target.objects.flatMap(object => object.error?.message ?? [])].filter(Boolean).join(' ')),
  ]);

  test('guesses the name of every built-in kind right', () => {
    const wrong = real.discovery.resources.filter(({ group }) => !group.includes('.') || group.endsWith('.k8s.io'))
      .filter(({ kind, plural, verbs }) => verbs.includes('list') && guessPlural(kind) !== plural);
    expect(wrong.map(({ kind, plural }) => `${kind}: ${plural}`)).toEqual([]);
  });

  describe.each(['agent', 'hub'] as const)('%s', mode => {
    const args = mode === 'agent'
      ? ['agent', '--cluster', 'one', '--permissions', 'edit', '--git-secret', 'git', '--webhook-secret', 'hook', '--priority-class', 'system-cluster-critical']
      : ['hub', '--replicas', '2', '--git-secret', 'git', '--egress-port', '8443'];

    test('prints YAML that kubectl applies as it is', async () => {
      const printed = await flotilla(['bootstrap', ...args, '--repo', REPO, '--image', IMAGE, '--namespace', `printed-${mode}`]);
      expect([printed.code, printed.err]).toEqual([0, '']);
      const applied = await kubectl(['apply', '--server-side', '-f', '-'], { kubeconfig: context.plane.kubeconfig, stdin: printed.out });
      expect(applied.trim().split('\n').length).toBe(printed.out.split('---\n').length - 1);
      expect(applied).toContain(`deployment.apps/flotilla-${mode} serverside-applied`);
    });

    test('prints JSON that kubectl takes, too', async () => {
      const printed = await flotilla(['bootstrap', ...args, '--repo', REPO, '--image', IMAGE, '--namespace', `printed-${mode}`, '-o', 'json']);
      await kubectl(['apply', '--server-side', '-f', '-'], { kubeconfig: context.plane.kubeconfig, stdin: printed.out });
    });
  });

  test('applied with --wait, its pod is admitted under the strictest Pod Security Standard and is ready; applied again, it writes nothing', async () => {
    const args = ['bootstrap', 'agent', '--repo', REPO, '--image', IMAGE, '--cluster', 'one', '--permissions', 'edit', '--kubeconfig', context.plane.kubeconfig, '--apply'];
    const first = await flotilla([...args, '--wait', '--timeout', '60s']);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(/Deployment\.apps\/flotilla-system\/flotilla-agent +created/);
    const pods = await context.kube.list('/api/v1/namespaces/flotilla-system/pods');
    expect(pods.map(pod => pod.status.phase)).toEqual(['Running']);
    const namespace = await context.kube.get('/api/v1/namespaces/flotilla-system');
    expect(namespace.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });

    const connection = await real.as('admin');
    const again = await bootstrapReconciler(connection, { ...settings, permissions: { clusterRoles: ['edit'] } });
    expect(again.objects.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    expect(connection.requests.writes).toBe(0);
    const told = await flotilla([...args, '-o', 'json']);
    expect(JSON.parse(told.out)).toMatchObject({ server: context.plane.url, warnings: [] });
  });

  test('applied with other settings, it changes what differs, and takes back the rights that are not given any more', async () => {
    const connection = await real.as('admin');
    await bootstrapReconciler(connection, { ...settings, permissions: { clusterRoles: ['cluster-admin'] } });
    const binding = `/apis/${RBAC}/v1/clusterrolebindings/flotilla-system:flotilla-agent:cluster-admin`;
    const other = await bootstrapReconciler(connection, { ...settings, namespace: 'elsewhere', permissions: { clusterRoles: ['cluster-admin'] } });
    expect(other.objects.filter(({ action }) => action === 'deleted')).toEqual([]);
    const { objects, warnings } = await bootstrapReconciler(connection, { ...settings, gitSecret: 'git', permissions: { rules: [] } });
    expect(objects.filter(({ action }) => action !== 'unchanged').map(({ object, action }) => `${object} ${action}`)).toEqual([
      'Deployment.apps/flotilla-system/flotilla-agent configured',
      `ClusterRoleBinding.${RBAC}/flotilla-system:flotilla-agent:cluster-admin deleted`,
    ]);
    expect(warnings).toEqual(['the pods wait for the Secret flotilla-system/git, which does not exist yet']);
    expect(await context.kube.tryGet(binding)).toBeUndefined();
    expect(await context.kube.tryGet(binding.replace('flotilla-system', 'elsewhere'))).toBeDefined();
  });

  describe('the ServiceAccount of an agent whose rights are those of its tree', () => {
    let account: AccountUser;
    const dir = writeTree({ one: { web: { objects: web('least', ['a', 'b']) } } });

    beforeAll(async () => {
      const applied = await flotilla(['bootstrap', 'agent', '--repo', REPO, '--dir', dir, '--image', IMAGE, '--cluster', 'one', '--kubeconfig', context.plane.kubeconfig, '--apply']);
      expect([applied.code, applied.err]).toEqual([0, '']);
      account = await userOfAccount(context.plane, context.kube, 'flotilla-system/flotilla-agent', 'one');
    });

    test('converges, roles with more rights than its own among it, and finds nothing to do after that', async () => {
      expect(outcomes(await applyFleet({ source: new FolderSource(dir), kubeconfig: account.kubeconfig, wait: true, timeoutMs: 60_000 }))).toEqual(['web applied']);
      const again = await applyFleet({ source: new FolderSource(dir), kubeconfig: account.kubeconfig });
      expect(outcomes(again)).toEqual(['web unchanged']);
      expect(again.clusters[0].requests.writes).toBe(0);
    });

    test('prunes what left the tree', async () => {
      writeTree({ one: { web: { objects: web('least', ['a']) } } }, { folder: dir });
      const [{ targets: [{ objects }] }] = (await applyFleet({ source: new FolderSource(dir), kubeconfig: account.kubeconfig })).clusters;
      expect(objects.filter(({ action }) => action === 'pruned').map(({ object }) => object)).toEqual(['ConfigMap/least/b']);
    });

    test.each([
      'list configmaps', 'watch deployments.apps', 'patch widgetten.example.com in anywhere', 'patch deliveries.cdk8s-flotilla.dev in flotilla-system',
      'update leases.coordination.k8s.io in flotilla-system', 'create events in flotilla-system', 'get namespaces flotilla-system',
      `bind clusterroles.${RBAC} view`, `escalate clusterroles.${RBAC} least`, 'patch customresourcedefinitions.apiextensions.k8s.io deliveries.cdk8s-flotilla.dev',
      'watch customresourcedefinitions.apiextensions.k8s.io',
    ])('may %s', async question => {
      expect(await may(account.kube, question)).toBe(true);
    });

    test.each([
      'patch deliveries.cdk8s-flotilla.dev in default', 'update leases.coordination.k8s.io in kube-system', 'create events in default',
      'get secrets in flotilla-system', 'list secrets', 'create pods in least', 'create pods/exec in least', 'list nodes', 'list jobs.batch', 'update configmaps in least',
      'deletecollection configmaps in least', `escalate clusterroles.${RBAC} cluster-admin`, `bind clusterroles.${RBAC} cluster-admin`,
      `bind clusterroles.${RBAC}`, 'impersonate serviceaccounts web in least', 'impersonate users', 'create serviceaccounts/token web in least',
    ])('may not %s', async question => {
      expect(await may(account.kube, question)).toBe(false);
    });

    test('is refused by the server what it may not do', async () => {
      const answers = await Promise.all(['/api/v1/secrets', '/api/v1/nodes', '/apis/batch/v1/namespaces/least/jobs', '/api/v1/namespaces/kube-system/pods']
        .map(path => account.kube.request('GET', path)));
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    });

    test('is refused what the tree did not hold when the rights were made', async () => {
      const dark = writeTree({
        one: {
          web: {
            objects: [...web('least', ['a']), {
              apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'c', namespace: 'least' },
              spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'c' }] } } } } },
            }],
          },
        },
      });
      expect(outcomes(await applyFleet({ source: new FolderSource(dark), kubeconfig: account.kubeconfig })).join()).toMatch(/FLT5101 CronJob\.batch\/least\/c is forbidden: .* may not \w+ cronjobs\.batch/);
    });

    test('makes no role that the tree did not hold stronger than itself', async () => {
      const dark = writeTree({
        one: {
          web: {
            objects: [...web('least', ['a']), {
              apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: 'stronger' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
            }],
          },
        },
      });
      expect(outcomes(await applyFleet({ source: new FolderSource(dark), kubeconfig: account.kubeconfig })).join()).toContain('would grant permissions that its deliverer does not hold');
    });
  });

  test('an agent that is in its own tree takes over what bootstrap made, and has the rights that the tree gives it', async () => {
    const fleet = new Fleet('self', { environments: ['prod'], namespace: 'self' });
    new Cluster(new Environment(fleet, 'prod'), 'one');
    new Application(fleet, 'flotilla', {
      namespace: 'self', placement: {},
      render: (chart, _values, target) => {
        new Reconciler(chart, 'agent', {
          mode: 'agent', image: IMAGE, repo: REPO, clusters: [target.cluster], namespace: 'self', permissions: { clusterRoles: ['cluster-admin'] },
        });
      },
    });
    const dir = temporaryFolder();
    fleet.synth({ outdir: dir });
    const applied = await flotilla(['bootstrap', 'agent', '--repo', REPO, '--dir', dir, '--image', 'registry.example/flotilla:0', '--cluster', 'one', '--kubeconfig', context.plane.kubeconfig, '--apply']);
    expect([applied.code, applied.err]).toEqual([0, '']);
    const { kubeconfig } = await userOfAccount(context.plane, context.kube, 'self/flotilla-agent', 'one');
    expect(outcomes(await applyFleet({ source: new FolderSource(dir), kubeconfig, wait: true, timeoutMs: 60_000 }))).toEqual(['flotilla applied']);
    const deployment = await context.kube.get('/apis/apps/v1/namespaces/self/deployments/flotilla-agent');
    expect(deployment.spec.template.spec.containers[0].image).toBe(IMAGE);
    expect(await context.kube.tryGet(`/apis/${RBAC}/v1/clusterrolebindings/self:flotilla-agent:cluster-admin`)).toBeDefined();
    expect(outcomes(await applyFleet({ source: new FolderSource(dir), kubeconfig }))).toEqual(['flotilla unchanged']);
  });

  test('the rights of a tree are made of all that it holds, or not at all', async () => {
    const dir = writeTree({ one: { web: { objects: web('whole', ['a']) } } });
    const { deliveries } = await readDeliveries(new FolderSource(dir), 'one');
    const find = resourceNames(deliveries.flatMap(({ objects }) => objects), real.discovery);
    expect(JSON.stringify(rulesOfTree(deliveries, find))).toContain('widgetten');
    await expect(readDeliveries(new FolderSource(dir), 'two')).rejects.toThrow(/FLT6007 the fleet shop has no cluster 'two'/);
  });

  test('a user without rights is told which one is missing, and nothing is written', async () => {
    const args = ['bootstrap', 'agent', '--repo', REPO, '--image', IMAGE, '--cluster', 'one', '--permissions', 'edit', '--namespace', 'denied', '--apply'];
    const result = await flotilla([...args, '--kubeconfig', context.plane.user('nobody').kubeconfig]);
    expect([result.code, result.out]).toEqual([1, '']);
    expect(result.err).toMatch(/^FLT5101 Namespace\/denied is forbidden: 'nobody' may not get namespaces/);
    await expect(context.kube.get('/api/v1/namespaces/denied')).rejects.toThrow(KubeError);
  });

  test('pods that do not become ready in time are told with a command that shows why', async () => {
    const quota: KubeObject = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none', namespace: 'full' }, spec: { hard: { pods: '0' } } };
    await context.kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'full' } });
    await context.kube.apply(quota);
    const args = ['bootstrap', 'hub', '--repo', REPO, '--image', IMAGE, '--namespace', 'full', '--apply', '--wait', '--timeout', '2s'];
    const result = await flotilla([...args, '--kubeconfig', context.plane.kubeconfig]);
    expect(result.code).toBe(1);
    expect(result.err).toMatch(/^FLT7104 Deployment\.apps\/full\/flotilla-hub is not ready[^]*fix see why: `kubectl describe deployment flotilla-hub -n full`/);
  });
});
