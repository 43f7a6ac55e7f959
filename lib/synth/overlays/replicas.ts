import { missing } from './keys';
import { change, OverlayStep } from './step';
import { isMap } from '../../model/values';
import { groupOf, Manifest } from '../../tree/manifest';
import { isBuiltInGroup } from '../scope';

const SCALED = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

/** Sets the replicas of objects by name. */
export function setReplicas(step: OverlayStep): void {
  const replicas = step.props.replicas!;
  const scaled = step.objects.filter(({ manifest }) => isScaled(manifest));
  for (const object of scaled) {
    const { manifest } = object;
    const wanted = Object.hasOwn(replicas, manifest.metadata.name) ? replicas[manifest.metadata.name] : undefined;
    const spec = isMap(manifest.spec) ? manifest.spec : {};
    if (wanted !== undefined && spec.replicas !== wanted) {
      change(step, 'replicas', object, { ...manifest, spec: { ...spec, replicas: wanted } });
    }
  }
  const names = [...new Set(scaled.map(({ manifest }) => manifest.metadata.name))];
  Object.keys(replicas).forEach(name => step.matches.push(missing(step, 'replicas', name, names.includes(name), names, 'object with replicas', names)));
}

function isScaled({ apiVersion, kind, metadata, spec }: Manifest): boolean {
  return typeof metadata?.name === 'string'
    && (isBuiltInGroup(groupOf(String(apiVersion))) ? SCALED.has(kind) : isMap(spec) && typeof spec.replicas === 'number');
}
