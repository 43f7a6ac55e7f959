import { formatIdentity, groupOf, Manifest } from '../tree/manifest';

/**
 * The objects whose `spec.replicas` an autoscaler owns, by `formatIdentity`: what a HorizontalPodAutoscaler, or a ScaledObject of KEDA, names in its
 * namespace.
 *
 * @param manifests of all applications of one cluster: the autoscaler may come with another one than its target
 */
export function autoscaled(manifests: Iterable<Manifest>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { apiVersion, kind, metadata, spec } of manifests) {
    const kindOfScaler = `${kind}.${groupOf(apiVersion)}`;
    const target = isMap(spec) && isMap(spec.scaleTargetRef) ? spec.scaleTargetRef : undefined;
    // Only KEDA has a default for what is not named.
    const byDefault = kindOfScaler === 'ScaledObject.keda.sh' ? { apiVersion: 'apps/v1', kind: 'Deployment' } : {};
    const named = { ...byDefault, ...target };
    if (['HorizontalPodAutoscaler.autoscaling', 'ScaledObject.keda.sh'].includes(kindOfScaler)
      && typeof named.apiVersion === 'string' && typeof named.kind === 'string' && typeof target?.name === 'string') {
      keys.add(formatIdentity({ group: groupOf(named.apiVersion), kind: named.kind, namespace: metadata.namespace, name: target.name }));
    }
  }
  return keys;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
