import { LiveBranch } from './agent/live-branch';
import { RunningAgent } from './agent/running-agent';
import { a, WrittenApplication, writeTree } from './written-tree';
import { applyFleet, ApplyResult } from '../../lib/reconcile/apply';
import { previewFleet } from '../../lib/reconcile/preview';
import { fleetStatus } from '../../lib/reconcile/status';
import { FolderSource } from '../../lib/tree/folder-source';
import type { Manifest } from '../../lib/tree/manifest';
import type { AuditEvent } from '../control-plane/audit-log';
import type { KubeObject } from '../control-plane/client';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { useIsolatedGit } from '../git/repositories';

/** Runs the reconciler: it may keep Deliveries, and act as any ServiceAccount. It may touch nothing else. */
const DELIVERER = 'limited';
/** May keep Deliveries, and act as nobody. */
const LONER = 'tenant';

const RBAC = 'rbac.authorization.k8s.io';
const ALL = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const WORKLOADS: readonly Rule[] = [{ apiGroups: ['', 'apps'], resources: ['configmaps', 'services', 'deployments'], verbs: ALL }];

function role(name: string, namespace: string, rules: readonly Rule[]): Manifest {
  return { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name, namespace }, rules };
}

function binding(name: string, namespace: string, account: string): Manifest {
  return {
    apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name, namespace },
    roleRef: { apiGroup: RBAC, kind: 'Role', name }, subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
  };
}

const userOf = (ns: string, account = 'deployer'): string => `system:serviceaccount:${ns}:${account}`;

/** What happened, in words, unchanged objects aside. */
function words({ clusters }: ApplyResult): string[] {
  return clusters.flatMap(({ error, targets }) => [
    ...error ? [`${error.code} ${error.what}`] : [],
    ...targets.flatMap(({ application, outcome, objects }) => [
      `${application} ${outcome}`,
      ...objects.filter(({ action }) => action !== 'unchanged').map(each => `${each.action} ${each.object}${each.error ? ` ${each.error.code}` : ''}`),
    ]),
  ]);
}

describeWithCluster('a delivery with a serviceAccount', { clusters: ['one'], auditLog: true }, context => {
  useIsolatedGit();

  beforeAll(async () => {
    const keeper: Rule[] = [
      { apiGroups: ['cdk8s-flotilla.dev'], resources: ['deliveries'], verbs: ALL },
      { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['get', 'create', 'patch'] },
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'create', 'patch'] },
    ];
    const grants: [string, Rule[]][] = [
      [DELIVERER, [...keeper, { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] }]],
      [LONER, keeper],
    ];
    for (const [name, rules] of grants) {
      await context.kube.create({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, rules });
      await context.kube.create({
        apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name }, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name }, subjects: [{ kind: 'User', name }],
      });
    }
  });

  /** What the owners of the cluster prepare: a namespace, and the rights of a ServiceAccount in it. */
  async function prepare(ns: string, rules = WORKLOADS, account = 'deployer'): Promise<void> {
    await context.kube.apply(a.namespace(ns) as KubeObject);
    await context.kube.apply(role(`owner-${account}`, ns, rules) as unknown as KubeObject);
    await context.kube.apply(binding(`owner-${account}`, ns, account) as unknown as KubeObject);
    // The server honours it in a moment.
    await new Promise(resolve => setTimeout(resolve, 200));
  }

  function delivery(ns: string, objects: readonly Manifest[], more: WrittenApplication['spec'] = {}): Record<string, WrittenApplication> {
    return { web: { objects, spec: { serviceAccount: { name: 'deployer', namespace: ns }, ...more } } };
  }

  function optionsOf(ns: string, applications: Record<string, WrittenApplication>, user = DELIVERER): { source: FolderSource; kubeconfig: string } {
    const folder = writeTree({ one: applications }, { fleet: ns, namespace: `flotilla-${ns}` });
    return { source: new FolderSource(folder), kubeconfig: context.plane.user(user).kubeconfig };
  }

  const apply = async (ns: string, applications: Record<string, WrittenApplication>, user?: string): Promise<ApplyResult> =>
    applyFleet(optionsOf(ns, applications, user));

  const inventory = async (ns: string): Promise<string[]> =>
    ((await context.kube.get(`/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${ns}/deliveries/web`)).status.inventory as string[]).map(line => line.split(' ')[0]);

  const configMap = async (ns: string, name: string): Promise<KubeObject | undefined> => context.kube.tryGet(`/api/v1/namespaces/${ns}/configmaps/${name}`);

  /** The requests of the reconciler for objects of a namespace, and for kinds in all namespaces, by whom they ran as. */
  function touching(ns: string, since: number): Map<string | undefined, AuditEvent[]> {
    const ours = context.plane.auditEvents().filter(({ user, objectRef, requestReceivedTimestamp }) => user.username === DELIVERER && objectRef !== undefined
      && Date.parse(requestReceivedTimestamp) >= since && (objectRef.namespace === ns || objectRef.namespace === undefined)
      // What it installs for itself.
      && objectRef.resource !== 'customresourcedefinitions' && !(objectRef.resource === 'namespaces' && objectRef.name === `flotilla-${ns}`));
    const users = new Set(ours.map(({ impersonatedUser }) => impersonatedUser?.username));
    return new Map([...users].map(name => [name, ours.filter(({ impersonatedUser }) => impersonatedUser?.username === name)]));
  }

  test('is applied, healed, looked at and pruned as that account, and nothing of it is touched as ourselves', async () => {
    const ns = 'as-tenant';
    const since = Date.now();
    await prepare(ns);
    const objects = [a.configMap('a', undefined, ns), a.configMap('b', undefined, ns), a.configMap('c', undefined, ns), a.configMap('d', undefined, ns), a.deployment('web', undefined, ns)];
    expect(words(await apply(ns, delivery(ns, objects)))).toEqual([
      'web applied', ...['a', 'b', 'c', 'd'].map(name => `created ConfigMap/${ns}/${name}`), `created Deployment.apps/${ns}/web`,
    ]);
    const again = await apply(ns, delivery(ns, objects));
    expect([words(again), again.clusters[0].requests.writes]).toEqual([['web unchanged'], 0]);

    await context.kube.patch(`/api/v1/namespaces/${ns}/configmaps/a`, { data: { key: 'theirs' } });
    const options = optionsOf(ns, delivery(ns, objects));
    expect((await fleetStatus(options)).targets).toMatchObject([{ application: 'web', sync: 'OutOfSync', pending: 1 }]);
    expect((await previewFleet(options)).clusters[0].targets).toMatchObject([{ changes: [{ action: 'changed', object: { name: 'a' } }], errors: [] }]);
    expect(words(await apply(ns, delivery(ns, objects)))).toEqual(['web applied', `configured ConfigMap/${ns}/a`]);
    expect(words(await apply(ns, delivery(ns, objects.slice(1))))).toEqual(['web applied', `pruned ConfigMap/${ns}/a`]);
    expect(words(await apply(ns, {}))).toEqual(['web unchanged']);
    expect(words(await apply(ns, delivery(ns, objects.slice(1), { prune: { budget: 100 } })))).toEqual(['web unchanged']);
    expect(words(await apply(ns, {})).sort()).toEqual([...['b', 'c', 'd'].map(name => `pruned ConfigMap/${ns}/${name}`), `pruned Deployment.apps/${ns}/web`, 'web removed'].sort());

    const requests = touching(ns, since);
    expect([...requests.keys()]).toEqual([userOf(ns)]);
    const verbs = new Set(requests.get(userOf(ns))?.map(({ verb }) => verb));
    expect(verbs).toEqual(new Set(['list', 'patch', 'get', 'delete']));
  });

  test('has the groups of the account, though none is sent', async () => {
    const ns = 'as-groups';
    await context.kube.apply(a.namespace(ns) as KubeObject);
    await context.kube.apply(role('all', ns, WORKLOADS) as unknown as KubeObject);
    await context.kube.apply({ ...binding('all', ns, ''), subjects: [{ kind: 'Group', apiGroup: RBAC, name: `system:serviceaccounts:${ns}` }] } as unknown as KubeObject);
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(words(await apply(ns, delivery(ns, [a.configMap('a', undefined, ns)])))).toEqual(['web applied', `created ConfigMap/${ns}/a`]);
    const event = context.plane.auditEvents().find(({ impersonatedUser }) => impersonatedUser?.username === userOf(ns));
    expect([...event?.impersonatedUser?.groups ?? []].sort()).toEqual(['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${ns}`]);
  });

  test('is denied what the account may not do, with a way to check it', async () => {
    const ns = 'as-denied';
    await prepare(ns);
    const denied = await apply(ns, delivery(ns, [a.configMap('a', undefined, ns), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: ns } } as Manifest]));
    expect(words(denied)).toEqual(['web failed', `created ConfigMap/${ns}/a`, `failed Secret/${ns}/s FLT5101`]);
    expect(denied.clusters[0].targets[0].errors[0]).toMatchObject({
      what: expect.stringContaining(`'${userOf(ns)}' may not patch secrets in the namespace '${ns}'`),
      fix: expect.stringContaining(`auth can-i patch secrets -n ${ns} --as=${userOf(ns)}\``),
    });

    // It cannot make the namespace that it is to live in.
    const unborn = 'as-unborn';
    const egg = await apply(unborn, delivery(unborn, [a.namespace(unborn), a.configMap('a', undefined, unborn)]));
    expect(words(egg)).toEqual(['web failed', `failed Namespace/${unborn} FLT5101`, `skipped ConfigMap/${unborn}/a`]);
    expect(egg.clusters[0].targets[0].errors[0]).toMatchObject({
      what: expect.stringContaining(`'${userOf(unborn)}' may not patch namespaces`),
      fix: expect.stringMatching(new RegExp(`--as=${userOf(unborn)}\`; or leave it to an application without \`serviceAccount\``)),
    });
  });

  test('prunes nothing, and forgets nothing, that the account may not list', async () => {
    const ns = 'as-blind';
    await prepare(ns, [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch', 'delete'] }]);
    const objects = ['a', 'b', 'c', 'd', 'e'].map(name => a.configMap(name, undefined, ns));
    expect(words(await apply(ns, delivery(ns, objects)))).toContain('web applied');
    expect(words(await apply(ns, delivery(ns, objects)))).toEqual(['web unchanged']);
    await context.kube.patch(`/api/v1/namespaces/${ns}/configmaps/b`, { data: { key: 'theirs' } });
    expect(words(await apply(ns, delivery(ns, objects.slice(1))))).toEqual(['web applied', `configured ConfigMap/${ns}/b`]);
    expect(await configMap(ns, 'a')).toBeDefined();
    expect(await inventory(ns)).toContain(`ConfigMap/${ns}/a`);
    expect((await fleetStatus(optionsOf(ns, delivery(ns, objects.slice(1))))).targets).toMatchObject([{ sync: 'Unknown' }]);

    await prepare(ns);
    expect(words(await apply(ns, delivery(ns, objects.slice(1))))).toContain(`pruned ConfigMap/${ns}/a`);
    expect(await inventory(ns)).not.toContain(`ConfigMap/${ns}/a`);
  });

  test('may bring the very permissions that its other objects need, and loses them last', async () => {
    const ns = 'as-grantor';
    await prepare(ns, [{ apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: [...ALL, 'escalate', 'bind'] }]);
    const objects = [
      role('web', ns, WORKLOADS), binding('web', ns, 'deployer'), ...Array.from({ length: 20 }, (_, i) => a.configMap(`m${i}`, undefined, ns)), a.deployment('web', undefined, ns),
    ];
    const first = await apply(ns, delivery(ns, objects, { prune: { budget: 100 } }));
    expect(first.clusters[0].targets[0].errors.map(({ what }) => what)).toEqual([]);
    expect(words(first).filter(line => line.startsWith('created'))).toHaveLength(objects.length);
    expect(words(await apply(ns, delivery(ns, objects, { prune: { budget: 100 } })))).toEqual(['web unchanged']);

    const gone = words(await apply(ns, {}));
    expect(gone[0]).toBe('web removed');
    expect(gone.slice(-2).sort()).toEqual([`pruned Role.${RBAC}/${ns}/web`, `pruned RoleBinding.${RBAC}/${ns}/web`]);
    expect(gone).toHaveLength(1 + objects.length);
  });

  test('may grant of its own rights, by a binding that meets the server before its role does', async () => {
    const ns = 'as-granting';
    await prepare(ns, [...WORKLOADS, { apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: ALL }]);
    const objects = Array.from({ length: 10 }, (_, i) => [role(`r${i}`, ns, [{ ...WORKLOADS[0], verbs: ['get'] }]), binding(`r${i}`, ns, 'app')]).flat();
    const { errors, outcome } = (await apply(ns, delivery(ns, objects))).clusters[0].targets[0];
    expect([outcome, ...errors.map(({ what, cause }) => `${what}: ${(cause as Error).message}`)]).toEqual(['applied']);
  });

  test('is told at once when what is denied stays denied', async () => {
    const ns = 'as-unbound';
    await prepare(ns, [{ apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: ALL }]);
    // It may not grant what it does not have.
    const start = Date.now();
    const result = await apply(ns, delivery(ns, [role('web', ns, WORKLOADS), binding('web', ns, 'deployer'), a.configMap('a', undefined, ns)]));
    expect(words(result)).toEqual(['web failed', ...[`ConfigMap/${ns}/a`, `Role.${RBAC}/${ns}/web`, `RoleBinding.${RBAC}/${ns}/web`].map(key => expect.stringContaining(`failed ${key}`))]);
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  test('keeps its objects when another account takes over, whatever that one can see', async () => {
    const ns = 'as-another';
    await prepare(ns);
    const objects = ['a', 'b', 'c', 'd', 'e'].map(name => a.configMap(name, undefined, ns));
    await apply(ns, delivery(ns, objects));
    const other = { serviceAccount: { name: 'other', namespace: ns } };
    expect(words(await apply(ns, delivery(ns, objects.slice(1), other))).filter(line => !line.endsWith('FLT5101'))).toEqual(['web failed']);
    expect(await configMap(ns, 'a')).toBeDefined();
    expect(await inventory(ns)).toEqual(objects.map(({ metadata }) => `ConfigMap/${ns}/${metadata.name}`));

    await prepare(ns, WORKLOADS, 'other');
    const since = Date.now();
    expect(words(await apply(ns, delivery(ns, objects.slice(1), other)))).toEqual(['web applied', `pruned ConfigMap/${ns}/a`]);
    expect([...touching(ns, since).keys()]).toEqual([userOf(ns, 'other')]);
  });

  test('says whose fault it is when we may not act as the account', async () => {
    const ns = 'as-nobody';
    await prepare(ns);
    const result = await apply(ns, delivery(ns, [a.configMap('a', undefined, ns)]), LONER);
    expect(words(result)).toEqual(['web failed', `failed ConfigMap/${ns}/a FLT5113`]);
    expect(result.clusters[0].targets[0].errors[0]).toMatchObject({
      what: `ConfigMap/${ns}/a cannot be delivered as the ServiceAccount ${ns}/deployer: '${LONER}' may not impersonate it`,
      fix: expect.stringContaining(`auth can-i impersonate serviceaccounts/deployer -n ${ns}\``),
    });
  });

  test('leaves an application beside it, which has no account, to ourselves', async () => {
    const ns = 'as-mixed';
    await prepare(ns);
    const result = await apply(ns, {
      ...delivery(ns, [a.configMap('theirs', undefined, ns)]), ours: { objects: [a.configMap('ours', undefined, ns)] },
    });
    expect(words(result)).toEqual(['ours failed', `failed ConfigMap/${ns}/ours FLT5101`, 'web applied', `created ConfigMap/${ns}/theirs`]);
    expect(result.clusters[0].targets[0].errors[0].fix).not.toContain('--as');
  });

  test('is kept true by an agent as that account', async () => {
    const ns = 'as-agent';
    await prepare(ns, [...WORKLOADS, { apiGroups: [RBAC], resources: ['roles'], verbs: ['get', 'create', 'patch', 'escalate'] }]);
    const since = Date.now();
    const branch = new LiveBranch({ fleet: ns, namespace: `flotilla-${ns}`, contexts: { one: context.plane.name } });
    // Roles cannot be listed: what is unknown must not keep the agent busy.
    const objects = [role('unlisted', ns, []), ...['a', 'b', 'c', 'd'].map(name => a.configMap(name, undefined, ns))];
    const agent = new RunningAgent(branch, { kubeconfig: context.plane.user(DELIVERER).kubeconfig });
    try {
      await agent.deliver(branch.push({ one: delivery(ns, objects) }));
      expect((await configMap(ns, 'a'))?.data).toEqual({ key: 'value' });
      await new Promise(resolve => setTimeout(resolve, 1_500));
      const before = agent.connection.requests.total;
      await new Promise(resolve => setTimeout(resolve, 1_500));
      expect(agent.connection.requests.total - before).toBeLessThanOrEqual(3);

      await context.kube.patch(`/api/v1/namespaces/${ns}/configmaps/a`, { data: { key: 'theirs' } });
      await agent.until(async () => (await configMap(ns, 'a'))?.data.key === 'value');
      await context.kube.delete(`/api/v1/namespaces/${ns}/configmaps/b`);
      await agent.until(async () => await configMap(ns, 'b') !== undefined);
      await agent.deliver(branch.push({ one: delivery(ns, objects.filter(({ metadata }) => metadata.name !== 'c')) }));
      await agent.until(async () => !(await inventory(ns)).includes(`ConfigMap/${ns}/c`));
      expect(await configMap(ns, 'c')).toBeUndefined();
      expect(await inventory(ns)).toEqual([...['a', 'b', 'd'].map(name => `ConfigMap/${ns}/${name}`), `Role.${RBAC}/${ns}/unlisted`]);

      // One that may see nothing takes over: nothing is forgotten, nothing is pruned.
      const other = { serviceAccount: { name: 'other', namespace: ns } };
      await agent.deliver(branch.push({ one: delivery(ns, objects.slice(0, 2), other) }));
      await agent.until(() => agent.agent.state.clusters[0].targets[0].reason === 'ApplyFailed');
      expect(await configMap(ns, 'b')).toBeDefined();
      expect(await inventory(ns)).toHaveLength(4);
    } finally {
      await agent.stop();
    }
    const requests = touching(ns, since);
    expect([...requests.keys()].sort()).toEqual([userOf(ns), userOf(ns, 'other')]);
    expect(requests.get(userOf(ns))?.filter(({ verb, objectRef, stage, responseStatus }) => verb === 'watch' && objectRef?.resource === 'configmaps' && stage === 'ResponseComplete' && responseStatus?.code === 200)).toHaveLength(1);
  });
});
