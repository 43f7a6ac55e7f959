import { refusal, runCases, type Case } from './cases';
import { conforms } from './conforms';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const AUTHZ = '/apis/authorization.k8s.io/v1';
const made = ['POST configmaps', { body: { metadata: { name: 'a' } } }, 201] as const;
const role = (name: string, rules: readonly object[]) => [`POST ${RBAC}/namespaces/$ns/roles`, { body: { metadata: { name }, rules } }, 201] as const;
const bind = (user: string, name: string) => [`POST ${RBAC}/namespaces/$ns/rolebindings`, {
  body: {
    metadata: { name: `${name}-${user}` }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  },
}, 201] as const;
const reads = role('reads', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }]);
const forbidden = (verb: string, user: string, more = '') => refusal('Forbidden', `configmaps${more} is forbidden: User "${user}" cannot ${verb} resource "configmaps" in API group "" in the namespace "$ns"`);

const authentication: readonly Case[] = [
  ['a wrong token is nobody', ['GET configmaps', { user: '', headers: { authorization: 'Bearer wrong' } }, 401, refusal('Unauthorized', 'Unauthorized')]],
  ['without a token one is anonymous', ['GET configmaps', { user: '' }, 403, forbidden('list', 'system:anonymous')]],
  ['anonymous may ask for health and version', ['GET /healthz', { user: '' }, 200, 'ok'], ['GET /version', { user: '' }, 200, { major: '1' }]],
  ['anonymous may not look around', ['GET /apis', { user: '' }, 403, refusal('Forbidden', 'forbidden: User "system:anonymous" cannot get path "/apis"', {})]],
  ['whoever is known may look around', ['GET /apis', { user: 'nobody' }, 200, { kind: 'APIGroupList' }]],
  ['who one is can be asked', ['POST /apis/authentication.k8s.io/v1/selfsubjectreviews', { user: 'tenant', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } }, 201,
    { kind: 'SelfSubjectReview', status: { userInfo: { username: 'tenant', groups: expect.arrayContaining(['system:authenticated']) } } }]],
  ['a token can be asked about', ['POST /apis/authentication.k8s.io/v1/tokenreviews', { body: { spec: { token: 'wrong' } } }, 201, { kind: 'TokenReview', status: { user: {} } }]],
];

const authorization: readonly Case[] = [
  ['nothing is allowed without a role', made, ['GET configmaps/a', { user: 'nobody' }, 403, forbidden('get', 'nobody', ' "a"')]],
  ['a refusal names what was asked for', ['GET configmaps', { user: 'nobody' }, 403, { ...forbidden('list', 'nobody'), details: { kind: 'configmaps' } }]],
  ['a refusal at the scope of the cluster says so', ['GET /api/v1/nodes', { user: 'nobody' }, 403, refusal('Forbidden', 'nodes is forbidden: User "nobody" cannot list resource "nodes" in API group "" at the cluster scope', { kind: 'nodes' })]],
  ['a refusal names the group', ['GET /apis/apps/v1/namespaces/$ns/deployments', { user: 'nobody' }, 403,
    refusal('Forbidden', 'deployments.apps is forbidden: User "nobody" cannot list resource "deployments" in API group "apps" in the namespace "$ns"', { group: 'apps', kind: 'deployments' })]],
  ['a refusal names the subresource', ['GET /apis/apps/v1/namespaces/$ns/deployments/d/scale', { user: 'nobody' }, 403,
    refusal('Forbidden', 'deployments.apps "d" is forbidden: User "nobody" cannot get resource "deployments/scale" in API group "apps" in the namespace "$ns"', { name: 'd', group: 'apps', kind: 'deployments' })]],
  ['a namespace is refused as such', ['GET /api/v1/namespaces/$ns', { user: 'nobody' }, 403, refusal('Forbidden', 'namespaces "$ns" is forbidden: User "nobody" cannot get resource "namespaces" in API group "" in the namespace "$ns"')]],
  ['a watch is another verb', ['GET configmaps?watch=1', { user: 'nobody' }, 403, forbidden('watch', 'nobody')]],
  ['a collection is deleted by another verb', ['DELETE configmaps', { user: 'nobody' }, 403, forbidden('deletecollection', 'nobody')]],
  ['a role allows what it says, and no more', made, reads, bind('tenant', 'reads'), ['GET configmaps/a', { user: 'tenant' }, 200], ['GET configmaps', { user: 'tenant' }, 200], ['DELETE configmaps/a', { user: 'tenant' }, 403, forbidden('delete', 'tenant', ' "a"')],
    ['GET secrets', { user: 'tenant' }, 403]],
  ['a role may name objects', made, role('one', [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get'] }]), bind('limited', 'one'), ['GET configmaps/a', { user: 'limited' }, 200], ['GET configmaps/b', { user: 'limited' }, 403]],
  ['creating by apply needs to create, too', role('patches', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch'] }]), bind('tenant', 'patches'),
    ['PATCH configmaps/n?fieldManager=me', { user: 'tenant', type: 'application/apply-patch+yaml', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' } } }, 403, forbidden('create', 'tenant', ' "n"')]],
  ['nobody grants what they have not', role('roles', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['get', 'create'] }]), bind('tenant', 'roles'),
    [`POST ${RBAC}/namespaces/$ns/roles`, { user: 'tenant', body: { metadata: { name: 'more' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] } }, 403,
      refusal('Forbidden', expect.stringContaining('is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}'))]],
  ['what one may do can be asked', made, reads, bind('tenant', 'reads'),
    [`POST ${AUTHZ}/selfsubjectaccessreviews`, { user: 'tenant', body: { spec: { resourceAttributes: { namespace: '$ns', verb: 'get', resource: 'configmaps' } } } }, 201, { kind: 'SelfSubjectAccessReview', status: { allowed: true, reason: expect.stringContaining('RBAC: allowed by RoleBinding') } }],
    [`POST ${AUTHZ}/selfsubjectaccessreviews`, { user: 'tenant', body: { spec: { resourceAttributes: { namespace: '$ns', verb: 'delete', resource: 'configmaps' } } } }, 201, { status: { allowed: false } }]],
  ['what others may do can be asked by who may', reads, bind('tenant', 'reads'),
    [`POST ${AUTHZ}/subjectaccessreviews`, { body: { spec: { user: 'tenant', resourceAttributes: { namespace: '$ns', verb: 'list', resource: 'configmaps' } } } }, 201, { status: { allowed: true } }],
    [`POST ${AUTHZ}/subjectaccessreviews`, { user: 'tenant', body: { spec: { user: 'tenant' } } }, 403]],
  ['a question about access names a user', [`POST ${AUTHZ}/subjectaccessreviews`, { body: { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } } }, 422, refusal('Invalid', expect.stringContaining('at least one of user or group must be specified'))]],
  ['the rules of a namespace can be listed', reads, bind('tenant', 'reads'), [`POST ${AUTHZ}/selfsubjectrulesreviews`, { user: 'tenant', body: { spec: { namespace: '$ns' } } }, 201,
    { kind: 'SelfSubjectRulesReview', status: { incomplete: false, resourceRules: expect.arrayContaining([{ verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['configmaps'] }]) } }]],
];

const impersonation: readonly Case[] = [
  ['admin speaks for others', made, reads, bind('tenant', 'reads'), ['GET configmaps/a', { headers: { 'impersonate-user': 'tenant' } }, 200], ['DELETE configmaps/a', { headers: { 'impersonate-user': 'tenant' } }, 403, forbidden('delete', 'tenant', ' "a"')]],
  ['who is spoken for has their groups', ['POST /apis/authentication.k8s.io/v1/selfsubjectreviews', { headers: { 'impersonate-user': 'jo', 'impersonate-group': 'devs', 'impersonate-uid': '7', 'impersonate-extra-scope': 'x' }, body: {} }, 201,
    { status: { userInfo: { username: 'jo', uid: '7', groups: ['devs', 'system:authenticated'], extra: { scope: ['x'] } } } }]],
  ['a ServiceAccount has its groups', ['POST /apis/authentication.k8s.io/v1/selfsubjectreviews', { headers: { 'impersonate-user': 'system:serviceaccount:$ns:s' }, body: {} }, 201,
    { status: { userInfo: { username: 'system:serviceaccount:$ns:s', groups: ['system:serviceaccounts', 'system:serviceaccounts:$ns', 'system:authenticated'] } } }]],
  ['not everybody speaks for others', ['GET configmaps', { user: 'nobody', headers: { 'impersonate-user': 'admin' } }, 403, forbidden('impersonate-on:user-info:list', 'nobody')]],
  ['nor for groups', ['GET configmaps', { user: 'nobody', headers: { 'impersonate-user': 'nobody', 'impersonate-group': 'system:masters' } }, 403, forbidden('impersonate-on:user-info:list', 'nobody')]],
];

conforms('access', target => {
  describe('authentication', () => runCases(target, authentication));
  describe('authorization', () => runCases(target, authorization, 5_000));
  describe('impersonation', () => runCases(target, impersonation, 5_000));

  test('the token of a ServiceAccount speaks for it until it is gone', async () => {
    const namespace = await target().makeNamespace();
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await target().ask('POST', accounts, { body: { metadata: { name: 's' } } });
    const { body } = await target().ask('POST', `${accounts}/s/token`, { body: {} });
    const { token } = (body as { status: { token: string } }).status;
    const who = async () => target().ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { user: '', headers: { authorization: `Bearer ${token}` }, body: {} });
    expect(await who()).toMatchObject({ status: 201, body: { status: { userInfo: { username: `system:serviceaccount:${namespace}:s` } } } });
    await target().ask('DELETE', `${accounts}/s`);
    // The real server remembers who a token was for some seconds.
    const end = Date.now() + 15_000;
    let answer = await who();
    while (answer.status !== 401 && Date.now() < end) {
      await new Promise(resolve => setTimeout(resolve, 500));
      answer = await who();
    }
    expect(answer.status).toBe(401);
  });
});
