import type { FieldProblems } from './field-problems';
import { dnsSubdomain, qualifiedName } from './names';
import { checkAddress } from './pod';
import { maps } from '../admit/pod-of';
import { isMap, type JsonMap } from '../json';

type Check = (status: JsonMap, object: JsonMap, old: JsonMap, problems: FieldProblems) => void;

const notNegative = (...fields: readonly string[]): Check => (status, _object, _old, problems) => {
  for (const field of fields) problems.notNegative(`status.${field}`, status[field]);
};

const number = (status: JsonMap, field: string) => Number(status[field] ?? 0);

/** None of them can be more than all. */
const atMost = (all: string, fields: readonly string[], told = `status.${all}`): Check => (status, _object, _old, problems) => {
  for (const field of fields) if (number(status, field) > number(status, all)) problems.invalid(`status.${field}`, status[field], `cannot be greater than ${told}`);
};

const notDecremented: Check = ({ collisionCount }, _object, old, problems) => {
  const before = (isMap(old.status) ? old.status : {}).collisionCount;
  if (typeof before === 'number' && Number(collisionCount ?? 0) < before) problems.invalid('status.collisionCount', collisionCount ?? 0, 'cannot be decremented');
};

const all = (...checks: readonly Check[]): Check => (status, object, old, problems) => checks.forEach(check => check(status, object, old, problems));

const ingressOf = (status: JsonMap) => maps(isMap(status.loadBalancer) ? status.loadBalancer.ingress : undefined);

function checkHost(host: unknown, path: string, problems: FieldProblems): void {
  if (!host) return;
  const text = String(host);
  problems.eachInvalid(path, text, dnsSubdomain(text));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) problems.invalid(path, text, 'must be a DNS name, not an IP address');
}

const service: Check = (status, { spec }, _old, problems) => {
  const found = ingressOf(status);
  if ((spec as JsonMap).type !== 'LoadBalancer' && found.length > 0) {
    problems.forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'");
    return;
  }
  found.forEach(({ ip, ipMode, hostname }, i) => {
    const at = `status.loadBalancer.ingress[${i}]`;
    if (ip) checkAddress(ip, `${at}.ip`, problems);
    if (ipMode === undefined && ip) problems.required(`${at}.ipMode`, 'must be specified when `ip` is set');
    else if (ipMode !== undefined && !ip) problems.forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set');
    else if (ipMode !== undefined) problems.oneOf(`${at}.ipMode`, ipMode, ['Proxy', 'VIP']);
    checkHost(hostname, `${at}.hostname`, problems);
  });
};

const ingress: Check = (status, _object, _old, problems) => ingressOf(status).forEach(({ ip, hostname }, i) => {
  if (ip) checkAddress(ip, `status.loadBalancer.ingress[${i}].ip`, problems);
  checkHost(hostname, `status.loadBalancer.ingress[${i}].hostname`, problems);
});

/** Of the kind that all newer kinds have. */
const conditions: Check = (status, _object, _old, problems) => {
  const seen = new Set<unknown>();
  maps(status.conditions).forEach(({ type = '', status: value = '', observedGeneration, lastTransitionTime, reason }, i) => {
    const at = `status.conditions[${i}]`;
    if (seen.has(type)) problems.duplicate(`${at}.type`, type);
    seen.add(type);
    problems.eachInvalid(`${at}.type`, type, qualifiedName(String(type)));
    problems.oneOf(`${at}.status`, value, ['False', 'True', 'Unknown']);
    if (Number(observedGeneration) < 0) problems.invalid(`${at}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero');
    if (!lastTransitionTime) problems.required(`${at}.lastTransitionTime`);
    if (!reason) problems.required(`${at}.reason`);
  });
};

const UNAVAILABLE = ['readyReplicas', 'availableReplicas'];

/** By kind, what its status has to be when it is written. */
export const STATUS_CHECKS: Readonly<Record<string, Check>> = {
  'services': service,
  'ingresses.networking.k8s.io': ingress,
  'deployments.apps': all(
    notNegative('observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas', 'terminatingReplicas', 'collisionCount'),
    atMost('replicas', ['updatedReplicas', ...UNAVAILABLE]), atMost('readyReplicas', ['availableReplicas'], 'readyReplicas'), notDecremented,
  ),
  'statefulsets.apps': all(
    notNegative('replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration', 'collisionCount'),
    atMost('replicas', ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas']), atMost('readyReplicas', ['availableReplicas']), notDecremented,
  ),
  'daemonsets.apps': all(notNegative(
    'currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration', 'updatedNumberScheduled', 'numberAvailable',
    'numberUnavailable', 'collisionCount',
  ), notDecremented),
  'jobs.batch': notNegative('active', 'succeeded', 'failed', 'ready', 'terminating'),
  'horizontalpodautoscalers.autoscaling': notNegative('currentReplicas', 'desiredReplicas'),
  'poddisruptionbudgets.policy': all(conditions, notNegative('disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods')),
};
