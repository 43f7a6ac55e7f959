import type { AdmissionRequest, ClusterApi } from '../api';
import type { JsonMap, StoredObject } from '../json';

/** A claim without a StorageClass gets the default one, an Ingress without a class the default IngressClass. */
export function setDefaultClass({ operation, resource: { group, plural }, subresource, object }: AdmissionRequest, api: ClusterApi): void {
  if (operation !== 'CREATE' || subresource || !object) return;
  const spec = object.spec as JsonMap;
  const annotations = object.metadata.annotations as JsonMap | undefined;
  if (group === '' && plural === 'persistentvolumeclaims') {
    if (spec.storageClassName !== undefined || annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return;
    const found = findDefault(api, 'storageclasses.storage.k8s.io', ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']);
    if (found) spec.storageClassName = found.metadata.name;
  }
  if (group === 'networking.k8s.io' && plural === 'ingresses') {
    if (spec.ingressClassName !== undefined || annotations?.['kubernetes.io/ingress.class'] !== undefined) return;
    const found = findDefault(api, 'ingressclasses.networking.k8s.io', ['ingressclass.kubernetes.io/is-default-class']);
    if (found) spec.ingressClassName = found.metadata.name;
  }
}

/** The newest of those that are marked, then the first by name. */
function findDefault(api: ClusterApi, resource: string, marks: readonly string[]): StoredObject | undefined {
  const created = ({ metadata }: StoredObject) => String(metadata.creationTimestamp ?? '');
  const [first] = api.list(resource)
    .filter(({ metadata }) => marks.some(mark => (metadata.annotations as JsonMap | undefined)?.[mark] === 'true'))
    .sort((a, b) => created(b).localeCompare(created(a)) || (a.metadata.name < b.metadata.name ? -1 : 1));
  return first;
}
