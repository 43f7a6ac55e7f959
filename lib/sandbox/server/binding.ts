import { isMap, type JsonMap, type StoredObject } from '../json';
import { timestamp } from '../timestamp';
import { conflict, invalid, notFound } from './refusals';
import type { WriteRequest } from './write-request';
import type { WriteContext } from './writes';

/**
 * Gives a Pod its node. It is no update of the Pod: nobody owns what it sets.
 *
 * @param binding a Binding with a `target`, or the Pod with `spec.nodeName`
 */
export function bindPod({ store, now }: WriteContext, request: WriteRequest, name: string, binding: JsonMap): StoredObject {
  const namespace = request.namespace ?? '';
  const pod = store.tryFind('pods', namespace, name);
  if (!pod) throw notFound({ group: '', plural: 'pods' }, name);
  const nodeName = isMap(binding.target) ? binding.target.name : isMap(binding.spec) ? binding.spec.nodeName : undefined;
  if (typeof nodeName !== 'string' || nodeName === '') {
    throw invalid({ group: '', kind: 'Binding' }, '', [{ reason: 'FieldValueRequired', message: 'Required value', field: 'target.name' }]);
  }
  const spec = pod.spec as JsonMap;
  if (pod.metadata.deletionTimestamp) throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName) throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} is already assigned to node "${String(spec.nodeName)}"`);
  const status = (pod.status ?? {}) as JsonMap;
  const conditions = (Array.isArray(status.conditions) ? status.conditions as JsonMap[] : []).filter(each => each.type !== 'PodScheduled');
  const { annotations, labels } = isMap(binding.metadata) && binding.kind === 'Binding' ? binding.metadata : {} as JsonMap;
  const next: StoredObject = {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...typeof pod.metadata.generation === 'number' ? { generation: pod.metadata.generation + 1 } : {},
      ...isMap(annotations) ? { annotations: { ...isMap(pod.metadata.annotations) ? pod.metadata.annotations : {}, ...annotations } } : {},
      ...isMap(labels) ? { labels: { ...isMap(pod.metadata.labels) ? pod.metadata.labels : {}, ...labels } } : {},
    },
    spec: { ...spec, nodeName },
    status: { ...status, conditions: [...conditions, { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(now()) }] },
  };
  if (request.dryRun) return next;
  return store.put('pods', next);
}
