import { FlotillaError } from '../errors';
import { PART_OF_LABEL } from './applyset';
import type { DesiredCluster } from './desired';
import { DeliveryObject, DeliveryRecord, readRecord } from './record';
import { connectionOf } from './run-as';
import { see, SeenObject } from './seen';
import type { Observed, Sight } from './sight';
import { Scope, scopesOf } from './tenant';
import { isForbidden, isNotServed } from '../kube/classify';
import type { Connection } from '../kube/connection';
import type { Discovery, Resource } from '../kube/discovery';
import { resourcePath } from '../kube/discovery';
import { listMetadata, PartialObject } from '../kube/metadata';
import { formatIdentity } from '../tree/manifest';
import { GROUP } from '../tree/names';

export type { Observed } from './sight';

/** Reads what a plan needs: the Deliveries, and the metadata of our objects with one list a kind; for tenants, one a kind and namespace. */
export async function observe(connection: Connection, discovery: Discovery, desired: DesiredCluster): Promise<Observed> {
  const records = await listRecords(connection, discovery, desired.namespace);
  checkOwnership(records, desired);

  const sights = new Map(await Promise.all([...scopesOf(desired, records)].map(async ([tenant, scopes]) =>
    [tenant, await look(connectionOf(connection, tenant), discovery, scopes)] as const)));
  return { records, ...sights.get(undefined) as Sight, tenants: sights };
}

/** Lists what is there, one list a scope. */
async function look(connection: Connection, discovery: Discovery, scopes: ReadonlyMap<string, Scope>): Promise<Sight> {
  const live = new Map<string, SeenObject>();
  const unknown = new Set<string>();
  await Promise.all([...scopes].map(async ([name, { group, kind, namespace }]) => {
    const resource = discovery.find({ group, kind });
    if (!resource) {
      // A group whose own server is down serves nothing right now; that is no proof that nothing is there.
      if (discovery.failedGroups.some(each => each.split('/')[0] === group)) {
        unknown.add(name);
      }
      return;
    }
    const objects = await tryList(connection, resource, namespace);
    if (!objects) {
      unknown.add(name);
      return;
    }
    for (const object of objects) {
      live.set(formatIdentity({ group, kind, namespace: object.metadata.namespace, name: object.metadata.name }), see(object.metadata));
    }
  }));
  return { live, unknown };
}

/** The Deliveries in a namespace, by application; none while their kind is not installed. */
export async function listRecords(connection: Connection, discovery: Discovery, namespace: string): Promise<Map<string, DeliveryRecord>> {
  const resource = discovery.find({ group: GROUP, kind: 'Delivery' });
  if (!resource) {
    return new Map();
  }
  const { body } = await connection.request<{ items: DeliveryObject[] }>({ method: 'GET', path: resourcePath(resource, { namespace }) });
  return new Map(body.items.map(readRecord).map(record => [record.application, record]));
}

/** Two fleets, or two clusters of a fleet, must not take turns in one place. */
export function checkOwnership(records: ReadonlyMap<string, DeliveryRecord>, desired: DesiredCluster): void {
  for (const { application, spec } of records.values()) {
    if (spec.fleet !== desired.fleet && desired.targets.some(target => target.application === application)) {
      throw new FlotillaError('FLT5202', {
        what: `Delivery ${desired.namespace}/${application} belongs to the fleet '${spec.fleet}', not to '${desired.fleet}'`,
        where: { cluster: desired.cluster, application },
        fix: 'give one of the two fleets a namespace of its own (`new Fleet(…, { namespace })`), or rename the application',
      });
    }
    if (spec.fleet === desired.fleet && spec.cluster !== desired.cluster && desired.clusters.includes(spec.cluster)) {
      throw new FlotillaError('FLT5203', {
        what: `the API server of '${desired.cluster}' is already that of the cluster '${spec.cluster}'`,
        where: { cluster: desired.cluster, application },
        fix: 'check `access.context` of both clusters in the model: each needs an API server of its own',
      });
    }
  }
}

async function tryList(connection: Connection, resource: Resource, namespace: string | undefined): Promise<PartialObject[] | undefined> {
  if (!resource.verbs.includes('list')) {
    return undefined;
  }
  try {
    return await listMetadata(connection, resource, { namespace, labelSelector: PART_OF_LABEL });
  } catch (error) {
    // The answer may be no for the whole cluster and yes for what we are about to write.
    if (isForbidden(error) || isNotServed(error)) {
      return undefined;
    }
    throw error;
  }
}
