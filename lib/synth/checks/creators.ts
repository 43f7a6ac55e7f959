import { isMap, type Json } from '../../schema/json';
import { groupOf, Manifest } from '../../tree/manifest';

const RBAC = 'rbac.authorization.k8s.io';
/** ClusterRoles that every cluster has, and that allow to create what references name. */
const POWERFUL = new Set(['cluster-admin', 'admin', 'edit']);
/** Resources that make pods. */
const MAKING_PODS = new Set(['pods', 'deployments', 'statefulsets', 'daemonsets', 'jobs', 'replicasets']);

/**
 * What programs of the fleet may create in which namespaces, as `RESOURCE NAMESPACE`: by Roles, by ClusterRoles that a RoleBinding binds there, and by
 * those that a ClusterRoleBinding gives to ServiceAccounts of the namespace. `*` stands for every resource.
 */
export function creatableIn(manifests: readonly Manifest[]): ReadonlySet<string> {
  const found = new Set<string>();
  const rbac = manifests.filter(({ apiVersion }) => groupOf(apiVersion) === RBAC);
  const clusterRoles = new Map(rbac.filter(({ kind }) => kind === 'ClusterRole').map(role => [role.metadata.name, resourcesOf(role.rules as Json)]));
  for (const manifest of rbac) {
    const { kind, metadata: { namespace } } = manifest;
    if (kind === 'Role') {
      resourcesOf(manifest.rules as Json).forEach(resource => found.add(`${resource} ${namespace}`));
    } else if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') {
      const roleRef = isMap(manifest.roleRef) ? manifest.roleRef : {};
      const name = String(roleRef.name);
      const resources = roleRef.kind !== 'ClusterRole' ? [] : POWERFUL.has(name) ? ['*'] : clusterRoles.get(name) ?? [];
      const subjects = (Array.isArray(manifest.subjects) ? manifest.subjects as Json[] : []).filter(isMap);
      const namespaces = kind === 'RoleBinding' ? [namespace] : subjects.filter(subject => subject.kind === 'ServiceAccount').map(subject => subject.namespace);
      for (const each of namespaces) {
        resources.forEach(resource => found.add(`${resource} ${String(each)}`));
      }
    }
  }
  return found;
}

function resourcesOf(rules: Json | undefined): string[] {
  const found = new Set<string>();
  for (const { verbs, resources } of (Array.isArray(rules) ? rules : []).filter(isMap)) {
    if (!Array.isArray(verbs) || !Array.isArray(resources) || !(verbs.includes('create') || verbs.includes('*'))) {
      continue;
    }
    for (const resource of resources) {
      found.add(MAKING_PODS.has(String(resource)) ? 'pods' : String(resource));
    }
  }
  return [...found];
}
