import type { TargetState } from './events';
import type { DeliveryRecord } from '../record';

/** Where an application stands, as its record has it. */
export function targetState(application: string, record: DeliveryRecord | undefined): TargetState {
  const ready = record?.status.conditions?.find(({ type }) => type === 'Ready');
  return {
    application, revision: record?.status.revision, appliedAt: record?.status.lastAppliedTime, objects: record?.inventory.length ?? 0,
    ready: ready?.status === 'True', reason: ready?.reason ?? 'Unknown', message: ready?.message, held: record?.status.held?.objects.length ?? 0,
  };
}
