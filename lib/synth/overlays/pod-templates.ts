import { isMap } from '../../model/values';
import { groupOf, Manifest } from '../../tree/manifest';
import { isBuiltInGroup } from '../scope';

type JsonObject = Record<string, unknown>;

/** The specs of Pods in an object: of itself, or of its pod template. */
export function podSpecsIn(manifest: Manifest): JsonObject[] {
  if (manifest.kind === 'Pod' && groupOf(String(manifest.apiVersion)) === '') {
    return isMap(manifest.spec) ? [manifest.spec] : [];
  }
  return podTemplatesIn(manifest).map(template => template.spec).filter(isMap);
}

/**
 * The pod templates in an object: of the workloads of Kubernetes, and of custom kinds that have one where those have theirs (`spec.template`),
 * such as the Rollout of Argo and the Service of Knative.
 */
export function podTemplatesIn(manifest: Manifest): JsonObject[] {
  const group = groupOf(String(manifest.apiVersion));
  const { kind } = manifest;
  const template = kind === 'CronJob' && group === 'batch' ? at(manifest, 'spec', 'jobTemplate', 'spec', 'template')
    : kind === 'PodTemplate' && group === '' ? manifest.template : at(manifest, 'spec', 'template');
  if (!isMap(template)) {
    return [];
  }
  return isBuiltInGroup(group) || Array.isArray(at(template, 'spec', 'containers')) ? [template] : [];
}

/** The template of the Jobs of a CronJob. */
export function jobTemplatesIn(manifest: Manifest): JsonObject[] {
  const template = manifest.kind === 'CronJob' ? at(manifest, 'spec', 'jobTemplate') : undefined;
  return isMap(template) ? [template] : [];
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => (isMap(inner) ? inner[key] : undefined), value);
}
