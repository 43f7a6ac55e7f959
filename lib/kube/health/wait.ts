import { assessHealth, isBuiltIn } from './assess';
import { conditionsOf } from './conditions';
import { textAt } from './fields';
import { KubeObject } from './health';

/** `Current`: there is nothing left to wait for. `Failed`: waiting longer does not help. */
export type WaitState = 'Current' | 'InProgress' | 'Failed' | 'Terminating';

/** Built-in kinds whose health tells more than a deployer should wait for. */
const WAIT_RULES: Readonly<Record<string, (object: KubeObject) => WaitState>> = {
  // A load balancer may take long, or never come where no controller serves its class.
  Ingress: () => 'Current',
  Service: object => textAt(object, 'spec', 'type') === 'LoadBalancer' && !textAt(object, 'spec', 'clusterIP') ? 'InProgress' : 'Current',
  // It has no metrics before its target runs, which may come in a later wave.
  HorizontalPodAutoscaler: () => 'Current',
  // It has no pods to count before its workload runs, which may come in a later wave.
  PodDisruptionBudget: () => 'Current',
  // A schedule whose last job failed is none of the deployment's doing.
  CronJob: () => 'Current',
  Namespace: object => textAt(object, 'status', 'phase') === 'Active' ? 'Current' : 'InProgress',
};
/** Conditions by which a controller of custom resources says that it has given up. Others that report trouble try again. */
const GIVEN_UP = new Set(['Stalled', 'Failed']);

/**
 * Whether a deployment has to wait for an object: the rule of kstatus, which `kubectl apply`'s pruning, Flux and kpt use,
 * with two exceptions. A Job is current when it has completed, not when it has started: what comes in a later wave relies
 * on its outcome (Argo CD waits so too). What is suspended on purpose keeps nobody waiting.
 *
 * @param object the object as the cluster returns it; undefined for one that is not there (yet): `InProgress`
 */
export function waitState(object: KubeObject | undefined): WaitState {
  if (object === undefined) {
    return 'InProgress';
  }
  if (object.metadata?.deletionTimestamp) {
    return 'Terminating';
  }
  if (isBuiltIn(object) && Object.hasOwn(WAIT_RULES, object.kind)) {
    return WAIT_RULES[object.kind](object);
  }
  switch (assessHealth(object).status) {
    case 'Healthy':
    case 'Suspended':
      return 'Current';
    case 'Degraded':
      return isBuiltIn(object) || hasGivenUp(object) ? 'Failed' : 'InProgress';
    default:
      return 'InProgress';
  }
}

/** Whether there is nothing left to wait for. */
export function isReady(object: KubeObject | undefined): boolean {
  return waitState(object) === 'Current';
}

function hasGivenUp(object: KubeObject): boolean {
  return conditionsOf(object).some(({ type, status }) => status === 'True' && GIVEN_UP.has(type));
}
