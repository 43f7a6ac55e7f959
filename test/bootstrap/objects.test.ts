import { ApiObject, Testing } from 'cdk8s';
import { Reconciler } from '../../lib/bootstrap/reconciler';
import { reconcilerObjects } from '../../lib/bootstrap/reconciler-objects';
import { repositoryAccess } from '../../lib/bootstrap/repository-access';
import type { ReconcilerSettings } from '../../lib/bootstrap/settings';
import { FlotillaError } from '../../lib/errors';
import { formatIdentity, identityOf, Manifest } from '../../lib/tree/manifest';

const image = 'registry.example/flotilla:1';
const agent: ReconcilerSettings = { mode: 'agent', image, repo: 'https://git.example.com/shop/live.git', clusters: ['prod-eu'] };
const hub: ReconcilerSettings = { mode: 'hub', image, repo: 'git@git.example.com:shop/live.git' };

const names = (objects: readonly Manifest[]): string[] => objects.map(manifest => formatIdentity(identityOf(manifest)));
// A test looks into objects of any kind.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const find = (objects: readonly Manifest[], kind: string): any => objects.find(manifest => manifest.kind === kind);

function refusals(settings: ReconcilerSettings): string[] {
  try {
    reconcilerObjects(settings);
    return [];
  } catch (error) {
    return (error as FlotillaError).errors.map(({ code, what }) => `${code} ${what}`);
  }
}

describe('an agent', () => {
  test('is a namespace, a definition, rights, a service, a network policy and one pod', () => {
    expect(names(reconcilerObjects({ ...agent, permissions: { clusterRoles: ['edit'] } }))).toEqual([
      'Namespace/flotilla-system',
      'CustomResourceDefinition.apiextensions.k8s.io/deliveries.cdk8s-flotilla.dev',
      'ServiceAccount/flotilla-system/flotilla-agent',
      'Role.rbac.authorization.k8s.io/flotilla-system/flotilla-agent',
      'RoleBinding.rbac.authorization.k8s.io/flotilla-system/flotilla-agent',
      'ClusterRole.rbac.authorization.k8s.io/flotilla-system:flotilla-agent',
      'ClusterRoleBinding.rbac.authorization.k8s.io/flotilla-system:flotilla-agent',
      'ClusterRoleBinding.rbac.authorization.k8s.io/flotilla-system:flotilla-agent:edit',
      'Service/flotilla-system/flotilla-agent',
      'NetworkPolicy.networking.k8s.io/flotilla-system/flotilla-agent',
      'Deployment.apps/flotilla-system/flotilla-agent',
    ]);
  });

  test('holds no wildcard, unless somebody binds a role that does', () => {
    const rules = reconcilerObjects(agent).filter(({ kind }) => /Role$/.test(kind)).flatMap(({ rules: all }) => all as object[]);
    expect(rules.length).toBeGreaterThan(0);
    expect(JSON.stringify(rules)).not.toContain('*');
  });

  test('gets a command line with what it was made with', () => {
    const settings = { ...agent, folder: 'fleet', interval: '5m', webhookSecret: 'hook' };
    expect(find(reconcilerObjects(settings), 'Deployment').spec.template.spec.containers[0].args).toEqual([
      'agent', '--repo', 'https://git.example.com/shop/live.git', '--branch', 'live', '--folder', 'fleet', '--cluster', 'prod-eu', '--interval', '5m',
      '--listen', '0.0.0.0:8080', '--webhook-secret-file', '/etc/flotilla/webhook/secret',
    ]);
  });

  test('keeps the records in the namespace of the fleet, and may write nothing else there', () => {
    const objects = reconcilerObjects({ ...agent, deliveriesNamespace: 'fleet' });
    expect(names(objects)).toContain('Namespace/fleet');
    const roles = objects.filter(({ kind }) => kind === 'Role').map(({ metadata, rules }) => [metadata.namespace, (rules as { resources: string[] }[]).flatMap(rule => rule.resources)]);
    expect(roles).toEqual([['flotilla-system', ['leases', 'events']], ['fleet', ['deliveries', 'events']]]);
  });
});

describe('a hub', () => {
  test('of several replicas has a disruption budget, spreads them, and holds no right outside of its namespace', () => {
    const objects = reconcilerObjects({ ...hub, replicas: 3, clusters: ['a', 'b'] });
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'Service', 'NetworkPolicy', 'PodDisruptionBudget', 'Deployment']);
    const { replicas, template } = find(objects, 'Deployment').spec;
    expect([replicas, template.spec.topologySpreadConstraints.length]).toEqual([3, 2]);
    expect(template.spec.containers[0].args.slice(-7)).toEqual(['--cluster', 'a', 'b', '--listen', '0.0.0.0:8080', '--lease-namespace', 'flotilla-system']);
  });

  test('of one replica has none, which would hold up the drain of its node', () => {
    expect(find(reconcilerObjects(hub), 'PodDisruptionBudget')).toBeUndefined();
  });
});

describe('the credentials of the repository', () => {
  const environment = (settings: ReconcilerSettings): Record<string, string> => Object.fromEntries(
    (find(reconcilerObjects(settings), 'Deployment').spec.template.spec.containers[0].env as { name: string; value: string }[]).map(({ name, value }) => [name, value]));

  test('by SSH are a key and the hosts that are known: no other is trusted', () => {
    const { GIT_SSH_COMMAND: command } = environment({ ...hub, gitSecret: 'git' });
    expect(command).toMatch(/^ssh -i \/etc\/flotilla\/git\/identity .*-o StrictHostKeyChecking=yes -o UserKnownHostsFile=\/etc\/flotilla\/git\/known_hosts$/);
  });

  test('by HTTPS are given to the server of the repository alone', () => {
    expect(environment({ ...agent, gitSecret: 'git' })).toMatchObject({ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'credential.https://git.example.com.helper' });
  });

  test('are none for a repository that needs none', () => {
    expect(Object.keys(environment(agent))).toEqual(['HOME', 'TMPDIR', 'XDG_CACHE_HOME']);
  });
});

test.each([
  ['https://git.example.com:8443/a.git', { kind: 'http', origin: 'https://git.example.com:8443', port: 8443, credential: false }],
  ['https://token@git.example.com/a.git', { kind: 'http', origin: 'https://git.example.com', port: 443, credential: true }],
  ['ssh://git@git.example.com:2222/a.git', { kind: 'ssh', port: 2222, credential: false }],
  ['git@git.example.com:shop/live.git', { kind: 'ssh', port: 22, credential: false }],
  ['../live', undefined], ['/srv/live.git', undefined], ['origin', undefined], ['C:\\live', undefined], ['file:///srv/live.git', undefined],
])('the repository %s', (repo, access) => {
  expect(repositoryAccess(repo)).toEqual(access);
});

test.each<[string, Partial<ReconcilerSettings>, string]>([
  ['no cluster of an agent', { clusters: [] }, 'FLT6050 an agent serves one cluster, and was given none'],
  ['two clusters of an agent', { clusters: ['a', 'b'] }, 'FLT6050 an agent serves one cluster, and was given a, b'],
  ['replicas of an agent', { replicas: 2 }, 'FLT6050 an agent is one pod, and not 2'],
  ['a namespace that cannot be', { namespace: 'Flotilla' }, 'FLT6050 the namespace "Flotilla" is not a DNS label'],
  ['a cluster that cannot be', { clusters: ['prod_eu'] }, 'FLT6050 the cluster "prod_eu" is not a DNS label'],
  ['a Secret with its namespace', { gitSecret: 'ns/git' }, 'FLT6050 "ns/git" is not the name of a Kubernetes object'],
  ['an empty image', { image: '' }, 'FLT6050 "" is no container image'],
  ['a path as the repository', { repo: '../live' }, 'FLT6050 a pod cannot reach the repository "../live"'],
  ['a password in the address', { repo: 'https://ann:s3cret@git.example.com/a.git' }, 'FLT6051 the address https://***@git.example.com/a.git holds a credential, which everybody could read in the Deployment'],
])('%s is refused', (_title, wrong, error) => {
  expect(refusals({ ...agent, ...wrong })).toEqual([error]);
});

test('the construct makes the same objects as the command prints', () => {
  const chart = Testing.chart();
  const settings = { ...agent, deliveriesNamespace: 'fleet', permissions: { clusterRoles: ['edit', 'view'] } };
  const made = new Reconciler(chart, 'agent', settings);
  const objects = made.node.children.map(child => (child as ApiObject).toJson() as Manifest);
  expect(objects).toEqual(JSON.parse(JSON.stringify(reconcilerObjects(settings))));
});
