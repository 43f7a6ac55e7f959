import { messageOf, tryFindCondition } from './conditions';
import { at, listAt, textAt } from './fields';
import { degraded, Health, healthy, KubeObject, progressing, suspended } from './health';

export function assessJob(object: KubeObject): Health {
  const failed = tryFindCondition(object, 'Failed');
  if (failed?.status === 'True') {
    return degraded(messageOf(failed));
  }
  const complete = tryFindCondition(object, 'Complete');
  if (complete?.status === 'True') {
    return healthy(complete.message);
  }
  const stopped = tryFindCondition(object, 'Suspended');
  return stopped?.status === 'True' ? suspended(messageOf(stopped)) : progressing('the job has not completed yet');
}

/** A schedule is healthy unless its last run, which is over, did not succeed after an earlier one did. */
export function assessCronJob(object: KubeObject): Health {
  if (at(object, 'spec', 'suspend') === true) {
    return healthy('the schedule is suspended');
  }
  if (listAt(object, 'status', 'active').length > 0) {
    return healthy('a job is running');
  }
  const scheduled = Date.parse(textAt(object, 'status', 'lastScheduleTime') ?? '');
  const succeeded = Date.parse(textAt(object, 'status', 'lastSuccessfulTime') ?? '');
  return succeeded < scheduled ? degraded('the last job did not succeed') : healthy();
}
