import { Condition, conditionsOf, messageOf, readConditions } from './conditions';
import { degraded, Health, healthy, KubeObject, progressing } from './health';

/** Where `autoscaling/v1`, which has no conditions, keeps those of its successor. */
const V1_CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const PROBLEM = /^Failed|^Invalid/;

export function assessAutoscaler(object: KubeObject): Health {
  const conditions = autoscalerConditions(object);
  const problem = conditions.find(({ type, reason }) => (type === 'AbleToScale' || type === 'ScalingActive') && PROBLEM.test(reason ?? ''));
  if (problem) {
    return degraded(messageOf(problem));
  }
  const fine = conditions.find(({ type, status }) => (type === 'AbleToScale' || type === 'ScalingLimited') && status === 'True');
  return fine ? healthy(fine.message) : progressing('waiting for the autoscaler to act');
}

function autoscalerConditions(object: KubeObject): readonly Condition[] {
  const text = object.metadata?.annotations?.[V1_CONDITIONS];
  if (text === undefined) {
    return conditionsOf(object);
  }
  try {
    const list: unknown = JSON.parse(text);
    return readConditions(Array.isArray(list) ? list : []);
  } catch {
    // Anybody can write an annotation; one that is no JSON says nothing.
    return [];
  }
}
