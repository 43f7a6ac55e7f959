import { FlotillaError } from '../errors';
import { PART_OF_LABEL } from './applyset';
import type { DesiredCluster } from './desired';
import { DeliveryObject, DeliveryRecord, readRecord } from './record';
import { see, SeenObject } from './seen';
import { isForbidden, isNotServed } from '../kube/classify';
import type { Connection } from '../kube/connection';
import type { Discovery, Resource } from '../kube/discovery';
import { resourcePath } from '../kube/discovery';
import { listMetadata, PartialObject } from '../kube/metadata';
import { formatGroupKind, formatIdentity, ObjectIdentity } from '../tree/manifest';
import { GROUP } from '../tree/names';

/** What a cluster holds of ours, as far as it could be seen. */
export interface Observed {
  /** The Deliveries, by application. */
  readonly records: ReadonlyMap<string, DeliveryRecord>;
  /** Objects that carry a set's label, by `formatIdentity`. */
  readonly live: ReadonlyMap<string, SeenObject>;
  /**
   * Kinds whose objects could not be listed, as `formatGroupKind`. What is missing in `live` of such a kind may well
   * exist: nothing is concluded from its absence.
   */
  readonly unknown: ReadonlySet<string>;
}

/** Reads what a plan needs: the Deliveries, and the metadata of our objects with one list a kind. */
export async function observe(connection: Connection, discovery: Discovery, desired: DesiredCluster): Promise<Observed> {
  const records = await listRecords(connection, discovery, desired.namespace);
  checkOwnership(records, desired);

  const kinds = new Map<string, { group: string; kind: string }>();
  for (const { group, kind } of kindsOf(desired, records)) {
    kinds.set(formatGroupKind({ group, kind }), { group, kind });
  }
  const live = new Map<string, SeenObject>();
  const unknown = new Set<string>();
  await Promise.all([...kinds].map(async ([name, kind]) => {
    const resource = discovery.find(kind);
    if (!resource) {
      // A group whose own server is down serves nothing right now; that is no proof that nothing is there.
      if (discovery.failedGroups.some(group => group.split('/')[0] === kind.group)) {
        unknown.add(name);
      }
      return;
    }
    const objects = await tryList(connection, resource);
    if (!objects) {
      unknown.add(name);
      return;
    }
    for (const object of objects) {
      live.set(formatIdentity({ ...kind, namespace: object.metadata.namespace, name: object.metadata.name }), see(object.metadata));
    }
  }));
  return { records, live, unknown };
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

/** The kinds that a cluster's tree has, or that were applied before. */
export function kindsOf(desired: DesiredCluster, records: ReadonlyMap<string, DeliveryRecord>): Pick<ObjectIdentity, 'group' | 'kind'>[] {
  return [
    ...desired.targets.flatMap(target => target.objects.map(object => object.id)),
    ...[...records.values()].filter(record => record.spec.fleet === desired.fleet).flatMap(record => record.kinds),
  ];
}

async function tryList(connection: Connection, resource: Resource): Promise<PartialObject[] | undefined> {
  if (!resource.verbs.includes('list')) {
    return undefined;
  }
  try {
    return await listMetadata(connection, resource, { labelSelector: PART_OF_LABEL });
  } catch (error) {
    // The answer may be no for the whole cluster and yes for what we are about to write.
    if (isForbidden(error) || isNotServed(error)) {
      return undefined;
    }
    throw error;
  }
}
