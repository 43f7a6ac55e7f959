import { KnownKind } from './known-kind';
import { conditionsOf, messageOf, readConditions } from '../conditions';
import { at, listAt, numberAt, textAt } from '../fields';
import { degraded, Health, healthy, KubeObject, progressing, suspended } from '../health';

/** The generation of a Deployment that a Rollout refers to. */
const WORKLOAD_GENERATION = 'rollout.argoproj.io/workload-generation';

export const argoKinds: readonly KnownKind[] = [
  { group: 'argoproj.io', kinds: ['Rollout'], reports: 'status', assess: assessRollout },
  { group: 'argoproj.io', kinds: ['Application'], reports: 'status', assess: assessApplication },
  { group: 'argoproj.io', kinds: ['AnalysisRun', 'ApplicationSet', 'Experiment', 'Workflow'], reports: 'status' },
];

function assessRollout(object: KubeObject): Health {
  if (!isRolloutObserved(object)) {
    return progressing('the newest spec has not been observed yet');
  }
  const phase = textAt(object, 'status', 'phase');
  if (phase === 'Degraded') {
    return degraded(textAt(object, 'status', 'message'));
  }
  const conditions = conditionsOf(object);
  const bad = conditions.find(({ type, status }) => type === 'InvalidSpec' && status === 'True')
    ?? conditions.find(({ type, reason }) => type === 'Progressing' && (reason === 'ProgressDeadlineExceeded' || reason === 'RolloutAborted'));
  if (bad) {
    return degraded(messageOf(bad));
  }
  const stopped = at(object, 'spec', 'paused') === true || at(object, 'status', 'controllerPause') === true || phase === 'Paused';
  return stopped ? suspended(textAt(object, 'status', 'message') ?? 'the rollout is paused') : assessRolloutReplicas(object);
}

function assessRolloutReplicas(object: KubeObject): Health {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const replicas = numberAt(object, 'status', 'replicas') ?? 0;
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0;
  const available = numberAt(object, 'status', 'availableReplicas') ?? 0;
  if (updated < wanted) {
    return progressing(`${updated} of ${wanted} replicas are updated`);
  }
  // A blue-green rollout keeps the old replicas for a while on purpose.
  if (at(object, 'spec', 'strategy', 'blueGreen') === undefined && replicas > updated) {
    return progressing(`${replicas - updated} old replicas are still there`);
  }
  return available < updated ? progressing(`${available} of ${updated} updated replicas are available`) : healthy();
}

/** Before version 1.0 `observedGeneration` was a hash of the spec, which nobody else can compute; since then it is a number in a string. */
function isRolloutObserved(object: KubeObject): boolean {
  const observed = textAt(object, 'status', 'observedGeneration') ?? '';
  const generation = object.metadata?.generation;
  const isHash = !/^[0-9]+$/.test(observed) || (generation !== undefined && Number(observed) > generation);
  const workload = object.metadata?.annotations?.[WORKLOAD_GENERATION];
  return (isHash || generation === undefined || Number(observed) >= generation)
    && (workload === undefined || textAt(object, 'status', 'workloadObservedGeneration') === workload);
}

/** An Application's own health is that of its objects. */
function assessApplication(object: KubeObject): Health | undefined {
  const error = readConditions(listAt(object, 'status', 'conditions')).find(({ type }) => /Error$/.test(type));
  switch (textAt(object, 'status', 'health', 'status')) {
    case 'Healthy':
      return healthy();
    case 'Suspended':
      return suspended(textAt(object, 'status', 'health', 'message'));
    case 'Degraded':
    case 'Missing':
      return degraded(textAt(object, 'status', 'health', 'message') ?? (error && messageOf(error)));
    default:
      return error ? degraded(messageOf(error)) : progressing(textAt(object, 'status', 'health', 'message') ?? 'the application is not healthy yet');
  }
}
