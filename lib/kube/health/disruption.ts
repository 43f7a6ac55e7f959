import { conditionsOf, isStale, messageOf } from './conditions';
import { degraded, Health, healthy, KubeObject, progressing } from './health';

export function assessDisruptionBudget(object: KubeObject): Health {
  const conditions = conditionsOf(object).filter(({ type }) => type === 'DisruptionAllowed');
  if (conditions.length === 0 || isStale(object)) {
    return progressing('waiting for the budget to be computed');
  }
  // A budget whose pods cannot be counted protects nothing.
  const failed = conditions.find(({ reason }) => reason === 'SyncFailed');
  return failed ? degraded(messageOf(failed)) : healthy(messageOf(conditions[0]));
}
