import { listAt, numberAt, textAt } from './fields';
import { KubeObject } from './health';

/** An entry of `status.conditions`, as the conventions of the Kubernetes API describe it. */
export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`; others where a controller is wrong. */
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  /** `Error`, `Warning`, `Info`: how bad it is that the condition is false. Cluster API and Knative have it. */
  readonly severity?: string;
  readonly observedGeneration?: number;
}

/** The conditions of an object, without those that are older than its `metadata.generation`. */
export function conditionsOf(object: KubeObject): readonly Condition[] {
  return readConditions(listAt(object, 'status', 'conditions')).filter(condition => !isOlder(condition, object));
}

/** Reads a list of conditions, wherever in a status it stands. */
export function readConditions(list: readonly unknown[]): readonly Condition[] {
  return list.map(item => ({
    type: textAt(item, 'type') ?? '',
    status: textAt(item, 'status') ?? 'Unknown',
    reason: textAt(item, 'reason'),
    message: textAt(item, 'message'),
    severity: textAt(item, 'severity'),
    observedGeneration: numberAt(item, 'observedGeneration'),
  })).filter(({ type }) => type !== '');
}

/** Whether a condition tells about an earlier spec. */
export function isOlder({ observedGeneration }: Condition, object: KubeObject): boolean {
  const generation = object.metadata?.generation;
  return generation !== undefined && observedGeneration !== undefined && observedGeneration < generation;
}

/** The condition of a type, if the object has it. */
export function tryFindCondition(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find(condition => condition.type === type);
}

/** What a condition says, for people. */
export function messageOf(condition: Condition): string {
  return condition.message?.trim() || condition.reason || `${condition.type} is ${condition.status}`;
}

/** Whether the controller has not yet seen the newest spec, or has so far told nothing about it. */
export function isStale(object: KubeObject): boolean {
  const generation = object.metadata?.generation;
  const observed = numberAt(object, 'status', 'observedGeneration');
  if (observed !== undefined) {
    return generation !== undefined && observed < generation;
  }
  return conditionsOf(object).length === 0 && readConditions(listAt(object, 'status', 'conditions')).length > 0;
}
