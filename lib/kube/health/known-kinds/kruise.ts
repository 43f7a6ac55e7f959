import { KnownKind } from './known-kind';
import { at, listAt, numberAt, textAt } from '../fields';
import { degraded, Health, healthy, KubeObject, progressing, suspended } from '../health';

export const kruiseKinds: readonly KnownKind[] = [
  { group: 'apps.kruise.io', kinds: ['CloneSet', 'StatefulSet', 'DaemonSet'], reports: 'status', assess: assessWorkload },
  { group: 'apps.kruise.io', kinds: ['AdvancedCronJob'], assess: assessCron },
];

/** OpenKruise's workloads report replicas that are updated and available at once; a partition keeps some old until somebody lowers it. */
function assessWorkload(object: KubeObject): Health {
  const strategy = at(object, 'spec', 'updateStrategy');
  const observed = numberAt(object, 'status', 'observedGeneration');
  if (observed === undefined || observed < (object.metadata?.generation ?? 0)) {
    return progressing('the newest spec has not been observed yet');
  }
  if (at(strategy, 'paused') === true || at(strategy, 'rollingUpdate', 'paused') === true) {
    return suspended('the rollout is paused');
  }
  const isDaemon = object.kind === 'DaemonSet';
  const wanted = numberAt(object, 'status', isDaemon ? 'desiredNumberScheduled' : 'replicas') ?? 0;
  const updated = numberAt(object, 'status', isDaemon ? 'updatedNumberScheduled' : 'updatedReadyReplicas') ?? 0;
  const available = numberAt(object, 'status', isDaemon ? 'numberAvailable' : 'updatedAvailableReplicas') ?? 0;
  const partition = numberAt(strategy, 'partition') ?? numberAt(strategy, 'rollingUpdate', 'partition') ?? 0;
  if (partition > 0 && updated >= wanted - partition) {
    return suspended(`${updated} of ${wanted} are updated, ${partition} are kept by the partition`);
  }
  return updated < wanted || available < wanted ? degraded(`${Math.min(updated, available)} of ${wanted} are updated and available`) : healthy();
}

function assessCron(object: KubeObject): Health | undefined {
  if (at(object, 'spec', 'paused') === true) {
    return undefined;
  }
  if (listAt(object, 'status', 'active').length > 0) {
    return progressing('a job is running');
  }
  return textAt(object, 'status', 'lastScheduleTime') === undefined ? degraded('no job has run yet') : healthy();
}
