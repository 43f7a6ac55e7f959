import type { Json, StoredObject } from '../json';
import type { Column } from './table';
import { age, duration } from './table-age';
import { containerImages, containerNames, count, formatLabels, formatSelector, map, maps, text } from './table-cells';
import { AGE, NAME } from './table-identity';
import { readinessGates, summarizePod } from './table-pod';

const spec = (object: StoredObject) => map(object.spec);
const status = (object: StoredObject) => map(object.status);
const podSpec = (object: StoredObject): Json | undefined => map(spec(object).template).spec;
const number = (name: string, cell: Column['cell']): Column => ({ name, type: 'integer', cell });
const wide = (name: string, cell: Column['cell']): Column => ({ name, priority: 1, cell });
const CONTAINERS = wide('Containers', object => containerNames(podSpec(object)));
const IMAGES = wide('Images', object => containerImages(podSpec(object)));
const SELECTOR = wide('Selector', object => formatSelector(spec(object).selector));

/** What runs containers. */
export const WORKLOADS: Readonly<Record<string, readonly Column[]>> = {
  'pods': [
    NAME,
    { name: 'Ready', cell: (pod, now) => summarizePod(pod, now).ready },
    { name: 'Status', cell: (pod, now) => summarizePod(pod, now).status },
    { name: 'Restarts', cell: (pod, now) => summarizePod(pod, now).restarts },
    AGE,
    wide('IP', pod => text(maps(status(pod).podIPs)[0]?.ip, '<none>')),
    wide('Node', pod => text(spec(pod).nodeName, '<none>')),
    wide('Nominated Node', pod => text(status(pod).nominatedNodeName, '<none>')),
    wide('Readiness Gates', readinessGates),
  ],
  'deployments.apps': [
    NAME,
    { name: 'Ready', cell: object => `${count(status(object).readyReplicas)}/${count(spec(object).replicas)}` },
    { name: 'Up-to-date', cell: object => count(status(object).updatedReplicas) },
    { name: 'Available', cell: object => count(status(object).availableReplicas) },
    AGE, CONTAINERS, IMAGES, wide('Selector', object => formatSelector(spec(object).selector, '')),
  ],
  'replicasets.apps': replicas(SELECTOR),
  'replicationcontrollers': replicas(wide('Selector', object => formatLabels(spec(object).selector))),
  'statefulsets.apps': [
    NAME, { name: 'Ready', cell: object => `${count(status(object).readyReplicas)}/${count(spec(object).replicas)}` }, AGE, CONTAINERS, IMAGES,
  ],
  'daemonsets.apps': [
    NAME,
    number('Desired', object => count(status(object).desiredNumberScheduled)),
    number('Current', object => count(status(object).currentNumberScheduled)),
    number('Ready', object => count(status(object).numberReady)),
    number('Up-to-date', object => count(status(object).updatedNumberScheduled)),
    number('Available', object => count(status(object).numberAvailable)),
    { name: 'Node Selector', cell: object => formatLabels(map(podSpec(object)).nodeSelector) },
    AGE, CONTAINERS, IMAGES, SELECTOR,
  ],
  'jobs.batch': [
    NAME,
    { name: 'Status', cell: jobStatus },
    { name: 'Completions', cell: jobCompletions },
    {
      name: 'Duration', cell: (job, now) => {
        const { startTime, completionTime } = status(job);
        if (typeof startTime !== 'string') return '';
        return duration((typeof completionTime === 'string' ? Date.parse(completionTime) : now.getTime()) - Date.parse(startTime));
      },
    },
    AGE, CONTAINERS, IMAGES, SELECTOR,
  ],
  'cronjobs.batch': [
    NAME,
    { name: 'Schedule', cell: object => text(spec(object).schedule) },
    { name: 'Timezone', cell: object => text(spec(object).timeZone, '<none>') },
    { name: 'Suspend', type: 'boolean', cell: object => (spec(object).suspend === undefined ? '<unset>' : spec(object).suspend === true ? 'True' : 'False') },
    number('Active', object => maps(status(object).active).length),
    { name: 'Last Schedule', cell: (object, now) => (status(object).lastScheduleTime === undefined ? '<none>' : age(status(object).lastScheduleTime, now)) },
    AGE,
    wide('Containers', object => containerNames(map(map(map(spec(object).jobTemplate).spec).template).spec)),
    wide('Images', object => containerImages(map(map(map(spec(object).jobTemplate).spec).template).spec)),
    wide('Selector', object => formatSelector(map(map(spec(object).jobTemplate).spec).selector)),
  ],
};

function replicas(selector: Column): Column[] {
  return [
    NAME,
    number('Desired', object => count(spec(object).replicas)),
    number('Current', object => count(status(object).replicas)),
    number('Ready', object => count(status(object).readyReplicas)),
    AGE, CONTAINERS, IMAGES, selector,
  ];
}

function jobStatus(job: StoredObject): string {
  const has = (type: string) => maps(status(job).conditions).some(each => each.type === type && each.status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running';
}

function jobCompletions(job: StoredObject): string {
  const succeeded = count(status(job).succeeded);
  const { completions, parallelism } = spec(job);
  if (typeof completions === 'number') return `${succeeded}/${completions}`;
  return count(parallelism) > 1 ? `${succeeded}/1 of ${count(parallelism)}` : `${succeeded}/1`;
}
