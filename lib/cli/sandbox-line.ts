import { count } from './output';
import type { ClusterApi } from '../sandbox/api';
import { isMap, type StoredObject } from '../sandbox/json';

const NAMESPACES_OF_ITS_OWN = ['kube-system', 'kube-public', 'kube-node-lease'];

/** What a cluster of the sandbox holds, in one line. */
export function sandboxLine(api: ClusterApi): string {
  const pods = api.list('pods').filter(({ metadata }) => !NAMESPACES_OF_ITS_OWN.includes(metadata.namespace ?? ''));
  const deliveries = api.tryFindResource('deliveries.cdk8s-flotilla.dev') ? api.list('deliveries.cdk8s-flotilla.dev') : [];
  const ready = deliveries.filter(object => hasCondition(object, 'Ready'));
  return [
    deliveries.length === 0 ? 'nothing delivered' : `${ready.length} of ${count(deliveries.length, 'application')} ready`,
    `${pods.filter(pod => hasCondition(pod, 'Ready')).length} of ${count(pods.length, 'pod')} ready`,
  ].join(', ');
}

function hasCondition({ status }: StoredObject, type: string): boolean {
  const conditions = isMap(status) && Array.isArray(status.conditions) ? status.conditions : [];
  return conditions.some(condition => isMap(condition) && condition.type === type && condition.status === 'True');
}
