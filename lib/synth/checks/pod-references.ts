import { PodTemplate } from './pod-template';
import { items, nameOf, Reference } from './reference';
import { isMap, type Json, type JsonMap } from '../../schema/json';
import { Manifest } from '../../tree/manifest';

/** Volumes, environments and accounts of a workload's pods; what is optional is left out. */
export function podReferences(manifest: Manifest, { spec, path }: PodTemplate): Reference[] {
  const { namespace } = manifest.metadata;
  const name = (groupKind: string, value: Json | undefined, below: string): Reference[] => nameOf(value, { groupKind, namespace, path: `${path}.${below}` });
  const containers = (['initContainers', 'containers'] as const).flatMap(list => items(spec[list]).map(([container, i]) => ({ container, at: `${path}.${list}[${i}]` })));
  const owner = isMap(manifest.spec) ? manifest.spec : {};
  return [
    ...items(spec.volumes).flatMap(([volume, i]) => volumeReferences(volume, namespace, `${path}.volumes[${i}]`)),
    ...containers.flatMap(({ container, at }) => environmentReferences(container, namespace, at)),
    ...name('ServiceAccount', spec.serviceAccountName ?? spec.serviceAccount, 'serviceAccountName'),
    ...items(spec.imagePullSecrets).flatMap(([secret, i]) => name('Secret', secret.name, `imagePullSecrets[${i}].name`)),
    ...manifest.kind === 'StatefulSet' ? nameOf(owner.serviceName, { groupKind: 'Service', namespace, path: 'spec.serviceName' }) : [],
  ];
}

function volumeReferences(volume: JsonMap, namespace: string | undefined, path: string): Reference[] {
  const { configMap, secret, persistentVolumeClaim, projected } = volume;
  return [
    ...source('ConfigMap', configMap, 'name', namespace, `${path}.configMap`),
    ...source('Secret', secret, 'secretName', namespace, `${path}.secret`),
    ...isMap(persistentVolumeClaim) ? nameOf(persistentVolumeClaim.claimName, {
      groupKind: 'PersistentVolumeClaim', namespace, path: `${path}.persistentVolumeClaim.claimName`,
    }) : [],
    ...items(isMap(projected) ? projected.sources : undefined).flatMap(([each, i]) => [
      ...source('ConfigMap', each.configMap, 'name', namespace, `${path}.projected.sources[${i}].configMap`),
      ...source('Secret', each.secret, 'name', namespace, `${path}.projected.sources[${i}].secret`),
    ]),
  ];
}

/** A volume of the keys of an object; with `items`, of those keys. */
function source(groupKind: string, value: Json | undefined, field: string, namespace: string | undefined, path: string): Reference[] {
  if (!isMap(value) || value.optional === true) {
    return [];
  }
  const whole = nameOf(value[field], { groupKind, namespace, path: `${path}.${field}` });
  const keys = items(value.items).filter(([item]) => typeof item.key === 'string');
  return keys.length === 0 ? whole : whole.flatMap(reference => keys.map(([item]) => ({ ...reference, part: item.key as string })));
}

function environmentReferences(container: JsonMap, namespace: string | undefined, path: string): Reference[] {
  return [
    ...items(container.envFrom).flatMap(([each, i]) => [
      ...source('ConfigMap', each.configMapRef, 'name', namespace, `${path}.envFrom[${i}].configMapRef`),
      ...source('Secret', each.secretRef, 'name', namespace, `${path}.envFrom[${i}].secretRef`),
    ]),
    ...items(container.env).flatMap(([each, i]) => (isMap(each.valueFrom) ? [
      ...keyed('ConfigMap', each.valueFrom.configMapKeyRef, namespace, `${path}.env[${i}].valueFrom.configMapKeyRef`),
      ...keyed('Secret', each.valueFrom.secretKeyRef, namespace, `${path}.env[${i}].valueFrom.secretKeyRef`),
    ] : [])),
  ];
}

function keyed(groupKind: string, value: Json | undefined, namespace: string | undefined, path: string): Reference[] {
  return isMap(value) && value.optional !== true
    ? nameOf(value.name, { groupKind, namespace, path: `${path}.name`, ...typeof value.key === 'string' ? { part: value.key } : {} }) : [];
}
