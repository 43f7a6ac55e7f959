import type { Controller } from './controller';
import { isOver, type Job } from './job';
import { findCondition, keyOf } from './objects';
import { ownKey } from './replica-set';

/** Removes Jobs some time after their end. */
export const finishedJobs: Controller = {
  name: 'ttl',
  on: { 'jobs.batch': ownKey },

  reconcile(cluster, key) {
    const job = cluster.findKey<Job>('jobs.batch', key);
    const { ttlSecondsAfterFinished } = job?.spec ?? {};
    if (!job || ttlSecondsAfterFinished === undefined || !isOver(job) || job.metadata.deletionTimestamp !== undefined) return;
    const end = findCondition(job, 'Complete') ?? findCondition(job, 'Failed');
    const left = (cluster.progressAt.get(job.metadata.uid) ?? Date.parse(end?.lastTransitionTime ?? '')) + cluster.lapse(ttlSecondsAfterFinished) - cluster.clock.now();
    if (left > 0) cluster.enqueueAfter(finishedJobs, keyOf(job), Math.ceil(left), true);
    else cluster.delete('jobs.batch', job.metadata, { propagationPolicy: 'Foreground' });
  },
};
