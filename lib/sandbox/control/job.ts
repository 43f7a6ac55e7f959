import { withoutUndefined, type Cluster } from './cluster';
import { splitKey, type Controller } from './controller';
import { createPod } from './create-pod';
import { removeFinalizer } from './garbage-collector';
import { formatIndexes, indexOf, nextIndexes, parseIndexes } from './job-indexes';
import { controllerOf, findCondition, isActive, isReady, isTrue, keyOf, type Condition, type Kubernetes, type Pod, type Selector, type Template } from './objects';
import { podOwner, some } from './replica-set';

export interface JobSpec {
  parallelism?: number;
  completions?: number;
  backoffLimit?: number;
  activeDeadlineSeconds?: number;
  ttlSecondsAfterFinished?: number;
  completionMode?: string;
  suspend?: boolean;
  managedBy?: string;
  selector: Selector;
  template: Template;
}

export interface JobStatus {
  conditions?: Condition[];
  startTime?: string;
  completionTime?: string;
  active?: number;
  ready?: number;
  terminating?: number;
  succeeded?: number;
  failed?: number;
  completedIndexes?: string;
  uncountedTerminatedPods?: object;
}

export type Job = Kubernetes<JobSpec, JobStatus>;

const TRACKING = 'batch.kubernetes.io/job-tracking';
/** Before the next pod after one that failed, in seconds: doubled each time up to ten minutes. */
const FIRST_PAUSE = 10;
const LAST_PAUSE = 600;

/** Runs pods until as many as asked for have succeeded. Left out: podFailurePolicy, successPolicy, backoffLimitPerIndex. */
export const jobs: Controller = {
  name: 'job',
  on: {
    'jobs.batch': ({ type, object: { metadata } }, cluster) => {
      if (type === 'DELETED') for (const times of [cluster.progressAt, cluster.failedAt]) times.delete(metadata.uid);
      return [`${metadata.namespace}/${metadata.name}`];
    },
    'pods': podOwner('Job', 'jobs.batch'),
  },

  reconcile(cluster, key) {
    const job = cluster.findKey<Job>('jobs.batch', key);
    if (!job) {
      freePods(cluster, key);
      return;
    }
    if ((job.spec.managedBy ?? OURS) !== OURS) return;
    if (isOver(job)) {
      // Pods that were under way when it ended.
      for (const pod of cluster.owned<Pod>(job, 'pods')) removeFinalizer(cluster, 'pods', pod, TRACKING);
      return;
    }
    run(cluster, job);
  },
};

/** Nobody else takes the finalizer off the pods of a Job that is gone. */
function freePods(cluster: Cluster, key: string): void {
  const { namespace, name } = splitKey(key);
  for (const pod of [...cluster.list<Pod>('pods', namespace)]) {
    const owner = controllerOf(pod);
    if (isTracked(pod) && owner?.kind === 'Job' && owner.name === name) removeFinalizer(cluster, 'pods', pod, TRACKING);
  }
}

const OURS = 'kubernetes.io/job-controller';

export function isOver(job: Job): boolean {
  return isTrue(job, 'Complete') || isTrue(job, 'Failed');
}

interface Tally {
  readonly succeeded: number;
  readonly failed: number;
  readonly indexes: ReadonlySet<number>;
}

function run(cluster: Cluster, job: Job): void {
  const { spec, status = {} } = job;
  const pods = cluster.owned<Pod>(job, 'pods');
  const counted = count(job, pods);
  let conditions = [...status.conditions ?? []];
  let { startTime } = status;
  if (startTime === undefined && !spec.suspend) startTime = begin(cluster, job);
  if (counted.failed > (status.failed ?? 0)) cluster.failedAt.set(job.metadata.uid, cluster.clock.now());
  const failure = findCondition(job, 'FailureTarget') ?? judge(cluster, job, pods, counted);
  const isDone = isTrue(job, 'SuccessCriteriaMet') || (!failure && hasEnough(job, counted, pods));
  if (failure || isDone) for (const pod of pods.filter(isActive)) giveUp(cluster, pod);
  else if (job.metadata.deletionTimestamp === undefined) manage(cluster, job, pods, counted);
  if (!failure && !isDone) ({ conditions, startTime } = noteSuspension(cluster, job, conditions, startTime));

  const now = cluster.owned<Pod>(job, 'pods');
  const active = now.filter(isActive);
  const terminating = now.filter(pod => pod.metadata.deletionTimestamp !== undefined && !isTerminal(pod));
  // Those that end with the Job count as failed when it failed.
  const failed = counted.failed + (failure ? pods.filter(pod => isActive(pod) && isTracked(pod)).length : 0);
  const isFinal = active.length === 0 && terminating.length === 0;
  let completionTime: string | undefined;
  if (failure) {
    conditions = withCondition(cluster, conditions, { ...failure, type: 'FailureTarget' });
    if (isFinal) {
      conditions = withCondition(cluster, conditions, { ...failure, type: 'Failed' });
      cluster.progressAt.set(job.metadata.uid, cluster.clock.now());
    }
  } else if (isDone) {
    const reached = { status: 'True', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
    conditions = withCondition(cluster, conditions, { ...reached, type: 'SuccessCriteriaMet' });
    if (isFinal) {
      conditions = withCondition(cluster, conditions, { ...reached, type: 'Complete' });
      completionTime = cluster.timestamp;
      cluster.progressAt.set(job.metadata.uid, cluster.clock.now());
    }
  }
  cluster.updateStatus('jobs.batch', job, withoutUndefined({
    conditions: conditions.length > 0 ? conditions : undefined,
    startTime,
    completionTime,
    active: some(active.length),
    ready: active.filter(isReady).length,
    terminating: terminating.length,
    succeeded: some(counted.succeeded),
    failed: some(failed),
    completedIndexes: counted.indexes.size > 0 ? formatIndexes(counted.indexes) : undefined,
    uncountedTerminatedPods: {},
  }));
  for (const pod of now) if (isTracked(pod) && (hasSucceeded(pod) || hasFailed(pod) || failure || isDone)) removeFinalizer(cluster, 'pods', pod, TRACKING);
}

/** The time as it is written; kept to the ms beside. */
function begin(cluster: Cluster, { metadata }: Job): string {
  cluster.progressAt.set(metadata.uid, cluster.clock.now());
  return cluster.timestamp;
}

function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(TRACKING) ?? false;
}

function isTerminal({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function hasSucceeded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded';
}

/** A pod that somebody deletes has failed too. */
function hasFailed(pod: Pod): boolean {
  return pod.status?.phase === 'Failed' || (pod.metadata.deletionTimestamp !== undefined && !hasSucceeded(pod));
}

/** What the status says, and the pods whose end is new: they still have the finalizer. */
function count(job: Job, pods: readonly Pod[]): Tally {
  const fresh = pods.filter(isTracked);
  const failed = (job.status?.failed ?? 0) + fresh.filter(hasFailed).length;
  const indexes = new Set(parseIndexes(job.status?.completedIndexes));
  if (job.spec.completionMode !== 'Indexed') return { succeeded: (job.status?.succeeded ?? 0) + fresh.filter(hasSucceeded).length, failed, indexes };
  for (const pod of fresh.filter(hasSucceeded)) indexes.add(indexOf(pod));
  return { succeeded: indexes.size, failed, indexes };
}

function judge(cluster: Cluster, job: Job, pods: readonly Pod[], { failed }: Tally): Condition | undefined {
  const { backoffLimit = 6, activeDeadlineSeconds, suspend, template } = job.spec;
  const restarts = template.spec.restartPolicy !== 'OnFailure' ? 0
    : pods.flatMap(pod => pod.status?.containerStatuses ?? []).reduce((total, { restartCount }) => total + restartCount, 0);
  if (failed > backoffLimit || (restarts > 0 && restarts >= backoffLimit)) {
    return { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  if (activeDeadlineSeconds === undefined || suspend || job.status?.startTime === undefined) return undefined;
  const left = (cluster.progressAt.get(job.metadata.uid) ?? Date.parse(job.status.startTime)) + cluster.lapse(activeDeadlineSeconds) - cluster.clock.now();
  if (left <= 0) return { type: 'Failed', status: 'True', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  cluster.enqueueAfter(jobs, keyOf(job), Math.ceil(left), true);
  return undefined;
}

function hasEnough({ spec }: Job, { succeeded }: Tally, pods: readonly Pod[]): boolean {
  return spec.completions === undefined ? succeeded > 0 && !pods.some(isActive) : succeeded >= spec.completions;
}

/** Makes or removes pods until as many run as should. */
function manage(cluster: Cluster, job: Job, pods: readonly Pod[], { succeeded, failed, indexes }: Tally): void {
  const { suspend, completions, parallelism = 1, completionMode } = job.spec;
  const active = pods.filter(isActive);
  const terminating = pods.filter(pod => pod.metadata.deletionTimestamp !== undefined && !isTerminal(pod)).length;
  const left = completions === undefined ? (succeeded > 0 ? active.length : parallelism) : completions - succeeded;
  const wanted = suspend ? 0 : Math.min(parallelism, Math.max(0, left));
  for (const pod of active.slice(0, Math.max(0, active.length - wanted))) giveUp(cluster, pod);
  const missing = wanted - active.length - (suspend ? terminating : 0);
  if (missing <= 0) return;
  const wait = pauseAfter(cluster, job, failed);
  if (wait > 0) {
    cluster.enqueueAfter(jobs, keyOf(job), Math.ceil(wait));
    return;
  }
  const numbers = completionMode === 'Indexed' ? nextIndexes(completions ?? 0, missing, indexes, active) : new Array<undefined>(missing).fill(undefined);
  for (const index of numbers) createJobPod(cluster, job, index);
}

/** How long the next pod has to wait, in ms of the clock: since the latest failure. */
function pauseAfter(cluster: Cluster, { metadata }: Job, failed: number): number {
  const latest = cluster.failedAt.get(metadata.uid);
  if (failed === 0 || latest === undefined) return 0;
  return latest + cluster.lapse(Math.min(FIRST_PAUSE * 2 ** Math.min(failed - 1, 10), LAST_PAUSE)) - cluster.clock.now();
}

function createJobPod(cluster: Cluster, job: Job, index: number | undefined): void {
  if (index === undefined) {
    createPod(cluster, job, job.spec.template, { finalizers: [TRACKING] });
    return;
  }
  const { name } = job.metadata;
  createPod(cluster, job, job.spec.template, {
    name: cluster.generateName(`${name}-${index}-`),
    generateName: `${name}-${index}-`,
    labels: { 'batch.kubernetes.io/job-completion-index': String(index) },
    annotations: { 'batch.kubernetes.io/job-completion-index': String(index) },
    finalizers: [TRACKING],
    spec: { hostname: `${name}-${index}` },
  });
}

/** The end of such a pod counts for nothing. */
function giveUp(cluster: Cluster, pod: Pod): void {
  removeFinalizer(cluster, 'pods', pod, TRACKING);
  cluster.delete('pods', pod.metadata);
}

function noteSuspension(
  cluster: Cluster, job: Job, conditions: Condition[], startTime: string | undefined,
): { conditions: Condition[]; startTime: string | undefined } {
  const { spec } = job;
  const before = conditions.find(condition => condition.type === 'Suspended');
  if (spec.suspend && before?.status !== 'True') {
    return {
      startTime: undefined,
      conditions: withCondition(cluster, conditions, { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }),
    };
  }
  if (!spec.suspend && before?.status === 'True') {
    return {
      startTime: begin(cluster, job),
      conditions: withCondition(cluster, conditions, { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }),
    };
  }
  return { conditions, startTime };
}

/** At its place where it is there, else at the end. */
function withCondition(cluster: Cluster, conditions: readonly Condition[], wanted: Condition): Condition[] {
  const before = conditions.find(condition => condition.type === wanted.type);
  if (before?.status === wanted.status) return [...conditions];
  const now = cluster.timestamp;
  const { type, status, reason, message } = wanted;
  const next = { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
  return before ? conditions.map(condition => (condition === before ? next : condition)) : [...conditions, next];
}
