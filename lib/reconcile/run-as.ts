import type { ClusterContext } from './context';
import { observedBy } from './sight';
import { Tenant, tenantOf } from './tenant';
import type { Connection } from '../kube/connection';
import { impersonating } from '../kube/impersonating';
import type { DeliverySpec } from '../tree/documents';

/** The way to the cluster for whatever touches the objects of a tenant. */
export function connectionOf(connection: Connection, tenant: Tenant): Connection {
  return tenant === undefined ? connection : impersonating(connection, { user: tenant });
}

/** The context in which the objects of a delivery are worked on: all requests run as its tenant, and nothing counts but what that one saw. */
export function runningAs(context: ClusterContext, spec: DeliverySpec): ClusterContext {
  const tenant = tenantOf(spec);
  return tenant === undefined ? context
    : { ...context, connection: connectionOf(context.connection, tenant), observed: observedBy(context.observed, tenant) };
}
