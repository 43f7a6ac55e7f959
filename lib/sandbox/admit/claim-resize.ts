import { forbidden } from './forbidden';
import { tryParseQuantity } from '../../schema/quantity';
import type { AdmissionRequest, ClusterApi } from '../api';
import type { JsonMap, StoredObject } from '../json';

/** Only a bound claim grows, and only when its StorageClass allows that. */
export function checkClaimResize({ operation, resource, subresource, object, old, name }: AdmissionRequest, api: ClusterApi): void {
  if (operation !== 'UPDATE' || subresource || resource.group !== '' || resource.plural !== 'persistentvolumeclaims' || !object || !old) return;
  if (sizeOf(object) <= sizeOf(old)) return;
  if ((old.status as JsonMap | undefined)?.phase !== 'Bound') throw forbidden(resource, name, 'Only bound persistent volume claims can be expanded');
  const [now, before] = [object, old].map(({ spec }) => (spec as JsonMap).storageClassName);
  const found = now && now === before ? api.tryFind('storageclasses.storage.k8s.io', { name: String(now) }) : undefined;
  if (found?.allowVolumeExpansion === true) return;
  throw forbidden(resource, name, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
}

function sizeOf({ spec }: StoredObject): bigint {
  const requests = ((spec as JsonMap).resources as JsonMap | undefined)?.requests as JsonMap | undefined;
  return tryParseQuantity(String(requests?.storage ?? '0'))?.nano ?? 0n;
}
