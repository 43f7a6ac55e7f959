import type { DesiredCluster } from './desired';
import type { DeliveryRecord } from './record';
import type { DeliverySpec } from '../tree/documents';
import { formatGroupKind } from '../tree/manifest';

/** The user that a delivery runs as, as the API server calls it; undefined for our own. The server itself adds the groups of a ServiceAccount. */
export type Tenant = `system:serviceaccount:${string}:${string}` | undefined;

/** Whom a delivery runs as. */
export function tenantOf({ serviceAccount }: Pick<DeliverySpec, 'serviceAccount'>): Tenant {
  return serviceAccount && `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`;
}

/** What is listed or watched at once: a kind in all namespaces or, for a tenant, who mostly may not list those, in one of them. */
export interface Scope {
  readonly group: string;
  readonly kind: string;
  /** Absent: all namespaces, and what belongs to none. */
  readonly namespace?: string;
}

/** `Deployment.apps`, `Deployment.apps/shop` */
export function formatScope({ group, kind, namespace }: Scope): string {
  const name = formatGroupKind({ group, kind });
  return namespace === undefined ? name : `${name}/${namespace}`;
}

/** What was found of an object's scope in something that is kept by scope, whichever of the two it was read by. */
export function byScope<T>(id: Scope, find: (scope: string) => T | undefined): T | undefined {
  return find(formatGroupKind(id)) ?? (id.namespace === undefined ? undefined : find(formatScope(id)));
}

/** Where each tenant's objects are, by `formatScope`: those that a cluster's tree has, and those that were applied before. Our own are always among them. */
export function scopesOf(desired: DesiredCluster, records: ReadonlyMap<string, DeliveryRecord>): Map<Tenant, Map<string, Scope>> {
  const scopes = new Map<Tenant, Map<string, Scope>>([[undefined, new Map()]]);
  const add = (tenant: Tenant, { group, kind, namespace }: Scope): void => {
    const scope = tenant === undefined ? { group, kind } : { group, kind, namespace };
    const own = scopes.get(tenant) ?? new Map<string, Scope>();
    scopes.set(tenant, own.set(formatScope(scope), scope));
  };
  const tenants = new Map<string, Tenant>();
  for (const { application, spec, objects } of desired.targets) {
    const tenant = tenantOf(spec);
    tenants.set(application, tenant);
    for (const { id } of objects) {
      add(tenant, id);
    }
  }
  for (const { application, spec, inventory, kinds } of records.values()) {
    if (spec.fleet === desired.fleet) {
      // Whom the tree names now looks after what another one has applied.
      const tenant = tenants.has(application) ? tenants.get(application) : tenantOf(spec);
      for (const scope of tenant === undefined ? kinds : inventory.map(({ id }) => id)) {
        add(tenant, scope);
      }
    }
  }
  return scopes;
}
