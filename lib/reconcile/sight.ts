import type { DeliveryRecord } from './record';
import type { SeenObject } from './seen';
import { byScope, Scope, Tenant } from './tenant';

/** Objects of ours in a cluster, as far as somebody could see them. */
export interface Sight {
  /** Objects that carry a set's label, by `formatIdentity`. */
  readonly live: ReadonlyMap<string, SeenObject>;
  /**
   * Kinds whose objects could not be listed, as `formatScope`. What is missing in `live` of such a kind may well
   * exist: nothing is concluded from its absence.
   */
  readonly unknown: Pick<ReadonlySet<string>, 'has'>;
}

/** What a cluster holds of ours, as far as it could be seen: by ourselves, and by each tenant. */
export interface Observed extends Sight {
  /** The Deliveries, by application. */
  readonly records: ReadonlyMap<string, DeliveryRecord>;
  /** Who saw what; absent when there is no tenant. */
  readonly tenants?: ReadonlyMap<Tenant, Sight>;
}

/** Of somebody who has not looked. */
const NOTHING: Sight = { live: new Map(), unknown: { has: () => true } };

/** What a tenant saw: nothing else counts for its deliveries. */
export function observedBy(observed: Observed, tenant: Tenant): Observed {
  if (tenant === undefined) {
    return observed;
  }
  const { live, unknown } = observed.tenants?.get(tenant) ?? NOTHING;
  return { ...observed, live, unknown };
}

/** Whether an object may well be there though it was not seen. */
export function isUnknown({ unknown }: Pick<Sight, 'unknown'>, id: Scope): boolean {
  return byScope(id, scope => unknown.has(scope) || undefined) ?? false;
}
