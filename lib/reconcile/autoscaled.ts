import type { HeldManifest } from '../tree/held-manifest';
import { formatGroupKind, formatIdentity, groupOf } from '../tree/manifest';
import { isMap } from '../tree/shape';

const SCALERS = ['HorizontalPodAutoscaler.autoscaling', 'ScaledObject.keda.sh'];

/**
 * The objects whose `spec.replicas` an autoscaler owns, by `formatIdentity`: what a HorizontalPodAutoscaler, or a ScaledObject of KEDA, names in its
 * namespace.
 *
 * @param manifests of all applications of one cluster: the autoscaler may come with another one than its target
 */
export function autoscaled(manifests: Iterable<HeldManifest>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const manifest of manifests) {
    const kindOfScaler = formatGroupKind(manifest.id);
    if (!SCALERS.includes(kindOfScaler)) {
      continue;
    }
    const { metadata, spec } = manifest.open();
    const target = isMap(spec) && isMap(spec.scaleTargetRef) ? spec.scaleTargetRef : undefined;
    // Only KEDA has a default for what is not named.
    const byDefault = kindOfScaler === 'ScaledObject.keda.sh' ? { apiVersion: 'apps/v1', kind: 'Deployment' } : {};
    const named = { ...byDefault, ...target };
    if (typeof named.apiVersion === 'string' && typeof named.kind === 'string' && typeof target?.name === 'string') {
      keys.add(formatIdentity({ group: groupOf(named.apiVersion), kind: named.kind, namespace: metadata.namespace, name: target.name }));
    }
  }
  return keys;
}
