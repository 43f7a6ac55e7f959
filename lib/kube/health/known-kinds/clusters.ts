import { KnownKind } from './known-kind';
import { conditionsOf, isStale, messageOf, tryFindCondition } from '../conditions';
import { at, listAt, textAt } from '../fields';
import { degraded, Health, healthy, KubeObject, progressing } from '../health';

/** Kinds that stand for clusters, or for what runs on several. */
export const clusterKinds: readonly KnownKind[] = [
  { group: '.cluster.x-k8s.io', assess: assessClusterApi },
  { group: 'work.karmada.io', kinds: ['ResourceBinding', 'ClusterResourceBinding'], assess: assessBinding },
  { group: 'policy.open-cluster-management.io', kinds: ['Policy'], reports: 'status', assess: assessPolicy },
  { group: 'policy.open-cluster-management.io', kinds: ['CertificatePolicy', 'ConfigurationPolicy', 'OperatorPolicy'], reports: 'status', assess: assessTemplate },
];

/** Cluster API tells by `severity` whether a condition is false for good, and keeps final failures outside of the conditions. */
function assessClusterApi(object: KubeObject): Health | undefined {
  const failure = textAt(object, 'status', 'failureMessage') ?? textAt(object, 'status', 'failureReason');
  if (failure) {
    return degraded(failure);
  }
  if (isStale(object)) {
    return undefined;
  }
  const error = conditionsOf(object).find(({ status, severity }) => status === 'False' && severity === 'Error');
  if (error) {
    return degraded(messageOf(error));
  }
  const ready = tryFindCondition(object, 'Ready');
  return ready?.status === 'False' ? progressing(messageOf(ready)) : undefined;
}

/** A binding of Karmada is as healthy as what it has made on each member cluster. */
function assessBinding(object: KubeObject): Health {
  const results = listAt(object, 'status', 'aggregatedStatus');
  const bad = results.find(result => at(result, 'applied') !== true || textAt(result, 'health') === 'Unhealthy');
  if (bad) {
    return degraded(`${textAt(bad, 'clusterName')}: ${textAt(bad, 'appliedMessage') ?? 'not applied, or unhealthy'}`);
  }
  // What follows another object is placed where that one is, and names no clusters itself.
  const clusters = at(object, 'spec', 'clusters');
  const wanted = Array.isArray(clusters) ? clusters.length : 1;
  return results.length >= Math.max(1, wanted) ? healthy() : progressing(`${results.length} of ${wanted} clusters have answered`);
}

/** A policy that is placed on no cluster has nobody to comply. */
function assessPolicy(object: KubeObject): Health | undefined {
  const unplaced = textAt(object, 'status', 'compliant') === undefined && at(object, 'status', 'placement') !== undefined;
  return unplaced ? healthy(at(object, 'spec', 'disabled') === true ? 'the policy is disabled' : 'the policy matches no cluster') : undefined;
}

function assessTemplate(object: KubeObject): Health | undefined {
  const generation = object.metadata?.generation;
  const observed = at(object, 'status', 'lastEvaluatedGeneration');
  if (isStale(object) || (typeof observed === 'number' && generation !== undefined && observed < generation)) {
    return progressing('the newest spec has not been evaluated yet');
  }
  const condition = tryFindCondition(object, 'Compliant');
  if (condition === undefined && object.kind === 'OperatorPolicy') {
    return progressing('waiting for the policy to be evaluated');
  }
  const word = textAt(object, 'status', 'compliant');
  return word === 'Compliant' ? healthy(condition?.message) : word === 'NonCompliant' ? degraded(condition?.message ?? word) : progressing(word);
}
