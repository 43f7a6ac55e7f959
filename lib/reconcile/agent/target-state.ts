import type { TargetState } from './events';
import type { DeliveryRecord } from '../record';

/** Where an application stands, by what its record says. */
export function targetState(application: string, record: DeliveryRecord | undefined): TargetState {
  const ready = record?.status.conditions?.find(({ type }) => type === 'Ready');
  return {
    application, revision: record?.status.revision, appliedAt: record?.status.lastAppliedTime, objects: record?.inventory.length ?? 0,
    ready: ready?.status === 'True', reason: ready?.reason ?? 'Unknown', message: ready?.message, held: record?.status.held?.objects.length ?? 0,
  };
}
