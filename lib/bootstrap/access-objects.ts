import type { DeliveryPermissions, PolicyRule } from './policy-rule';
import type { Manifest } from '../tree/manifest';
import { GROUP } from '../tree/names';

const RBAC = 'rbac.authorization.k8s.io';
const RBAC_VERSION = `${RBAC}/v1`;

/** Whose rights are described: a ServiceAccount, and the label by which its bindings are found again. */
export interface Grantee {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

/** What a reconciler needs in the namespace of its fleet's Deliveries. */
export const DELIVERY_RULES: readonly PolicyRule[] = [
  { apiGroups: [GROUP], resources: ['deliveries'], verbs: ['create', 'delete', 'get', 'list', 'patch', 'watch'] },
];

/** Events about what was done; those about a Delivery lie beside it. */
export const EVENT_RULES: readonly PolicyRule[] = [
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
];

/** What an agent or a hub needs in its own namespace: Leases, and events about what it did. */
export const OWN_RULES: readonly PolicyRule[] = [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] },
  ...EVENT_RULES,
];

/** Kubeconfigs of spokes: by name, as the tree names them. They are all that such a namespace holds, beside the credentials of Git. */
export const CLUSTER_SECRET_RULES: readonly PolicyRule[] = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];

/**
 * The definition of the Deliveries, which a new version brings up to date, and their namespace; both by name, and neither is created.
 * Which definitions come and go it sees of all of them: the objects that it delivers come and go with them.
 */
export function installRules(namespace: string): PolicyRule[] {
  return [
    { apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['get'] },
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], resourceNames: [`deliveries.${GROUP}`], verbs: ['get', 'patch'] },
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list', 'watch'] },
  ];
}

/** A ServiceAccount whose token no pod gets unless it asks for it. */
export function serviceAccount({ name, namespace, labels }: Grantee): Manifest {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels }, automountServiceAccountToken: false };
}

/** A Role in a namespace, bound to the ServiceAccount. */
export function roleIn(namespace: string, rules: readonly PolicyRule[], grantee: Grantee, suffix = ''): Manifest[] {
  const metadata = { name: `${grantee.name}${suffix}`, namespace, labels: grantee.labels };
  return [
    { apiVersion: RBAC_VERSION, kind: 'Role', metadata, rules },
    { apiVersion: RBAC_VERSION, kind: 'RoleBinding', metadata, roleRef: { apiGroup: RBAC, kind: 'Role', name: metadata.name }, subjects: [subject(grantee)] },
  ];
}

/**
 * The rights in all namespaces: a ClusterRole of its own, and a binding of each ClusterRole that exists.
 *
 * Their names begin with the namespace: two fleets in one cluster have two. What a binding refers to cannot change, so each has one of its own.
 */
export function clusterAccess(base: readonly PolicyRule[], permissions: DeliveryPermissions, grantee: Grantee): Manifest[] {
  const name = `${grantee.namespace}:${grantee.name}`;
  const bind = (suffix: string, role: string): Manifest => ({
    apiVersion: RBAC_VERSION, kind: 'ClusterRoleBinding', metadata: { name: `${name}${suffix}`, labels: grantee.labels },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role }, subjects: [subject(grantee)],
  });
  return [
    { apiVersion: RBAC_VERSION, kind: 'ClusterRole', metadata: { name, labels: grantee.labels }, rules: [...base, ...permissions.rules ?? []] },
    bind('', name),
    ...(permissions.clusterRoles ?? []).map(role => bind(`:${role}`, role)),
  ];
}

function subject({ name, namespace }: Grantee): object {
  return { kind: 'ServiceAccount', name, namespace };
}
