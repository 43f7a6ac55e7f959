import { guessPlural, resourceNames } from '../../lib/bootstrap/resource-name';
import { DeliveredObjects, rulesOfTree } from '../../lib/bootstrap/tree-rules';
import type { Manifest } from '../../lib/tree/manifest';
import { a } from '../reconcile/written-tree';

const ALL = ['create', 'delete', 'get', 'list', 'patch', 'watch'];
const RBAC = 'rbac.authorization.k8s.io';

function rules(objects: readonly Manifest[], spec: object = {}): ReturnType<typeof rulesOfTree> {
  const delivered: DeliveredObjects = { spec: { fleet: 'shop', cluster: 'one', application: 'web', ...spec }, objects };
  return rulesOfTree([delivered], resourceNames(objects));
}

const role = (kind: string, name: string): Manifest => ({ apiVersion: `${RBAC}/v1`, kind, metadata: { name } });
const binding = (kind: string, refKind: string, refName: string): Manifest => ({ ...role(kind, 'b'), roleRef: { apiGroup: RBAC, kind: refKind, name: refName } });

describe('the rights that a tree needs', () => {
  test('are one rule a group, with the kinds of the tree and no other, in the same order whatever that of the files', () => {
    const objects = [a.service('web'), a.deployment('web'), a.namespace('shop'), a.configMap('a'), a.configMap('b')];
    const expected = [
      { apiGroups: [''], resources: ['configmaps', 'namespaces', 'services'], verbs: ALL },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ALL },
    ];
    expect(rules(objects)).toEqual(expected);
    expect(rules([...objects].reverse())).toEqual(expected);
  });

  test('name each role that is delivered or bound', () => {
    expect(rules([role('ClusterRole', 'a'), role('Role', 'c'), binding('RoleBinding', 'ClusterRole', 'view'), binding('ClusterRoleBinding', 'ClusterRole', 'a')])).toEqual([
      { apiGroups: [RBAC], resources: ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'], verbs: ALL },
      { apiGroups: [RBAC], resources: ['clusterroles'], verbs: ['escalate'], resourceNames: ['a'] },
      { apiGroups: [RBAC], resources: ['roles'], verbs: ['escalate'], resourceNames: ['c'] },
      { apiGroups: [RBAC], resources: ['clusterroles'], verbs: ['bind'], resourceNames: ['a', 'view'] },
    ]);
  });

  test('are to read, and to impersonate by name, where a ServiceAccount delivers', () => {
    expect(rules([a.deployment('web'), role('ClusterRole', 'a')], { serviceAccount: 'deployer' })).toEqual([
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [RBAC], resources: ['clusterroles'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'], resourceNames: ['deployer'] },
    ]);
  });

  test('are none where nothing is delivered', () => {
    expect(rules([])).toEqual([]);
  });
});

describe('how a kind is called', () => {
  test.each([
    ['Deployment', 'deployments'], ['Ingress', 'ingresses'], ['NetworkPolicy', 'networkpolicies'], ['Endpoints', 'endpoints'], ['Gateway', 'gateways'],
    ['StorageClass', 'storageclasses'], ['Mailbox', 'mailboxes'],
  ])('%s: %s', (kind, plural) => {
    expect(guessPlural(kind)).toBe(plural);
  });

  test('a definition in the tree wins over English', () => {
    const find = resourceNames([a.crd('widgetten', 'Widget')]);
    expect(find({ group: 'example.com', kind: 'Widget' })).toEqual({ plural: 'widgetten', guessed: false });
    expect(find({ group: 'example.com', kind: 'Gadget' })).toEqual({ plural: 'gadgets', guessed: true });
    expect(find({ group: 'apps', kind: 'Deployment' })).toEqual({ plural: 'deployments', guessed: false });
  });
});
