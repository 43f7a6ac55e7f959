import { InMemoryCluster } from './in-memory-cluster';
import { authorize, listRules } from '../../../lib/sandbox/admit/authorize';
import { checkEscalation } from '../../../lib/sandbox/admit/escalation';
import type { PolicyRule } from '../../../lib/sandbox/admit/policy-rule';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, RBAC_GROUP, ROLE_BINDINGS, ROLES } from '../../../lib/sandbox/admit/role-kinds';
import type { AdmissionRequest, User } from '../../../lib/sandbox/api';
import type { JsonMap, StoredObject } from '../../../lib/sandbox/json';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import type { StatusError } from '../../../lib/sandbox/status-error';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { readServedKinds } from '../defaults/served-kinds';

const apiVersion = `${RBAC_GROUP}/v1`;
const role = (name: string, rules: object[], namespace = 'default') => ({ apiVersion, kind: 'Role', metadata: { name, namespace }, rules });
const clusterRole = (name: string, rules: object[], more: object = {}) => ({ apiVersion, kind: 'ClusterRole', metadata: { name }, rules, ...more });
const binding = (name: string, kind: string, to: string, subjects: object[], namespace?: string) => ({
  apiVersion, kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding', metadata: { name, ...(namespace ? { namespace } : {}) },
  roleRef: { apiGroup: RBAC_GROUP, kind, name: to }, subjects,
});
const userSubject = (name: string) => ({ kind: 'User', name, apiGroup: RBAC_GROUP });
const groupSubject = (name: string) => ({ kind: 'Group', name, apiGroup: RBAC_GROUP });
const account = (name: string, namespace?: string) => ({ kind: 'ServiceAccount', name, ...(namespace ? { namespace } : {}) });

const OBJECTS: readonly KubeObject[] = [
  role('pods-only', [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }]),
  role('one-map', [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['*'] }]),
  clusterRole('status-of-all', [{ apiGroups: ['*'], resources: ['*/status'], verbs: ['patch'] }]),
  clusterRole('health', [{ nonResourceURLs: ['/healthz', '/metrics*'], verbs: ['get'] }]),
  clusterRole('apps', [{ apiGroups: ['apps'], resources: ['*'], verbs: ['*'] }]),
  clusterRole('granter', [{ apiGroups: [RBAC_GROUP], resources: ['*'], verbs: ['create', 'update', 'patch', 'get'] }, { apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
  clusterRole('binder', [{ apiGroups: [RBAC_GROUP], resources: ['clusterroles'], resourceNames: ['apps'], verbs: ['bind'] }]),
  clusterRole('escalator', [{ apiGroups: [RBAC_GROUP], resources: ['roles'], verbs: ['escalate', 'create'] }]),
  clusterRole('imitator', [{ apiGroups: [''], resources: ['users'], resourceNames: ['ann'], verbs: ['impersonate'] }, { apiGroups: [''], resources: ['groups'], resourceNames: ['dev'], verbs: ['impersonate'] }]),
  binding('a', 'Role', 'pods-only', [userSubject('nobody'), userSubject('ann')], 'default'),
  binding('b', 'Role', 'one-map', [account('robot'), groupSubject('dev')], 'default'),
  binding('c', 'ClusterRole', 'apps', [account('robot', 'default')], 'kube-public'),
  binding('d', 'ClusterRole', 'status-of-all', [groupSubject('dev')]),
  binding('e', 'ClusterRole', 'health', [userSubject('ann')]),
  binding('f', 'ClusterRole', 'not-there', [userSubject('bob')]),
  binding('g', 'Role', 'not-there', [userSubject('bob')], 'default'),
  binding('h', 'ClusterRole', 'granter', [userSubject('carl'), userSubject('dora'), userSubject('emil')]),
  binding('i', 'ClusterRole', 'binder', [userSubject('dora')]),
  binding('j', 'ClusterRole', 'escalator', [userSubject('emil')]),
  binding('k', 'ClusterRole', 'imitator', [userSubject('fred')]),
  binding('l', 'ClusterRole', 'view', [userSubject('bob')], 'kube-public'),
];

const user = (name: string, ...groups: string[]): User => ({ name, groups: [...groups, 'system:authenticated'] });
const USERS: readonly User[] = [
  user('ann'), user('bob'), user('carl', 'dev'), user('system:serviceaccount:default:robot', 'system:serviceaccounts', 'system:serviceaccounts:default'),
  user('root', 'system:masters'), { name: 'system:anonymous', groups: ['system:unauthenticated'] },
];
const RESOURCES: readonly [verb: string, group: string, resource: string, subresource?: string, namespace?: string, name?: string][] = [
  ['get', '', 'pods', undefined, 'default', 'x'], ['list', '', 'pods', undefined, 'default'], ['list', '', 'pods'], ['get', '', 'pods', 'log', 'default', 'x'],
  ['delete', '', 'pods', undefined, 'default', 'x'], ['get', '', 'configmaps', undefined, 'default', 'a'], ['get', '', 'configmaps', undefined, 'default', 'b'],
  ['create', '', 'configmaps', undefined, 'default'], ['patch', 'apps', 'deployments', 'status', 'default', 'x'], ['patch', 'apps', 'deployments', undefined, 'default', 'x'],
  ['create', 'apps', 'deployments', undefined, 'kube-public'], ['get', '', 'secrets', undefined, 'kube-public', 'a'], ['list', '', 'services', undefined, 'kube-public'],
  ['create', 'authorization.k8s.io', 'selfsubjectaccessreviews'], ['patch', '', 'nodes', 'status', undefined, 'n'],
];
/** Only those that one binding allows: which of several is told is chance. */
const PATHS: readonly [verb: string, path: string][] = [['get', '/metrics/x'], ['post', '/healthz'], ['get', '/api-x'], ['get', '/version-x'], ['get', '/logs']];

describeWithCluster('who may do what', {}, context => {
  const cluster = new InMemoryCluster();
  let kinds: Map<string, ServedResource>;

  beforeAll(async () => {
    for (const object of OBJECTS) await context.kube.apply(object);
    kinds = await readServedKinds(context.kube);
    for (const resource of [ROLES, CLUSTER_ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS]) {
      for (const object of await context.kube.list(`/apis/${apiVersion}/${resource.split('.')[0]}`)) cluster.create(resource, object as unknown as StoredObject);
    }
    await new Promise(resolve => setTimeout(resolve, 500)); // The authorizer of the real server follows what is stored.
  });

  async function review(who: User, attributes: object): Promise<{ allowed: boolean; reason: string }> {
    const answer = await context.kube.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: who.name, groups: who.groups, ...attributes },
    });
    const { allowed, reason = '' } = (answer.body as { status: { allowed: boolean; reason?: string } }).status;
    return { allowed, reason };
  }

  test.each(USERS.map(who => [who.name, who] as const))('%s: what is allowed, and the reason', async (...[, who]) => {
    for (const [verb, group, resource, subresource, namespace, objectName] of RESOURCES) {
      const ours = authorize({ user: who, verb, group, resource, subresource, namespace, name: objectName }, cluster);
      const real = await review(who, { resourceAttributes: { verb, group, resource, subresource, namespace, name: objectName } });
      expect([verb, resource, subresource, namespace, ours]).toEqual([verb, resource, subresource, namespace, real]);
    }
    for (const [verb, path] of PATHS) {
      expect([path, authorize({ user: who, verb, path }, cluster)]).toEqual([path, await review(who, { nonResourceAttributes: { verb, path } })]);
    }
  });

  const as = ({ name, groups }: User) => ({ 'impersonate-user': name, 'impersonate-group': groups.filter(group => group !== 'system:authenticated')[0] ?? 'system:authenticated' });

  function escalationOf(who: User, object: KubeObject, old?: KubeObject): StatusError | undefined {
    const resource = kinds.get(`${apiVersion} ${object.kind}`) as ServedResource;
    const { name = '', namespace } = object.metadata;
    const request = { operation: old ? 'UPDATE' : 'CREATE', resource, namespace, name, user: who, dryRun: true, object: object as unknown as StoredObject, old: old as unknown as StoredObject };
    try {
      checkEscalation(request as AdmissionRequest, cluster);
      return undefined;
    } catch (error) {
      return error as StatusError;
    }
  }

  const secrets = [{ apiGroups: [''], resources: ['secrets', 'pods'], verbs: ['get', 'list'] }, { apiGroups: ['apps'], resources: ['*'], resourceNames: ['a', 'b'], verbs: ['get'] }];
  test.each<[string, User, KubeObject]>([
    ['a role with what its writer holds', user('carl'), role('x', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }])],
    ['a role with more', user('carl'), role('x', secrets)],
    ['a role with paths', user('carl'), clusterRole('x', [{ nonResourceURLs: ['/x', '/healthz'], verbs: ['get'] }, ...secrets])],
    ['a role with an aggregation', user('carl'), clusterRole('x', [], { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } })],
    ['a role of who may escalate', user('emil'), role('x', secrets)],
    ['a cluster role of who may escalate roles', user('emil'), clusterRole('x', secrets)],
    ['a binding to more', user('carl'), binding('x', 'ClusterRole', 'apps', [userSubject('carl')], 'default')],
    ['a binding of who may bind', user('dora'), binding('x', 'ClusterRole', 'apps', [userSubject('carl')], 'default')],
    ['a binding to nothing', user('carl'), binding('x', 'Role', 'missing', [userSubject('carl')], 'default')],
    ['a binding of an admin', user('root', 'system:masters'), binding('x', 'ClusterRole', 'cluster-admin', [userSubject('carl')])],
  ])('%s', async (...[, who, object]) => {
    const resource = kinds.get(`${apiVersion} ${object.kind}`) as ServedResource;
    const namespace = object.metadata.namespace ? `/namespaces/${object.metadata.namespace}` : '';
    const { status, body } = await context.kube.request('POST', `/apis/${apiVersion}${namespace}/${resource.plural}?dryRun=All`, object, as(who));
    const error = escalationOf(who, object);
    expect([error?.code, error?.toStatus()]).toEqual(status === 201 ? [undefined, undefined] : [status, body]);
  });

  test('an owner may be taken off a role that its writer does not hold', () => {
    const old = { ...role('x', secrets), metadata: { name: 'x', namespace: 'default', finalizers: ['a/b'] } } as KubeObject;
    expect(escalationOf(user('carl'), role('x', secrets), old)).toBeUndefined();
    expect(escalationOf(user('carl'), role('x', [...secrets, { apiGroups: [''], resources: ['nodes'], verbs: ['get'] }]), old)?.code).toBe(403);
  });

  test.each<[string, User]>([['ann', user('ann')], ['carl', user('carl', 'dev')]])('the rules of %s', async (...[, who]) => {
    const { body } = await context.kube.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
      apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' },
    }, as(who));
    const { resourceRules, nonResourceRules } = (body as { status: { resourceRules: PolicyRule[]; nonResourceRules: PolicyRule[] } }).status;
    const ours = listRules(who, 'default', cluster);
    const sorted = (rules: readonly PolicyRule[]) => rules.map(rule => JSON.stringify(Object.entries(rule).sort())).sort();
    expect(sorted(ours.filter(rule => rule.resources))).toEqual(sorted(resourceRules));
    expect(sorted(ours.filter(rule => rule.nonResourceURLs))).toEqual(sorted(nonResourceRules));
  });

  test('a binding counts from when it is there until it is gone', () => {
    const question = { user: user('gina'), verb: 'create', group: 'apps', resource: 'deployments', namespace: 'shop' };
    const added = binding('z', 'ClusterRole', 'apps', [userSubject('gina')], 'shop') as unknown as StoredObject;
    expect(authorize(question, cluster).allowed).toBe(false);
    cluster.create(ROLE_BINDINGS, added);
    expect(authorize(question, cluster)).toEqual({ allowed: true, reason: 'RBAC: allowed by RoleBinding "z/shop" of ClusterRole "apps" to User "gina"' });
    cluster.update(ROLE_BINDINGS, { ...added, subjects: [userSubject('hans')] as unknown as JsonMap[] });
    expect(authorize(question, cluster).allowed).toBe(false);
    expect(authorize({ ...question, user: user('hans') }, cluster).allowed).toBe(true);
    cluster.delete(ROLE_BINDINGS, { namespace: 'shop', name: 'z' });
    expect(authorize({ ...question, user: user('hans') }, cluster).allowed).toBe(false);
  });
});
