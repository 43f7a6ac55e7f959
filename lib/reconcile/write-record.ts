import { FlotillaError } from '../errors';
import { applySetId, FIELD_MANAGER } from './applyset';
import type { ClusterContext } from './context';
import type { InventoryEntry } from './inventory';
import { condition, Condition, DeliveryRecord, DeliveryStatus, distinctKinds, formatRecord } from './record';
import { timestamp } from './timestamp';
import { applyObject } from '../kube/apply';
import type { PartialObject } from '../kube/metadata';
import type { DeliverySpec } from '../tree/documents';
import type { Manifest } from '../tree/manifest';
import { GROUP } from '../tree/names';

/** What a record is to say, without the times. */
export interface RecordContent {
  readonly application: string;
  readonly spec: DeliverySpec;
  readonly status: Omit<DeliveryStatus, 'conditions' | 'inventory' | 'objects'>;
  readonly conditions: readonly Omit<Condition, 'lastTransitionTime'>[];
  readonly inventory: readonly InventoryEntry[];
}

/** Writes a Delivery to the cluster, in one request. */
export async function writeRecord(context: Pick<ClusterContext, 'connection' | 'discovery' | 'desired' | 'options'>, former: DeliveryRecord | undefined, content: RecordContent): Promise<PartialObject> {
  const { connection, discovery, desired, options } = context;
  const resource = discovery.find({ group: GROUP, kind: 'Delivery' });
  if (!resource) {
    throw new FlotillaError('FLT5208', {
      what: 'the cluster does not serve Delivery.cdk8s-flotilla.dev, though it was just installed',
      where: { cluster: desired.cluster }, fix: 'look at the CustomResourceDefinition deliveries.cdk8s-flotilla.dev, then apply again',
    });
  }
  const object = formatRecord(
    { name: content.application, namespace: desired.namespace, setId: applySetId(content.application, desired.namespace) },
    content.spec,
    { ...content.status, conditions: conditionsOf(former, content) },
    content.inventory,
  );
  return applyObject(connection, resource, object as unknown as Manifest, {
    fieldManager: FIELD_MANAGER, force: true, accept: 'metadata', signal: options.signal,
  });
}

/** The record as it is when it says this. */
export function recordOf(former: DeliveryRecord | undefined, content: RecordContent): DeliveryRecord {
  return {
    application: content.application,
    spec: content.spec,
    status: { ...content.status, conditions: conditionsOf(former, content) },
    uid: former?.uid,
    inventory: content.inventory,
    kinds: distinctKinds(content.inventory.map(entry => entry.id)),
  };
}

function conditionsOf(former: DeliveryRecord | undefined, { conditions }: RecordContent): Condition[] {
  const now = timestamp();
  return conditions.map(next => condition(former?.status.conditions, now, next));
}
