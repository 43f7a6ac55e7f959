import type { FieldProblems } from './field-problems';
import { checkLabels, checkSelector, isSelected } from './metadata';
import { dnsLabel } from './names';
import { checkPodSpec } from './pod';
import { maps } from '../admit/pod-of';
import { isMap, type Json, type JsonMap } from '../json';

type Check = (object: JsonMap, problems: FieldProblems) => void;

export function checkTemplate(template: JsonMap, path: string, problems: FieldProblems): void {
  const { labels, annotations } = (isMap(template.metadata) ? template.metadata : {});
  checkLabels(labels, `${path}.labels`, problems);
  void annotations;
  checkPodSpec(template.spec as JsonMap, `${path}.spec`, problems);
}

/** The selector has to be there, must not be empty, and selects the Pods of the template. Such Pods run for good. */
function checkSelectedTemplate(spec: JsonMap, kind: string, emptyIs: string, problems: FieldProblems): void {
  const { selector } = spec;
  const template = spec.template as JsonMap;
  const labels = isMap(template.metadata) ? template.metadata.labels : undefined;
  const before = problems.causes.length;
  if (isMap(selector)) checkSelector(selector, 'spec.selector', problems);
  else if (kind !== 'DaemonSet') problems.required('spec.selector');
  if (isMap(selector) && problems.causes.length > before) {
    problems.invalid('spec.selector', selector, 'invalid label selector');
    return;
  }
  const isEmpty = isMap(selector) && Object.keys(isMap(selector.matchLabels) ? selector.matchLabels : {}).length + maps(selector.matchExpressions).length === 0;
  if (isEmpty) problems.invalid('spec.selector', selector, `empty selector is invalid for ${emptyIs}`);
  if (!isEmpty && !isSelected(selector, labels)) problems.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  checkTemplate(template, 'spec.template', problems);
  const { restartPolicy, activeDeadlineSeconds } = template.spec as JsonMap;
  problems.oneOf('spec.template.spec.restartPolicy', restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined) problems.forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`);
}

/** A number or a percentage, neither below 0. */
export function checkShare(value: Json | undefined, path: string, problems: FieldProblems): void {
  if (value === undefined) return;
  if (typeof value === 'number') problems.notNegative(path, value);
  else if (!/^[0-9]+%$/.test(String(value))) problems.invalid(path, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
}

export function checkAtMostAll(value: Json | undefined, path: string, problems: FieldProblems): void {
  if (typeof value === 'string' && Number.parseInt(value, 10) > 100) problems.invalid(path, value, 'must not be greater than 100%');
}

const isZero = (value: Json | undefined) => value === 0 || value === '0%';

const deployment: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  problems.notNegative('spec.replicas', own.replicas);
  checkSelectedTemplate(own, 'ReplicaSet', 'deployment', problems);
  const { type, rollingUpdate } = own.strategy as JsonMap;
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) problems.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'");
  } else if (type === 'RollingUpdate') {
    const { maxUnavailable, maxSurge } = rollingUpdate as JsonMap;
    const at = 'spec.strategy.rollingUpdate';
    checkShare(maxUnavailable, `${at}.maxUnavailable`, problems);
    checkShare(maxSurge, `${at}.maxSurge`, problems);
    if (isZero(maxUnavailable) && isZero(maxSurge)) problems.invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0');
    checkAtMostAll(maxUnavailable, `${at}.maxUnavailable`, problems);
  } else {
    problems.notSupported('spec.strategy', { Type: type, RollingUpdate: rollingUpdate ?? null }, ['Recreate', 'RollingUpdate']);
  }
  problems.notNegative('spec.minReadySeconds', own.minReadySeconds);
  problems.notNegative('spec.revisionHistoryLimit', own.revisionHistoryLimit);
  problems.notNegative('spec.progressDeadlineSeconds', own.progressDeadlineSeconds);
  if (Number(own.progressDeadlineSeconds) <= Number(own.minReadySeconds ?? 0)) {
    problems.invalid('spec.progressDeadlineSeconds', own.progressDeadlineSeconds, 'must be greater than minReadySeconds');
  }
};

const replicaSet: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  problems.notNegative('spec.replicas', own.replicas);
  problems.notNegative('spec.minReadySeconds', own.minReadySeconds);
  checkSelectedTemplate(own, 'ReplicaSet', 'deployment', problems);
};

const daemonSet: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  checkSelectedTemplate(own, 'DaemonSet', 'daemonset', problems);
  problems.notNegative('spec.minReadySeconds', own.minReadySeconds);
  const { type } = own.updateStrategy as JsonMap;
  if (type !== 'RollingUpdate' && type !== 'OnDelete') problems.notSupported('spec.updateStrategy', { Type: type, RollingUpdate: null }, ['RollingUpdate', 'OnDelete']);
  problems.notNegative('spec.revisionHistoryLimit', own.revisionHistoryLimit);
};

function checkStatefulStrategy({ type, rollingUpdate }: JsonMap, problems: FieldProblems): void {
  const { partition = 0, maxUnavailable = null } = (isMap(rollingUpdate) ? rollingUpdate : {});
  const internal = isMap(rollingUpdate) ? { Partition: partition, MaxUnavailable: maxUnavailable } : null;
  const at = 'spec.updateStrategy.rollingUpdate';
  if (type === 'OnDelete') {
    if (internal) problems.invalid(at, internal, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type === 'RollingUpdate') {
    problems.notNegative(`${at}.partition`, partition);
    if (maxUnavailable === null) return;
    checkShare(maxUnavailable, `${at}.maxUnavailable`, problems);
    if (isZero(maxUnavailable)) problems.invalid(`${at}.maxUnavailable`, maxUnavailable, 'cannot be 0');
    checkAtMostAll(maxUnavailable, `${at}.maxUnavailable`, problems);
  } else {
    problems.invalid('spec.updateStrategy', { Type: type, RollingUpdate: internal }, "must be 'RollingUpdate' or 'OnDelete'");
  }
}

const statefulSet: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  if (!/^(OrderedReady|Parallel)$/.test(String(own.podManagementPolicy))) problems.invalid('spec.podManagementPolicy', own.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
  const strategy = own.updateStrategy as JsonMap;
  checkStatefulStrategy(strategy, problems);
  const retention = (isMap(own.persistentVolumeClaimRetentionPolicy) ? own.persistentVolumeClaimRetentionPolicy : {});
  for (const key of ['whenDeleted', 'whenScaled']) problems.oneOf(`spec.persistentVolumeClaimRetentionPolicy.${key}`, retention[key], ['Retain', 'Delete']);
  problems.notNegative('spec.replicas', own.replicas);
  problems.notNegative('spec.minReadySeconds', own.minReadySeconds);
  if (own.serviceName) problems.eachInvalid('spec.serviceName', own.serviceName, dnsLabel(String(own.serviceName)));
  // Its claims are volumes of its Pods, which the template need not name.
  const template = own.template as JsonMap;
  const pod = template.spec as JsonMap;
  const claims = maps(own.volumeClaimTemplates).map(({ metadata }) => (metadata as JsonMap).name);
  const claimed = claims.map((name): JsonMap => ({ name, persistentVolumeClaim: { claimName: name } }));
  const volumes = [...claimed, ...maps(pod.volumes).filter(({ name }) => !claims.includes(name))];
  const whole = claims.length > 0 ? { ...own, template: { ...template, spec: { ...pod, volumes } } } : own;
  checkSelectedTemplate(whole, 'StatefulSet', 'statefulset', problems);
};

function checkJobSpec(spec: JsonMap, path: string, problems: FieldProblems): void {
  for (const key of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes']) {
    problems.notNegative(`${path}.${key}`, spec[key]);
  }
  if (spec.completionMode !== undefined) problems.oneOf(`${path}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed']);
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) problems.required(`${path}.completions`, 'when completion mode is Indexed');
  if (spec.completionMode === 'NonIndexed') {
    for (const key of ['backoffLimitPerIndex', 'maxFailedIndexes']) if (spec[key] !== undefined) problems.invalid(`${path}.${key}`, spec[key], 'requires indexed completion mode');
  }
  const template = spec.template as JsonMap;
  checkTemplate(template, `${path}.template`, problems);
  const { restartPolicy } = template.spec as JsonMap;
  const at = `${path}.template.spec.restartPolicy`;
  if (restartPolicy === 'Always') problems.required(at, 'valid values: "OnFailure", "Never"');
  else problems.oneOf(at, restartPolicy, ['OnFailure', 'Never']);
}

const OWN_LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

/** Its Pods bear its uid and name, and it selects them by those. */
function checkGeneratedSelector({ metadata, spec }: JsonMap, problems: FieldProblems): void {
  const { selector, manualSelector, template } = spec as JsonMap;
  if (manualSelector === true || !isMap(selector)) return;
  const { uid, name } = metadata as JsonMap;
  const own = (template as JsonMap).metadata;
  const labels = isMap(own) && isMap(own.labels) ? own.labels : undefined;
  const expected = Object.fromEntries(OWN_LABELS.map(label => [label, label.includes('uid') ? uid : name]));
  for (const [label, value] of Object.entries(expected)) {
    const at = `spec.template.metadata.labels[${label}]`;
    if (labels?.[label] === undefined) problems.required(at, `must be '${String(value)}'`);
    else if (labels[label] !== value) problems.invalid(at, labels, `must be '${String(value)}'`);
  }
  if (!isSelected(selector, expected)) problems.invalid('spec.selector', selector, '`selector` not auto-generated');
}

function checkWholeJobSpec(spec: JsonMap, problems: FieldProblems): void {
  checkJobSpec(spec, 'spec', problems);
  const template = spec.template as JsonMap;
  const labels = isMap(template.metadata) ? template.metadata.labels : undefined;
  if (!isMap(spec.selector)) problems.required('spec.selector');
  else checkSelector(spec.selector, 'spec.selector', problems);
  if (!isSelected(spec.selector, labels)) problems.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
}

const job: Check = (object, problems) => {
  checkGeneratedSelector(object, problems);
  checkWholeJobSpec(object.spec as JsonMap, problems);
};

/** What of a changed object is looked at once more, when it is compared with the old one. */
export const CHECKED_AGAIN: Readonly<Record<string, Check>> = { 'jobs.batch': ({ spec }, problems) => checkWholeJobSpec(spec as JsonMap, problems) };

const FIELDS: readonly [name: string, least: number, most: number][] = [['minute', 0, 59], ['hour', 0, 23], ['day', 1, 31], ['month', 1, 12], ['weekday', 0, 6]];
const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat'.split(' ');

/** Why a text is no schedule, in the words of the library that the real server uses; undefined when it is one. */
export function scheduleProblem(text: string): string | undefined {
  if (text.startsWith('@')) {
    if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)$/.test(text)) return undefined;
    return `unrecognized descriptor: ${text}`;
  }
  const fields = text.trim().split(/\s+/).filter(field => field);
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [i, field] of fields.entries()) {
    const [, least, most] = FIELDS[i];
    for (const part of field.split(',')) {
      const [range, step] = part.split('/');
      if (step !== undefined && !/^\d+$/.test(step)) return `failed to parse int from ${step}: strconv.Atoi: parsing ${JSON.stringify(step)}: invalid syntax`;
      if (range === '*' || range === '?') continue;
      const [start, end = start] = range.split('-').map(item => (NAMES.includes(item.toLowerCase()) && i > 2 ? nameValue(item, i) : /^\d+$/.test(item) ? Number(item) : item));
      for (const item of [start, end]) if (typeof item === 'string') return `failed to parse int from ${item}: strconv.Atoi: parsing ${JSON.stringify(item)}: invalid syntax`;
      if (Number(start) < least) return `beginning of range (${String(start)}) below minimum (${least}): ${part}`;
      if (Number(end) > most) return `end of range (${String(end)}) above maximum (${most}): ${part}`;
      if (Number(start) > Number(end)) return `beginning of range (${String(start)}) beyond end of range (${String(end)}): ${part}`;
    }
  }
  return undefined;
}

function nameValue(name: string, field: number): number {
  const place = NAMES.indexOf(name.toLowerCase());
  return field === 3 ? place + 1 : place - 12;
}

const cronJob: Check = ({ spec }, problems) => {
  const own = spec as JsonMap;
  const schedule = String(own.schedule ?? '');
  const wrong = scheduleProblem(schedule);
  if (!schedule) problems.required('spec.schedule');
  else if (wrong) problems.invalid('spec.schedule', schedule, wrong);
  if (schedule.includes('TZ')) problems.invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  problems.notNegative('spec.startingDeadlineSeconds', own.startingDeadlineSeconds);
  problems.oneOf('spec.concurrencyPolicy', own.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']);
  const template = own.jobTemplate as JsonMap;
  checkJobSpec(template.spec as JsonMap, 'spec.jobTemplate.spec', problems);
  problems.notNegative('spec.successfulJobsHistoryLimit', own.successfulJobsHistoryLimit);
  problems.notNegative('spec.failedJobsHistoryLimit', own.failedJobsHistoryLimit);
};

export const WORKLOAD_CHECKS: Readonly<Record<string, Check>> = {
  'pods': ({ spec }, problems) => checkPodSpec(spec as JsonMap, 'spec', problems),
  'podtemplates': ({ template }, problems) => checkTemplate(template as JsonMap, 'template', problems),
  'deployments.apps': deployment,
  'replicasets.apps': replicaSet,
  'daemonsets.apps': daemonSet,
  'statefulsets.apps': statefulSet,
  'jobs.batch': job,
  'cronjobs.batch': cronJob,
};
