import { isMap, type Json, type JsonMap } from '../../schema/json';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';

/** The pods that an object asks for. */
export interface PodTemplate {
  readonly labels: JsonMap;
  readonly spec: JsonMap;
  /** Where the spec lies: `spec.template.spec`. */
  readonly path: string;
}

/** By kind; in each, the way to the template. */
const WORKLOADS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries({
  'Pod': [],
  'PodTemplate': ['template'],
  'ReplicationController': ['spec', 'template'],
  'Deployment.apps': ['spec', 'template'],
  'ReplicaSet.apps': ['spec', 'template'],
  'StatefulSet.apps': ['spec', 'template'],
  'DaemonSet.apps': ['spec', 'template'],
  'Job.batch': ['spec', 'template'],
  'CronJob.batch': ['spec', 'jobTemplate', 'spec', 'template'],
}));

/** The pod template of a built-in workload; undefined for any other object, and where there is none. */
export function podTemplateOf(manifest: Manifest): PodTemplate | undefined {
  const path = WORKLOADS.get(formatGroupKind({ group: groupOf(manifest.apiVersion), kind: manifest.kind }));
  let template: Json | undefined = path && manifest as unknown as JsonMap;
  for (const key of path ?? []) {
    template = isMap(template) ? template[key] : undefined;
  }
  if (!isMap(template) || !isMap(template.spec)) {
    return undefined;
  }
  const { metadata, spec } = template;
  return { labels: isMap(metadata) && isMap(metadata.labels) ? metadata.labels : {}, spec, path: [...path!, 'spec'].join('.') };
}
