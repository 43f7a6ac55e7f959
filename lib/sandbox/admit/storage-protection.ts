import type { AdmissionRequest } from '../api';

const FINALIZERS: Readonly<Record<string, string>> = {
  'persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  'persistentvolumes': 'kubernetes.io/pv-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
};

/** What is used is not removed: a controller takes the finalizer away when nothing uses it any more. */
export function protectStorage({ operation, resource: { group, plural }, subresource, object }: AdmissionRequest): void {
  const finalizer = FINALIZERS[group ? `${plural}.${group}` : plural];
  if (!finalizer || operation !== 'CREATE' || subresource || !object) return;
  const finalizers = (object.metadata.finalizers ?? []) as string[];
  if (!finalizers.includes(finalizer)) object.metadata.finalizers = [...finalizers, finalizer];
}
