import { maps } from './pod-of';
import type { AdmissionRequest } from '../api';
import type { JsonMap } from '../json';

/** A Pod stays five minutes on a node that is not ready or not reached, unless it says otherwise. */
export function addTolerations({ operation, resource, subresource, object }: AdmissionRequest): void {
  if (operation === 'DELETE' || subresource || resource.group !== '' || resource.plural !== 'pods' || !object) return;
  const spec = object.spec as JsonMap;
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const tolerations = maps(spec.tolerations);
    if (tolerations.some(one => (!one.key || one.key === key) && (!one.effect || one.effect === 'NoExecute'))) continue;
    spec.tolerations = [...tolerations, { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }];
  }
}
