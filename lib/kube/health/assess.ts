import { assessAutoscaler } from './autoscaling';
import { assessApiService, assessDefinition, assessNamespace } from './definitions';
import { assessDisruptionBudget } from './disruption';
import { assessGeneric } from './generic';
import { groupOf } from './group';
import { Health, healthy, KubeObject, of, progressing } from './health';
import { assessCronJob, assessJob } from './jobs';
import { assessKnownKind } from './known-kinds';
import { assessIngress, assessService } from './network';
import { assessPod } from './pods';
import { assessVolumeClaim } from './storage';
import { assessDaemonSet, assessDeployment, assessReplicaSet, assessStatefulSet } from './workloads';

/** Kinds of Kubernetes itself that report how they are. All the others of its groups are healthy as soon as they exist. */
const BUILT_IN: Readonly<Record<string, (object: KubeObject) => Health>> = {
  'APIService.apiregistration.k8s.io': assessApiService,
  'CronJob.batch': assessCronJob,
  'CustomResourceDefinition.apiextensions.k8s.io': assessDefinition,
  'DaemonSet.apps': assessDaemonSet,
  'Deployment.apps': assessDeployment,
  'HorizontalPodAutoscaler.autoscaling': assessAutoscaler,
  'Ingress.networking.k8s.io': assessIngress,
  'Job.batch': assessJob,
  'Namespace': assessNamespace,
  'PersistentVolumeClaim': assessVolumeClaim,
  'Pod': assessPod,
  'PodDisruptionBudget.policy': assessDisruptionBudget,
  'ReplicaSet.apps': assessReplicaSet,
  'Service': assessService,
  'StatefulSet.apps': assessStatefulSet,
};

/** Groups of Kubernetes itself. Others below `k8s.io` are custom resources of its sub-projects. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  '', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'apps', 'authentication.k8s.io', 'authorization.k8s.io',
  'autoscaling', 'batch', 'certificates.k8s.io', 'coordination.k8s.io', 'discovery.k8s.io', 'events.k8s.io', 'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io', 'networking.k8s.io', 'node.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'resource.k8s.io', 'scheduling.k8s.io',
  'storage.k8s.io', 'storagemigration.k8s.io',
]);

/**
 * The health of an object, in the words and by the meaning of Argo CD.
 *
 * Built-in kinds are judged by what their controllers promise, well-known custom kinds by rules of their own, all other
 * kinds by the conventions of the Kubernetes API: `observedGeneration`, conditions, phase. An object that is being
 * deleted is `Progressing`.
 *
 * @param object the object with its status, as the cluster returns it; undefined for one that is not there
 */
export function assessHealth(object: KubeObject | undefined): Health {
  if (object === undefined) {
    return of('Missing');
  }
  if (object.metadata?.deletionTimestamp) {
    return progressing('the object is being deleted');
  }
  const group = groupOf(object);
  if (BUILT_IN_GROUPS.has(group)) {
    const key = group ? `${object.kind}.${group}` : object.kind;
    return Object.hasOwn(BUILT_IN, key) ? BUILT_IN[key](object) : healthy();
  }
  return assessKnownKind(object) ?? assessGeneric(object);
}

/** Whether the kind is one of Kubernetes itself. */
export function isBuiltIn(object: KubeObject): boolean {
  return BUILT_IN_GROUPS.has(groupOf(object));
}
