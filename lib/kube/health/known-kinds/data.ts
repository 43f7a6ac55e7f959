import { KnownKind } from './known-kind';
import { conditionsOf, isStale, messageOf } from '../conditions';
import { numberAt, textAt, valuesAt } from '../fields';
import { degraded, Health, healthy, KubeObject, of, progressing } from '../health';

/** Databases, search, streams. */
export const dataKinds: readonly KnownKind[] = [
  { group: '.k8s.elastic.co', assess: assessElastic },
  { group: 'cassandra.rook.io', kinds: ['Cluster'], assess: assessRacks },
  { group: 'flink.apache.org', kinds: ['FlinkDeployment'], reports: 'status', assess: assessFlink },
  { group: 'pxc.percona.com', kinds: ['PerconaXtraDBCluster'], assess: assessPercona },
  { group: 'numaflow.numaproj.io', assess: assessNumaflow },
  { group: 'numaplane.numaproj.io', reports: 'status', assess: assessNumaplane },
];

function assessElastic(object: KubeObject): Health {
  const health = textAt(object, 'status', 'health') || undefined;
  switch (health) {
    case 'green':
      return healthy();
    case 'red':
      return degraded('the health is red');
    case 'yellow':
    case undefined:
      return progressing(health ? 'the health is yellow' : 'waiting for the operator');
    default:
      return of('Unknown', `the health is ${health}`);
  }
}

function assessRacks(object: KubeObject): Health {
  const racks = valuesAt(object, 'status', 'racks');
  const open = racks.filter(rack => (numberAt(rack, 'readyMembers') ?? 0) < (numberAt(rack, 'members') ?? 0));
  return racks.length > 0 && open.length === 0 ? healthy() : progressing(`${racks.length - open.length} of ${racks.length} racks are complete`);
}

function assessFlink(object: KubeObject): Health {
  const deployment = textAt(object, 'status', 'jobManagerDeploymentStatus');
  const job = textAt(object, 'status', 'jobStatus', 'state');
  const error = textAt(object, 'status', 'reconciliationStatus', 'error') ?? textAt(object, 'status', 'error');
  if (deployment === 'ERROR' || job === 'FAILED') {
    return degraded(error);
  }
  const wanted = textAt(object, 'spec', 'job', 'state')?.toUpperCase();
  const reached = wanted === 'SUSPENDED' ? job === 'SUSPENDED' : deployment === 'READY' && (job === 'RUNNING' || job === 'FINISHED' || wanted === undefined);
  return reached ? healthy() : progressing(`the deployment is ${deployment}, the job ${job}`);
}

function assessPercona(object: KubeObject): Health {
  const state = textAt(object, 'status', 'state');
  switch (state) {
    case 'ready':
      return healthy();
    case 'initializing':
    case undefined:
      return progressing('the cluster is initializing');
    case 'error':
    case 'stopping':
      return degraded(`the state is ${state}`);
    default:
      return of('Unknown', `the state is ${state}`);
  }
}

/**
 * Pausing is part of its life: `Healthy`. A progressive upgrade leaves its result on the child that it tried. A child that is
 * unhealthy does not become healthy by waiting.
 */
function assessNumaflow(object: KubeObject): Health | undefined {
  if (textAt(object, 'metadata', 'labels', 'numaplane.numaproj.io/progressive-result-state') === 'failed') {
    return degraded('the progressive upgrade failed');
  }
  if (isStale(object)) {
    return undefined;
  }
  const child = conditionsOf(object).find(({ type, status }) => type.endsWith('Healthy') && status === 'False');
  return child ? degraded(messageOf(child)) : textAt(object, 'status', 'phase') === 'Paused' ? healthy('paused') : undefined;
}

function assessNumaplane(object: KubeObject): Health | undefined {
  if (isStale(object)) {
    return undefined;
  }
  switch (textAt(object, 'status', 'phase')) {
    case 'Failed':
      return degraded(textAt(object, 'status', 'message'));
    case 'Pending':
      return progressing('an upgrade is in progress');
    default:
      return conditionsOf(object).some(({ type, status }) => type.endsWith('PausingOrPaused') && status === 'True') ? healthy('paused') : undefined;
  }
}
