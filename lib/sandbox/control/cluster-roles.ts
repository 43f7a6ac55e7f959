import type { Controller } from './controller';
import { canonical } from './hash';
import { selects } from './labels';
import { isEqual, type Kubernetes, type Selector } from './objects';

interface ClusterRole extends Kubernetes {
  aggregationRule?: { clusterRoleSelectors?: Selector[] };
  rules?: object[] | null;
}

const RESOURCE = 'clusterroles.rbac.authorization.k8s.io';

/** Gathers the rules of ClusterRoles in those that aggregate them. */
export const clusterRoles: Controller = {
  name: 'clusterrole',
  on: { [RESOURCE]: (_, cluster) => cluster.list<ClusterRole>(RESOURCE).filter(role => role.aggregationRule).map(role => role.metadata.name) },

  reconcile(cluster, name) {
    const role = cluster.find<ClusterRole>(RESOURCE, undefined, name);
    if (!role?.aggregationRule || role.metadata.deletionTimestamp !== undefined) return;
    const rules = new Map<string, object>();
    for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
      const parts = cluster.list<ClusterRole>(RESOURCE).filter(part => part.metadata.name !== name && selects(selector, part.metadata.labels));
      for (const part of [...parts].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
        for (const rule of part.rules ?? []) rules.set(canonical(rule), rules.get(canonical(rule)) ?? rule);
      }
    }
    if (isEqual(role.rules ?? [], [...rules.values()])) return;
    cluster.update(RESOURCE, { ...role, rules: structuredClone([...rules.values()]) } as ClusterRole, 'clusterrole-aggregation-controller');
  },
};
